"""Days, weeks, months and named days, as an English surgery counts them (weeks run Monday to Sunday)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import holidays

Problem = Literal["past", "impossible", "ambiguous", ""]
BankHolidays = Callable[[int], Mapping[date, str]]


JUST_GONE_DAYS = 61


@dataclass(frozen=True)
class Days:
    """A run of days, both ends included; None is open. `each` lists the days where only some of them are meant."""

    first: date | None = None
    last: date | None = None
    grain: Literal["day", "week", "month", "year", "span"] = "day"
    each: tuple[date, ...] = ()
    problem: Problem = ""


def one(day: date, problem: Problem = "") -> Days:
    """A single day."""
    return Days(day, day, problem=problem)


def several(days: Iterable[date]) -> Days:
    """Only these days, which need not be next to each other."""
    found = tuple(sorted(set(days)))
    return one(found[0]) if len(found) == 1 else Days(found[0], found[-1], "span", found)


def full_year(year: int, today: date) -> int:
    """A year written with two digits is at most ten years ahead of `today`."""
    if year > 99:
        return year
    return 2000 + year if 2000 + year <= today.year + 10 else 1900 + year


def real_day(year: int, month: int, day: int) -> Days:
    """That day, or the problem that there is no such day."""
    try:
        return one(date(year, month, day))
    except ValueError:
        return Days(problem="impossible")


def next_day(day: int, month: int, today: date) -> Days:
    """The next such day, today included; one that has only just gone is the past, and not meant for next year."""
    this_year = real_day(today.year, month, day)
    if this_year.first and this_year.first >= today:
        return this_year
    if this_year.first and (today - this_year.first).days <= JUST_GONE_DAYS:
        return this_year
    return real_day(today.year + 1, month, day)


def day_of_month(day: int, today: date) -> Days:
    """The next month that has this day, today included ("the 31st")."""
    for ahead in range(13):
        month = add_months(today.replace(day=1), ahead)
        if day <= monthrange(month.year, month.month)[1] and month.replace(day=day) >= today:
            return one(month.replace(day=day))
    return Days(problem="impossible")


def day_and_weekday(day: int, weekday: int, today: date) -> Days:
    """The next month whose `day` is that weekday ("Tuesday the 19th"); far ahead, it may be a slip."""
    for ahead in range(14):
        month = add_months(today.replace(day=1), ahead)
        found = real_day(month.year, month.month, day).first
        if found and found >= today and found.weekday() == weekday:
            return one(found, "" if (found - today).days < 62 else "ambiguous")
    return Days(problem="impossible")


def month_days(year: int, month: int) -> Days:
    """The whole month."""
    return Days(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month")


def month_ahead(months: int, today: date) -> Days:
    """The whole month some months on."""
    ahead = add_months(today, months)
    return month_days(ahead.year, ahead.month)


def year_days(year: int) -> Days:
    """The whole year."""
    return Days(date(year, 1, 1), date(year, 12, 31), "year")


def next_month_named(month: int, today: date) -> Days:
    """The month of that name still to come or going on."""
    return month_days(today.year + (month < today.month), month)


def week_of(day: date) -> Days:
    """Monday to Sunday around `day`."""
    monday = day - timedelta(days=day.weekday())
    return Days(monday, monday + timedelta(days=6), "week")


def weekend_of(day: date) -> Days:
    """Saturday and Sunday of the week of `day`."""
    saturday = day + timedelta(days=5 - day.weekday())
    return Days(saturday, saturday + timedelta(days=1), "span")


def coming(weekday: int, after: date) -> date:
    """The first such weekday later than `after`."""
    return after + timedelta(days=(weekday - after.weekday() - 1) % 7 + 1)


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def moved(day: date, amount: float, unit: str) -> date:
    """`day` some days, weeks, fortnights, months or years on."""
    if unit in ("month", "year"):
        return add_months(day, round(amount * (12 if unit == "year" else 1)))
    return day + timedelta(days=round(amount * {"day": 1, "week": 7, "fortnight": 14}[unit]))


def nth_weekday(nth: int, weekday: int, within: Days) -> Days:
    """The nth such weekday of a month or year; -1 is the last."""
    if within.first is None or within.last is None:
        return Days(problem="impossible")
    first = coming(weekday, within.first - timedelta(days=1))
    found = [first + timedelta(days=7 * n) for n in range(54)]
    inside = [day for day in found if day <= within.last]
    return one(inside[nth - 1 if nth > 0 else -1]) if nth <= len(inside) else Days(problem="impossible")


def part_of(period: Days, part: str) -> Days:
    """The early, mid or late part of a week (late is from Thursday on), month or year."""
    first, last = period.first, period.last
    if first is None or last is None:
        return period
    ends = {"week": (3, 1, 4, 3, 7), "month": (10, 10, 20, 20, 31), "year": (120, 120, 240, 240, 366)}
    early, mid, mid_end, late, end = ends.get(period.grain, (1, 0, 1, 1, 366))
    start, stop = {"early": (0, early), "mid": (mid, mid_end), "late": (late, end), "rest": (0, 366)}[part]
    stop_day = min(last, first + timedelta(days=stop - 1))
    return Days(first + timedelta(days=start), stop_day, "span")


@lru_cache(maxsize=32)
def england_bank_holidays(year: int) -> Mapping[date, str]:
    """England's bank holidays of a year, by day."""
    return dict(holidays.country_holidays("GB", subdiv="ENG", years=year))


