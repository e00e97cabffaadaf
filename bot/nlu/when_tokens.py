"""From raw text to a list of plain, canonical tokens.

A canonical token is a lower-case word ("tomorrow"), a number ("14", "14w" when spelled out), an ordinal ("5o", or "5s"
when spelled out) or one upper-case letter for something already understood: K weekdays, V weekdays in the plural,
M month, T clock time, D days, H a named day such as Easter, and "?" for what cannot be part of a date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from rapidfuzz.distance import OSA

from bot.nlu.when_calendar import Days, full_year, month_days, next_day, real_day
from bot.nlu.when_words import (
    CANONICAL,
    LOOK_ALIKES,
    MONTH_WORDS,
    NAMED_DAYS,
    NUMBERS,
    OFTEN_MISSPELT,
    ORDINAL_WORDS,
    UNITS_AFTER_DIGITS,
    VALUES,
)  # fmt: skip


@dataclass(frozen=True)
class Clock:
    """A time as said, in hours and minutes; `half` is empty while morning or afternoon is still open."""

    hour: int
    minute: int = 0
    half: Literal["am", "pm", ""] = ""


@dataclass(frozen=True)
class Token:
    """One piece of a text with its span; `value` is set for upper-case tokens."""

    text: str
    start: int
    end: int
    value: Any = None
    stops: bool = False  # whether a comma, full stop or line end comes right after


NAMED = "|".join(rf"(?P<n{i}>{pattern})".replace(" ", r"\s") for i, pattern in enumerate(NAMED_DAYS.values()))
LEXEMES = re.compile(  # each alternative is one kind of lexeme, read by the function of that kind below
    r"""
    (?P<skip>https?://\S+ | www\.\S+ | [^\s@]+@[^\s@]+\.\w+ | </?[a-z][^<>]*> | [£$€]\s?\d[\d,.]* | \b24/7\b)
  | (?P<iso>ALONE (?:19|20)\d\d (?P<isep>[-/.]) (?:0?[1-9]|1[0-2]) (?:(?P=isep)(?:0[1-9]|[12]\d|3[01]|[1-9]))?
        (?:t(?=\d) | ENDS))
  | (?P<day>ALONE \d\d?\s?(?P<sep>[-/.])\s?\d\d?\s?(?P=sep)\s?(?:(?:19|20)\d\d|\d\d) ENDS
        | ALONE \d\d?\s\d\d?\s(?:19|20)\d\d ENDS
        | ALONE \d\d?\s?/\s?\d\d? (?![-/.:]\d) ENDS (?!\s?(?:COUNTED)\b))
  | (?P<month>ALONE (?:0?[1-9]|1[0-2])/(?:19|20)\d\d ENDS)
  | (?P<fraction>[½¼¾] | [13]/[24](?=\s*(?:of\s)?(?:an?\s)?(?:h|hr|hrs|hour|hours)\b))
  | (?P<clock>(?<![\d:.])\d\d?[:h]\d\d(?:[:.]\d\d)?(?!\d|:\d))
  | (?P<dotted>(?<![\d.])\d\d?\.\d\d(?!\d|[.:/]\d))
  | (?P<unread>[+(]?\d(?:[ .()-]{0,2}\d){8,} | \d+(?:[./:,]\d\d+)+ | \d+(?:-\d+){2,} | \d+(?:[/:,.]\d+){2,}
        | \d+/\d+\.\d+)
  | (?P<decimal>\d\d?\.\d(?!\d))
  | (?P<short>w/[cbe]\b | \bweek[\s-]ends?\b(?!\sof) | a\.s\.a\.p\b\.? | \bapart\sfrom\b)
  | (?P<none>\bno(?=\s(?:mornings|afternoons|evenings|nights)\b))
  | (?P<oclock>o\s?['’`"]?\s?clock)
  | (?P<half>(?<![a-z])[ap]\s?\.?\s?m\b(?:\s?\.)? | (?<=\d)[ap]\b)
  | (?P<named>\b(?:NAMED)\b)
  | (?P<ordinal>\d\d?(?:st|nd|rd|th)\b)
  | (?P<number>\d+(?:[a-z][a-z0-9]*)?)
  | (?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*(?:\d\w*)?)
  | (?P<symbol>[-–—/&@])
    """.replace("NAMED", NAMED)
    .replace("ALONE", r"(?<!\d)(?<!\d[-/.])")
    .replace("ENDS", r"(?!\d|[-/.]\d)")
    .replace("COUNTED", r"days?|weeks?|wks?|months?|hours?|hrs?|h|mins?|years?|yrs?|times|tabs?|tablets?|an?|of"),
    re.IGNORECASE | re.VERBOSE,
)
PAIN_SCORE = re.compile(r"\b(?:pain|hurts?|score|scale|sever\w+|ache|sore|rate|out of)\b", re.IGNORECASE)
FRACTIONS = {"½": "0.5", "1/2": "0.5", "¼": "0.25", "1/4": "0.25", "¾": "0.75", "3/4": "0.75"}
Canonical = tuple[str, Any]
CLAUSE_ENDS = frozenset(".,;!?\n")
UNREAD: Canonical = ("?", None)


@dataclass(frozen=True)
class Lexeme:
    """One lexeme as said, in lower case, within its text."""

    said: str
    match: re.Match[str]
    today: date


def tokens_of(text: str, today: date) -> list[Token]:
    """The canonical tokens of `text`; `today` settles the year of numeric dates."""
    return _without_loose_dashes(list(_joined_numbers(list(_lexemes(text, today)))))


def _lexemes(text: str, today: date) -> Iterator[Token]:
    for match in LEXEMES.finditer(text):
        for canonical, value in READERS[match.lastgroup or ""](Lexeme(match.group().lower(), match, today)):
            for part in canonical.split():  # "tonight" is "today night"
                stops = text[match.end() : match.end() + 1] in CLAUSE_ENDS
                yield Token(part, match.start(), match.end(), value, stops)


# One function for each kind of lexeme


def _unread(_: Lexeme) -> list[Canonical]:
    return [UNREAD]


def _canonical_word(lexeme: Lexeme) -> list[Canonical]:
    return [(CANONICAL.get(lexeme.said, lexeme.said), None)]


def _iso(lexeme: Lexeme) -> list[Canonical]:
    parts = [int(part) for part in re.findall(r"\d+", lexeme.said)]
    return [("D", month_days(parts[0], parts[1]) if len(parts) == 2 else real_day(*parts))]


def _day(lexeme: Lexeme) -> list[Canonical]:
    day, month, *years = (int(part) for part in re.findall(r"\d+", lexeme.said))
    if not years and month == 10 >= day and PAIN_SCORE.search(lexeme.match.string):
        return [UNREAD]
    year = full_year(years[0], lexeme.today) if years else None
    if 1 <= day <= 12 < month <= 31:  # the American order: plain, but worth asking about
        found = _dated(month, day, year, lexeme.today)
        return [("D", replace(found, problem=found.problem or "ambiguous"))]
    return [("D", _dated(day, month, year, lexeme.today)) if 1 <= month <= 12 and 1 <= day <= 31 else UNREAD]


def _dated(day: int, month: int, year: int | None, today: date) -> Days:
    return next_day(day, month, today) if year is None else real_day(year, month, day)


def _month(lexeme: Lexeme) -> list[Canonical]:
    month, year = lexeme.said.split("/")
    return [("D", month_days(int(year), int(month)))]


def _fraction(lexeme: Lexeme) -> list[Canonical]:
    return [(FRACTIONS[lexeme.said], None)]


def _clock(lexeme: Lexeme) -> list[Canonical]:
    hour, minute = (int(part) for part in re.split("[:.h]", lexeme.said)[:2])
    half: Literal["am", "pm", ""] = "pm" if hour > 12 else "am" if hour == 0 else ""
    return [("T", Clock(hour, minute, half)) if hour < 24 and minute < 60 else UNREAD]


def _dotted(lexeme: Lexeme) -> list[Canonical]:
    """9.20 is a time, 05.12 a date. Appointments begin on five minutes, so 4.22 is neither."""
    first, second = (int(part) for part in lexeme.said.split("."))
    rest = lexeme.match.string[lexeme.match.end() :]
    with_half = re.match(r"\s?[ap]\.?m?\b", rest, re.IGNORECASE) and first <= 12
    before_dawn = lexeme.said.startswith("0") and first < 7
    if with_half or (second % 5 == 0 and first > 0 and not before_dawn):
        return _clock(lexeme)
    is_date = len(lexeme.said) == 5 and 1 <= second <= 12 and 1 <= first <= 31
    return [("D", next_day(first, second, lexeme.today)) if is_date else UNREAD]


def _none(_: Lexeme) -> list[Canonical]:
    return [("not", None)]  # "no mornings", but "no, morning please"


def _half(lexeme: Lexeme) -> list[Canonical]:
    return [(lexeme.said[0] + ("m" if len(lexeme.said) > 1 else "'"), None)]  # "3p" is a time only in company


def _oclock(_: Lexeme) -> list[Canonical]:
    return [("oclock", None)]


def _named(lexeme: Lexeme) -> list[Canonical]:
    return [("H", next(name for i, name in enumerate(NAMED_DAYS) if lexeme.match[f"n{i}"]))]


def _ordinal(lexeme: Lexeme) -> list[Canonical]:
    return [(f"{int(lexeme.said[:-2])}o", None)]


def _number(lexeme: Lexeme) -> list[Canonical]:
    """A number, with what is written right after it: "14", "2pm", "3wks", "2moro", but not "500mg"."""
    digits = re.match(r"\d+", lexeme.said)
    number = digits.group() if digits else ""
    suffix = lexeme.said[len(number) :]
    plain = (str(int(number)) if len(number) < 3 else number, None)
    if lexeme.said in CANONICAL:
        return _canonical_word(lexeme)
    if suffix in ("a", "p"):
        return [plain, (suffix + "'", None)]
    if suffix in UNITS_AFTER_DIGITS or suffix in VALUES:
        return [plain, _word(suffix)]
    return [UNREAD if suffix else plain]


def _word_and_number(lexeme: Lexeme) -> list[Canonical]:
    """A word, with a number written right after it: "tomorrow", "Oct2", "b4", but not "b12"."""
    letters = lexeme.said.rstrip("0123456789")
    number = lexeme.said[len(letters) :]
    if letters.endswith("ish") and letters[:-3] in NUMBERS:  # "twoish"
        return [(f"{NUMBERS[letters[:-3]]}w", None), ("ish", None)]
    if not number or lexeme.said in CANONICAL:
        return [_word(lexeme.said) if lexeme.said.isalpha() or not re.search(r"\d", letters) else UNREAD]
    known = letters in VALUES or letters in MONTH_WORDS or letters in CANONICAL
    return [_word(letters), (number.lstrip("0") or "0", None)] if known else [UNREAD]


READERS: dict[str, Callable[[Lexeme], list[Canonical]]] = {
    "skip": _unread,
    "unread": _unread,
    "iso": _iso,
    "day": _day,
    "month": _month,
    "fraction": _fraction,
    "clock": _clock,
    "dotted": _dotted,
    "decimal": _canonical_word,
    "short": _canonical_word,
    "none": _none,
    "oclock": _oclock,
    "half": _half,
    "named": _named,
    "ordinal": _ordinal,
    "number": _number,
    "word": _word_and_number,
    "symbol": _canonical_word,
}


# Words


def _word(word: str) -> Canonical:
    word = word.replace("’", "'")
    plain = word.replace("'", "")
    for form in (word, word.removesuffix("'s"), plain):
        if form in CANONICAL:
            return CANONICAL[form], None
        if form in VALUES:
            return VALUES[form]
        if form in NUMBERS:
            return f"{NUMBERS[form]}w", None
        if form in ORDINAL_WORDS:
            return f"{ORDINAL_WORDS[form]}s", None
    return _respelt(plain)


def _respelt(word: str) -> Canonical:
    """The date word that `word` misspells by a letter or two, or `word` itself."""
    if len(word) < 6 or word in LOOK_ALIKES or word in OFTEN_MISSPELT:
        return word, None
    allowed = 1 if len(word) < 8 else 2
    for right in OFTEN_MISSPELT:
        if right[0] == word[0] and OSA.distance(word, right, score_cutoff=allowed) <= allowed:
            return VALUES.get(right, (right, None))
    return word, None


def _joined_numbers(tokens: list[Token]) -> Iterator[Token]:
    """ "twenty", "-", "one" is 21 and "thirty", "first" is the 31st."""
    i = 0
    while i < len(tokens):
        one = tokens[i]
        rest = [t for t in tokens[i + 1 : i + 3] if t.text != "-"][:1]
        if re.fullmatch("[2-9]0w", one.text) and rest and re.fullmatch(r"[1-9][ws]", rest[0].text):
            total = int(one.text[:-1]) + int(rest[0].text[:-1])
            yield replace(rest[0], text=f"{total}{rest[0].text[-1]}", start=one.start)
            i = tokens.index(rest[0], i) + 1
        else:
            yield one
            i += 1


def _without_loose_dashes(tokens: list[Token]) -> list[Token]:
    """A dash counts only between dates, times or numbers ("mon-fri", "9-11"), not inside a word ("mid-march")."""

    def counts(i: int) -> bool:
        if tokens[i].text != "-":
            return True
        sides = tokens[max(i - 1, 0)].text + " " + tokens[min(i + 1, len(tokens) - 1)].text
        return all(re.fullmatch(r"[A-Z]|\d+[wos]?|am|pm|sat|sun|may|march|mar|noon", side) for side in sides.split())

    return [token for i, token in enumerate(tokens) if counts(i)]
