"""What is read in the answers to a reminder. Above all: whoever cannot come is never taken for coming."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.attendance import Reading, asks_more, is_bare, read_attendance

# As text, or "yes" and "no" would be taken for true and false.
REPLIES: dict[str, list[str]] = yaml.load(
    Path(__file__).with_name("reminder_replies.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)
_ENOUGH = 0.95
AGAINST = [text for kind, texts in REPLIES.items() if kind != "coming" for text in texts]


def read(text: str) -> str:
    reading = read_attendance(text)
    return reading.value if reading else "ordinary"


def test_there_are_enough_replies_of_each_kind_and_none_stands_there_twice() -> None:
    everything = [text for texts in REPLIES.values() for text in texts]
    assert len(everything) == len(set(everything)) > 450
    assert set(REPLIES) == {*(each.value for each in Reading), "ordinary"}


def test_nearly_all_replies_are_read_right() -> None:
    wrong = [(kind, read(text), text) for kind, texts in REPLIES.items() for text in texts if read(text) != kind]
    total = sum(map(len, REPLIES.values()))
    assert 1 - len(wrong) / total >= _ENOUGH, wrong


@pytest.mark.parametrize("text", AGAINST)
def test_nobody_who_does_not_say_so_is_taken_for_coming(text: str) -> None:
    assert read_attendance(text) is not Reading.COMING


_NEGATIONS = (
    "cant",
    "can't",
    "cannot",
    "can not",
    "wont",
    "won't",
    "will not",
    "couldnt",
    "shan't",
    "shant",
    "not able to",
)
_VERBS = ("come", "make it", "attend", "be there", "get there", "come in", "keep the appointment", "do tuesday")
_BEFORE = ("", "yes i ", "ok thanks but i ", "sorry ", "hi i ", "thank you for the reminder, i ", "see you but i ")
_AFTER = ("", " thanks", " sorry", " see you another time", " x", ", ok?", " tomorrow as im at work")


@pytest.mark.parametrize("negation", _NEGATIONS)
@pytest.mark.parametrize("verb", _VERBS)
def test_no_way_of_saying_that_one_cannot_come_is_read_as_coming(negation: str, verb: str) -> None:
    for before in _BEFORE:
        for after in _AFTER:
            text = f"{before}{negation} {verb}{after}"
            assert read_attendance(text) is not Reading.COMING, text
            assert read_attendance(text.upper()) is not Reading.COMING, text


@given(st.sampled_from(AGAINST), st.sampled_from(["yes ", "ok ", "thanks ", "hi, ", "yes thank you. "]))
def test_a_polite_beginning_does_not_turn_it_round(text: str, before: str) -> None:
    kind = read(text)
    if kind not in ("ordinary", "unsure", "late", "who", "what_for"):
        assert read_attendance(before + text) is not Reading.COMING, before + text


@given(st.text(max_size=300))
def test_whatever_comes_is_read_without_trouble(text: str) -> None:
    read_attendance(text)
    is_bare(text)
    asks_more(text)


def test_a_hundred_thousand_characters_are_an_ordinary_message() -> None:
    assert read_attendance("yes " * 25_000) is None
    assert read_attendance("y" * 100_000) is None


@pytest.mark.parametrize("text", ["yes", "Yes please", "ok thanks", "👍", "no", "nope", "fine"])
def test_a_mere_yes_or_no_is_about_what_was_said_last(text: str) -> None:
    assert is_bare(text)


@pytest.mark.parametrize("text", ["ill be there", "i can not come", "CANCEL", "move it", "see you tomorrow", "coming"])
def test_what_says_more_is_about_the_reminder_whenever_it_comes(text: str) -> None:
    assert not is_bare(text)


def test_a_question_beside_the_answer_is_noticed() -> None:
    assert asks_more("yes ill be there, where do i park")
    assert asks_more("ok is that the usual place?")
    assert not asks_more("yes ill be there")
