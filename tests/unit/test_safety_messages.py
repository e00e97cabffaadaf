"""How well a thousand messages are screened: real alarms in any spelling, and words that only look like them.

The figures that are asked for: at least 99 % of emergencies and crises, at most 3 % of lookalikes. Being asked about
counts as an alarm for a lookalike, and as none for an emergency. First-shot figures: docs/adr/0010-safety-words.md.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.console_chat import read_safety
from bot.safety.screen import screen

Messages = dict[str, list[str]]
FILES = ("safety_messages", "safety_messages_held_out")


def read_messages() -> Messages:
    files = [yaml.safe_load(Path(__file__).with_name(f"{name}.yml").read_text(encoding="utf-8")) for name in FILES]
    return {label: [text for each in files for text in each[label]] for label in files[0]}


MESSAGES = read_messages()
LOOKALIKES = MESSAGES["none"]


def label(text: str) -> str:
    found = screen(text)
    if found is None:
        return "none"
    return found.kind if found.certainty == "now" else f"ask_{found.kind}"


def share(wanted: str) -> float:
    return sum(label(text) == wanted for text in MESSAGES[wanted]) / len(MESSAGES[wanted])


def test_there_are_messages_enough_and_half_of_them_are_lookalikes() -> None:
    count = sum(map(len, MESSAGES.values()))
    assert count >= 400
    assert 0.45 <= len(LOOKALIKES) / count <= 0.6
    assert len({text.casefold() for each in MESSAGES.values() for text in each}) == count


@pytest.mark.parametrize("kind", ["emergency", "crisis"])
def test_nearly_every_emergency_and_crisis_is_found(kind: str) -> None:
    assert share(kind) >= 0.99


def test_nearly_everything_that_is_urgent_today_is_found() -> None:
    assert share("urgent_today") >= 0.95


@pytest.mark.parametrize("wanted", ["ask_emergency", "ask_crisis"])
def test_what_is_denied_or_past_is_asked_about(wanted: str) -> None:
    assert share(wanted) >= 0.95


def test_hardly_a_lookalike_alarms() -> None:
    assert [text for text in LOOKALIKES if screen(text)][: len(LOOKALIKES) // 33 + 1] == []


BEFORE = "hello my name is joan and i have been a patient of yours for thirty years. i wanted to book my review. "
AFTER = ". also could you tell me when the car park opens and whether the nurse is in on thursdays? thank you so much"


@pytest.mark.parametrize("kind", ["emergency", "crisis"])
def test_in_the_middle_of_a_long_message_it_is_found_too(kind: str) -> None:
    alarms = [text for text in MESSAGES[kind] if len(text) > 15]
    missed = [text for text in alarms if label(f"{BEFORE}{text}{AFTER}") != kind]
    assert len(missed) / len(alarms) <= 0.01, missed


@pytest.mark.parametrize("kind", ["emergency", "crisis"])
def test_capitals_and_exclamation_marks_change_nothing(kind: str) -> None:
    assert [text for text in MESSAGES[kind] if label(f"{text.upper()}!!!") != label(text)] == []


def test_parse_says_what_is_answered_at_once() -> None:
    assert read_safety("i have chest pain") == "emergency"
    assert read_safety("i want to die") == "crisis"
    assert read_safety("i have run out of insulin") == "urgent_today"
    assert read_safety("no chest pain") is None
    assert read_safety("book an appointment") is None
