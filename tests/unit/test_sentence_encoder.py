"""The sentence encoder: like meanings are close, nothing is too odd, and a damaged file is never served."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.sentence_encoder import (
    CLAUSES,
    FOLDER,
    Encoder,
    EncoderDamaged,
    SentenceEncoder,
    sentence_of,
    shared_encoder,
)


def test_sentences_that_mean_the_same_are_closer_than_others() -> None:
    book, see, hours = shared_encoder().encode(["book an appointment", "can i see a doctor", "when do you close"])
    assert book @ see > book @ hours


def test_a_sentence_is_two_vectors_of_length_one() -> None:
    vectors = shared_encoder().encode(["hello", "", "a much longer sentence about a sore throat"])
    assert vectors.shape == (3, 2 * 384)
    assert np.linalg.norm(vectors.reshape(3, 2, 384), axis=2).ravel() == pytest.approx([1] * 6, abs=1e-5)


def test_sentences_mean_the_same_alone_and_among_others() -> None:
    texts = ["yes", "order my tablets", "what time do you open on saturday", "no thanks", "no"] * 12
    together = shared_encoder().encode(texts)
    for text, vector in zip(texts[:5], together):
        assert shared_encoder().encode([text])[0] == pytest.approx(vector)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=4000))
def test_nothing_that_is_written_is_too_odd_or_too_long(text: str) -> None:
    assert np.isfinite(shared_encoder().encode([text])).all()


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "SHA256SUMS"])
def test_an_encoder_with_a_damaged_or_missing_file_is_not_served(tmp_path: Path, name: str) -> None:
    for each in FOLDER.iterdir():
        shutil.copy(each, tmp_path)
    (tmp_path / name).write_bytes(b"") if name != "SHA256SUMS" else (tmp_path / name).unlink()
    with pytest.raises(EncoderDamaged):
        Encoder(tmp_path)


def test_its_licence_and_origin_are_kept_beside_it() -> None:
    assert "Apache License" in (FOLDER / "LICENSE").read_text()
    assert "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db" in (FOLDER / "README.md").read_text()


def test_a_message_gets_a_vector_and_one_for_each_clause() -> None:
    message = Message({"text": "book me in and order my tablets"})
    SentenceEncoder().process([message])
    (first, end, vector), (second, _, _) = message.get(CLAUSES)
    assert (message.get("text")[first:end], second) == ("book me in", 15)
    assert vector @ sentence_of(message) < 2


def test_training_examples_get_vectors_too() -> None:
    data = TrainingData([Message({"text": "hello", "intent": "greet"}), Message({"intent": "greet"})])
    SentenceEncoder().process_training_data(data)
    assert sentence_of(data.training_examples[0]).shape == (2 * 384,)
