"""The book of medicines: what they are called, what for, in which forms (medicines.yml)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("medicines.yml")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]{1,3}\d{1,2}(?!\w)|[^\W\d_]+|[,.;:!?\n/%&+()]")
_POSSESSIVE = re.compile(r"(?<=[a-z]{4})(?<!what)(?<!that)(?<!here)['’]s\b", re.IGNORECASE)  # "my inhaler's run out"
LONGEST = 6  # words in a name or a cue


@dataclass(frozen=True)
class Token:
    """A word, number or mark of a text, in lower case without apostrophes, and where it stood."""

    word: str
    start: int
    end: int


@dataclass(frozen=True)
class Name:
    """One name of one medicine. `brand` is empty for a generic name."""

    medicine: str
    brand: str


@dataclass(frozen=True)
class Entry:
    """A medicine: its ingredients, what it is for, and what it may be for as well."""

    ingredients: frozenset[str]
    kinds: frozenset[str]
    also: frozenset[str]


@dataclass(frozen=True)
class Form:
    printed: frozenset[str]
    gives: frozenset[str]
    is_counted: bool


@dataclass(frozen=True)
class Book:
    """Every key is words run together: "co-codamol", "co codamol" and "cocodamol" are one.

    Attributes:
        names: the medicines a name may mean.
        called, conditions: the kinds that words alone, or words beside a noun, mean; called with "is plural".
        kind_forms: kinds that only exist in some forms.
        number: kinds whose plural may be one medicine, or whose singular may be several.
        or_form: the form that a kind's words mean where there is none of the kind: "my pill".
        said_forms: the form, and "is plural".
        cues: which cue, and whether the words are plural.
    """

    entries: Mapping[str, Entry]
    names: Mapping[str, tuple[Name, ...]]
    called: Mapping[str, tuple[str, bool]]
    conditions: Mapping[str, str]
    kind_forms: Mapping[str, frozenset[str]]
    number: Mapping[str, str]
    or_form: Mapping[str, str]
    forms: Mapping[str, Form]
    said_forms: Mapping[str, tuple[str, bool]]
    wider: Mapping[str, frozenset[str]]
    instead: Mapping[str, frozenset[str]]
    cues: Mapping[str, tuple[str, bool]]
    only_if_listed: frozenset[str]
    ordinary: frozenset[str]


def tokens_of(text: str) -> list[Token]:
    """The words, numbers and marks of a text.

    >>> [token.word for token in tokens_of("Adcal-D3 1500mg, don't")]
    ['adcal', 'd3', '1500', 'mg', ',', 'dont']
    """
    plain = re.sub(r"(?<=\w)['’`´](?=\w)", "", _POSSESSIVE.sub("", text))
    lower = plain.lower()
    if len(lower) != len(plain):  # a few letters change their length: "İ"
        lower = plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    return [Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(lower)]


def joined(text: str) -> str:
    return "".join(token.word for token in tokens_of(text))


def split(listed: str | None) -> list[str]:
    return [each.strip() for each in (listed or "").split(",") if each.strip()]


@lru_cache(maxsize=1)
def the_book() -> Book:
    """Read once, about 50 ms."""
    raw = yaml.load(_FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)  # noqa: S506
    kinds, forms = raw["kinds"], raw["forms"]
    medicines = {**dict.fromkeys(split(raw["others"]), {}), **raw["medicines"]}
    return Book(
        entries={name: _entry(name, given) for name, given in medicines.items()},
        names=_names(medicines),
        called=_numbered((words, kind) for kind, given in kinds.items() for words in split(given.get("called"))),
        conditions={joined(words): kind for kind, given in kinds.items() for words in split(given.get("for"))},
        kind_forms={kind: frozenset(split(given["form"])) for kind, given in kinds.items() if "form" in given},
        number={kind: given["number"] for kind, given in kinds.items() if "number" in given},
        or_form={kind: given["or_form"] for kind, given in kinds.items() if "or_form" in given},
        forms={form: _form(given) for form, given in forms.items()},
        said_forms=_numbered((words, form) for form, given in forms.items() for words in split(given.get("said"))),
        wider={form: frozenset([form, *split(others)]) for form, others in raw["wider"].items()},
        instead={form: frozenset(split(others)) for form, others in raw["instead"].items()},
        cues=_numbered(
            (words, cue) for cue, listed in raw["cues"].items() for each in split(listed) for words in _spread(each)
        ),
        only_if_listed=frozenset(joined(words) for words in split(raw["only_if_listed"])),
        ordinary=frozenset(split(raw["ordinary"])),
    )


def _entry(name: str, given: dict[str, str]) -> Entry:
    return Entry(
        frozenset(name.split(" + ")), frozenset(split(given.get("kinds"))), frozenset(split(given.get("also")))
    )


def _form(given: dict[str, Any]) -> Form:
    return Form(frozenset(split(given["printed"])), frozenset(split(given.get("gives"))), bool(given.get("counted")))


def _names(medicines: dict[str, dict[str, str]]) -> dict[str, tuple[Name, ...]]:
    found: dict[str, tuple[Name, ...]] = {}
    for medicine, given in medicines.items():
        generic = [medicine] if " + " not in medicine else []
        said = {joined(words): Name(medicine, "") for words in (*generic, *split(given.get("names")))}
        said.update({joined(brand): Name(medicine, joined(brand)) for brand in split(given.get("brands"))})
        for words, name in said.items():
            found[words] = (*found.get(words, ()), name)
    return found


def _numbered(listed: Iterable[tuple[str, str]]) -> dict[str, tuple[str, bool]]:
    """Singular and plural of what is listed in the singular."""
    found: dict[str, tuple[str, bool]] = {}
    for words, meaning in listed:
        one = joined(words)
        found.setdefault(one, (meaning, False))
        if not words.startswith(("the ", "my ")):  # "my pills" are any tablets
            found.setdefault(_plural(one), (meaning, True))
    return found


def _spread(pattern: str) -> list[str]:
    """Every wording of "dont|do+not need|want"."""
    choices = [[choice.replace("+", " ") for choice in part.split("|")] for part in pattern.split()]
    return [" ".join(words) for words in product(*choices)]


def _plural(word: str) -> str:
    if word.endswith("y") and not word.endswith(("ay", "ey")):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("ch", "sh", "s")) else "s")
