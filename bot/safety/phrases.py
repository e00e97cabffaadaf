"""The small language that the word lists are written in, and how it is looked for.

A phrase is read word by word. "a|b" is either word. "~" before a word lets up to three others stand in between, in the
same sentence. "&" between two parts is the same for up to seven others, and either part may come first. A name in
capitals, or the first word of a line of `forms.yml`, stands for all the words listed there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

_BETWEEN, _NEAR = 3, 7  # words that "~" and "&" let stand in between


@dataclass(frozen=True)
class Word:
    """One word of a message.

    Attributes:
        names: what a phrase may call it: itself, and what it is a form of.
        sentence: the number of its sentence; gaps do not reach over the end of one.
        after_comma: whether a comma stands before it.
    """

    text: str
    names: frozenset[str]
    sentence: int
    after_comma: bool = False


@dataclass(frozen=True)
class Found:
    """Where a phrase stands: the places of its words, in order."""

    places: tuple[int, ...]

    @property
    def start(self) -> int:
        return self.places[0]

    @property
    def end(self) -> int:
        """The place after the last word."""
        return self.places[-1] + 1


@dataclass(frozen=True)
class _Part:
    names: frozenset[str]
    gap: int


class Phrases:
    """A list of phrases. Looking for all of them takes time in proportion to the length of the message."""

    def __init__(self, listed: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[_Part, ...]]] = {}
        for phrase in listed:
            for parts in _orders(phrase):
                for name in parts[0].names:
                    self._by_first.setdefault(name, []).append(parts)

    @property
    def names(self) -> frozenset[str]:
        """Every name in the phrases."""
        phrases = (parts for listed in self._by_first.values() for parts in listed)
        return frozenset(name for parts in phrases for part in parts for name in part.names)

    def find(self, words: Sequence[Word]) -> Iterator[Found]:
        """Every phrase that is there, in the order of their first words."""
        for place, word in enumerate(words):
            for name in word.names & self._by_first.keys():
                for parts in self._by_first[name]:
                    rest = _rest(words, place, parts[1:])
                    if rest is not None:
                        yield Found((place, *rest))


def _orders(phrase: str) -> list[tuple[_Part, ...]]:
    """The phrase as its parts; one with "&" in each order."""
    near = [_parts(piece) for piece in phrase.split(" & ")]
    return [_joined(order) for order in permutations(near)]


def _joined(pieces: Sequence[tuple[_Part, ...]]) -> tuple[_Part, ...]:
    first, *others = pieces
    return first + tuple(
        _Part(part.names, part.gap if place else _NEAR) for piece in others for place, part in enumerate(piece)
    )


def _parts(piece: str) -> tuple[_Part, ...]:
    parts, gap = [], 0
    for said in piece.split():
        if said == "~":
            gap = _BETWEEN
        else:
            parts.append(_Part(frozenset(said.split("|")), gap))
            gap = 0
    return tuple(parts)


def _rest(words: Sequence[Word], place: int, parts: tuple[_Part, ...]) -> tuple[int, ...] | None:
    """Where the other parts stand after `place`; None if one is missing."""
    if not parts:
        return ()
    for ahead in range(place + 1, min(place + 2 + parts[0].gap, len(words))):
        if ahead > place + 1 and words[ahead].sentence != words[place].sentence:
            return None
        if not words[ahead].names.isdisjoint(parts[0].names):
            rest = _rest(words, ahead, parts[1:])
            if rest is not None:
                return (ahead, *rest)
    return None
