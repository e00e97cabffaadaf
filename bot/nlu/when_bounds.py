"""Runs, lists and bounds made of days, and the days ruled out: "mon-fri", "by the 5th", "any day but Wednesday"."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.nlu.when_calendar import Days, Problem, add_months, coming, day_of_month, one, several
from bot.nlu.when_rules import Context, Grammar, Phrase
from bot.nlu.when_words import words

BOUNDS = Grammar()
WEEKDAY_CODES = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
OFFER = words("free available can could do make prefer any only best good suit suits appointment slot like come P C or")
LONGEST_EXCLUSION_DAYS = 31


# Days that are not what is asked for

CHANGE = r"(?:change|move|moved|swap|switch|rearrange|reschedule|rebook|postpone|push|bring)"


@BOUNDS.rule(
    "Z",
    rf"{CHANGE}(?: [^\sDKT]\S*){{0,6}} (?P<it>(?:(?:from|on) )?(?:T (?:on )?)?[DK](?: (?:at )?T)?)"
    r"(?= (?:\S+ ){0,3}to )",
)
def day_moved_from(phrase: Phrase, _: Context) -> bool:
    """ "move my appointment from Monday to Thursday" asks for Thursday."""
    return True


NOT = (
    r"(?:but |just )?(?:not|except|apart from|other than|instead of|rather than|avoid|never|busy|unless)"
    r"(?: (?:do|make|on|for|the|available|free|come|in|able|to|be|a|have|attend|manage|get|there|around|work|any))*"
)
AWAY = r"(?:away|abroad|on holiday|on hols)"
NOT_GOOD = (
    r"(?:is |are )?(?:not (?:good|possible|suitable|ok|okay|work|convenient|available|do)|no (?:good|use)|doesnt work)"
)


def _rule_out(kind: str) -> tuple[str, ...]:
    return (
        rf"{NOT} (?P<d>{kind})(?! to| -| until)",
        rf"any(?:time| time| day|day| weekday|thing)?(?: at all)? but (?:the |on )?(?P<d>{kind})",
        rf"(?P<d>{kind}) {NOT_GOOD}",
        rf"(?:i|im|we) (?:also )?(?:at )?work(?:ing)? (?:on )?(?P<d>{kind})",
        rf"{AWAY}(?: (?:all|on|for|the|from))* (?P<d>{kind})",
    )


@BOUNDS.rule("X", *_rule_out("[KV]"), r"no (?P<d>V)")
def ruled_out(phrase: Phrase, context: Context) -> tuple[str, ...]:
    """The weekday codes or ISO days that stand for the days ruled out."""
    found = phrase.value("d")
    if isinstance(found, tuple):
        return tuple(WEEKDAY_CODES[number] for number in found)
    if found.first is None or found.last is None:
        return ()
    length = min((found.last - found.first).days + 1, LONGEST_EXCLUSION_DAYS)
    run = found.each or [found.first + timedelta(days=n) for n in range(length)]
    return tuple(day.isoformat() for day in run if day >= context.now.date())


@BOUNDS.rule("X", r"(?:any |on |only )*(?P<d>V|weekday)(?: only)?", r"any (?P<d>K)")
def only_these(phrase: Phrase, _: Context) -> tuple[str, ...] | None:
    """ "Mondays" or "weekdays": all other weekdays are ruled out."""
    if phrase["d"] == "V" and phrase.text_before and not OFFER & set(phrase.text_before.split()[-4:]):
        return None  # "my dialysis is on Mondays"
    meant = range(5) if phrase["d"] == "weekday" else phrase.value("d")
    return tuple(code for number, code in enumerate(WEEKDAY_CODES) if number not in meant)


# Runs and lists


@BOUNDS.rule("D", r"(?:from )?(?P<a>K) {to} (?P<b>K)", r"between (?P<a>K) and (?P<b>K)")
def weekday_run(phrase: Phrase, context: Context) -> Days:
    first = coming(phrase.value("a")[0], context.now.date())
    return Days(first, coming(phrase.value("b")[-1], first), "span")


@BOUNDS.rule("D", r"(?:from )?(?P<a>D) {to} (?P<b>K|(?:the )?{ordinal})")
def run_from_day(phrase: Phrase, context: Context) -> Days | None:
    first = phrase.value("a").first
    if first is None:
        return None
    if phrase["b"] == "K":
        return Days(first, coming(phrase.value("b")[-1], first), "span")
    last = day_of_month(int(phrase["b"].split()[-1].rstrip("so")), first)
    return Days(first, last.last, "span", problem=last.problem)


@BOUNDS.rule("D", r"(?:on )?(?P<k>K)(?: the)? (?P<d>D)")
def weekday_of_date(phrase: Phrase, _: Context) -> Days | None:
    """ "Fri 4/12": asked about if that is no Friday."""
    day: Days = phrase.value("d")
    weekdays = phrase.value("k")
    if day.grain != "day" or day.first is None or len(weekdays) != 1:
        return None
    return day if day.first.weekday() == weekdays[0] else replace(day, problem="ambiguous")


@BOUNDS.rule("D", r"(?:on |for |this )?(?P<k>K)")
def coming_weekday(phrase: Phrase, context: Context) -> Days | None:
    """A bare weekday is the coming one; today's name means next week."""
    return several(coming(number, context.now.date()) for number in phrase.value("k"))


