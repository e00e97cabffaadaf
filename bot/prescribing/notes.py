"""What a patient writes to the prescriber: whether a person has to read it before anything is ordered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.safety.phrases import Phrases, Word
from bot.safety.reading import read

_LISTS = Path(__file__).with_name("notes.yml")
DOSE_CHANGE = "dose_change"
SOON = frozenset({"side_effect", "allergy"})  # codes of what cannot wait until staff look at messages next
_LONGEST = 4000  # characters


@dataclass(frozen=True)
class _Kind:
    """What leads to a person, and what only looks like it."""

    words: Phrases
    but: Phrases

    def is_in(self, note: Sequence[Word]) -> bool:
        excused = {place for found in self.but.find(note) for place in range(found.start, found.end)}
        return any(not excused.issuperset(found.places) for found in self.words.find(note))


def needs_a_person(note: str) -> str | None:
    """Why staff have to read it: "side_effect", "allergy", "pregnancy" or "dose_change"; None: it may go along with the
    order. Never raises. Red flags are read elsewhere, before."""
    kinds, names = _kinds()
    words = [_named(word, names) for word in read(note[:_LONGEST])]
    return next((code for code, kind in kinds.items() if kind.is_in(words)), None)


def load_notes() -> dict[str, Any]:
    """The lists of notes.yml; every value is a string: YAML would take "no" for something else."""
    lists: dict[str, Any] = yaml.load(_LISTS.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506
    return lists


def _named(word: Word, names: Mapping[str, frozenset[str]]) -> Word:
    return replace(word, names=word.names | names.get(word.text, frozenset()))


@lru_cache(maxsize=1)
def _kinds() -> tuple[dict[str, _Kind], dict[str, frozenset[str]]]:
    """The kinds by their codes, and by word the names that it goes by."""
    lists = load_notes()
    names: dict[str, frozenset[str]] = {}
    for name, listed in lists.pop("names").items():
        for word in listed.split():
            names[word] = names.get(word, frozenset()) | {name}
    kinds = {code: _Kind(Phrases(kind["words"]), Phrases(kind["but"])) for code, kind in lists.items()}
    return kinds, names
