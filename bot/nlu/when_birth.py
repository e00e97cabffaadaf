"""Dates of birth, day first: "3/4/1962", "03.04.62", "030462", "3rd April 1962", "third of the fourth sixty two"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from bot.nlu.when_calendar import real_day
from bot.nlu.when_tokens import Token, tokens_of
from bot.nlu.when_words import MONTH_WORDS, MONTHS

OLDEST_YEARS = 125
MOST_CHARACTERS = 1000  # of a text in which a date in words is looked for
MONTH_NUMBERS = {word: number for number, names in MONTHS.items() for word in names.split()} | MONTH_WORDS
_MONTH = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
_YEAR = r"(?:18|19|20)\d\d"
_SEPARATOR = r"\s?[-/.\ ,\\]\s?"
WRITTEN = re.compile(
    rf"""
    (?<!\d)(?P<y1>{_YEAR})[-/.](?P<m1>\d\d?)[-/.](?P<d1>\d\d?)(?!\d)
  | (?<!\d)(?P<d2>\d\d?){_SEPARATOR}(?P<m2>\d\d?){_SEPARATOR}['’]?(?P<y2>{_YEAR}|\d\d)(?!\d)
  | (?<!\d)(?P<d3>\d\d)(?P<m3>\d\d)(?P<y3>{_YEAR}|\d\d)(?!\d)
  | (?<!\d)(?P<d4>\d\d?)(?:st|nd|rd|th)?[\s,./-]*(?:of\s+)?(?P<m4>{_MONTH})(?![a-z])
      [\s,./'’-]*(?P<y4>{_YEAR}|\d\d)(?!\d)
  | \b(?P<m5>{_MONTH})[\s,./-]*(?P<d5>\d\d?)(?:st|nd|rd|th)?[\s,./'’-]+(?P<y5>{_YEAR}|\d\d)(?!\d)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DAY = r"(?:3[01]|[12]\d|[1-9])[osw]?"
_SPOKEN_YEAR = (
    r"(?P<y>(?:18|19|20)\d\d|\d\d)(?!\d)(?! thousand)"
    r"|(?P<c>1[89]|20)w? (?:hundred(?: and)? )?(?:oh |o |ou )?(?P<yy>\d\d?)w"
    r"|2w? thousand(?: and)?(?: (?P<after>\d\d?)w?)?|(?P<ww>\d\d)w"
)
SPOKEN = re.compile(  # over tokens: "3s of M 19w 62w", "3o of the 4o 62"
    rf"(?<!\S)(?:the )?(?:(?P<d>{_DAY}) (?:of )?(?:the )?(?P<m>M|{_DAY}(?: month)?)|(?P<m2>M) (?:the )?(?P<d2>{_DAY}))"
    rf"(?: in)? (?:{_SPOKEN_YEAR})(?!\S)"
)


def read_date_of_birth(text: str, reference: date) -> date | None:
    """The day of birth in `text`, day first; None if there is none or it cannot be one, such as a day to come."""
    for year, month, day in (*_written(text), *_spoken(text, reference)):
        found = _latest(year, month, day, reference) if year < 100 else real_day(year, month, day).first
        if found and reference.year - OLDEST_YEARS <= found.year and found <= reference:
            return found
    return None


def _written(text: str) -> Iterator[tuple[int, int, int]]:
    """Year (of two digits or four), month and day of each date in figures or with the name of its month."""
    for match in WRITTEN.finditer(text):
        parts = {name[0]: value for name, value in match.groupdict().items() if value}
        month = parts["m"].lower()
        yield int(parts["y"]), int(month) if month.isdigit() else MONTH_NUMBERS[month], int(parts["d"])


def _spoken(text: str, reference: date) -> Iterator[tuple[int, int, int]]:
    """The same of each date in words: "the third of April nineteen sixty two"."""
    tokens = tokens_of(text[:MOST_CHARACTERS], reference)
    joined = " ".join(_plain(token) for token in tokens)
    for match in SPOKEN.finditer(joined):
        month = match["m"] or match["m2"]
        if month == "M":
            place = joined.count(" ", 0, match.start("m" if match["m"] else "m2"))
            number = MONTH_WORDS.get(tokens[place].text) or tokens[place].value
        else:
            number = _number(month)
        yield _year(match), number, _number(match["d"] or match["d2"])


def _plain(token: Token) -> str:
    return "M" if token.text in MONTH_WORDS else token.text


def _number(said: str) -> int:
    digits = re.match(r"\d+", said)
    return int(digits.group()) if digits else 0


def _year(match: re.Match[str]) -> int:
    if match["c"]:
        return int(match["c"]) * 100 + int(match["yy"])
    if match["y"] or match["ww"]:
        return int(match["y"] or match["ww"])
    return 2000 + int(match["after"] or 0)


def _latest(year: int, month: int, day: int, reference: date) -> date | None:
    """The latest such day that is over: "3/4/20" is a child's, "3/4/62" an adult's."""
    century = reference.year // 100 * 100
    found = (real_day(century - back + year, month, day).first for back in (0, 100))
    return next((birth for birth in found if birth and birth <= reference), None)
