"""Plain words for the names on results and records: fixed, each from a page it names, and never about a value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

_LISTED = Path(__file__).with_name("glossary.yml")


@dataclass(frozen=True)
class Explanation:
    """`means`: one to three short sentences; `source_title`, `source_address`: the page they are written from."""

    term: str
    also: tuple[str, ...]
    means: str
    source_title: str
    source_address: str


def explain(name: str) -> Explanation | None:
    """The explanation of exactly this name, in any case; None rather than a guess."""
    return _by_name().get(_fold(name))


@lru_cache(maxsize=1)
def explanations() -> tuple[Explanation, ...]:
    """All of them, in the order of the file."""
    listed = yaml.safe_load(_LISTED.read_text(encoding="utf-8"))
    return tuple(
        Explanation(
            term=each["term"],
            also=tuple(each["also"]),
            means=each["means"],
            source_title=each["source"]["title"],
            source_address=each["source"]["address"],
        )
        for each in listed
    )


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Explanation]:
    return {_fold(name): each for each in explanations() for name in (each.term, *each.also)}


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())
