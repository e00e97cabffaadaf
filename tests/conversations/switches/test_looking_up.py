"""A look at what is booked, in the middle of a journey: a question, unless it is said to come in its place."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, PRIYA, TOM, Surgery

BOOKING = ["book an appointment on friday", "1", "no"]


@pytest.mark.parametrize("done", [1, 2, 3], ids=["which", "why", "sure"])
def test_it_is_answered_and_the_booking_goes_on(patient: Known, surgery: Surgery, done: int) -> None:
    tom = patient(TOM)
    for text in BOOKING[:done]:
        tom.says(text)
    answer = tom.says("when is my other appointment")
    assert "Your next appointment is Wednesday 25 November" in answer
    assert "?" in answer or "leave it out" in answer
    for text in BOOKING[done:]:
        tom.says(text)
    assert "Booked: Friday 27 November" in confirm(tom)
    assert len(surgery.appointments("Tom")) == 2


def test_it_is_answered_and_the_move_goes_on(patient: Known) -> None:
    tom = patient(TOM)
    tom.says("move my appointment")
    answer = tom.says("what have i got booked")
    assert "Your next appointment is Wednesday" in answer and "when would you like your appointment" in answer
    assert offered(tom.says("friday"))


def test_it_is_answered_and_the_cancellation_goes_on(patient: Known, surgery: Surgery) -> None:
    priya = patient(PRIYA)
    priya.says("cancel my monday appointment")
    answer = priya.says("what appointments do i have")
    assert "Your appointments" in answer and "shall I cancel it" in answer
    confirm(priya)
    assert len(surgery.appointments("Priya")) == 1


@pytest.mark.parametrize("said", ["forget that, what have i got booked", "never mind that, when is my appointment"])
def test_in_place_of_the_booking_it_ends_the_booking(patient: Known, surgery: Surgery, said: str) -> None:
    tom = patient(TOM)
    tom.says("book an appointment on friday")
    answer = tom.says(said)
    assert "Nothing has been booked" in answer and "Your next appointment is Wednesday" in answer
    assert "did not understand" in tom.says("1")
    assert len(surgery.appointments("Tom")) == 1


def test_in_place_of_a_move_it_ends_the_move(patient: Known) -> None:
    tom = patient(TOM)
    tom.says("move my appointment to friday")
    assert "not moved your appointment" in tom.says("forget that, when is my appointment")
    assert "did not understand" in tom.says("1")


def test_with_nothing_booked_that_is_said_and_the_booking_goes_on(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow")
    answer = amira.says("have i got any appointments already")
    assert "You have no appointments booked" in answer and "Which time would you like" in answer


def test_before_it_is_known_who_writes_the_question_comes_first(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("book an appointment on friday")
    assert "mobile number" in chat.says("when is my appointment")
    assert "Your next appointment is Wednesday" in chat.identifies(TOM)


def test_on_a_list_follow_requests_about_what_is_listed(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says("when is my appointment")
    tom.says("can you cancel it please")
    confirm(tom)
    assert surgery.appointments("Tom") == []
