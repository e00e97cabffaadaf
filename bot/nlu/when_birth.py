"""Dates of birth, written the British way: "3/4/1962", "03.04.62", "3rd April 1962", "030462"."""

from __future__ import annotations

import re
from datetime import date

from bot.nlu.when_calendar import real_day
from bot.nlu.when_words import MONTH_WORDS, MONTHS

OLDEST_YEARS = 125
MONTH_NUMBERS = {word: number for number, names in MONTHS.items() for word in names.split()} | MONTH_WORDS
_MONTH = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
_YEAR = r"(?:18|19|20)\d\d"
BIRTH_DATE = re.compile(
    rf"""
    (?<!\d)(?P<y1>{_YEAR})[-/.](?P<m1>\d\d?)[-/.](?P<d1>\d\d?)(?!\d)
  | (?<!\d)(?P<d2>\d\d?)\s?[-/.\ ,]\s?(?P<m2>\d\d?)\s?[-/.\ ,]\s?(?P<y2>{_YEAR}|\d\d)(?!\d)
  | (?<!\d)(?P<d3>\d\d)(?P<m3>\d\d)(?P<y3>{_YEAR}|\d\d)(?!\d)
  | (?<!\d)(?P<d4>\d\d?)(?:st|nd|rd|th)?[\s,./-]*(?:of\s+)?(?P<m4>{_MONTH})\b[\s,./'’-]*(?P<y4>{_YEAR}|\d\d)(?!\d)
  | \b(?P<m5>{_MONTH})[\s,./-]*(?P<d5>\d\d?)(?:st|nd|rd|th)?[\s,./'’-]+(?P<y5>{_YEAR}|\d\d)(?!\d)
    """,
    re.IGNORECASE | re.VERBOSE,
)


def read_date_of_birth(text: str, reference: date) -> date | None:
    """The day of birth in `text`, day first; None if there is none or it cannot be one, such as a day to come."""
    for match in BIRTH_DATE.finditer(text):
        found = _day(match, reference)
        if found and reference.year - OLDEST_YEARS <= found.year and found <= reference:
            return found
    return None


def _day(match: re.Match[str], reference: date) -> date | None:
    parts = {name[0]: value for name, value in match.groupdict().items() if value}
    said = parts["m"].lower()
    day, month, year = int(parts["d"]), int(said) if said.isdigit() else MONTH_NUMBERS[said], int(parts["y"])
    return _latest(year, month, day, reference) if year < 100 else real_day(year, month, day).first


def _latest(year: int, month: int, day: int, reference: date) -> date | None:
    """The latest such day that is over: "3/4/20" is a child's, "3/4/62" an adult's."""
    century = reference.year // 100 * 100
    found = (real_day(century - back + year, month, day).first for back in (0, 100))
    return next((birth for birth in found if birth and birth <= reference), None)
