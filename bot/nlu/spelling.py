"""Misspelt words: which of some listed words a word may be a slip of the finger for.

A slip is one letter too many, too few, wrong, or two swapped. The first letter must be right. Only what is no English
word is taken for a slip: "strike" is never "stroke".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Set
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from symspellpy import SymSpell, Verbosity

from bot.nlu.medicines_book import the_book

_TOKENIZER = Path(__file__).parent / "minilm" / "tokenizer.json"
_OFTEN_USED = Path(__file__).with_suffix(".txt")
_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST, _LONG = 4, 9  # letters: shorter words are not corrected; as long ones may have two slips
_ENDINGS = ("s", "d", "r", "ed", "er", "ing")


class Speller:
    """Knows the words of a list, the first ones best, and those of English."""

    def __init__(self, listed: Iterable[str], english: Set[str], long: int = _LONG) -> None:
        """`long`: letters from which on a word may have two slips."""
        fit = [word for word in listed if len(word) >= _SHORTEST and word.isascii() and word.isalpha()]
        self._known = english | set(fit)
        self._long = long
        self._near = SymSpell(max_dictionary_edit_distance=2)
        for place, word in enumerate(reversed(fit), start=1):
            self._near.create_dictionary_entry(word, place)

    def meant(self, word: str) -> tuple[str, ...]:
        """The words it may be a slip of, the nearest first; none if it is spelled as it should be."""
        if len(word) < _SHORTEST or word in self._known:
            return ()
        slips = 2 if len(word) >= self._long else 1
        near = self._near.lookup(word, Verbosity.ALL, max_edit_distance=slips)
        return tuple(each.term for each in near if each.term[0] == word[0])


def spelt_right(text: str) -> str:
    """`text` for the sentence encoder: "canel my apointment" is "cancel my appointment".

    A word that is in no dictionary is read as the nearest of the words that patients use most, if one is near enough;
    everything else stays as it is. What is shown, kept and sent to staff is never touched.
    """
    return _WORD.sub(lambda match: _meant(match[0]), text)


def is_word(word: str) -> bool:
    """Whether it stands in a dictionary, or is a medicine."""
    return word in _words() or _has_known_stem(word)


@lru_cache(maxsize=8192)
def _meant(word: str) -> str:
    plain = word.casefold()
    if not plain.isascii() or _has_known_stem(plain):
        return word
    if plain.endswith("in") and f"{plain}g" in _dictionary():
        return f"{plain}g"
    return next(iter(_speller().meant(plain)), word)


def _has_known_stem(word: str) -> bool:
    stems = (word.removesuffix(ending) for ending in _ENDINGS)
    return any(stem != word and stem in _dictionary() for stem in stems)


@lru_cache(maxsize=1)
def _speller() -> Speller:
    return Speller(often_used(), _words(), long=7)


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    book = the_book()
    return _dictionary().union(book.names, book.called, book.conditions)


@lru_cache(maxsize=1)
def often_used() -> tuple[str, ...]:
    """The words that patients use most, most used first."""
    return tuple(_OFTEN_USED.read_text(encoding="ascii").split())


@lru_cache(maxsize=1)
def _dictionary() -> frozenset[str]:
    """82,000 English words, many of them rare: the list that comes with SymSpell."""
    listed = (files("symspellpy") / "frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    return frozenset(line.split()[0] for line in listed.splitlines() if line)


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """20,000 English words, none of them rare: the whole words of the sentence encoder's tokenizer."""
    vocabulary = json.loads(_TOKENIZER.read_text(encoding="utf-8"))["model"]["vocab"]
    return frozenset(word for word in vocabulary if word.isascii() and word.isalpha())
