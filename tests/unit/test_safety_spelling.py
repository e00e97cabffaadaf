"""Slips of the finger are forgiven in the words that matter, and other words are left alone."""

from __future__ import annotations

import re

import pytest

from bot.nlu.spelling import Speller, english_words
from bot.safety.reading import load, read
from bot.safety.screen import screen

SPELLER = Speller(["stroke", "chest", "unconscious", "end"], english_words() | {"stoke"})


def words(text: str) -> str:
    return " ".join(word.text for word in read(text))


@pytest.mark.parametrize("slip", ["strok", "strooke", "strpke", "storke"])
def test_one_letter_too_few_too_many_wrong_or_swapped_is_a_slip(slip: str) -> None:
    assert SPELLER.meant(slip) == ("stroke",)


@pytest.mark.parametrize("word", ["stroke", "strike", "stoke", "cheat", "chess", "croak", "nd", "strk", "katie"])
def test_a_word_of_its_own_a_short_one_and_a_far_one_are_no_slips(word: str) -> None:
    assert SPELLER.meant(word) == ()


def test_a_long_word_may_have_two_slips() -> None:
    assert SPELLER.meant("unconshous") == ("unconscious",)
    assert SPELLER.meant("unkonshus") == ()


def test_the_first_letter_must_be_right() -> None:
    assert SPELLER.meant("xhest") == ()


def test_no_english_word_is_taken_for_another() -> None:
    listed = load("forms")
    known = {word for each in listed["written_out"].values() for word in each}
    ordinary = [word for word in english_words() - known if not re.search(r"(.)\1\1", word)]  # "iii" is no word
    assert {word: words(word) for word in ordinary if words(word) != word} == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("chst pian", "chest pain"),
        ("CAN'T breeth", "cannot breathe"),
        ("can not breathe", "cannot breathe"),
        ("gna kill my self", "gonna kill myself"),
        ("kms", "kill myself"),
        ("heeeelp", "help"),
        ("paaaain", "pain"),
        ("self-harm", "selfharm"),
        ("x-ray", "xray"),
        ("38.4", "38.4"),
        ("999", "999"),
        ("Łódź café", "lodz cafe"),
    ],
)
def test_a_message_is_written_out(text: str, said: str) -> None:
    assert words(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "my dads having a strokee",
        "she is unconshious",
        "hes colapsed",
        "i want to dye... i mean to end my lfe",
        "suiciadal",
    ],
)
def test_a_slip_in_a_word_that_matters_still_alarms(text: str) -> None:
    assert screen(text)


@pytest.mark.parametrize(
    "text", ["a strike", "i was cheated", "the chess club", "stoke on trent", "dr hart", "cyst on chest"]
)
def test_a_word_that_looks_alike_does_not(text: str) -> None:
    assert screen(text) is None


def test_no_lookalike_is_listed_without_need() -> None:
    assert set(load("forms")["lookalikes"]) & english_words() == set()
