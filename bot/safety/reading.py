"""A message as words: spelled as the lists spell them, each with what it is a form of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.languages import fold
from bot.nlu.spelling import Speller, english_words
from bot.safety.phrases import Word

WORDS = Path(__file__).with_name("words")
LISTS = ("emergency", "crisis", "urgent_today", "idioms", "context", "retractions")
_TOKEN = re.compile(
    r"(?P<word>\d+\.\d+|[\w\u0900-\u0963\u0966-\u0dff]+)"  # the vowel signs of India's scripts are part of a word
    r"|(?P<end>[.!?;]+(?=\s|$)|\n)|(?P<comma>,)"
)
_PIECE = re.compile(r"[^\W\d_A-Z]+")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_MANY = 10  # tablets; fewer may be a dose
_YEARS = range(1930, 2100)
_DOSE = frozenset({"mg", "ml", "mcg", "micrograms", "units", "weeks", "days", "mls"})


@dataclass(frozen=True)
class _Forms:
    """The lists of forms.yml, ready to look up."""

    names: Mapping[str, frozenset[str]]  # of each word
    same: Mapping[str, tuple[str, ...]]  # text-speak, written out
    runs: Mapping[str, Mapping[tuple[str, ...], str]]  # by first word: words in a row that count as one
    speller: Speller


@dataclass(frozen=True)
class _Token:
    """A word, its sentence, whether a comma stands before it, and what else it may be a slip of."""

    text: str
    sentence: int
    after_comma: bool
    slips: tuple[str, ...] = ()


def read(text: str) -> list[Word]:
    """The words of `text`, in time proportional to its length. Case, accents and apostrophes do not count."""
    forms = _forms()
    tokens = list(_joined(list(_spelled(_tokens(text), forms)), forms))
    return [_named(tokens, place, forms) for place in range(len(tokens))]


def load(name: str) -> Any:
    """One of the lists, e.g. "emergency"; every value is a string: YAML would take "no" and "on" for something else."""
    return yaml.load((WORDS / f"{name}.yml").read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506


def _tokens(text: str) -> Iterator[_Token]:
    sentence, after_comma = 0, False
    for token in _TOKEN.finditer(re.sub(r"['’`´]", "", fold(text))):
        if token["word"]:
            yield _Token(token["word"], sentence, after_comma)
        sentence += bool(token["end"])
        after_comma = bool(token["comma"])


def _spelled(tokens: Iterator[_Token], forms: _Forms) -> Iterator[_Token]:
    """As the lists spell it; more than one word for "kms"."""
    for token in tokens:
        plain = token.text if _is_known(token.text, forms) else _not_drawn_out(token.text, forms)
        slips = () if _is_known(plain, forms) else forms.speller.meant(plain)
        written = [word for each in (slips or (plain,)) for word in forms.same.get(each, (each,))]
        if slips:
            yield replace(token, text=written[0], slips=tuple(written[1:]))
        else:
            yield from (replace(token, text=word) for word in written)


def _is_known(word: str, forms: _Forms) -> bool:
    return word in forms.names or word in forms.same


def _not_drawn_out(word: str, forms: _Forms) -> str:
    """ "paaain" is "pain", "coooough" is "cough", and "kiiill" is "kill"."""
    double = _DRAWN_OUT.sub(r"\1\1", word)
    return double if _is_known(double, forms) else _DRAWN_OUT.sub(r"\1", word)


def _joined(tokens: list[_Token], forms: _Forms) -> Iterator[_Token]:
    """With words that belong together as one: "can not" is "cannot"."""
    place = 0
    while place < len(tokens):
        token = tokens[place]
        for run, meaning in forms.runs.get(token.text, {}).items():
            if tuple(each.text for each in tokens[place : place + len(run)]) == run:
                token, place = replace(token, text=meaning, slips=()), place + len(run) - 1
                break
        yield token
        place += 1


def _named(tokens: list[_Token], place: int, forms: _Forms) -> Word:
    token = tokens[place]
    names = frozenset[str]().union(*(forms.names.get(each, (each,)) for each in (token.text, *token.slips)))
    if token.text.isdecimal() and len(token.text) <= 4:
        following = tokens[place + 1].text if place + 1 < len(tokens) else ""
        names |= _numeral(int(token.text), following)
    return Word(token.text, names, token.sentence, token.after_comma)


def _numeral(number: int, following: str) -> frozenset[str]:
    if number in _YEARS:
        return frozenset({"YEAR"})
    return frozenset({"MANY"}) if _MANY <= number < 1000 and following not in _DOSE else frozenset()


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    listed = load("forms")
    names: dict[str, set[str]] = {}
    for name, words in listed["forms"].items():
        for word in (*(() if name.isupper() else (name,)), *(fold(each) for each in words)):
            names.setdefault(word, {word}).add(name)
    same = {short: tuple(whole.split()) for whole, shorts in listed["written_out"].items() for short in shorts}
    runs: dict[str, dict[tuple[str, ...], str]] = {}
    for meaning, said in listed["in_a_row"].items():
        for each in sorted(said, key=len, reverse=True):
            run = tuple(each.split())
            runs.setdefault(run[0], {})[run] = meaning
    vocabulary = {*names, *(word for name in LISTS for word in _written(load(name)))}
    return _Forms(
        {word: frozenset(each) for word, each in names.items()},
        same,
        runs,
        Speller(sorted(vocabulary), english_words() | {*listed["lookalikes"], *_written(load("other_languages"))}),
    )


def _written(listed: Any) -> Iterator[str]:
    """Every word in the phrases of a list, in small letters."""
    if isinstance(listed, str):
        yield from _PIECE.findall(fold(listed) if listed.islower() else listed)
    elif isinstance(listed, dict):
        for field, each in listed.items():
            yield from () if field in ("what", "source", "yes", "ask", "no") else _written(each)
    else:
        for each in listed:
            yield from _written(each)
