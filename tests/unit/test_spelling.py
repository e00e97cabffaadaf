"""Misspelt words, put right for the sentence encoder."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.evaluation.corpus import our_examples
from bot.nlu.spelling import often_used, spelt_right

SELDOM_MISSPELT = 5  # letters; shorter words are text-speak or names more often than slips
OFTEN = 40
NOT_LISTED = {"patel", "hughes", "lewis", "thats", "bloods", "stupid"}  # names, and words nobody need be taken to mean


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("canel my apointment", "cancel my appointment"),
        ("wensday mornin", "wednesday morning"),
        ("chnage adress", "change address"),
        ("presciption redy?", "prescription ready?"),
        ("wat abt ma inhaller", "wat abt ma inhaler"),
        ("vomitting n diarhoea", "vomiting n diarrhoea"),
    ],
)
def test_a_misspelt_word_is_read_as_what_patients_mean(said: str, meant: str) -> None:
    assert spelt_right(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "abscess on my gum",
        "warts on my hand",
        "copd review",
        "any ramipril or statins",
        "Dr Nguyen",
        "my colour is odd",
        "reorder the blister packs",
        "is it fun",
        "Cancel it",
    ],
)
def test_a_word_that_stands_in_a_dictionary_or_a_medicine_is_left_alone(said: str) -> None:
    assert spelt_right(said) == said


def test_words_that_the_examples_use_often_can_be_put_right() -> None:
    used = Counter(word for text in our_examples().texts for word in set(text.casefold().split()))
    often = {word for word, times in used.items() if times >= OFTEN and len(word) >= SELDOM_MISSPELT and word.isalpha()}
    assert often - NOT_LISTED <= set(often_used())


@given(st.text(max_size=200))
def test_only_words_change(text: str) -> None:
    assert [each for each in spelt_right(text) if not each.isalpha()] == [each for each in text if not each.isalpha()]
