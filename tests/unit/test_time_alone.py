"""A message that is nothing but a time is an answer; one that says something else stays what it was."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.when_component import WhenReader

NOW = {"now": "2026-11-23T09:00:00+00:00"}


def read(text: str, intent: str, confidence: float) -> str:
    message = Message({"text": text, "metadata": NOW, "intent": {"name": intent, "confidence": confidence}})
    return str(WhenReader().process([message])[0].get("intent")["name"])


@pytest.mark.parametrize("text", ["i'd like it to be at 3 please", "Tuesday", "maybe try for the 9th at 2", "asap pls"])
@pytest.mark.parametrize(("intent", "confidence"), [("nlu_fallback", 0.9), ("out_of_scope", 0.5), ("thanks", 0.3)])
def test_a_time_and_no_more_is_an_answer(text: str, intent: str, confidence: float) -> None:
    assert read(text, intent, confidence) == "inform"


@pytest.mark.parametrize(
    ("text", "intent", "confidence"),
    [
        ("opening hours", "opening_hours", 0.99),
        ("is the library open on tuesday", "out_of_scope", 0.5),
        ("make it tuesday", "correction", 0.4),
        ("nothing of the kind", "nlu_fallback", 0.9),
    ],
)
def test_what_is_clear_or_says_more_stays(text: str, intent: str, confidence: float) -> None:
    assert read(text, intent, confidence) == intent
