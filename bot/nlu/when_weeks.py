"""Weeks, months and their parts: "end of next week", "the week after next", "first half of December", "w/c 4th"."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.nlu.when_calendar import (
    Days,
    day_of_month,
    month_ahead,
    month_days,
    moved,
    nth_weekday,
    one,
    part_of,
    week_of,
    weekend_of,
    year_days,
)
from bot.nlu.when_distance import OWN_EVENT
from bot.nlu.when_rules import Context, Grammar, Phrase
from bot.nlu.when_words import MAY_FOLLOW

WEEKS = Grammar()
IN_THE = re.compile(r"\b(?:in|over|within|during) the$")  # "in the next week" is the next seven days
OR_ELSE = r"(?: (?:or|and|but|so|to|-|if|possible|poss|pos|not|otherwise|else|maybe|failing that)){0,5}"
PARTS = {
    "beginning": "early",
    "early": "early",
    "mid": "mid",
    "late": "late",
    "latter": "late",
    "end": "late",
    "later": "late",
}


@WEEKS.rule("Z", r"(?:for|over|during|in) (?:the )?(?:last|past) (?:{amount} )?(?:{unit}|year)")
def history(phrase: Phrase, _: Context) -> bool:
    """ "a cough for the last week" says nothing about when to come."""
    return True


# Weeks, months and their parts


@WEEKS.rule(
    "D",
    r"(?:for )?(?:the )?(?:week )?(?:commencing|week (?:beginning|starting|of))(?: on)?(?: K)?(?: the)? (?P<d>D|{day})",
)
def week_commencing(phrase: Phrase, context: Context) -> Days | None:
    day = phrase.value("d") if phrase["d"] == "D" else day_of_month(phrase.number("d"), context.now.date())
    return week_of(day.first) if day.first and day.grain == "day" else None


@WEEKS.rule("D", r"(?:the )?week after (?:the )?next(?: week)?", r"(?:the )?month after (?:the )?next(?: month)?")
def after_next(phrase: Phrase, context: Context) -> Days:
    today = context.now.date()
    if "month" in phrase["it"]:
        return month_ahead(2, today)
    return week_of(today + timedelta(days=14))


@WEEKS.rule(
    "D",
    r"(?P<which>this|next|{coming}|last|previous|past|current|all|rest)(?: of)?(?: the| this| my)? "
    r"(?P<unit>week|month|year)(?! of| ago| in(?: the)? D)",
)
def whole_period(phrase: Phrase, context: Context) -> Days | None:
    today, which, unit = context.now.date(), phrase["which"], phrase["unit"]
    if _counted(phrase) or which == "next" and IN_THE.search(phrase.text_before):
        return None
    if which == "past" and unit != "week":
        return None
    step = {"next": 1, "coming": 1, "upcoming": 1, "last": -1, "previous": -1, "past": -1}.get(which, 0)
    period = _period(moved(today, step, unit), unit)
    if which == "rest":
        return Days(today, period.last, "span")
    return replace(period, problem="past") if step < 0 else period


@WEEKS.rule("D", r"(?:on )?(?:the )?(?P<d>{ordinal})(?: day)? of the month")
def day_of_coming_month(phrase: Phrase, context: Context) -> Days:
    return day_of_month(phrase.number("d"), context.now.date())


@WEEKS.rule(
    "D",
    r"{shade} (?:of|in|part of)(?: the)? (?P<it>week|month|year)",
    r"(?:{day}|K)(?: day)? of(?: the| this)? (?P<it>month)",
    r"(?:over|through|during|in|rest)(?: the)? (?P<it>week)(?! of| after| before)",
    r"^the (?P<it>week|month)$",
    r"mid (?P<it>week)(?! of| in| D| this| next)",
)
def the_period(phrase: Phrase, context: Context) -> Days:
    return _period(context.now.date(), phrase["it"])


def _counted(phrase: Phrase) -> bool:
    """ "2 coming weeks", "the 3 next weeks"."""
    number = r"(?:\d+w?|few|couple)"
    lead = r"(?:the|in|over|these) " if phrase["which"] == "next" else ""
    return phrase["which"] in ("next", "coming", "upcoming") and bool(
        re.search(rf"\b{lead}{number}$", phrase.text_before)
    )


def _period(day: date, unit: str) -> Days:
    if unit == "year":
        return year_days(day.year)
    return week_of(day) if unit == "week" else month_days(day.year, day.month)


@WEEKS.rule(
    "D",
    r"(?P<which>\d[os]|last)(?: full)? (?P<unit>week|weekend|day) (?:of|in)(?: the)? (?P<d>D)",
    r"(?P<d>D)(?: (?:in|ideally|preferably|maybe|say|but)){0,2} the (?P<which>\d[os]|last) (?P<unit>week|weekend)",
)
def nth_of(phrase: Phrase, context: Context) -> Days | None:
    period = phrase.value("d")
    if period.grain not in ("month", "year") or not period.first:
        return None
    nth = -1 if phrase["which"] == "last" else phrase.number("which")
    if phrase["unit"] == "day":
        return one(period.last) if nth < 0 else one(period.first + timedelta(days=nth - 1))
    if phrase["unit"] == "weekend":
        saturday = nth_weekday(nth, 5, period).first
        return weekend_of(saturday) if saturday else None
    whole = replace(period, last=period.last - timedelta(days=6 if nth < 0 else 0))
    monday = nth_weekday(nth, 0, whole).first
    return week_of(monday) if monday else None


@WEEKS.rule(
    "D",
    r"(?:(?:in|over|at|on) )?(?:(?:the|my) )?(?:(?P<which>this|next|{coming}|last) )?weekend"
    r"(?P<after> after(?: the)? next)?",
)
def weekend(phrase: Phrase, context: Context) -> Days:
    today = context.now.date()
    step = 14 if phrase["after"] else {"next": 7, "last": -7}.get(phrase["which"], 0)
    return weekend_of(today + timedelta(days=step))


@WEEKS.rule(
    "D",
    rf"(?P<d>D){OR_ELSE}(?: the)?(?: {{shade}}(?: of)?)? (?P<it>next)",
    rf"(?P<d>D){OR_ELSE} (?P<it>(?:the )?(?:1w|week|month|weekend) after){OWN_EVENT}",
)
def period_after(phrase: Phrase, _: Context) -> Days | None:
    """ "this week or next", "not this weekend, the one after"."""
    days = phrase.value("d")
    if not (days.first and days.last) or (phrase["it"] == "next" and phrase.after not in MAY_FOLLOW | {""}):
        return None
    if days.grain in ("week", "month"):
        return _period(days.last + timedelta(days=1), days.grain)
    is_weekend = days.grain == "span" and days == weekend_of(days.first)
    return weekend_of(days.first + timedelta(days=7)) if is_weekend else None


@WEEKS.rule(
    "D",
    r"(?:the )?(?P<which>\d[os]|last) (?P<k>K) (?:of|in)(?: the)? (?P<d>D)",
    r"(?P<it>(?:the )?(?P<which>\d[os]|last) (?P<k>K))(?: {part}| am| pm| at| from| T| {to}){1,6} "
    r"(?:of|in)(?: the)? (?P<d>D)",
)
def nth_weekday_of(phrase: Phrase, context: Context) -> Days | None:
    period = phrase.value("d")
    if period.grain not in ("month", "year"):
        return None
    return nth_weekday(-1 if phrase["which"] == "last" else phrase.number("which"), phrase.value("k")[0], period)


@WEEKS.rule("D", r"(?:after|from) (?:the )?beginning of (?:the )?(?P<d>D)")
def from_beginning(phrase: Phrase, _: Context) -> Days:
    return Days(phrase.value("d").first, None, "span")


@WEEKS.rule("D", r"(?:before|by|until) (?:the )?end of (?:the )?(?P<d>D)")
def before_end(phrase: Phrase, _: Context) -> Days:
    return Days(None, phrase.value("d").last, "span")


@WEEKS.rule("D", r"(?:the )?(?P<which>1[so]|2[so]|last|latter) half (?:of|in)(?: the)? (?P<d>D)")
def half_of_period(phrase: Phrase, _: Context) -> Days | None:
    days = phrase.value("d")
    if days.grain not in ("week", "month", "year") or not (days.first and days.last):
        return None
    middle = days.first + (days.last - days.first) / 2
    if phrase["which"].startswith("1"):
        return Days(days.first, middle, "span")
    return Days(middle + timedelta(days=1), days.last, "span")


@WEEKS.rule(
    "D", r"(?:(?:at|towards?) )?(?:the )?(?P<part>{shade})(?: week)?(?: on)?(?: of| in| part of)?(?: the)? (?P<d>D)"
)
def part_of_period(phrase: Phrase, context: Context) -> Days | None:
    period, part, today = phrase.value("d"), phrase["part"], context.now.date()
    if period.grain not in ("week", "month", "year"):
        return None
    if part == "rest":
        return Days(today, period.last, "span")
    if part == "later" and period.first and period.first <= today:
        late = part_of(period, "late").first if period.grain == "week" else None
        return Days(max(today, late or today), period.last, "span")
    return part_of(period, PARTS[part])
