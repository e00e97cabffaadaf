"""The intent classifier: what it looks at, and that a damaged one is never served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.dialogue import Dialogue
from bot.nlu.classifier import NgramClassifier, features

_EXAMPLES = {
    "book_appointment": ["book an appointment", "can i see a doctor", "see the nurse please"],
    "thanks": ["thanks", "thank you so much", "ta"],
    "opening_hours": ["are you open today", "what time do you close", "opening times"],
}


class Storage:
    """A folder where Rasa keeps a component's files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def write_to(self, _resource: Any) -> Iterator[Path]:
        yield self.folder

    read_from = write_to


def trained(folder: Path) -> NgramClassifier:
    examples = [Message({"text": text, "intent": intent}) for intent, texts in _EXAMPLES.items() for text in texts]
    classifier = NgramClassifier({**NgramClassifier.get_default_config()}, Storage(folder), None)
    classifier.train(TrainingData(examples))
    return classifier


def test_a_message_is_read_by_its_words_and_their_pieces() -> None:
    found = features("Dr Patel")
    assert {"=dr", "=patel", " d", "dr ", "pate", "atel "} <= set(found)


def test_all_numbers_are_alike_and_case_does_not_count() -> None:
    assert features("AT 10") == features("at 3459")


def test_a_misspelt_word_still_points_the_right_way(tmp_path: Path) -> None:
    assert trained(tmp_path).rank("bok an apointmnt")[0]["name"] == "book_appointment"


def test_probabilities_add_up_and_come_likeliest_first(tmp_path: Path) -> None:
    ranked = trained(tmp_path).rank("are you open")
    assert ranked[0]["name"] == "opening_hours"
    assert [each["confidence"] for each in ranked] == sorted((each["confidence"] for each in ranked), reverse=True)
    assert sum(each["confidence"] for each in ranked) == pytest.approx(1)


def test_what_was_stored_reads_as_what_was_trained(tmp_path: Path) -> None:
    classifier = trained(tmp_path)
    again = NgramClassifier.load({}, Storage(tmp_path), None, None)
    for text in ("see a doctor", "when do you open", "zzz", ""):
        assert again.rank(text) == classifier.rank(text)


@pytest.mark.parametrize("name", ["weights.npz", "words.json"])
def test_a_classifier_whose_files_are_damaged_is_not_served(tmp_path: Path, name: str) -> None:
    trained(tmp_path)
    (tmp_path / name).write_bytes(b"nothing of use")
    with pytest.raises(ValueError):
        NgramClassifier.load({}, Storage(tmp_path), None, None)


@given(st.text(max_size=300))
def test_nothing_that_is_written_is_too_odd_to_be_read(text: str) -> None:
    assert all(isinstance(each, str) and each for each in features(text))


def test_the_served_model_holds_every_intent_of_the_domain(dialogue: Dialogue) -> None:
    nodes = dialogue._agent.processor.graph_runner._instantiated_nodes.values()
    classifier = next(node._component for node in nodes if isinstance(node._component, NgramClassifier))
    assert set(classifier._intents) == set(dialogue._agent.domain.intents) - {
        "back", "nlu_fallback", "restart", "session_start",
    }  # fmt: skip
