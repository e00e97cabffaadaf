"""Days ruled out, moved from or second best: "any day but Wednesday", "away next week", "Friday if not Monday"."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.nlu.when_calendar import Days, coming, several
from bot.nlu.when_rules import Context, Grammar, Phrase
from bot.nlu.when_words import words

EXCLUSIONS = Grammar()
WEEKDAY_CODES = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
OFFER = words("free available can could do make prefer any only best good suit suits appointment slot like come P C or")
LONGEST_EXCLUSION_DAYS = 31
CHANGE = r"(?:change|move|moved|swap|switch|rearrange|reschedule|rebook|postpone|push|bring)"


@EXCLUSIONS.rule(
    "Z",
    rf"{CHANGE}(?: [^\sDKT]\S*){{0,6}} (?P<it>(?:(?:from|on) )?(?:T (?:on )?)?[DK](?: (?:at )?(?:T|{{hour}}))?)"
    r"(?= (?:\S+ ){0,3}(?:to|for) )",
    rf"{CHANGE}(?: [^\sDKT]\S*){{0,6}} (?P<it>(?:(?:from|at) )?T|(?:from|at) {{hour}})"
    r"(?= (?:\S+ ){0,2}to (?:T|1?\d|{part}|the|am|pm)(?: |$))",
    r"(?:appointment|appt) is (?P<it>(?:at |for |on )?(?:T|{hour}|[DK]))(?= .*\b(?:make it|move|change|instead)\b)",
)
def day_moved_from(phrase: Phrase, _: Context) -> bool:
    """ "move my appointment from Monday to Thursday" asks for Thursday."""
    return True


NOT = (
    r"(?:but |just )?(?:not|except|other than|instead of|rather than|avoid|never|busy|unless)"
    r"(?: (?:do|make|on|for|the|available|free|come|in|able|to|be|a|have|attend|manage|get|there|around|work|any)){0,8}"
)
IS_AWAY = r"(?:away|abroad|(?:on )?holiday|on hols|flying)"
NOT_GOOD = (
    r"(?:is |are )?(?:not (?:good|possible|suitable|ok|okay|work|convenient|available|do)|no (?:good|use)|doesnt work)"
)
BACK_FROM = re.compile(r"\b(?:back|home) from(?: my| our| a)?$")  # "back from holiday on Friday"
BUT = r"(?:but|except|save)(?: for)?(?: the| on)?"
PART_OF_IT = r"(?:(?: in the)? {part}| am| pm)?"  # "not Monday morning": a window has no room for half a day


def rule_out(kind: str) -> tuple[str, ...]:
    """The patterns that rule out days of a kind of token (K, V or D)."""
    return (
        rf"{NOT} (?P<d>{kind})(?! to| -| until){PART_OF_IT}",
        rf"any(?:time| time| day|day|thing)?(?: at all)? {BUT} (?P<d>{kind}){PART_OF_IT}",
        rf"any weekday (?P<it>{BUT} (?P<d>{kind}){PART_OF_IT})",
        rf"(?P<d>{kind}) {NOT_GOOD}",
        rf"{NOT_GOOD} (?:for (?:me|us) )?(?:on )?(?P<d>{kind})",
        rf"(?:i|im|we) (?:also )?(?:at )?work(?:ing)? (?:on )?(?P<d>{kind})",
        rf"{IS_AWAY}(?: (?:all|on|for|the|from)){{0,4}} (?P<d>{kind})",
    )


TAKEN_BACK = r"(?: (?:oh|no|sorry|wait|actually|oops|i mean|i meant|make that|make it|or rather|scrap that)){1,5}"
SECOND_BEST = (
    r"(?:if not|failing that|otherwise|or else|else|maybe|possibly|at a push|even|or|but|can|could|i|do|make|also)"
)


@EXCLUSIONS.rule(
    "D",
    rf"K(?: (?:would be|is|are) (?:best|ideal|better|great|good|preferred|preferable))?(?: {SECOND_BEST}){{1,5}} K",
)
def first_and_second_best(phrase: Phrase, context: Context) -> Days | None:
    """ "Monday ideally, but I can do Tuesday"; but not "can't do Monday, can do Tuesday"."""
    if "not" in phrase.text_before.split()[-3:]:
        return None
    return several(coming(number, context.now.date()) for value in phrase.values("K") for number in value)


@EXCLUSIONS.rule("D", rf"{IS_AWAY} from (?:the )?(?P<d>D|K)(?! {{to}})")
def until_away(phrase: Phrase, context: Context) -> Days | None:
    """ "on holiday from Monday" leaves the days before."""
    found = phrase.value("d")
    first = found.first if isinstance(found, Days) else coming(found[0], context.now.date())
    return Days(None, first - timedelta(days=1), "span") if first else None


@EXCLUSIONS.rule("X", rf"(?:{IS_AWAY}|(?:i|im|we) work(?:ing)?) (?:from )?(?:on )?(?P<a>K) {{to}} (?P<b>K)")
def away_for_days(phrase: Phrase, context: Context) -> tuple[str, ...]:
    first = coming(phrase.value("a")[0], context.now.date())
    return _iso_days(Days(first, coming(phrase.value("b")[-1], first)), context)


@EXCLUSIONS.rule("X", *rule_out("[KV]"), r"no (?P<d>V)")
def ruled_out(phrase: Phrase, context: Context) -> tuple[str, ...] | None:
    """The weekday codes or ISO days that stand for the days ruled out."""
    if BACK_FROM.search(phrase.text_before):
        return None
    found = phrase.value("d")
    if isinstance(found, tuple):
        return tuple(WEEKDAY_CODES[number] for number in found)
    return _iso_days(found, context)


def _iso_days(found: Days, context: Context) -> tuple[str, ...]:
    if found.first is None or found.last is None:
        return ()
    length = min((found.last - found.first).days + 1, LONGEST_EXCLUSION_DAYS)
    run = found.each or [found.first + timedelta(days=n) for n in range(length)]
    return tuple(day.isoformat() for day in run if day >= context.now.date())


@EXCLUSIONS.rule(
    "Z", rf"(?P<it>[KD](?: (?:at )?(?:T|{{hour}})| {{part}}| am| pm)?){TAKEN_BACK}(?: on| the| for){{0,2}} [KD]"
)
def day_taken_back(phrase: Phrase, _: Context) -> bool:
    """ "Tuesday, no sorry, Wednesday"."""
    return True


@EXCLUSIONS.rule("X", r"(?:any |on |only ){0,3}(?P<d>V|weekday)(?: only)?", r"any (?P<d>K)")
def only_these(phrase: Phrase, _: Context) -> tuple[str, ...] | None:
    """ "Mondays" or "weekdays": all other weekdays are ruled out."""
    led_to = set(phrase.text_before.split()[-4:])
    if phrase["d"] == "V" and led_to and not OFFER & led_to and phrase.before != "D":
        return None  # "my dialysis is on Mondays"
    meant = range(5) if phrase["d"] == "weekday" else phrase.value("d")
    return tuple(code for number, code in enumerate(WEEKDAY_CODES) if number not in meant)
