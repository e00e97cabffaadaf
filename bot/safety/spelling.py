"""Words of the lists that a word may be a slip of the finger for.

A slip is one letter too many, too few, wrong, or two swapped; two of them in a word of nine letters and more. The first
letter must be right. Only what is no English word is taken for a slip: "strike" is never "stroke". What English words
are is known from the 20,000 whole words of the sentence encoder's tokenizer, and from `lookalikes` in forms.yml.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

import bot.nlu

_TOKENIZER = Path(bot.nlu.__file__).parent / "minilm" / "tokenizer.json"
_SHORTEST, _LONG = 4, 9  # letters: shorter words are not corrected; as long ones may have two slips


class Speller:
    """Knows the words of the lists, and those of English."""

    def __init__(self, listed: Iterable[str], lookalikes: Iterable[str]) -> None:
        self._listed = {word for word in listed if len(word) >= _SHORTEST and word.isascii() and word.isalpha()}
        self._english = english_words() | set(lookalikes)
        self._by_letter: dict[str, list[str]] = {}
        for word in sorted(self._listed):
            self._by_letter.setdefault(word[0], []).append(word)

    def meant(self, word: str) -> tuple[str, ...]:
        """The words it may be a slip of, the nearest first; none if it is spelled as it should be."""
        if len(word) < _SHORTEST or word in self._listed or word in self._english:
            return ()
        slips = 2 if len(word) >= _LONG else 1
        choices = self._by_letter.get(word[0], [])
        return tuple(each for each, _, _ in process.extract(word, choices, scorer=OSA.distance, score_cutoff=slips))


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    vocabulary = json.loads(_TOKENIZER.read_text(encoding="utf-8"))["model"]["vocab"]
    return frozenset(word for word in vocabulary if word.isascii() and word.isalpha())
