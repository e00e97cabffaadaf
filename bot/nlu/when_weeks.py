"""Weeks, months and their parts, and weekdays by their week: "end of next week", "next Tuesday", "w/c 4th"."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.nlu.when_calendar import (
    Days,
    add_months,
    coming,
    day_and_weekday,
    day_of_month,
    month_days,
    moved,
    nth_weekday,
    one,
    part_of,
    several,
    week_of,
    weekend_of,
    year_days,
)
from bot.nlu.when_clock import stands_alone
from bot.nlu.when_rules import Context, Grammar, Phrase
from bot.nlu.when_words import words

WEEKS = Grammar()
BEFORE_A_DAY = words("on the or not by until before after and of D from between to - around for is either")
PARTS = {"beginning": "early", "early": "early", "mid": "mid", "late": "late", "end": "late", "later": "late"}


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
        later = add_months(today, 2)
        return month_days(later.year, later.month)
    return week_of(today + timedelta(days=14))


@WEEKS.rule(
    "D",
    r"(?P<which>this|next|coming|last|previous|past|current|all|rest)(?: of)?(?: the| this| my)? "
    r"(?P<unit>week|month|year)(?! of| ago)",
)
def whole_period(phrase: Phrase, context: Context) -> Days | None:
    today, which, unit = context.now.date(), phrase["which"], phrase["unit"]
    if re.fullmatch(r"\d+w?|few|couple", phrase.before) and which == "coming":
        return None  # "2 coming weeks"
    if which == "next" and re.search(r"\b(?:in|over|within|during) the$", phrase.text_before):
        return None  # "in the next week" is the next seven days
    if which == "past" and unit != "week":
        return None
    step = {"next": 1, "coming": 1, "last": -1, "previous": -1, "past": -1}.get(which, 0)
    return _period(moved(today, step, unit), unit)


@WEEKS.rule(
    "D",
    r"{shade} (?:of|in|part of)(?: the)? (?P<it>week|month|year)",
    r"(?:{day}|K)(?: day)? of(?: the| this)? (?P<it>month)",
    r"(?:over|through|during|in|rest)(?: the)? (?P<it>week)(?! of| after| before)",
)
def the_period(phrase: Phrase, context: Context) -> Days:
    return _period(context.now.date(), phrase["it"])


def _period(day: date, unit: str) -> Days:
    if unit == "year":
        return year_days(day.year)
    return week_of(day) if unit == "week" else month_days(day.year, day.month)


@WEEKS.rule("D", r"(?P<which>\d[os]|last)(?: full)? (?P<unit>week|weekend|day) (?:of|in)(?: the)? (?P<d>D)")
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


@WEEKS.rule("D", r"(?:(?:in|over|at|on) )?(?:(?:the|my) )?(?:(?P<which>this|next|coming|last) )?weekend")
def weekend(phrase: Phrase, context: Context) -> Days:
    today = context.now.date()
    step = {"next": 7, "last": -7}.get(phrase["which"], 0)
    return weekend_of(today + timedelta(days=step))


@WEEKS.rule("D", r"(?:the )?(?P<which>\d[os]|last) (?P<k>K) (?:of|in)(?: the)? (?P<d>D)")
def nth_weekday_of(phrase: Phrase, context: Context) -> Days | None:
    period = phrase.value("d")
    if period.grain not in ("month", "year"):
        return None
    return nth_weekday(-1 if phrase["which"] == "last" else phrase.number("which"), phrase.value("k")[0], period)


@WEEKS.rule("D", r"(?:before|by|until) (?:the )?end of (?:the )?(?P<d>D)")
def before_end(phrase: Phrase, _: Context) -> Days:
    return Days(None, phrase.value("d").last, "span")


@WEEKS.rule("D", r"(?:(?:at|towards?) )?(?:the )?(?P<part>{shade})(?: on)?(?: of| in| part of)?(?: the)? (?P<d>D)")
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


# Weekdays


def _weekdays_in(week: Days, weekdays: tuple[int, ...]) -> Days:
    start = week.first or date.min
    monday = start - timedelta(days=start.weekday())
    return several(monday + timedelta(days=number) for number in weekdays)


@WEEKS.rule("D", r"(?P<d>D)(?: on)?(?: a| the)? (?P<k>K)", r"(?:on )?(?P<k>K)(?: on| of| in| the)* (?P<d>D)")
def weekday_of_week(phrase: Phrase, context: Context) -> Days | None:
    week = phrase.value("d")
    return _weekdays_in(week, phrase.value("k")) if week.grain == "week" else None


@WEEKS.rule(
    "D",
    r"(?P<k>K)(?: the)? (?P<d>{ordinal}|(?:1[3-9]|2\d|3[01])(?! {unit}| M| am| pm| past| to| -| in))",
)
def weekday_and_day(phrase: Phrase, context: Context) -> Days | None:
    if not stands_alone(phrase) or len(phrase.value("k")) != 1:
        return None
    return day_and_weekday(phrase.number("d"), phrase.value("k")[0], context.now.date())


@WEEKS.rule("D", r"(?:the )?(?P<k>K) after(?: the)? next")
def weekday_after_next(phrase: Phrase, context: Context) -> Days:
    return _weekdays_in(week_of(context.now.date() + timedelta(days=14)), phrase.value("k"))


@WEEKS.rule("D", r"(?:the |this |on )*(?P<which>next|last|previous|this|coming) (?P<k>K)(?! week| fortnight)")
def chosen_weekday(phrase: Phrase, context: Context) -> Days:
    """ "next Tuesday" is Tuesday of next week; "this Tuesday" the coming one, today included."""
    today, which = context.now.date(), phrase["which"]
    if which == "next":
        return _weekdays_in(week_of(today + timedelta(days=7)), phrase.value("k"))
    before = {"last": 8, "previous": 8, "this": 1}.get(which, 0)
    return several(coming(number, today - timedelta(days=before)) for number in phrase.value("k"))


# A day of the month alone: "the 5th", "on the 24", "20th of next month"


@WEEKS.rule("D", r"(?:from |between )?(?:the )?(?P<a>{day}) (?:{to}|and) (?:the )?(?P<b>{day}) (?:of )?(?P<m>D)")
def days_of_given_month(phrase: Phrase, context: Context) -> Days | None:
    month, first, last = phrase.value("m"), phrase.number("a"), phrase.number("b")
    if month.grain != "month" or not first < last <= month.last.day:
        return None
    return Days(month.last.replace(day=first), month.last.replace(day=last), "span")


@WEEKS.rule(
    "D", r"(?:on )?(?:the )?(?P<d>{ordinal})(?: day)? (?:of |in )?(?:the )?(?P<m>D)", r"(?P<d>{day}) of (?P<m>D)"
)
def day_of_given_month(phrase: Phrase, context: Context) -> Days | None:
    month, day = phrase.value("m"), phrase.number("d")
    if month.grain != "month":
        return None
    return one(month.last.replace(day=day)) if day <= month.last.day else Days(problem="impossible")


@WEEKS.rule(
    "D",
    r"(?:on )?the (?P<d>{ordinal})",
    r"on (?:the )?(?P<d>{day})",
    r"the (?P<d>1[3-9]|2\d|3[01])",
    r"(?P<d>{ordinal})",
)
def day_number(phrase: Phrase, context: Context) -> Days | None:
    said, alone = phrase["d"], phrase["it"] == phrase["d"]
    if said.endswith("w") or not stands_alone(phrase):
        return None
    if said.endswith("s") and not phrase["it"].startswith("on "):  # "the second" of anything
        return None
    if alone and phrase.before not in BEFORE_A_DAY | {""}:
        return None
    return day_of_month(phrase.number("d"), context.now.date())
