"""Numbers that are hours by their company ("after 2", "9 tomorrow") and stretches of time ("between 9 and half 11")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from bot.nlu.when_clock import OPENS, clock_of, stands_alone
from bot.nlu.when_distance import Moments
from bot.nlu.when_rules import Context, Grammar, Phrase
from bot.nlu.when_tokens import Clock
from bot.nlu.when_words import words

HOURS = Grammar()
POINTERS = words("at around by from before after until between since than")
LEADS = words(
    "at around between from for on D C P X T A or and do make available free anytime time back come "
    "morning afternoon evening night"
) | {""}


@dataclass(frozen=True)
class Times:
    """A window of clock times; None is open. `part` names a part of the day."""

    first: Clock | None = None
    last: Clock | None = None
    part: str = ""


@HOURS.rule(
    "T",
    r"{pointer}(?: about| like| or)? (?P<it>{hour})(?! (?:to|-|and) (?:\d|T))",
    r"{pointer}(?: about| like| or)? (?P<it>{hour})(?= (?:to|-|and|until|or) (?:{hour}|T)(?: |$))",
    r"{hour}(?= (?:or later|onwards|ish|sharp)(?: |$))",
    r"D(?: for)? (?P<it>{hour})(?! (?:to|-|and|or) (?:\d|T))",
    r"(?P<it>{hour})(?: on)? (?:D|P|morning|afternoon|evening|lunch)",
    r"{part}(?: at)? (?P<it>{hour})",
    r"(?:work|school|college|uni) (?:for|by) (?P<it>{hour})",
    r"(?:it be|make it|it to) (?P<it>{hour})",
)
def hour_in_company(phrase: Phrase, _: Context) -> Clock | None:
    if not stands_alone(phrase):
        return None
    pointed_at = phrase.before in POINTERS | {"be", "it", "to"}
    if phrase["it"] == "1w" and not pointed_at and phrase.after != "ish":  # "the Tuesday one"
        return None
    if not pointed_at and phrase.match.group() != phrase["it"] and phrase.before not in LEADS:
        return None
    if phrase.after == "D" and not pointed_at and any(day.grain != "day" for day in phrase.values("D")):
        return None
    return clock_of(phrase["it"])


@HOURS.rule(
    "C",
    r"(?:(?P<lead>from|between) )?(?P<a>T|{hour}) {to} (?P<b>T|{hour})(?: ish)?",
    r"(?P<lead>between) (?P<a>T|{hour}) (?:and|or|-) (?P<b>T|{hour})(?: ish)?",
    r"(?P<a>T) (?:or|and|/) (?:at )?(?P<b>T|{hour})",
    r"(?P<a>{hour}) (?:or|/) (?:at )?(?P<b>T)",
)
def stretch(phrase: Phrase, _: Context) -> Times | None:
    first = phrase.value("a") if phrase["a"] == "T" else clock_of(phrase["a"])
    last = phrase.value("b") if phrase["b"] == "T" else clock_of(phrase["b"])
    bare = phrase["a"] != "T" and phrase["b"] != "T" and not phrase["lead"]
    if (bare and phrase.before not in LEADS) or (phrase["b"] != "T" and not stands_alone(phrase)):
        return None
    return Times(*_agreeing(first, last)) if first and last else None


@HOURS.rule(
    "I",
    r"(?:between|from) (?:right )?now (?:and|{to}) (?P<t>T|{hour})(?! D)",
    r"(?:between|from) (?P<since>T|{hour}) (?:and|{to}) (?:right )?now",
)
def from_or_until_now(phrase: Phrase, context: Context) -> Moments | None:
    """ "between now and 5"."""
    group = phrase.first_of("t", "since")
    clock = phrase.value(group) if phrase[group] == "T" else clock_of(phrase[group])
    if clock is None:
        return None
    then = datetime.combine(context.now.date(), wall_clock(clock), context.now.tzinfo)
    return Moments(min(context.now, then), max(context.now, then))


def wall_clock(clock: Clock, half: str = "") -> time:
    """The wall-clock time; without am or pm it falls in surgery hours (8 to 12 before, 1 to 7 after noon)."""
    if clock.half:
        return time(clock.hour, clock.minute)
    afternoon = half == "pm" or (not half and clock.hour < OPENS)
    return time(clock.hour + 12 if afternoon and clock.hour < 12 else clock.hour, clock.minute)


def _agreeing(first: Clock, last: Clock) -> tuple[Clock, Clock]:
    """ "11 to 3pm" starts before noon, "2 to 4pm" after it, and "8am to 6" ends in the evening."""
    if last.half and not first.half:
        same = _in_half(first, last.half)
        return (same if minutes_of(same) < minutes_of(last) else _in_half(first, "am")), last
    if first.half and not last.half:
        same = _in_half(last, first.half)
        return first, (same if minutes_of(same) > minutes_of(first) else _in_half(last, "pm"))
    return first, last


def _in_half(clock: Clock, half: str) -> Clock:
    if clock.hour > 12:
        return clock
    return Clock(clock.hour % 12 + (12 if half == "pm" else 0), clock.minute, "pm" if half == "pm" else "am")


def minutes_of(clock: Clock) -> int:
    """Minutes since midnight."""
    return clock.hour * 60 + clock.minute
