"""Corrections, questions and other journeys in the middle of an order, and what was asked for along with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.conversations.prescriptions.conftest import Orders, order
from tests.support import AMIRA, TOM, Surgery, Writer

Ordered = Callable[[str], set[str]]


@pytest.mark.parametrize(
    ("first", "then", "medicines"),
    [
        ("order my metformin", "not the metformin, the omeprazole", {"Omeprazole"}),
        ("order my metformin", "no sorry i meant omeprazole", {"Omeprazole"}),
        ("order my metformin", "actually omeprazole instead", {"Omeprazole"}),
        ("order my metformin", "and the omeprazole too", {"Metformin", "Omeprazole"}),
        ("order my metformin", "add omeprazole", {"Metformin", "Omeprazole"}),
        ("order metformin and omeprazole", "leave out the omeprazole", {"Metformin"}),
        ("order metformin and omeprazole", "not the metformin", {"Omeprazole"}),
        ("order metformin and omeprazole", "actually just the metformin", {"Metformin"}),
        ("order everything that is due", "not the omeprazole", {"Metformin"}),
        ("order my metformin", "actually everything that is due", {"Metformin", "Omeprazole"}),
    ],
)
@pytest.mark.parametrize("step", ["note", "sure"])
def test_another_medicine_is_taken_at_every_step(
    amira: Writer, ordered: Ordered, first: str, then: str, medicines: set[str], step: str
) -> None:
    for text in (first, *(["no"] if step == "sure" else []), then, *([] if step == "sure" else ["no"])):
        amira.says(text)
    assert "Please check" in amira.answer
    assert "Ordered" in confirm(amira)
    assert ordered("Amira") == medicines


def test_after_a_correction_the_old_number_orders_nothing(surgery: Surgery, orders: Orders) -> None:
    amira = surgery.texting(AMIRA)
    for text in ("order my metformin", "no"):
        amira.says(text)
    old = amira.answer.split("Reply ")[1][:3]
    amira.says("no i meant omeprazole")
    if amira.answer.split("Reply ")[1][:3] != old:
        amira.says(old)
        assert orders("Amira") == []
    assert "Ordered: omeprazole" in confirm(amira)


def test_what_is_left_out_of_everything_is_read_back(amira: Writer) -> None:
    amira.says("order everything that is due")
    amira.says("no")
    assert "everything that is due, but not omeprazole" in amira.says("not the omeprazole")


def test_with_nothing_left_it_is_asked_which(amira: Writer, orders: Orders) -> None:
    for text in ("order my metformin", "no", "not the metformin"):
        amira.says(text)
    assert "Which medicines do you need" in amira.answer
    assert orders("Amira") == []


def test_a_refusal_that_was_dealt_with_does_not_come_up_again(amira: Writer, ordered: Ordered) -> None:
    for text in ("order my metformin and ramipril", "no", "no", "and the omeprazole"):
        amira.says(text)
    assert "metformin and omeprazole" in amira.answer and "ramipril" not in amira.answer
    assert "Ordered" in confirm(amira)
    assert ordered("Amira") == {"Metformin", "Omeprazole"}


def test_naming_it_again_is_no_change(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("order my metformin")
    chat.identifies(AMIRA)
    chat.says("no")
    assert "Ordered: metformin" in chat.says("yes order the metformin please")


@pytest.mark.parametrize("said", ["is my prescription ready", "where do my prescriptions go"])
def test_a_question_about_orders_in_the_middle_is_answered_and_the_order_goes_on(
    amira: Writer, ordered: Ordered, said: str
) -> None:
    amira.says("order my metformin")
    answer = amira.says(said)
    assert "prove who you are" in answer and "what is your note for the prescriber" in answer
    assert "Ordered: metformin" in order(amira)


def test_appointments_asked_about_are_told_and_the_order_goes_on(patient: Known, ordered: Ordered) -> None:
    tom = patient(TOM)
    for text in ("order my amlodipine", "no"):
        tom.says(text)
    answer = tom.says("when is my appointment")
    assert "Your next appointment is Wednesday" in answer and "shall I order it" in answer
    assert "Ordered: amlodipine" in confirm(tom)


def test_another_journey_leaves_the_order(patient: Known, orders: Orders) -> None:
    amira = patient(AMIRA)
    for text in ("order my metformin", "no"):
        amira.says(text)
    answer = amira.says("book an appointment tomorrow")
    assert "Nothing has been ordered" in answer and offered(answer)
    assert orders("Amira") == []


def test_an_order_leaves_another_journey(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says("cancel my appointment")
    answer = tom.says("actually order my amlodipine")
    assert "not cancelled your appointment" in answer and "prescriber should know" in answer
    assert "Ordered: amlodipine" in order(tom)
    assert len(surgery.appointments("Tom")) == 1


def test_a_booking_first_and_the_order_after_it(patient: Known, surgery: Surgery, ordered: Ordered) -> None:
    amira = patient(AMIRA)
    assert "after this" in amira.says("book an appointment tomorrow and order my metformin")
    for text in ("1", "no"):
        amira.says(text)
    assert "You also asked to order a repeat prescription" in confirm(amira)
    assert "prescriber should know" in amira.says("yes")
    assert "Ordered: metformin" in order(amira)
    assert (len(surgery.appointments("Amira")), ordered("Amira")) == (1, {"Metformin"})


def test_the_order_first_and_a_booking_after_it(patient: Known, ordered: Ordered) -> None:
    amira = patient(AMIRA)
    assert "after this" in amira.says("order my metformin and book an appointment tomorrow")
    assert "You also asked to book an appointment" in order(amira)
    assert offered(amira.says("yes"))
    assert ordered("Amira") == {"Metformin"}


def test_starting_again_forgets_the_medicines(amira: Writer) -> None:
    for text in ("order my metformin", "start again"):
        amira.says(text)
    assert "Which medicines" in amira.says("order my repeat prescription")
