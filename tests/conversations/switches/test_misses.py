"""Two replies in a row that fit nothing: what can be said at this step is said, with buttons, and a person offered."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, PRIYA, TOM, Surgery

STEPS = {
    "when": (AMIRA, ["book an appointment"], "a day or a time"),
    "which": (AMIRA, ["book an appointment tomorrow"], "number of a time"),
    "sure": (AMIRA, ["book an appointment tomorrow", "1", "no"], "answer the question"),
    "whose": (PRIYA, ["cancel my appointment"], "number of the appointment"),
    "cancel": (TOM, ["cancel my appointment"], "answer the question"),
    "move": (TOM, ["move my appointment to friday", "1"], "answer the question"),
    "medicines": (AMIRA, ["order my repeat"], "name of a medicine"),
    "the rest": (AMIRA, ["order my metformin and ramipril"], 'say "yes" or "no"'),
    "order": (AMIRA, ["order my metformin", "no"], "answer the question"),
    "cancel order": (TOM, ["cancel my prescription order"], "answer the question"),
}


@pytest.mark.parametrize("step", STEPS)
def test_what_can_be_said_is_said_at_every_step(patient: Known, step: str) -> None:
    number, said, told = STEPS[step]
    writer = patient(number)
    for text in [*said, "qwzx vbnm"]:
        writer.says(text)
    assert '"leave it"' not in writer.answer
    answer = writer.says("plok mjhg")
    assert told in answer and "speak to someone" in answer and '"leave it"' in answer


@pytest.mark.parametrize("step", STEPS)
def test_the_buttons_are_plain_words_and_lead_to_a_person(surgery: Surgery, step: str) -> None:
    number, said, _ = STEPS[step]
    chat = surgery.chatting()
    chat.says("when is my appointment")
    chat.identifies(number)
    for text in [*said, "qwzx vbnm", "plok mjhg"]:
        chat.says(text)
    assert all("_" not in button.label and "/" not in button.label for button in chat.buttons)
    assert "passed this to our staff" in chat.presses("Speak to a person")
    assert [each.reason for each in surgery.escalations()] == ["not_understood", "asked_for_person"]


@pytest.mark.parametrize(
    ("example", "answer"),
    [
        ("book an appointment", "When would you like"),
        ("order my tablets", "Which medicines do you need"),
        ("my test results", "/secure/"),
        ("send a message", "What is your message about"),
    ],
)
def test_each_example_of_what_can_be_said_is_understood(surgery: Surgery, example: str, answer: str) -> None:
    amira = surgery.texting(AMIRA)
    assert f'"{example}"' in amira.says("qwzx vbnm")
    assert answer in amira.says(example)


def test_the_second_miss_in_a_row_is_shown_to_staff_without_a_word(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    for text in ("book an appointment", "qwzx vbnm"):
        amira.says(text)
    assert surgery.escalations() == []
    assert "staff have been told" not in amira.says("plok mjhg")
    assert [(each.reason, each.urgency) for each in surgery.escalations()] == [("not_understood", "routine")]
    amira.says("zxcv qwer")
    assert len(surgery.escalations()) == 1


def test_after_two_misses_the_journey_can_still_be_finished(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    for text in ("book an appointment tomorrow", "qwzx vbnm", "plok mjhg", "1", "no"):
        amira.says(text)
    confirm(amira)
    assert len(surgery.appointments("Amira")) == 1


def test_an_answer_in_between_forgives_the_first_miss(patient: Known) -> None:
    amira = patient(AMIRA)
    for text in ("book an appointment", "qwzx vbnm", "tomorrow", "plok mjhg"):
        amira.says(text)
    assert "leave it" not in amira.answer
    assert offered(amira.answer)
