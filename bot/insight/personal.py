"""Takes out of a message what could say who somebody is, so that it can serve as an example.

It rather takes out too much: what is left is read by two people before it is used. Each thing gives way to a word in
capitals (NAME, NUMBER, DATE, POSTCODE, LINK), in whose place those people put something invented.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.nlu.languages import fold

NAME, NUMBER, DATE, POSTCODE, LINK = STANDING = ("NAME", "NUMBER", "DATE", "POSTCODE", "LINK")
_FUZZY = 5  # letters from which on a name is known with a letter wrong
_INSIDE = 4  # letters from which on a name is found inside a longer word
_PIECES = 4  # a name may have been pulled apart into so many

# Letters of other alphabets that look like ours.
_ALIKE = str.maketrans("аеорсухіјѕһкмтвнԁԛԝαβερτυνκιοχ", "aeopcyxijshkmtbhdqwabeptuvkiox")
_BRACKETS = str.maketrans("[](){}<>|`", " " * 10)  # mean something in training data

_APART = r"[\s.\-]*"
_POSTCODE = re.compile(
    rf"(?<!\w)[a-z]{_APART}[a-z]?{_APART}[\do]{_APART}[a-z\d]?{_APART}[\do]{_APART}[abd-hjlnp-uw-z]{_APART}[abd-hjlnp-uw-z](?!\w)",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"\S+\s*@\s*\S+(?:\s*\.\s*\w+)*|\S+\s+at\s+\S+(?:\s+(?:dot|\.)\s+\w+)+"
    r"|https?:\S+|www\.\S+|\S+\.(?:com|net|org|uk|nhs|info|io|ie)\b\S*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\S*\d\S*(?:\s+\S*\d\S*)*")
_SPELLED = re.compile(r"(?<!\w)[^\W\d_](?:[\s.\-_*]+[^\W\d_]){2,}(?!\w)")

_CARDINAL = (
    "zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|"
    "nine)teen|twenty|thirty|fou?rty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|double|triple|treble"
)
_ORDINAL = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|"
    "nine)teenth|twentieth|thirtieth"
)
_COUNTED = rf"(?:{_CARDINAL}|{_ORDINAL}|{NUMBER})"
_SAID = re.compile(rf"\b{_COUNTED}(?:(?:[\s,.\-]|\band\b)*{_COUNTED})+\b", re.IGNORECASE)
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?"
)
_DATE = re.compile(
    rf"\b{_COUNTED}\W+(?:of\W+|the\W+)*(?:{_MONTH})\b(?:\W+{_COUNTED}\b)?"
    rf"|\b(?:{_MONTH})\W+(?:the\W+)?{_COUNTED}\b(?:\W+{_COUNTED}\b)?",
    re.IGNORECASE,
)

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_TITLES = "mr|mrs|ms|miss|mx|master|dr|prof"
_SAYS = "my name(?:['’]?s| is)?|name is|names|called|named|regards|sincerely|signed"
_CALLED = re.compile(rf"\b(?:{_TITLES}|{_SAYS})$", re.IGNORECASE)
_FIRST_OF_TWO = re.compile(rf"\b(?:{_SAYS})\W+(?P<first>[^\W\d_]+)$", re.IGNORECASE)
_NO_NAMES = frozenset(
    """a about an and any are at as be but by calling can for from had has have he her here him his how i if im in is it
    me my need not of on or our please said she so speaking that the them they this to want was we when who will with
    would you your""".split()
)
_CAPITALS = frozenset(
    """i gp nhs app english polish urdu monday tuesday wednesday thursday friday saturday sunday january february march
    april may june july august september october november december christmas easter covid doctor nurse""".split()
) | frozenset(_TITLES.split("|"))


def strip_personal(text: str, known_names: Iterable[str]) -> str:
    """The text without names, numbers, dates of birth, postcodes and addresses on the internet, on one line.

    Args:
        known_names: of everybody it may speak of, in any order and case: patients, trusted people, staff.
    """
    said = _tidy(text)
    said = _POSTCODE.sub(lambda found: POSTCODE if any(map(str.isdigit, found[0])) else found[0], said)
    for pattern, instead in ((_LINK, LINK), (_DIGITS, NUMBER), (_SAID, NUMBER), (_DATE, DATE), (_SPELLED, NAME)):
        said = pattern.sub(instead, said)
    return _merge(_without_names(said, _name_words(known_names)))


def _tidy(text: str) -> str:
    """One line in plain characters: nothing invisible, every digit an ASCII digit."""
    plain = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    seen = (_as_digit(each) for each in plain if unicodedata.category(each) not in ("Cf", "Mn", "Me"))
    return " ".join("".join(seen).split()).lstrip("/- ")


def _as_digit(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Cc":
        return " "
    return "0" if kind.startswith("N") and character not in "0123456789" else character


def _merge(text: str) -> str:
    """One standing word for several alike in a row."""
    for word in STANDING:
        text = re.sub(rf"\b{word}\b(?:[\s,.\-'’]+{word}\b)+", word, text)
    return " ".join(text.split())


def _name_words(names: Iterable[str]) -> frozenset[str]:
    words = (_letters(word) for name in names for word in re.split(r"[\s\-.,]+", name))
    whole = (_letters(name) for name in names)
    return frozenset(word for word in (*words, *whole) if len(word) > 1 and word not in _TITLES.split("|"))


def _letters(word: str) -> str:
    """As names are compared: lower case, no accents, no lookalikes, letters alone."""
    return re.sub(r"[^a-z\u0100-\uffff]", "", fold(word.casefold().translate(_ALIKE)))


def _without_names(text: str, names: frozenset[str]) -> str:
    words = list(_WORD.finditer(text))
    hidden = {at for at in range(len(words)) if _is_named(text, words, at)}
    for at in range(len(words)):
        for pieces in range(1, _PIECES + 1):
            joined = _letters("".join(word[0] for word in words[at : at + pieces]))
            if _is_name(joined, names) if pieces == 1 else joined in names:
                hidden.update(range(at, min(at + pieces, len(words))))
    for at in sorted(hidden, reverse=True):
        if words[at][0] not in STANDING:
            text = text[: words[at].start()] + NAME + text[words[at].end() :]
    return text


def _is_name(word: str, names: frozenset[str]) -> bool:
    """Whether it is a name, with its ending, with a letter wrong, drawn out, or run together with other words."""
    if not word:
        return False
    if word in names or word.removesuffix("s") in names:
        return True
    squeezed = _squeezed(word)
    return any(
        (len(name) >= _INSIDE and name in word)
        or (len(name) >= _FUZZY and abs(len(name) - len(word)) < 2 and OSA.distance(word, name, score_cutoff=1) <= 1)
        or squeezed == _squeezed(name)
        for name in names
    )


@lru_cache(maxsize=4096)
def _squeezed(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


def _is_named(text: str, words: Sequence[re.Match[str]], at: int) -> bool:
    """Said to be a name: after a title or "my name is", or by a capital letter within a sentence."""
    word, before = words[at][0], text[: words[at].start()]
    said = before.rstrip(" .:,-")
    if word.casefold() not in _NO_NAMES:
        first = _FIRST_OF_TWO.search(said)
        if _CALLED.search(said) or (first and first["first"].casefold() not in _NO_NAMES):
            return True
    return _is_capital_within(word, before) and not _is_all_capitals(words)


def _is_capital_within(word: str, before: str) -> bool:
    is_first = not before.strip() or bool(re.search(r"[.!?:]\W*$", before))
    return not is_first and word.istitle() and len(word) > 1 and word.casefold() not in _CAPITALS


def _is_all_capitals(words: Sequence[re.Match[str]]) -> bool:
    """Some write every word so: then it says nothing."""
    return sum(word[0][0].isupper() for word in words) > len(words) / 2