@lru_cache(maxsize=32)
def moon_feasts(year: int) -> Mapping[str, date]:
    """First days of feasts kept by the moon, as announced or estimated; a sighting may move them by a day."""
    feasts: dict[str, date] = {}
    for country in ("AE", "SG"):  # calendars that hold them as public holidays
        for day, title in sorted(holidays.country_holidays(country, years=year, language="en_US").items()):
            feasts.setdefault(MOON_FEASTS.get(title.partition(" (")[0], ""), day)
    return feasts


MOON_FEASTS = {
    "Eid al-Fitr": "eid al-fitr", "Eid al-Adha": "eid al-adha", "Deepavali": "diwali",
    "Chinese New Year": "chinese new year",
}  # fmt: skip
FIXED = {
    "christmas eve": (12, 24), "christmas": (12, 25), "boxing day": (12, 26), "new years eve": (12, 31),
    "new year": (1, 1), "valentines day": (2, 14), "st patricks day": (3, 17), "st georges day": (4, 23),
    "halloween": (10, 31), "bonfire night": (11, 5),
}  # fmt: skip
AFTER_GOOD_FRIDAY = {
    "shrove tuesday": -45, "ash wednesday": -44, "mothers day": -19, "palm sunday": -5, "maundy thursday": -1,
    "good friday": 0, "easter": 2, "easter monday": 3,
}  # fmt: skip
BANK_HOLIDAY_MONTHS = {"early may": (5, 0), "late may": (5, -1), "august bank holiday": (8, -1)}


def named_day(name: str, year: int, bank_holidays: BankHolidays) -> Days:
    """A day such as Boxing Day or Easter (Sunday and Monday) in a given year."""
    if name in FIXED:
        return real_day(year, *FIXED[name])
    if name == "fathers day":
        return nth_weekday(3, 6, month_days(year, 6))
    if name == "remembrance sunday":
        return nth_weekday(2, 6, month_days(year, 11))
    if name in MOON_FEASTS.values():
        feast = moon_feasts(year).get(name)
        return one(feast) if feast else Days(problem="ambiguous")
    off = bank_holidays(year)
    if name in BANK_HOLIDAY_MONTHS:
        month, which = BANK_HOLIDAY_MONTHS[name]
        return one(sorted(day for day in off if day.month == month)[which])
    good_friday = next(day for day, title in off.items() if "Good Friday" in title)
    found = good_friday + timedelta(days=AFTER_GOOD_FRIDAY[name])
    return Days(found, found + timedelta(days=name == "easter"), "span" if name == "easter" else "day")


def next_named_day(name: str, today: date, bank_holidays: BankHolidays) -> Days:
    """The next day of that name, today included; "bank holiday" is the next one of any name."""
    if name.startswith("bank holiday"):
        ahead = sorted(day for year in (today.year, today.year + 1) for day in bank_holidays(year) if day >= today)
        mondays = [day for day in ahead if day.weekday() == 0]
        return one((mondays if name.endswith("monday") else ahead)[0])
    if name == "eid":
        feasts = (next_named_day(feast, today, bank_holidays) for feast in ("eid al-fitr", "eid al-adha"))
        return min(feasts, key=lambda days: days.first or date.max)
    this_year = named_day(name, today.year, bank_holidays)
    if this_year.last and this_year.last >= today:
        return this_year
    return named_day(name, today.year + 1, bank_holidays)
