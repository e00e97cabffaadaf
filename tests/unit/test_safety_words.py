"""The word lists, as a clinician reads them: each entry has a source, and its examples are what it does."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.safety.phrases import Phrases
from bot.safety.reading import LISTS, WORDS, load, read
from bot.safety.screen import KINDS, screen

FIELDS = {"what", "source", "words", "unsure", "alone", "yes", "ask", "no"}
SOURCES = ("999", "PATCHS", "NHS", "eConsult", "authors")
ENTRIES: list[tuple[str, dict[str, Any]]] = [(kind, entry) for kind in KINDS for entry in load(kind)]
entries = pytest.mark.parametrize(("kind", "entry"), ENTRIES, ids=[f"{kind}: {each['what']}" for kind, each in ENTRIES])


def certainty(kind: str, text: str) -> str | None:
    found = screen(text)
    return found.certainty if found and found.kind == kind else None


@entries
def test_an_entry_says_what_it_is_for_and_where_it_is_from(kind: str, entry: dict[str, Any]) -> None:
    assert {"what", "source", "words", "yes", "no"} <= entry.keys() <= FIELDS
    assert entry["source"].startswith(SOURCES)


@entries
def test_its_examples_alarm(kind: str, entry: dict[str, Any]) -> None:
    assert [text for text in entry["yes"] if certainty(kind, text) != "now"] == []


@entries
def test_what_is_unclear_is_asked_about(kind: str, entry: dict[str, Any]) -> None:
    assert [text for text in entry.get("ask", ()) if certainty(kind, text) != "ask"] == []


@entries
def test_its_lookalikes_do_not(kind: str, entry: dict[str, Any]) -> None:
    assert [text for text in entry["no"] if screen(text)] == []


def test_nothing_stands_in_a_list_twice() -> None:
    for kind in KINDS:
        phrases = [phrase for entry in load(kind) for field in ("words", "unsure") for phrase in entry.get(field, ())]
        assert sorted({phrase for phrase in phrases if phrases.count(phrase) > 1}) == []


def test_every_name_in_capitals_is_listed() -> None:
    forms = set(load("forms")["forms"]) | {"YEAR", "MANY"}
    said = " ".join((WORDS / f"{name}.yml").read_text(encoding="utf-8") for name in LISTS)
    phrases = [line.strip(" -\n") for line in said.splitlines() if line.lstrip().startswith("- ")]
    named = {name for phrase in phrases for name in Phrases([phrase]).names if name.isupper() and name.isalpha()}
    assert named <= forms | {"NHS", "DVT", "FAST", "UTI", "PATCHS"}


def test_every_list_asks_for_a_check() -> None:
    for kind in (*KINDS, "context", "forms", "other_languages"):
        assert re.search(r"CLINICIAN'S|NATIVE READER'S CHECK", (WORDS / f"{kind}.yml").read_text(encoding="utf-8"))


# The language that the lists are written in.


@pytest.mark.parametrize(
    ("phrase", "text", "is_there"),
    [
        ("red hat", "my red hat", True),
        ("red hat", "my red old hat", False),
        ("red ~ hat", "my red and rather old hat", True),
        ("red ~ hat", "a red thing and my rather old hat", False),
        ("red ~ hat", "it is red. my hat is not", False),
        ("red hat", "red... hat", True),
        ("red & hat", "the hat that i wear is red", True),
        ("red & hat", "the red one of my own is this hat", True),
        ("red & hat", "the hat is here. red it is not", False),
        ("red|blue hat|cap", "blue cap", True),
        ("BLEED ~ here", "i bled here", True),
        ("hat & red & cap", "cap of red and hat", True),
    ],
)
def test_a_phrase_is_read_as_it_is_described(phrase: str, text: str, is_there: bool) -> None:
    assert any(Phrases([phrase]).find(read(text))) is is_there


def test_looking_takes_time_in_proportion_to_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    import bot.safety.phrases as language

    steps = 0
    once = language._rest

    def counted(*given: Any) -> Any:
        nonlocal steps
        steps += 1
        return once(*given)

    monkeypatch.setattr(language, "_rest", counted)
    taken = []
    for length in (200, 400, 800):
        steps = 0
        screen("no chest pain want to not die " * length)
        taken.append(steps)
    assert taken[2] / taken[1] < 2.5 and taken[1] / taken[0] < 2.5
