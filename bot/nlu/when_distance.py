"""Quantities of time, near days and stretches: "tomorrow", "a week or two", "the next 3 days", "within a fortnight"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from bot.nlu.when_calendar import Days, coming, month_ahead, moved, one, week_of
from bot.nlu.when_rules import Context, Grammar, Phrase

LONDON = ZoneInfo("Europe/London")
DISTANCE = Grammar()
Quantity = tuple[float, str]
HOURLY = ("hour", "minute")
PLEASANTRY = re.compile(r"\b(?:help|doing|how are you|(?:all|everything|it|done) for)$")  # "thanks for your help today"
OWN_EVENT = (
    r"(?! (?:my|the|a|i|we|that|work|school|lunch|D|H|K|T|\d+))"  # "the day after my operation" is not ours to know
)


@dataclass(frozen=True)
class Moments:
    """From one local moment to another; the same one twice for "in 30 minutes", an open end for the rest of a day."""

    first: datetime
    last: datetime | None
    at_once: bool = False  # "now"


def local(moment: datetime) -> datetime:
    """The moment by the clocks of London; a moment without a zone already is."""
    return moment.replace(tzinfo=LONDON) if moment.tzinfo is None else moment.astimezone(LONDON)


def later(now: datetime, amount: float, unit: str) -> datetime:
    """Hours or minutes on, across a change of the clocks too."""
    seconds = amount * (3600 if unit == "hour" else 60)
    return (now.astimezone(timezone.utc) + timedelta(seconds=seconds)).astimezone(LONDON)


def amount_of(said: str) -> float:
    """The number in "3", "3w", "a", "half an", "a couple of" (2) or "a few" (3)."""
    if said[0].isdigit():
        return float(said.rstrip("w"))
    return {"a": 1, "an": 1, "half a": 0.5, "half an": 0.5}.get(said, 2 if "couple" in said else 3)


def day_of(phrase: Phrase, group: str, context: Context) -> date | None:
    """The one day in a group that holds days or a bare weekday."""
    found = phrase.value(group)
    if isinstance(found, Days):
        return found.first if found.first == found.last else None
    return coming(found[0], context.now.date())


# Quantities


@DISTANCE.rule("D", r"in couple(?: of)? (?:week|month)(?! time)")
def not_quite_a_distance(phrase: Phrase, _: Context) -> Days:
    """Without "a" it may be two or "a few": asked about."""
    return Days(problem="ambiguous")


@DISTANCE.rule(
    "D",
    r"(?P<lead>in|within) (?:about |around )?(?P<a>{amount}) (?:or|to|-|/) (?P<b>{amount}) (?P<unit>day|week|month)"
    r"(?: time)?",
    r"(?P<a>{amount}) (?:or|to|-|/) (?P<b>{amount}) (?P<unit>day|week|month) (?:time|from now)",
    r"(?P<lead>in|within) (?P<a>a|1w?) (?P<unit>day|week|month) or (?P<b>2w?)",
)
def from_one_to_other(phrase: Phrase, context: Context) -> Days | None:
    """ "in 2 or 3 weeks"."""
    today = context.now.date()
    first, last = (moved(today, amount_of(phrase[group]), phrase["unit"]) for group in "ab")
    return Days(today if phrase["lead"] == "within" else first, last, "span") if first < last else None


@DISTANCE.rule(
    "Q",
    r"(?:a )?(?P<n>half|quarter|3w?(?: -)? quarters?)(?: of)?(?: an?)? (?P<unit>hour)",
)
def part_of_hour(phrase: Phrase, _: Context) -> Quantity | None:
    if " and " in phrase.text_before[-7:]:  # "2 and a half hours"
        return None
    return {"half": 0.5, "quarter": 0.25}.get(phrase["n"], 0.75), phrase["unit"]


@DISTANCE.rule(
    "Q",
    r"(?P<n>{amount})(?: and (?:an? )?(?P<half>half))?(?: more| whole| full)? (?P<unit>{unit})"
    r"(?: and (?:an? )?(?P<more>half))?",
)
def quantity(phrase: Phrase, _: Context) -> Quantity:
    return amount_of(phrase["n"]) + (0.5 if phrase["half"] or phrase["more"] else 0), phrase["unit"]


# Near days


@DISTANCE.rule(
    "D",
    r"today",
    r"for the day$",
    r"(?:same|on the) day(?= (?:appointment|appt|slot))",
    r"(?P<it>this)(?= (?:early |late |later |mid )?{part}(?: |$))",
)
def today(phrase: Phrase, context: Context) -> Days | None:
    return None if PLEASANTRY.search(phrase.text_before) else one(context.now.date())


@DISTANCE.rule("I", r"(?:the )?rest (?:of )?(?:the |my )?day", r"later (?:on )?D(?! {part})")
def rest_of_day(phrase: Phrase, context: Context) -> Moments | None:
    days = phrase.values("D")
    return Moments(context.now, None) if not days or days[0] == one(context.now.date()) else None


@DISTANCE.rule(
    "D",
    r"(?:the )?day after tomorrow",
    r"(?:the )?day before yesterday",
    r"tomorrow|yesterday",
    r"(?P<it>last|next) (?:night|evening|morning)",
)
def near_day(phrase: Phrase, context: Context) -> Days:
    said = phrase["it"].split()
    step = {"tomorrow": 1, "yesterday": -1, "last": -1, "next": 1}[said[-1]]
    found = context.now.date() + timedelta(days=step * (2 if "day" in said else 1))
    return one(found, "past" if step < 0 else "")


@DISTANCE.rule("D", r"D (?:or|but|so)(?: maybe)? (?P<it>the day after|(?:the )?next day)")
def or_the_day_after(phrase: Phrase, context: Context) -> Days | None:
    last = phrase.values("D")[0].last
    return one(last + timedelta(days=1)) if last else None


@DISTANCE.rule("D", r"(?:the )?(?<!\d )(?<!\dw )next day(?! or)", r"the day after" + OWN_EVENT)
def day_after(phrase: Phrase, context: Context) -> Days:
    return one(context.now.date() + timedelta(days=1))


@DISTANCE.rule("D", r"^(?:a )?fortnight$", r"(?:the )?week after" + OWN_EVENT)
def fortnight(phrase: Phrase, context: Context) -> Days:
    """ "the week after" is said of the one after next week."""
    ahead = context.now.date() + timedelta(days=14)
    return week_of(ahead) if "week" in phrase["it"] else one(ahead)


# Stretches of days


@DISTANCE.rule(
    "D",
    r"for (?P<q>Q) (?:from|starting|beginning|commencing)(?: from| on)? (?P<d>D|K)",
    r"(?:from )?(?P<d>D|K) for (?P<q>Q)",
)
def lasting(phrase: Phrase, context: Context) -> Days | None:
    found = phrase.value("d")
    (amount, unit), start = phrase.value("q"), found.first if isinstance(found, Days) else day_of(phrase, "d", context)
    if start is None or unit in HOURLY:
        return None
    return Days(start, moved(start, amount, unit) - timedelta(days=1), "span")


@DISTANCE.rule(
    "I",
    r"(?P<lead>(?:(?:for|in|over|within|during|only|the|these|around) ){0,4})(?:next|{coming}) (?P<q>Q)"
    r"(?: (?:from|after) (?:now|D))?",
    r"(?:(?:for|in|over|within|during|only|the) ){0,4}(?:next|{coming}) (?P<one>hour|fortnight)",
    r"(?:in|over|within|during) the next (?P<two>day|week|month) or (?:2w?|so)",
    r"(?:in|over|within|during) the next (?P<one>week|month)",
    r"(?P<lead>(?:(?:for|in|over|within|the|only) ){0,4})(?P<n>{amount}) (?:next|{coming}) (?P<unit>{unit})",
    r"(?:in )?(?:within|less than|under|inside) (?:the )?(?P<in>Q)(?: and Q)?(?: (?:from|after) (?:now|D))?",
)
def coming_stretch(phrase: Phrase, context: Context) -> Moments | Days:
    """ "the next 3 days" start tomorrow, "within 3 days" now; bare "next 3 weeks" are whole, as "next week" is."""
    if phrase["in"] or phrase["q"]:
        amount, unit = phrase.value(phrase.first_of("in", "q"))
    else:
        unit = phrase[phrase.first_of("unit", "one", "two")]
        amount = amount_of(phrase["n"]) if phrase["n"] else 2 if phrase["two"] else 1
    if unit in HOURLY:
        return Moments(context.now, later(context.now, amount, unit))
    today = context.now.date()
    if "lead" in phrase.match.groupdict() and not phrase["lead"] and unit != "fortnight":
        return _whole_periods(round(amount), unit, today, only_last="upcoming" in phrase["it"])
    from_now = "within" in phrase["it"] or phrase["in"]
    return Days(today + timedelta(days=not from_now), moved(today, amount, unit), "span")


def _whole_periods(count: int, unit: str, today: date, only_last: bool) -> Days:
    first, last = (_period_ahead(ahead, unit, today) for ahead in (1, count))
    return last if only_last else Days(first.first, last.last, "span")


def _period_ahead(count: int, unit: str, today: date) -> Days:
    if unit == "day":
        return one(moved(today, count, unit))
    return month_ahead(count, today) if unit == "month" else week_of(moved(today, count, unit))
