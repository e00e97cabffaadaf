"""From raw text to a list of plain, canonical tokens.

A canonical token is a lower-case word ("tomorrow"), a number ("14", "14w" when spelled out), an ordinal ("5o", or "5s"
when spelled out) or one upper-case letter for something already understood: K weekdays, V weekdays in the plural,
M month, T clock time, D days, H a named day such as Easter, and "?" for what cannot be part of a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
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


NAMED = "|".join(f"(?P<n{i}>{pattern})".replace(" ", r"\s") for i, pattern in enumerate(NAMED_DAYS.values()))
LEXEMES = re.compile(
    r"""
    (?P<skip>https?://\S+ | www\.\S+ | [^\s@]+@[^\s@]+\.\w+ | </?[a-z][^<>]*> | [£$€]\s?\d[\d,.]* | \b24/7\b)
  | (?P<iso>(?<!\d)(?<!\d[-/.])(?:19|20)\d\d(?P<isep>[-/.])(?:0?[1-9]|1[0-2])(?:(?P=isep)(?:0[1-9]|[12]\d|3[01]|[1-9]))?
        (?:t(?=\d)|(?![\d]|[-/.]\d)))
  | (?P<dmy>(?<!\d)(?<!\d[-/.])\d{1,2}(?:\s?(?P<sep>[-/.])\s?\d{1,2}\s?(?P=sep)\s?(?:(?:19|20)\d\d|\d\d)
        | \s\d{1,2}\s(?:19|20)\d\d)(?!\d|[-/.]\d))
  | (?P<my>(?<!\d)(?<!\d[-/.])(?:0?[1-9]|1[0-2])/(?:19|20)\d\d(?!\d|[-/.]\d))
  | (?P<fraction>[½¼¾]|[13]/[24](?=\s*(?:of\s)?(?:an?\s)?(?:h\b|hr|hour)))
  | (?P<dm>(?<!\d)(?<!\d[-/.])\d{1,2}\s?/\s?\d{1,2}(?!\d|[-/.:]\d))
  | (?P<clock>(?<![\d:.])\d{1,2}:\d\d(?:[:.]\d\d)?(?![\d]|:\d))
  | (?P<dotted>(?<![\d.])\d{1,2}\.\d\d(?!\d|[.:/]\d))
  | (?P<phone>(?:\+|\()?\d(?:[ .()-]{0,2}\d){8,})
  | (?P<chain>\d+(?:[./:,]\d\d+)+ | \d+(?:-\d+){2,} | \d+(?:[/:,.]\d+){2,} | \d+/\d+\.\d+)
  | (?P<decimal>\d{1,2}\.\d(?!\d))
  | (?P<abbr>w/[cbe]\b | a\.s\.a\.p\b\.? | o\s?['’`]?\s?clock)
  | (?P<half>(?<![a-z])[ap]\.?\s?m\b\.? | (?<![a-z])[ap]\s?\.\s?m\b\s?\.? | (?<=\d)[ap]\b)
  | (?P<named>\b(?:NAMED)\b)
  | (?P<ordinal>\d{1,2}(?:st|nd|rd|th)\b)
  | (?P<number>\d+)(?P<suffix>[a-z][a-z0-9]*)?
  | (?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)(?P<tail>\d\w*)?
  | (?P<symbol>[-–—/&@])
    """.replace("NAMED", NAMED),
    re.IGNORECASE | re.VERBOSE,
)
NAMES = list(NAMED_DAYS)
PAIN_SCORE = re.compile(r"\b(?:pain|hurts?|score|scale|sever\w+|ache|sore|rate|out of)\b", re.IGNORECASE)
FRACTIONS = {"½": "0.5", "1/2": "0.5", "¼": "0.25", "1/4": "0.25", "¾": "0.75", "3/4": "0.75"}


def tokens_of(text: str, today: date) -> list[Token]:
    """The canonical tokens of `text`; `today` settles which century a two-digit year is in."""
    found = list(_lexemes(text, today))
    return _without_loose_dashes(list(_joined_numbers(found)))


def _lexemes(text: str, today: date) -> Iterator[Token]:
    for match in LEXEMES.finditer(text):
        kind = match.lastgroup or ""
        kind = "named" if match["named"] else kind
        for canonical, value, start, end in _canonical(kind, match, text, today):
            for part in canonical.split():  # "tonight" is "today night"
                yield Token(part, start, end, value)


def _canonical(kind: str, match: re.Match[str], text: str, today: date) -> Iterator[tuple[str, Any, int, int]]:
    said, start, end = match.group().lower(), match.start(), match.end()
    if match["number"] and match["suffix"]:
        yield from _number_and_suffix(said, match["number"], match["suffix"].lower(), start)
    elif match["word"]:
        yield from _word_and_tail(match["word"].lower(), (match["tail"] or "").lower(), start)
    else:
        yield (*_single(kind, match, said, text, today), start, end)


def _single(kind: str, match: re.Match[str], said: str, text: str, today: date) -> tuple[str, Any]:
    if match["named"]:
        return "H", next(name for i, name in enumerate(NAMES) if match[f"n{i}"])
    if match["iso"] or match["dmy"] or match["dm"]:
        return _numeric_date(said, text, today)
    if match["my"]:
        month, year = (int(part) for part in said.split("/"))
        return "D", month_days(year, month)
    if match["clock"]:
        hour, minute = (int(part) for part in re.split("[:.]", said)[:2])
        return ("T", _clock(hour, minute)) if hour < 24 and minute < 60 else ("?", None)
    if match["dotted"]:
        return _dotted(said, text[match.end() :], today)
    if match["fraction"]:
        return FRACTIONS[said], None
    if match["half"]:
        return (said[0] + "m" if len(said) > 1 else said + "'"), None
    if match["ordinal"]:
        return f"{int(said[:-2])}o", None
    if match["abbr"]:
        return ("oclock" if "clock" in said else CANONICAL[said]), None
    if match["number"]:
        return (str(int(said)) if len(said) < 3 else said), None
    if match["decimal"]:
        return said, None
    return CANONICAL.get(said, said if match["symbol"] else "?"), None


def _clock(hour: int, minute: int) -> Clock:
    return Clock(hour, minute, "pm" if hour > 12 else "am" if hour == 0 else "")


def _numeric_date(said: str, text: str, today: date) -> tuple[str, Any]:
    parts = [int(part) for part in re.findall(r"\d+", said)]
    if parts[0] > 999:
        if len(parts) == 2:
            return "D", month_days(parts[0], parts[1])
        return "D", real_day(*parts)
    if len(parts) == 2 and parts[1] == 10 and parts[0] <= 10 and PAIN_SCORE.search(text):
        return "?", None
    day, month = parts[:2]
    year = full_year(parts[2], today) if len(parts) == 3 else None
    if month > 12 and day <= 12 and month <= 31:  # the American order: plain, but worth asking
        found = next_day(month, day, today) if year is None else real_day(year, day, month)
        return "D", Days(found.first, found.last, problem=found.problem or "ambiguous")
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return "?", None
    return "D", next_day(day, month, today) if year is None else real_day(year, month, day)


def _dotted(said: str, rest: str, today: date) -> tuple[str, Any]:
    """9.20 is a time, 05.12 a date. Appointments begin on five minutes, so 4.22 is neither."""
    first, second = (int(part) for part in said.split("."))
    if re.match(r"\s?[ap]\.?m?\b", rest, re.IGNORECASE) and 1 <= first <= 12 and second < 60:
        return "T", _clock(first, second)
    early = said.startswith("0") and first < 7
    if second % 5 == 0 and second < 60 and 0 < first < 24 and not early:
        return "T", _clock(first, second)
    if len(said) == 5 and 1 <= second <= 12 and 1 <= first <= 31:
        return "D", next_day(first, second, today)
    return "?", None


def _number_and_suffix(said: str, number: str, suffix: str, start: int) -> Iterator[tuple[str, Any, int, int]]:
    middle, end = start + len(number), start + len(said)
    if said in CANONICAL:
        yield CANONICAL[said], None, start, end
        return
    value = VALUES.get(suffix)
    if suffix in UNITS_AFTER_DIGITS or value:
        yield (str(int(number)) if len(number) < 3 else number), None, start, middle
        yield (value[0] if value else CANONICAL.get(suffix, suffix)), value and value[1], middle, end
    elif suffix in ("a", "p"):
        yield number, None, start, middle
        yield suffix + "'", None, middle, end  # "3p" is a time only in company
    else:
        yield "?", None, start, end


def _word_and_tail(word: str, tail: str, start: int) -> Iterator[tuple[str, Any, int, int]]:
    end = start + len(word)
    whole = word + tail
    if not tail or whole in CANONICAL:
        yield (*_word(whole), start, start + len(whole))
    elif tail.isdigit() and (word in VALUES or word in MONTH_WORDS or word in CANONICAL):
        yield (*_word(word), start, end)
        yield tail.lstrip("0") or "0", None, end, end + len(tail)
    else:
        yield "?", None, start, start + len(whole)


def _word(word: str) -> tuple[str, Any]:
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


def _respelt(word: str) -> tuple[str, Any]:
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
        if one.text in ("20w", "30w", "40w", "50w") and rest and re.fullmatch(r"[1-9][ws]", rest[0].text):
            total = int(one.text[:-1]) + int(rest[0].text[:-1])
            yield Token(f"{total}{rest[0].text[-1]}", one.start, rest[0].end)
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
