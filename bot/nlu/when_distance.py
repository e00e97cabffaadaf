"""How far away days are: "tomorrow", "in 2 weeks", "Tuesday week", "3 days after Easter", "in half an hour"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from bot.nlu.when_calendar import Days, coming, moved, one, week_of
from bot.nlu.when_rules import Context, Grammar, Phrase
from bot.nlu.when_words import words

LONDON = ZoneInfo("Europe/London")
DISTANCE = Grammar()
Quantity = tuple[float, str]
HOURLY = ("hour", "minute")
HABITS = words("once twice times every")
PLEASANTRY = re.compile(r"\b(?:help|doing|how are you|(?:all|everything|it|done) for)$")  # "thanks for your help today"
OWN_EVENT = r"(?! (?:my|the|a|i|we|that|D|H|K))"  # "the day after my operation" is not ours to know


@dataclass(frozen=True)
class Moments:
    """From one local moment to another; the same one twice for "in 30 minutes", an open end for the rest of a day."""

    first: datetime
    last: datetime | None


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


# Quantities


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
    return one(context.now.date() + timedelta(days=step * (2 if "day" in said else 1)))


@DISTANCE.rule("D", r"D (?:or|but|so)(?: maybe)? (?P<it>the day after|next day)")
def or_the_day_after(phrase: Phrase, context: Context) -> Days | None:
    last = phrase.values("D")[0].last
    return one(last + timedelta(days=1)) if last else None


@DISTANCE.rule("D", r"(?:the )?next day", r"the day after" + OWN_EVENT)
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
    r"for (?P<q>Q) (?:from|starting|beginning|commencing)(?: from| on)? (?P<d>D)",
    r"(?P<d>D) for (?P<q>Q)",
)
def lasting(phrase: Phrase, _: Context) -> Days | None:
    (amount, unit), start = phrase.value("q"), phrase.value("d").first
    if start is None or unit in HOURLY:
        return None
    return Days(start, moved(start, amount, unit) - timedelta(days=1), "span")


@DISTANCE.rule(
    "I",
    r"(?:(?:for|in|over|within|during|only|the|around) )*(?:next|coming) (?P<q>Q)(?: (?:from|after) (?:now|D))?",
    r"(?:(?:for|in|over|within|during|only|the) )*(?:next|coming) (?P<one>hour|fortnight)",
    r"(?:in|over|within|during) the next (?P<one>week|month)",
    r"(?:(?:in|over|the|only) )*(?P<n>{amount}) coming (?P<unit>{unit})",
    r"(?:in )?(?:within|less than|under|inside) (?:the )?(?P<in>Q)(?: and Q)?(?: (?:from|after) (?:now|D))?",
)
def coming_stretch(phrase: Phrase, context: Context) -> Moments | Days:
    """ "the next 3 days" start tomorrow, "within 3 days" starts now."""
    if phrase["in"] or phrase["q"]:
        amount, unit = phrase.value(phrase.first_of("in", "q"))
    else:
        amount, unit = (amount_of(phrase["n"]), phrase["unit"]) if phrase["n"] else (1, phrase["one"])
    if unit in HOURLY:
        return Moments(context.now, later(context.now, amount, unit))
    today = context.now.date()
    from_now = "within" in phrase["it"] or phrase["in"]
    return Days(today + timedelta(days=not from_now), moved(today, amount, unit), "span")


# From a day: "Tuesday week", "a week on Friday", "2 weeks from the 5th"


def _day_of(phrase: Phrase, group: str, context: Context) -> date | None:
    found = phrase.value(group)
    if isinstance(found, Days):
        return found.first if found.first == found.last else None
    return coming(found[0], context.now.date())


@DISTANCE.rule(
    "D",
    r"(?:on )?(?P<d>D|K)(?: a)? (?P<unit>week|fortnight)(?! of| commencing)",
    r"(?:a )?(?P<unit>week|fortnight)(?: on| from)?(?: this| coming)? (?P<d>D|K)",
    r"(?P<q>Q)(?: on)? (?P<d>D|K)",
)
def weeks_from_day(phrase: Phrase, context: Context) -> Days | None:
    day = _day_of(phrase, "d", context)
    amount, unit = phrase.value("q") if phrase["q"] else (1, phrase["unit"])
    if day is None or unit not in ("week", "fortnight") or phrase.before in HABITS | {"in"}:
        return None
    return one(moved(day, amount, unit))


@DISTANCE.rule(
    "D",
    r"(?P<q>Q) (?P<way>from|after|before) (?P<d>D|K)",
    r"(?P<unit>day|week|month) (?P<way>before|after) (?P<d>D)",
)
def away_from_day(phrase: Phrase, context: Context) -> Days | None:
    amount, unit = phrase.value("q") if phrase["q"] else (1, phrase["unit"])
    back = phrase["way"] == "before"
    anchor = phrase.value("d")
    edge = _day_of(phrase, "d", context) if phrase["d"] == "K" else anchor.first if back else anchor.last
    if edge is None or unit in HOURLY:
        return None
    found = moved(edge, -amount if back else amount, unit)
    return week_of(found) if phrase["unit"] == "week" else one(found)


@DISTANCE.rule("D", r"(?P<n>{amount}) (?P<k>K|V) (?:from now|later|from today|hence)")
def weekdays_from_now(phrase: Phrase, context: Context) -> Days:
    weeks = round(amount_of(phrase["n"])) - 1
    return one(coming(phrase.value("k")[0], context.now.date()) + timedelta(weeks=weeks))


# From now


@DISTANCE.rule("D", r"in (?P<n>{amount}) (?:working|business) day")
def working_days(phrase: Phrase, context: Context) -> Days:
    day, left = context.now.date(), min(round(amount_of(phrase["n"])), 100)
    while left > 0:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in context.bank_holidays(day.year)
    return one(day)


@DISTANCE.rule(
    "I",
    r"(?:in|after)(?: around| like)? (?P<q>Q)(?: and (?P<more>Q))?(?: time)?(?: on (?P<k>K))?",
    r"(?P<q>Q)(?: and)?(?: (?P<more>Q))? (?:from(?: right)? now|hence|later|time|away|in the future)",
    r"(?P<q>Q) (?P<ago>ago|back)",
    r"(?P<years>{amount}) year (?:(?P<ago>ago|back)|from now|later)",
)
def away_from_now(phrase: Phrase, context: Context) -> Days | Moments | None:
    if phrase.before in HABITS:
        return None
    amount, unit = (amount_of(phrase["years"]), "year") if phrase["years"] else phrase.value("q")
    if phrase["more"] and phrase.value("more")[1] in HOURLY:
        start = context.now if unit in HOURLY else context.now + timedelta(days=amount)
        moment = later(start, *phrase.value("more"))
        return Moments(moment, moment)
    found = _away(-amount if phrase["ago"] else amount, unit, context)
    if phrase["k"] and isinstance(found, Days) and found.first:
        return one(found.first + timedelta(days=phrase.value("k")[0] - found.first.weekday()))
    return found


def _away(amount: float, unit: str, context: Context) -> Days | Moments:
    if unit not in HOURLY:
        return one(moved(context.now.date(), amount, unit))
    moment = later(context.now, amount, unit)
    return Moments(moment, moment)


@DISTANCE.rule("D", r"I")
def whole_days(phrase: Phrase, _: Context) -> Days | None:
    found = phrase.values("I")[0]
    return found if isinstance(found, Days) else None