@BOUNDS.rule(
    "D",
    r"(?:(?:from|between) )?(?P<a>D) {to}(?: the)? (?P<b>D)",
    r"between (?P<a>D|now) and (?P<b>D)",
    r"from (?P<a>now) {to} (?P<b>D)",
)
def run(phrase: Phrase, context: Context) -> Days:
    first = one(context.now.date()) if phrase["a"] == "now" else phrase.value("a")
    last = phrase.value("b")
    end = last.last
    if first.first and end and end < first.first and last.grain in ("day", "month"):
        end = add_months(end, 12)
    return Days(first.first, end, "span", problem=first.problem or last.problem)


@BOUNDS.rule("D", r"(?:either )?D(?: (?:or|and|/)(?: the| on| a)? D)+", r"D(?: D)+ (?:or|and)(?: the| on)? D")
def day_list(phrase: Phrase, _: Context) -> Days:
    return listed(phrase.values("D"))


def listed(days: list[Days]) -> Days:
    """Any of these days."""
    firsts, lasts = [found.first for found in days if found.first], [found.last for found in days if found.last]
    problem: Problem = next((found.problem for found in days if found.problem), "")
    if firsts and not problem and all(found.each or found.first == found.last for found in days):
        return several(day for found in days for day in found.each or (found.first,) if day)
    return Days(min(firsts, default=None), max(lasts, default=None), "span", problem=problem)


# Bounds


@BOUNDS.rule("D", rf"{AWAY} until (?:the )?(?P<d>D)")
def back_after(phrase: Phrase, context: Context) -> Days:
    """ "away until the 7th" leaves the days after."""
    return after_days(phrase, context)


@BOUNDS.rule(
    "D",
    r"{not} (?:until|before) (?P<d>D)",
    r"(?:{not}|no) (?:earlier|sooner) than (?P<d>D)",
    r"{anytime}(?:from|starting|beginning on|beginning from)(?: on| from)? (?P<d>D)(?: {onwards}| on)?",
    r"(?P<d>D) {onwards}",
)
def not_earlier(phrase: Phrase, _: Context) -> Days:
    found = phrase.value("d")
    return Days(found.first, None, "span", problem=found.problem)


@BOUNDS.rule(
    "D",
    r"{not} after (?P<d>D)",
    r"(?:{not}|no) later than (?P<d>D)",
    r"(?:by|until|on or before|up to|as late as)(?: the)? (?P<d>D)",
    r"(?P<d>D) {at_latest}",
)
def not_later(phrase: Phrase, _: Context) -> Days:
    found = phrase.value("d")
    return Days(None, found.last, "span", problem=found.problem)


@BOUNDS.rule("D", r"{anytime}(?:after|past|later than) (?P<d>D)")
def after_days(phrase: Phrase, _: Context) -> Days:
    found = phrase.value("d")
    return Days(found.last and found.last + timedelta(days=1), None, "span", problem=found.problem)


@BOUNDS.rule("D", r"{anytime}(?:before|earlier than|ahead of|this side of) (?P<d>D)")
def before_days(phrase: Phrase, _: Context) -> Days:
    found = phrase.value("d")
    return Days(None, found.first and found.first - timedelta(days=1), "span", problem=found.problem)


BOUNDS.rule("X", *_rule_out("D"))(ruled_out)
