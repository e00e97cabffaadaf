"""Finds words that need an immediate answer, whatever the state of the conversation. Signposting only: no triage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Literal

from bot.nlu.languages import fold
from bot.safety.context import Certainty, judge
from bot.safety.phrases import Phrases, Word
from bot.safety.reading import load, read

Kind = Literal["crisis", "emergency", "urgent_today"]
KINDS: tuple[Kind, ...] = ("crisis", "emergency", "urgent_today")  # the first is answered where there are several


@dataclass(frozen=True)
class Screening:
    """What a message calls for.

    Attributes:
        certainty: "now", or "ask" where it is denied, long over or only supposed.
    """

    kind: Kind
    certainty: Certainty


@dataclass(frozen=True)
class _Listed:
    """The phrases of one kind: those meant as they stand, those to be asked about, and whole messages."""

    kind: Kind
    sure: Phrases
    unsure: Phrases
    alone: Phrases

    @property
    def is_crisis(self) -> bool:
        """What was long ago, or was never sure, is asked about too."""
        return self.kind == "crisis"

    @cached_property
    def symptoms(self) -> frozenset[str]:
        """What a list of denied symptoms is made of: the names that stand for several words."""
        return frozenset(name for name in self.sure.names if name.isupper())


def screen(text: str) -> Screening | None:
    """What the text calls for, or None. Deterministic; takes a fraction of a millisecond; never raises."""
    words = _without_idioms(read(text))
    asked = None
    for listed in _listed():
        certainty = _certainty(words, listed)
        if certainty == "now":
            return Screening(listed.kind, "now")
        if certainty and asked is None:
            asked = Screening(listed.kind, "ask")
    return asked


def is_retraction(text: str) -> bool:
    """Whether the writer takes an alarm back: it is not happening now, is over, or help has been called."""
    words, alone = _retractions()
    said = read(text)
    return any(words.find(said)) or _is_whole(alone, said)


def _certainty(words: Sequence[Word], listed: _Listed) -> Certainty | None:
    """The most certain of all that is found."""
    if _is_whole(listed.alone, words):
        return "now"
    sure, unsure = (
        {judge(words, found, listed.is_crisis, listed.symptoms) for found in phrases.find(words)}
        for phrases in (listed.sure, listed.unsure)
    )
    if "now" in sure:
        return "now"
    if listed.kind == "urgent_today":
        return None  # nothing is asked of somebody who may only need the surgery
    return "ask" if "ask" in sure or "now" in unsure or (listed.is_crisis and "ask" in unsure) else None


def _is_whole(phrases: Phrases, words: Sequence[Word]) -> bool:
    """Whether the whole message is one of the phrases."""
    return any(len(found.places) == len(words) for found in phrases.find(words))


def _without_idioms(words: list[Word]) -> list[Word]:
    """With the words of "dying for a cup of tea" put out of reach; all others stay as they are."""
    hidden = {place for found in _idioms().find(words) for place in found.places}
    return [replace(word, names=frozenset()) if place in hidden else word for place, word in enumerate(words)]


@lru_cache(maxsize=1)
def _listed() -> tuple[_Listed, ...]:
    return tuple(_read(kind) for kind in KINDS)


def _read(kind: Kind) -> _Listed:
    entries = load(kind)
    elsewhere = [fold(phrase) for phrase in load("other_languages").get(kind, ())]

    def phrases(field: str) -> list[str]:
        return [phrase for entry in entries for phrase in entry.get(field, ())]

    return _Listed(
        kind, Phrases([*phrases("words"), *elsewhere]), Phrases(phrases("unsure")), Phrases(phrases("alone"))
    )


@lru_cache(maxsize=1)
def _idioms() -> Phrases:
    return Phrases(load("idioms"))


@lru_cache(maxsize=1)
def _retractions() -> tuple[Phrases, Phrases]:
    """Those meant wherever they stand, and whole messages."""
    listed = load("retractions")
    return Phrases(listed["words"]), Phrases(listed["alone"])
