"""Dates with a month, and named days: "3rd of December", "Dec 5", "from the 7th to the 11th of May", "Easter"."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from bot.nlu.when_calendar import (
    Days,
    add_months,
    full_year,
    month_days,
    named_day,
    next_day,
    next_month_named,
    next_named_day,
    one,
    real_day,
    several,
    week_of,
    year_days,
)
from bot.nlu.when_clock import stands_alone
from bot.nlu.when_rules import Context, Grammar, Phrase
from bot.nlu.when_words import MONTH_WORDS, PATTERNS, WEEKDAY_WORDS, words

DAYS = Grammar()
VERBS_AFTER_MAY = words("i we he she you be not do have need also")
BEFORE_SAT = words("i he she we they you ive hes shes had has have just was is been who got go to mum dad")
AFTER_SAT = words("down on in here there up by with at nav for still score test")
BEFORE_SUN = words("the in of too much strong hot full direct")
AFTER_SUN = words("cream burn burnt screen block exposure light rash damage hat tan stroke spot spots bed beds lotion")


# Words that are also everyday English


@DAYS.rule(
    "M",
    r"(?P<it>march|mar|may)(?: the)?(?: {day}| {year}| -)",
    r"(?:\d+[os]?|in|of|{shade}|next|this|last|by|until|before|after|since|from|to|-|K) (?P<it>march|mar|may)",
    r"^(?P<it>march|may)$",
)
def month_in_company(phrase: Phrase, _: Context) -> int | None:
    follows = phrase.after[:1].isdigit() or phrase.after == "the" or stands_alone(phrase)
    if not follows or (phrase["it"] == "may" and phrase.after in VERBS_AFTER_MAY):
        return None
    return MONTH_WORDS[phrase["it"]]


@DAYS.rule("K", "sat|sun")
def short_weekend_day(phrase: Phrase, _: Context) -> tuple[int, ...] | None:
    said, before, after = phrase["it"], phrase.before, phrase.after
    if said == "sat" and (before in BEFORE_SAT or after in AFTER_SAT):
        return None
    if said == "sun" and (before in BEFORE_SUN or after in AFTER_SUN):
        return None
    return (WEEKDAY_WORDS[said],)


@DAYS.rule("K", r"K(?:(?: or| and| /)?(?: a| on)? K)+")
def weekday_list(phrase: Phrase, _: Context) -> tuple[int, ...] | None:
    joined = {"or", "and", "/"} & set(phrase["it"].split())
    if (phrase.before == "between" and "and" in joined) or (phrase.before == "not" and not joined):
        return None  # "not Monday, Tuesday is fine"
    return tuple(number for value in phrase.values("K") for number in value)


@DAYS.rule("V", r"V(?:(?: or| and| /)? V)+")
def weekdays_list(phrase: Phrase, _: Context) -> tuple[int, ...]:
    return tuple(number for value in phrase.values("V") for number in value)


# Dates with a month


def _in_month(day: int, month: int, year: str, now: date) -> Days:
    return real_day(full_year(int(year), now), month, day) if year else next_day(day, month, now)


def _both(first: Days, last: Days) -> Days:
    """From the first of one to the last of the other."""
    problem = first.problem or last.problem
    return Days(first.first, last.last, "span", problem=problem)


@DAYS.rule("D", r"(?P<days>{ordinal}(?:(?: or| and)?(?: the)? {ordinal}){2,})(?: of)? (?P<m>M)")
def listed_days(phrase: Phrase, context: Context) -> Days:
    found = [next_day(int(day), phrase.value("m"), context.now.date()) for day in re.findall(r"\d+", phrase["days"])]
    days = [day.first for day in found if day.first]
    return several(days) if len(days) == len(found) else Days(problem="impossible")


@DAYS.rule(
    "D",
    r"(?:(?:from|between) )?(?:the )?(?P<a>{day})(?: of)? (?P<join>{to}|and|or|/) "
    r"(?:the )?(?P<b>{day})(?: day)?(?: of)?(?: the)? (?P<m>M)(?: (?P<y>{year}|2\d(?= |$)))?",
    r"(?:(?:from|between) )?(?P<m>M) (?:the )?(?P<a>{day}) (?P<join>{to}|and|or|/) "
    r"(?:the )?(?P<b>{day})(?: (?P<y>{year}))?",
)
def days_in_a_month(phrase: Phrase, context: Context) -> Days | None:
    month, today = phrase.value("m"), context.now.date()
    if phrase["it"].startswith("M") and re.fullmatch(PATTERNS["day"], phrase.before):
        return None  # "1st Dec 9-12"
    first = _in_month(phrase.number("a"), month, phrase["y"], today)
    if phrase["it"].startswith(("between", "from")) or phrase["join"] not in ("and", "or"):
        return _until_day(first, phrase.number("b"), phrase["it"].endswith("M"), month, today)
    last = _in_month(phrase.number("b"), month, phrase["y"], today)
    if first.first and last.first:
        return several([first.first, last.first])
    return Days(problem="impossible")


def _until_day(first: Days, last: int, month_follows: bool, month: int, today: date) -> Days:
    """From a day to a day number, in the same month or, for a smaller number, across its end."""
    if first.first is None:
        return first
    if last >= first.first.day:
        return _both(first, real_day(first.first.year, month, last))
    if month_follows:  # "from the 27th to the 3rd of April" began the month before
        end = real_day(first.first.year, month, last)
        return _both(one(add_months(first.first, -1)), end)
    following = add_months(first.first.replace(day=1), 1)
    return _both(first, real_day(following.year, following.month, last))


@DAYS.rule(
    "D",
    r"(?:(?P<k>K) )?(?:on )?(?:the )?(?P<d>{day})(?: day)?(?: -| /)?(?: of)? (?P<m>M)"
    r"(?:(?: -| /| of)? (?P<y>{year}|2\d(?= |$)))?"
    r"|(?:(?P<k2>K) )?(?P<m2>M)(?: -| /)? (?:the )?(?P<d2>{day})"
    r"(?:(?: of)? (?P<y2>{year})|(?= T (?P<y6>{year})))?(?: (?P<k3>K))?"
    r"|(?P<y4>{year})(?: -| /)? (?P<m4>M)(?: -| /)? (?P<d4>{day})"
    r"|(?P<d5>{day}) - (?P<y5>{year}) - (?P<m5>M)",
)
def day_and_month(phrase: Phrase, context: Context) -> Days | None:
    today = context.now.date()
    day, month, year, weekday = (
        phrase.first_of(*groups.split()) for groups in ("d d2 d4 d5", "m m2 m4 m5", "y y2 y4 y5 y6", "k k2 k3")
    )
    found = _in_month(phrase.number(day), phrase.value(month), phrase[year] if year else "", today)
    if phrase.before == "next" and found.first and found.first < today and not year:
        found = real_day(found.first.year + 1, found.first.month, found.first.day)
    if weekday and found.first and found.first.weekday() not in phrase.value(weekday):
        return replace(found, problem="ambiguous")
    return found


@DAYS.rule("D", r"(?:the )?(?:3[2-9]|[4-9]\d)[os](?: of)? M")
def no_such_day(phrase: Phrase, _: Context) -> Days:
    return Days(problem="impossible")


@DAYS.rule("D", r"(?P<d>1[3-9]|2\d|3[01]) - (?P<m>1[0-2]|[1-9])")
def dashed_date(phrase: Phrase, context: Context) -> Days | None:
    return next_day(phrase.number("d"), phrase.number("m"), context.now.date()) if stands_alone(phrase) else None


@DAYS.rule("D", r"(?:(?P<which>next|this|last|{coming}) )?(?P<m>M)(?: (?:of )?(?P<y>{year}))?")
def whole_month(phrase: Phrase, context: Context) -> Days:
    month, today = phrase.value("m"), context.now.date()
    if phrase["y"]:
        return month_days(int(phrase["y"]), month)
    if phrase["which"] == "last":
        return month_days(today.year - (month >= today.month), month)
    return next_month_named(month, today)


@DAYS.rule("D", r"(?:(?:in|year|of) )?(?:the year )?(?P<y>{year})(?! -| /)")
def whole_year(phrase: Phrase, context: Context) -> Days | None:
    said_so = phrase["it"] != phrase["y"] or not (phrase.before or phrase.after)
    return year_days(int(phrase["y"])) if said_so else None


@DAYS.rule("D", r"(?P<h>H) week(?! later| after)")
def week_of_named(phrase: Phrase, context: Context) -> Days | None:
    """ "Christmas week"."""
    day = next_named_day(phrase.value("h"), context.now.date(), context.bank_holidays).first
    return week_of(day) if day else None


@DAYS.rule("D", r"(?:the )?(?:(?:next|this|{coming}) )?(?P<h>H)(?: (?:of )?(?P<y>{year}))?")
def named(phrase: Phrase, context: Context) -> Days | None:
    if phrase.before in ("happy", "merry"):
        return None
    name, today = phrase.value("h"), context.now.date()
    if phrase["y"] and not name.startswith(("bank holiday", "eid")):
        return named_day(name, int(phrase["y"]), context.bank_holidays)
    found = next_named_day(name, today, context.bank_holidays)
    return Days(found.first, None, "span") if name == "new year" and phrase.before in ("in", "into") else found
