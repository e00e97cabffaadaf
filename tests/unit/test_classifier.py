"""Rasa's side of the intent model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.dialogue import Dialogue
from bot.nlu.classifier import PatientIntentClassifier
from bot.nlu.sentence_encoder import SentenceEncoder
from tests.unit.test_intent_model import EXAMPLES


class Storage:
    """A folder where Rasa keeps a component's files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def write_to(self, _resource: Any) -> Iterator[Path]:
        yield self.folder

    read_from = write_to


def trained(folder: Path) -> PatientIntentClassifier:
    examples = [Message({"text": text, "intent": intent}) for intent, texts in EXAMPLES.items() for text in texts]
    data = SentenceEncoder().process_training_data(TrainingData(examples))
    classifier = PatientIntentClassifier({}, Storage(folder), None)
    classifier.train(data)
    return classifier


def said(classifier: PatientIntentClassifier, text: str) -> Message:
    return classifier.process(SentenceEncoder().process([Message({"text": text})]))[0]


def test_the_likeliest_intent_comes_first(tmp_path: Path) -> None:
    message = said(trained(tmp_path), "are you open")
    ranked = message.get("intent_ranking")
    assert message.get("intent")["name"] == ranked[0]["name"] == "opening_hours"
    assert [each["confidence"] for each in ranked] == sorted((each["confidence"] for each in ranked), reverse=True)


def test_what_was_stored_reads_as_what_was_trained(tmp_path: Path) -> None:
    classifier = trained(tmp_path)
    again = PatientIntentClassifier.load({}, Storage(tmp_path), None, None)
    for text in ("see a doctor", "when do you open", "zzz"):
        assert said(again, text).get("intent") == pytest.approx(said(classifier, text).get("intent"))


def test_a_classifier_that_was_never_trained_does_not_answer() -> None:
    with pytest.raises(RuntimeError):
        said(PatientIntentClassifier({}, None, None), "hello")


def test_a_message_that_may_not_belong_here_is_a_fallback_with_its_likeliest_meaning_kept(dialogue: Dialogue) -> None:
    parsed = dialogue.parse("flibble the wotsit under the gantry", "2026-11-23T09:00:00+00:00")
    assert parsed["intent"]["name"] in ("nlu_fallback", "out_of_scope")
    assert len(parsed["intent_ranking"]) > 1


@pytest.mark.parametrize("text", ["plok mjhg", "fuwbphfb", "npj nkoodge!", "hibpwhbw zjld nyk"])
def test_letters_that_are_no_words_are_not_understood_however_much_they_look_like_some(
    dialogue: Dialogue, text: str
) -> None:
    assert dialogue.parse(text, "2026-11-23T09:00:00+00:00")["intent"]["name"] == "nlu_fallback"


@pytest.mark.parametrize(
    ("text", "intent"), [("ttfn", "goodbye"), ("canel", "cancel_appointment"), ("ramipril", "inform")]
)
def test_a_word_from_no_dictionary_may_still_be_one_that_patients_use(
    dialogue: Dialogue, text: str, intent: str
) -> None:
    assert dialogue.parse(text, "2026-11-23T09:00:00+00:00")["intent"]["name"] == intent


def test_two_requests_are_entities_in_the_order_they_were_said(dialogue: Dialogue) -> None:
    parsed = dialogue.parse("cancel my appointment and order my repeat prescription", "2026-11-23T09:00:00+00:00")
    requests = [each["value"] for each in parsed["entities"] if each["entity"] == "request"]
    assert requests == ["cancel_appointment", "order_prescription"]
    assert parsed["intent"]["name"] == "cancel_appointment"


def test_the_served_model_holds_every_intent_of_the_domain(dialogue: Dialogue) -> None:
    nodes = dialogue._agent.processor.graph_runner._instantiated_nodes.values()
    classifier = next(node._component for node in nodes if isinstance(node._component, PatientIntentClassifier))
    assert set(classifier._model.intents) == set(dialogue._agent.domain.intents) - {
        "back", "nlu_fallback", "restart", "session_start",
    }  # fmt: skip
