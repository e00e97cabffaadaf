"""Ways out: "leave it" and "start again" at every step of every journey. Nothing is changed, and it is said so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conversations.conftest import Known
from tests.support import AMIRA, MENSAH, PRIYA, TOM, Surgery, Writer

STEPS = {
    "book when": (AMIRA, ["book an appointment"]),
    "book which": (AMIRA, ["book an appointment tomorrow"]),
    "book why": (AMIRA, ["book an appointment tomorrow", "1"]),
    "book sure": (AMIRA, ["book an appointment tomorrow", "1", "no"]),
    "move whose": (PRIYA, ["move my appointment"]),
    "move when": (TOM, ["move my appointment"]),
    "move which": (TOM, ["move my appointment to friday"]),
    "move sure": (TOM, ["move my appointment to friday", "1"]),
    "cancel whose": (PRIYA, ["cancel my appointment"]),
    "cancel sure": (TOM, ["cancel my appointment"]),
    "order which": (AMIRA, ["order my repeat"]),
    "order the rest": (AMIRA, ["order my metformin and ramipril"]),
    "order why early": (AMIRA, ["order my cetirizine"]),
    "order note": (AMIRA, ["order my metformin"]),
    "order sure": (AMIRA, ["order my metformin", "no"]),
    "cancel order sure": (TOM, ["cancel my prescription order"]),
}
NAMES = {AMIRA: "Amira", TOM: "Tom", PRIYA: "Priya"}


def at(known: Known, step: str) -> Writer:
    number, said = STEPS[step]
    writer = known(number)
    for text in said:
        writer.says(text)
    return writer


def everything(surgery: Surgery, name: str) -> list[Any]:
    """Their appointments and orders."""
    ordered = surgery.program.backend.prescription_requests(surgery.patient_id(name))
    return [*surgery.appointments(name), *ordered]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("said", ["never mind", "forget it"])
def test_a_journey_is_left_at_every_step(patient: Known, surgery: Surgery, step: str, said: str) -> None:
    name = NAMES[STEPS[step][0]]
    held = everything(surgery, name)
    writer = at(patient, step)
    assert "Nothing has been changed" in writer.says(said)
    assert "did not understand" in writer.says("1")
    assert everything(surgery, name) == held


@pytest.mark.parametrize("step", STEPS)
def test_starting_again_at_every_step_forgets_what_was_said(patient: Known, surgery: Surgery, step: str) -> None:
    name = NAMES[STEPS[step][0]]
    held = everything(surgery, name)
    writer = at(patient, step)
    assert "start again" in writer.says("start again please")
    assert everything(surgery, name) == held
    if name == "Amira":
        assert "When would you like" in writer.says("book an appointment")
        assert "Which medicines do you need" in writer.says("order my repeat prescription")


@pytest.mark.parametrize("said", ["never mind", "start again"])
def test_leaving_while_a_number_is_asked_for(surgery: Surgery, said: str) -> None:
    chat = surgery.chatting()
    chat.says("book an appointment tomorrow")
    chat.says(said)
    assert "mobile" not in chat.answer
    assert "8am to 6:30pm" in chat.says("what are your opening hours")
    assert "mobile" not in chat.answer


@pytest.mark.parametrize("said", ["never mind", "start again"])
def test_leaving_while_a_code_is_asked_for(surgery: Surgery, said: str) -> None:
    chat = surgery.chatting()
    chat.says("cancel my appointment")
    chat.says(TOM)
    chat.says(said)
    assert "code" not in chat.answer
    assert len(surgery.appointments("Tom")) == 1


def test_leaving_while_it_is_asked_who_it_is_for(surgery: Surgery) -> None:
    mensah = surgery.texting(MENSAH)
    mensah.says("book an appointment tomorrow")
    assert "Nothing has been changed" in mensah.says("never mind")
    assert "who is this for" in mensah.says("book an appointment tomorrow").casefold()


def test_stop_alone_by_text_is_no_way_out_but_the_end_of_texts(surgery: Surgery) -> None:
    tom = surgery.texting(TOM)
    tom.says("cancel my appointment")
    assert tom.says("STOP") == ""
    assert len(surgery.appointments("Tom")) == 1


def test_the_button_that_leaves_is_offered_after_two_misses_and_works(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("when is my appointment")
    chat.identifies(TOM)
    for text in ("move my appointment to friday", "qwzx vbnm", "plok mjhg"):
        chat.says(text)
    assert "Nothing has been changed" in chat.presses("Leave it")
