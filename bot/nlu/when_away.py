"""Days counted from a day or from now: "Tuesday week", "3 days after Easter", "in 2 weeks", "in half an hour"."""

from __future__ import annotations

from datetime import timedelta

from bot.nlu.when_calendar import Days, coming, moved, one, several, week_of
from bot.nlu.when_distance import HOURLY, Moments, amount_of, day_of, later
from bot.nlu.when_rules import Context, Grammar, Phrase
from bot.nlu.when_words import words

AWAY = Grammar()
HABITS = words("once twice times every")


# From a day: "Tuesday week", "a week on Friday", "2 weeks from the 5th"


@AWAY.rule(
    "D",
    r"(?:on )?(?P<d>D|K)(?: a)? (?P<unit>week|fortnight)(?! of| commencing)",
    r"(?:a )?(?P<unit>week|fortnight)(?: on| from)?(?: this| coming)? (?P<d>D|K)",
    r"(?P<q>Q)(?: on)? (?P<d>D|K)",
)
def weeks_from_day(phrase: Phrase, context: Context) -> Days | None:
    day = day_of(phrase, "d", context)
    amount, unit = phrase.value("q") if phrase["q"] else (1, phrase["unit"])
    if day is None or unit not in ("week", "fortnight", "month") or phrase.before in HABITS | {"in"}:
        return None
    return one(moved(day, amount, unit))


@AWAY.rule(
    "D",
    r"(?P<q>Q) (?P<way>from|after|before) (?P<d>D|K)(?: on(?: a)? (?P<k>K))?",
    r"(?P<unit>day|week|month) (?P<way>before|after) (?P<d>D)",
    r"(?P<years>{amount}) (?P<unit>year) (?P<way>from|before|after) (?P<d>D)",
)
def away_from_day(phrase: Phrase, context: Context) -> Days | None:
    amount, unit = phrase.value("q") if phrase["q"] else (amount_of(phrase["years"] or "a"), phrase["unit"])
    back = phrase["way"] == "before"
    anchor = phrase.value("d")
    edge = day_of(phrase, "d", context) if phrase["d"] == "K" else anchor.first if back else anchor.last
    if edge is None or unit in HOURLY:
        return None
    found = moved(edge, -amount if back else amount, unit)
    if phrase["k"]:
        return one(coming(phrase.value("k")[0], found - timedelta(days=1)))
    return week_of(found) if phrase["unit"] == "week" else one(found)


@AWAY.rule("D", r"(?P<n>{amount}) (?P<k>K|V) (?:from now|later|from today|hence)")
def weekdays_from_now(phrase: Phrase, context: Context) -> Days:
    weeks = round(amount_of(phrase["n"])) - 1
    return one(coming(phrase.value("k")[0], context.now.date()) + timedelta(weeks=weeks))


# From now


@AWAY.rule(
    "D", r"(?P<lead>in|within) (?P<n>{amount}) (?:working|business) day", r"(?:the )?next (?:working|business) day"
)
def working_days(phrase: Phrase, context: Context) -> Days:
    day, left = context.now.date(), min(round(amount_of(phrase["n"] or "a")), 100)
    while left > 0:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in context.bank_holidays(day.year)
    return Days(context.now.date(), day, "span") if phrase["lead"] == "within" else one(day)


@AWAY.rule("D", r"(?P<it>(?P<k>K))(?: {part}| am| pm| at| T){0,3} in (?P<q>Q)")
def weekday_in_weeks(phrase: Phrase, context: Context) -> Days | None:
    """ "Friday morning in two weeks"."""
    amount, unit = phrase.value("q")
    if unit not in ("week", "fortnight"):
        return None
    monday = week_of(moved(context.now.date(), amount, unit)).first
    return several(monday + timedelta(days=number) for number in phrase.value("k")) if monday else None


@AWAY.rule(
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
    if unit == "day" and "right" in phrase["it"].split():
        then = context.now + timedelta(days=amount)
        return Moments(then, then)
    found = _away(-amount if phrase["ago"] else amount, unit, context)
    if phrase["k"] and isinstance(found, Days) and found.first:
        return one(found.first + timedelta(days=phrase.value("k")[0] - found.first.weekday()))
    return found


def _away(amount: float, unit: str, context: Context) -> Days | Moments:
    if unit not in HOURLY:
        return one(moved(context.now.date(), amount, unit), "past" if amount < 0 else "")
    moment = later(context.now, amount, unit)
    return Moments(moment, moment)


GO = r"(?:come|pop|seen|see (?:me|someone|somebody|anyone|him|her)|speak|talk|meet|call me|ring me|phone me)"


@AWAY.rule(
    "I",
    rf"{GO}(?: back| in| over| down| up| to \S+| out| round){{0,2}} (?P<it>(?:right |just )?now)",
    r"go (?:back )?(?P<it>right now)",
    r"go back (?P<it>now)",
)
def now(phrase: Phrase, context: Context) -> Moments | None:
    """ "can I come in now", but not "I can't come in now" or a pain that somebody has now."""
    return None if "not" in phrase.text_before.split()[-3:] else Moments(context.now, None, at_once=True)


@AWAY.rule("D", r"I")
def whole_days(phrase: Phrase, _: Context) -> Days | None:
    found = phrase.values("I")[0]
    return found if isinstance(found, Days) else None
