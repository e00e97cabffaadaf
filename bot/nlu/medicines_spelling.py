"""Which medicine a misspelt or dictated word may be. Depends on the book alone, so that answers can be kept."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from bot.nlu.medicines_book import the_book

_SHORTEST = 5
_LONG, _SURE = 7, 0.9
_CUT = 9  # changes: farther than any misspelling
LIKE = 0.84  # Jaro-Winkler, which trusts the beginning of a word
_SOUNDS = (("ph", "f"), ("ck", "k"), ("qu", "k"), ("x", "ks"), ("z", "s"), ("th", "t"), ("gh", "g"))


@dataclass(frozen=True)
class Guess:
    """A name that may be meant: letters to change, and likeness 0 to 1."""

    name: str
    changes: int
    likeness: float


@lru_cache(maxsize=8192)
def guesses(word: str) -> tuple[Guess, ...]:
    """Names of the book that `word` may be a misspelling of, nearest first; of few letters, few may be wrong."""
    if len(word) < _SHORTEST or not word.isalpha() or word in the_book().ordinary:
        return ()
    allowed = _allowed(len(word))
    near = process.extract(word, _names(), scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=12)
    found = {name: Guess(name, int(changes), likeness(word, name)) for name, changes, _ in near}
    found.update({guess.name: guess for guess in by_sound(word) if guess.name not in found})
    fits = (guess for guess in found.values() if guess.likeness >= LIKE and guess.changes <= _allowed(len(guess.name)))
    return tuple(sorted(fits, key=lambda guess: (guess.changes, -guess.likeness)))


@lru_cache(maxsize=8192)
def by_sound(words: str) -> tuple[Guess, ...]:
    """Names with the same consonants: what dictation makes of them, "am low dip in"."""
    skeleton = _skeleton(words)
    if len(skeleton) < _SHORTEST:
        return ()
    alike = (
        Guess(name, DamerauLevenshtein.distance(words, name), likeness(words, name))
        for name in _by_skeleton()[skeleton]
    )
    return tuple(guess for guess in alike if guess.likeness >= LIKE)


@lru_cache(maxsize=8192)
def like_known(word: str) -> str | None:
    """The word of the book for a kind, a condition or a form that this is a misspelling of: "antidepresants"."""
    if len(word) < _LONG or not word.isalpha() or word in the_book().ordinary or word in the_book().names:
        return None
    allowed = 1 if len(word) < _LONG + 3 else 2
    near = process.extractOne(word, _known(), scorer=DamerauLevenshtein.distance, score_cutoff=allowed)
    if near is None or near[0][0] != word[0] or likeness(word, near[0]) < _SURE:
        return None
    return str(near[0])


@lru_cache(maxsize=1)
def _known() -> list[str]:
    book = the_book()
    return [each for each in (*book.called, *book.conditions, *book.said_forms) if len(each) >= _LONG]


@lru_cache(maxsize=8192)
def shortened(word: str) -> tuple[Guess, ...]:
    """Names that begin so: "omep", "bisop". All are equally near."""
    if len(word) < _SHORTEST - 1 or word in the_book().ordinary:
        return ()
    first = bisect_left(_sorted(), word)
    begin = takewhile(lambda name: name.startswith(word), _sorted()[first:])
    return tuple(Guess(name, _CUT, likeness(word, name)) for name in begin)


def _allowed(length: int) -> int:
    return 0 if length < _SHORTEST else 1 if length < 7 else 2 if length < 9 else 3


def likeness(word: str, name: str) -> float:
    return float(JaroWinkler.similarity(word, name))


@lru_cache(maxsize=1)
def _names() -> list[str]:
    return [name for name in the_book().names if len(name) >= _SHORTEST]


@lru_cache(maxsize=1)
def _sorted() -> list[str]:
    return sorted(_names())


@lru_cache(maxsize=1)
def _by_skeleton() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in _names():
        found[_skeleton(name)].append(name)
    return found


def _skeleton(word: str) -> str:
    """The sounds of the consonants, and whether a vowel comes first."""
    for written, spoken in _SOUNDS:
        word = word.replace(written, spoken)
    word = re.sub(r"c(?=[eiy])", "s", word).replace("c", "k")
    first = "a" if word[:1] in "aeiou" else ""
    return first + re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouywh]", "", word))
