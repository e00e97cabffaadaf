"""The intent model: what it looks at, that its probabilities mean what they say, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.calibration import fit_refusal, fit_sharpness, softmax
from bot.nlu.intent_model import IntentModel, Settings, fit, pieces_of, words_of
from bot.nlu.sentence_encoder import shared_encoder

EXAMPLES = {
    "book_appointment": ["book an appointment", "can i see a doctor", "see the nurse please", "need an appointment"],
    "thanks": ["thanks", "thank you so much", "ta", "thanks a lot for that"],
    "opening_hours": ["are you open today", "what time do you close", "opening times", "when do you open"],
    "out_of_scope": ["play some music", "what is the capital of france", "order a pizza", "who won the football"],
}


def trained(examples: dict[str, list[str]] = EXAMPLES) -> IntentModel:
    pairs = [(text, intent) for intent, texts in examples.items() for text in texts]
    texts, labels = [text for text, _ in pairs], [intent for _, intent in pairs]
    return fit(texts, shared_encoder().encode(texts), labels, Settings())


def likeliest(model: IntentModel, text: str) -> str:
    return model.intents[int(ask(model, text).argmax())]


def ask(model: IntentModel, text: str) -> np.ndarray:
    return model.probabilities(text, shared_encoder().encode([text])[0])


def test_a_message_is_read_by_its_words_and_their_pieces() -> None:
    assert {"dr", "patel", "^ dr", "dr patel", "patel $"} == set(words_of("Dr Patel"))
    assert {" d", "dr ", "pate", "atel "} <= set(pieces_of("Dr Patel"))


def test_all_numbers_are_alike_and_case_does_not_count() -> None:
    assert words_of("AT 10") == words_of("at 3459")
    assert pieces_of("AT 10") == pieces_of("at 3459")


def test_a_misspelt_word_still_points_the_right_way() -> None:
    assert likeliest(trained(), "bok an apointmnt") == "book_appointment"


def test_other_words_for_the_same_still_point_the_right_way() -> None:
    assert likeliest(trained(), "i want to be seen by my gp") == "book_appointment"


def test_probabilities_add_up() -> None:
    assert ask(trained(), "are you open").sum() == pytest.approx(1)


def test_what_was_stored_reads_as_what_was_trained(tmp_path: Path) -> None:
    model = trained()
    model.save(tmp_path)
    again = IntentModel.load(tmp_path)
    for text in ("see a doctor", "when do you open", "zzz", ""):
        assert ask(again, text) == pytest.approx(ask(model, text))
    assert again.refusal == model.refusal


@pytest.mark.parametrize("name", ["weights.npz", "model.json"])
def test_a_model_whose_files_are_damaged_is_not_served(tmp_path: Path, name: str) -> None:
    trained().save(tmp_path)
    (tmp_path / name).write_bytes(b"nothing of use")
    with pytest.raises(ValueError):
        IntentModel.load(tmp_path)


def test_without_examples_of_what_is_out_of_scope_nothing_is_refused() -> None:
    model = trained({intent: texts for intent, texts in EXAMPLES.items() if intent != "out_of_scope"})
    assert not model.refuses(ask(model, "play some music"))


@given(st.text(max_size=300))
def test_nothing_that_is_written_is_too_odd_to_be_read(text: str) -> None:
    assert all(isinstance(each, str) and each for each in words_of(text) + pieces_of(text))


def test_probabilities_are_sharpened_until_they_are_as_sure_as_they_are_right() -> None:
    randomness = np.random.default_rng(0)
    meant = randomness.integers(0, 3, 3000)
    scores = np.eye(3)[meant] + randomness.normal(0, 0.7, (3000, 3))
    likely = softmax(scores, fit_sharpness(scores, meant))
    assert likely.max(1).mean() == pytest.approx((likely.argmax(1) == meant).mean(), abs=0.02)


def test_no_more_of_our_own_is_refused_than_allowed_and_more_of_the_rest_than_without_a_rule() -> None:
    randomness = np.random.default_rng(1)
    meant = randomness.integers(0, 4, 4000)
    likely = softmax(4 * np.eye(4)[meant] + randomness.normal(0, 1, (4000, 4)), 1.0)
    refused = fit_refusal(likely, meant, 3, allowed=0.05).refuses(likely, 3)
    assert 0.03 < refused[meant != 3].mean() <= 0.05 + 1 / 4000
    assert refused[meant == 3].mean() > (likely.argmax(1) == 3)[meant == 3].mean()
