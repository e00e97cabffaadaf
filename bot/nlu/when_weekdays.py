"""Weekdays by their week, and days of the month alone: "next Tuesday", "Friday of next week", "the 5th"."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.nlu.when_calendar import (
    Days,
    coming,
    day_and_weekday,
    day_of_month,
    one,
    several,
    week_of,
)
from bot.nlu.when_clock import stands_alone
from bot.nlu.when_exclusions import BUT, WEEKDAY_CODES
from bot.nlu.when_rules import Context, Grammar, Phrase
from bot.nlu.when_words import MAY_FOLLOW, words

WEEKDAYS = Grammar()
SAID_ABOUT = words("how what texting writing ringing calling asking message query appointment appt its it")
BEFORE_A_DAY = words("on the or not by until before after and of D T from between to - around for is either")


# Weekdays


def _weekdays_in(week: Days, weekdays: tuple[int, ...]) -> Days:
    start = week.first or date.min
    monday = start - timedelta(days=start.weekday())
    return several(monday + timedelta(days=number) for number in weekdays)


@WEEKDAYS.rule("X", rf"any ?(?:day|time|thing)?(?: at all)? {BUT} (?P<it>(?P<k>K)) (?:of )?(?P<d>D)")
def weekday_left_out(phrase: Phrase, context: Context) -> tuple[str, ...] | None:
    """ "any day but Wednesday next week" leaves the rest of that week."""
    is_week = phrase.value("d").grain == "week"
    return tuple(WEEKDAY_CODES[number] for number in phrase.value("k")) if is_week else None


@WEEKDAYS.rule(
    "D",
    r"(?P<d>D)(?: on)?(?: a| the)? (?P<k>K)",
    r"(?:on )?(?P<k>K)(?: on| of| in| the){0,3} (?P<d>D)",
    r"(?P<d>D)(?: (?:but|not|any ?time)){0,3} (?:before|after|until|by|from|up to|(?:earlier|later) than) "
    r"(?P<it>(?P<k>K))",
    r"(?P<it>(?P<k>K))(?: {part}| {shade}| am| pm| at| on| of| in| the| from| {to}| T| {hour}| first| 1s| thing){1,6} "
    r"(?P<d>D)",
)
def weekday_of_week(phrase: Phrase, context: Context) -> Days | None:
    week = phrase.value("d")
    return _weekdays_in(week, phrase.value("k")) if week.grain == "week" else None


@WEEKDAYS.rule(
    "D",
    r"(?P<k>K)(?: the)? (?P<d>{ordinal}|(?:1[3-9]|2\d|3[01])(?! {unit}| M| am| pm| past| to| -| in))",
)
def weekday_and_day(phrase: Phrase, context: Context) -> Days | None:
    if not stands_alone(phrase) or len(phrase.value("k")) != 1:
        return None
    return day_and_weekday(phrase.number("d"), phrase.value("k")[0], context.now.date())


@WEEKDAYS.rule("D", r"(?:on )?(?:the )?(?P<k>K) (?P<way>after|before|following) (?:the )?(?P<d>D)")
def weekday_beside(phrase: Phrase, _: Context) -> Days | None:
    """ "the Tuesday after Easter"."""
    days = phrase.value("d")
    if days.first is None or days.last is None:
        return None
    weekday = phrase.value("k")[0]
    if phrase["way"] == "before":
        return one(coming(weekday, days.first - timedelta(days=8)))
    return one(coming(weekday, days.first if days.grain == "span" else days.last))  # Easter is two days


@WEEKDAYS.rule("D", r"(?:the )?(?P<k>K) after(?: the)? next")
def weekday_after_next(phrase: Phrase, context: Context) -> Days:
    return _weekdays_in(week_of(context.now.date() + timedelta(days=14)), phrase.value("k"))


@WEEKDAYS.rule("D", r"this (?P<k>K)(?: or| and| but)? (?P<it>next|(?:the )?(?:1w|week) after)")
def weekday_after_this(phrase: Phrase, context: Context) -> Days | None:
    """ "not this Friday but next", "this Friday or the one after"."""
    if phrase["it"] == "next" and phrase.after not in MAY_FOLLOW | {""}:
        return None
    yesterday = context.now.date() - timedelta(days=1)
    return one(coming(phrase.value("k")[0], yesterday) + timedelta(days=7))


@WEEKDAYS.rule(
    "D", r"(?:(?:the|this|on) ){0,3}(?P<which>next|last|previous|this|{coming}) (?P<k>K)(?! week| fortnight)"
)
def chosen_weekday(phrase: Phrase, context: Context) -> Days:
    """ "next Tuesday" is Tuesday of next week; "this Tuesday" the coming one, today included."""
    today, which = context.now.date(), phrase["which"]
    if which == "next":
        return _weekdays_in(week_of(today + timedelta(days=7)), phrase.value("k"))
    before = {"last": 8, "previous": 8, "this": 1}.get(which, 0)
    found = several(coming(number, today - timedelta(days=before)) for number in phrase.value("k"))
    return replace(found, problem="past") if before > 1 else found


# A day of the month alone: "the 5th", "on the 24", "20th of next month"


@WEEKDAYS.rule("D", r"(?:from |between )?(?:the )?(?P<a>{day}) (?:{to}|and) (?:the )?(?P<b>{day}) (?:of )?(?P<m>D)")
def days_of_given_month(phrase: Phrase, context: Context) -> Days | None:
    month, first, last = phrase.value("m"), phrase.number("a"), phrase.number("b")
    if month.grain != "month" or not first < last <= month.last.day:
        return None
    return Days(month.last.replace(day=first), month.last.replace(day=last), "span")


@WEEKDAYS.rule(
    "D",
    r"(?:on )?(?:the )?(?P<d>{ordinal})(?: day)? (?:of |in )?(?:the )?(?P<m>D)",
    r"(?P<d>{day}) of (?:the )?(?P<m>D)",
)
def day_of_given_month(phrase: Phrase, context: Context) -> Days | None:
    month, day = phrase.value("m"), phrase.number("d")
    if month.grain != "month":
        return None
    return one(month.last.replace(day=day)) if day <= month.last.day else Days(problem="impossible")


@WEEKDAYS.rule("D", r"(?:around|about) (?:the )?{ordinal}(?! (?:of )?[DM])")
def about_a_day(phrase: Phrase, _: Context) -> Days | None:
    """ "around the 21st": which day it is to be is asked; but not "how about the 21st?"."""
    return None if phrase.before in SAID_ABOUT else Days(problem="ambiguous")


@WEEKDAYS.rule(
    "D",
    r"(?:on )?the (?P<d>{ordinal})",
    r"(?:on |for )?the day (?P<d>{day})",
    r"on (?:the )?(?P<d>{day})",
    r"the (?P<d>1[3-9]|2\d|3[01])",
    r"(?P<d>{ordinal})",
)
def day_number(phrase: Phrase, context: Context) -> Days | None:
    said, alone = phrase["d"], phrase["it"] == phrase["d"]
    in_a_list = re.fullmatch(r"\d+o", phrase.after)  # "the 1st 2nd or 3rd"
    if said.endswith("w") or not (in_a_list or stands_alone(phrase)):
        return None
    the_nth_one = said.endswith("s") and phrase.number("d") < 13  # "the second" of anything
    if the_nth_one and not phrase["it"].startswith("on "):
        return None
    if alone and phrase.before not in BEFORE_A_DAY | {""}:
        return None
    return day_of_month(phrase.number("d"), context.now.date())
