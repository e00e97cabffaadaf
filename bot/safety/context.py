"""What stands around a found phrase, and what that makes of it: denied, supposed, long ago, or a clinic's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Literal

from bot.safety.phrases import Found, Phrases, Word
from bot.safety.reading import load

Certainty = Literal["now", "ask"]

_BACK = 6  # words before it in which a "no" still counts
_AFTER = 4  # words after it in which "gone" counts
_AROUND = 30  # words before and after it that are read at all, however long the sentence


@dataclass(frozen=True)
class _Words:
    """The lists of single words in context.yml."""

    absent: frozenset[str]
    inside: frozenset[str]
    light: frozenset[str]
    who: frozenset[str]
    over: frozenset[str]
    things: frozenset[str]


@dataclass(frozen=True)
class _Said:
    """The lists of phrases in context.yml."""

    about: Phrases
    of_the_dead: Phrases
    long_ago: Phrases
    lately: Phrases
    supposed: Phrases
    now: Phrases


def judge(words: Sequence[Word], found: Found, keeps_past: bool, symptoms: frozenset[str]) -> Certainty | None:
    """What becomes of `found`: "now"; "ask" if that is not clear; None if it is not about anybody who is ill now.

    Args:
        keeps_past: whether what was long ago is asked about too; suicide is.
        symptoms: the words that a list of denied symptoms is made of.
    """
    known = _said()
    sentence, here = _sentence(words, found)
    if _is_thing(words, found) or _leads_up(known.about, sentence, here):
        return None
    if _comes_before(known.of_the_dead, sentence, here):
        return None
    if _is_denied(sentence, here, symptoms) or _comes_before(known.supposed, sentence, here):
        return "ask"
    if _is_over(sentence, here):
        return "ask"
    if any(known.now.find(sentence)):
        return "now"
    if any(known.long_ago.find(sentence)):
        return "ask" if keeps_past else None
    return "ask" if any(known.lately.find(sentence)) else "now"


def _sentence(words: Sequence[Word], found: Found) -> tuple[list[Word], Found]:
    """The sentence or sentences that it stands in, and where in them."""
    numbers = {words[place].sentence for place in found.places}
    first = max(0, found.start - _AROUND)
    while words[first].sentence not in numbers:
        first += 1
    sentence = [word for word in words[first : found.end + _AROUND] if word.sentence in numbers]
    return sentence, Found(tuple(place - first for place in found.places))


def _is_thing(words: Sequence[Word], found: Found) -> bool:
    """A clinic, a letter, a course of that name."""
    return found.end < len(words) and not words[found.end].names.isdisjoint(_words().things)


def _leads_up(phrases: Phrases, sentence: Sequence[Word], found: Found) -> bool:
    """Whether one of `phrases` stands before it, with nothing but little words in between."""
    return any(
        all(word.names & _words().light for word in sentence[each.end : found.start])
        for each in phrases.find(sentence[: found.start])
    )


def _comes_before(phrases: Phrases, sentence: Sequence[Word], found: Found) -> bool:
    return any(phrases.find(sentence[: found.start]))


def _is_denied(sentence: Sequence[Word], found: Found, symptoms: frozenset[str]) -> bool:
    known = _words()
    if any(
        sentence[place].text in known.inside for place in range(found.start, found.end) if place not in found.places
    ):
        return True
    for place in range(found.start - 1, max(found.start - 1 - _BACK, -1), -1):
        word = sentence[place]
        if word.names & known.absent:
            return not sentence[place + 1].after_comma  # "no, i have chest pain"
        if word.text in known.who:
            if place and sentence[place - 1].text == "no":  # "no i have chest pain"
                return False
        elif not word.names & (known.light | symptoms):
            return False
    return False


def _is_over(sentence: Sequence[Word], found: Found) -> bool:
    """ "Chest pain has gone", but not "has not gone"."""
    known = _words()
    after = sentence[found.end : found.end + _AFTER]
    place = next((place for place, word in enumerate(after) if word.names & known.over), None)
    return place is not None and not any(word.names & known.absent for word in after[:place])


@lru_cache(maxsize=1)
def _words() -> _Words:
    listed = load("context")
    return _Words(*(frozenset(listed[each.name]) for each in fields(_Words)))


@lru_cache(maxsize=1)
def _said() -> _Said:
    listed = load("context")
    return _Said(*(Phrases(listed[each.name]) for each in fields(_Said)))
