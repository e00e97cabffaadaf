"""Many at once: one slot has one taker, one message one turn, one conversation one order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from bot.backend import tables
from bot.backend.base import Appointment, NoSuchAppointment, Patient, SlotSearch, SlotTaken, TooManyBooked
from bot.store.messages import PATIENT
from tests.faults.support import (
    add_patients,
    all_at_once,
    at_work,
    booked,
    continue_as,
    conversation_of,
    is_all_done,
    network_of,
    receive,
    replies,
    rows,
    text_from,
    thread,
    wait_until,
)
from tests.support import AMIRA, HANNAH, TOM, ZAINAB, Surgery

CROWD = 200


def standing_for(surgery: Surgery, slot_id: str) -> list[Any]:
    """The appointments that stand in this slot."""
    held = tables.appointment.c
    return rows(surgery, tables.appointment, held.slot_id == slot_id, held.status == "booked")


def free_slot_ids(surgery: Surgery, patient_id: str, count: int) -> list[str]:
    return [slot.id for slot in surgery.program.backend.free_slots(patient_id, SlotSearch(), count)]


def test_of_two_hundred_patients_who_book_one_slot_at_once_one_gets_it(surgery: Surgery) -> None:
    crowd = add_patients(surgery, CROWD)
    slot_id = free_slot_ids(surgery, crowd[0].id, 1)[0]

    def booking(patient: Patient) -> Callable[[], Appointment]:
        return lambda: surgery.program.backend.book(patient.id, slot_id, "", f"{patient.id}:book")

    came_to = all_at_once([booking(patient) for patient in crowd])
    assert sum(isinstance(each, Appointment) for each in came_to) == 1
    assert sum(isinstance(each, SlotTaken) for each in came_to) == CROWD - 1
    assert len(standing_for(surgery, slot_id)) == 1


def test_of_many_conversations_that_confirm_the_same_slot_one_books_and_the_others_are_offered_the_next(
    surgery: Surgery,
) -> None:
    crowd = add_patients(surgery, 24)
    for patient in crowd:
        writer = surgery.texting(str(patient.mobile))
        writer.says("can i see dr patel tues pm")
        writer.says("2")
        assert "Reply 1 to book it" in writer.says("no")
    confirm_at_once(surgery, crowd)


def test_of_two_hundred_conversations_one_books_and_199_are_refused_plainly_and_offered_the_next(
    surgery: Surgery,
) -> None:
    crowd = add_patients(surgery, CROWD)
    first = surgery.texting(str(crowd[0].mobile))
    first.says("can i see dr patel tues pm")
    first.says("2")
    assert "Reply 1 to book it" in first.says("no")
    reached = conversation_of(surgery, str(crowd[0].mobile))
    for patient in crowd[1:]:
        continue_as(surgery, reached, str(patient.mobile))
    confirm_at_once(surgery, crowd)


def confirm_at_once(surgery: Surgery, crowd: list[Patient]) -> None:
    """All of them write "1" at the same moment: one is booked, the others hear so and can choose again."""
    with at_work(surgery):
        receipts = all_at_once([lambda number=patient.mobile: receive(surgery, number, "1") for patient in crowd])
        wait_until(lambda: is_all_done(surgery), 120)
    answers = ["\n".join(replies(surgery, receipt)) for receipt in receipts]
    refused = [answer for answer in answers if "someone has just taken that time" in answer]
    assert sum(answer.startswith("Booked") for answer in answers) == 1
    assert len(refused) == len(crowd) - 1
    assert all("Nothing has been booked" in answer and "1. " in answer for answer in refused)
    in_crowd = tables.appointment.c.patient_id.in_([patient.id for patient in crowd])
    assert len(rows(surgery, tables.appointment, in_crowd)) == 1


def test_one_message_delivered_fifty_times_at_once_is_one_turn_one_reply_and_one_text(surgery: Surgery) -> None:
    message = text_from(AMIRA, "when are you open", "SM-fifty-times")
    with at_work(surgery):
        receipts = all_at_once([lambda: surgery.program.gateway.receive(message)] * 50)
        wait_until(lambda: is_all_done(surgery) and network_of(surgery).texts)
    assert len({receipt.message_id for receipt in receipts}) == 1
    assert sum(receipt.is_new for receipt in receipts) == 1
    assert len(replies(surgery, receipts[0])) == 1
    assert len(network_of(surgery).bodies_to(AMIRA)) == 1


def test_a_confirmation_delivered_fifty_times_at_once_books_once(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    for said in ("can i see dr patel tues pm", "2", "no"):
        amira.says(said)
    confirming = text_from(AMIRA, "1", "SM-fifty-times")
    with at_work(surgery):
        receipts = all_at_once([lambda: surgery.program.gateway.receive(confirming)] * 50)
        wait_until(lambda: is_all_done(surgery))
    assert len(booked(surgery, surgery.patient_id("Amira"))) == 1
    assert len(replies(surgery, receipts[0])) == 1


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
QUESTIONS = [
    *(f"when are you open on {day}" for day in DAYS),
    "where can i park",
    "how do i register as a new patient",
    "can i see dr patel tues pm",
]


def test_ten_messages_written_in_a_row_are_answered_in_order_in_every_conversation(surgery: Surgery) -> None:
    by_turns = surgery.texting(HANNAH)
    expected = [by_turns.says(question) for question in QUESTIONS]
    assert len(set(expected)) == len(QUESTIONS)
    numbers = [AMIRA, TOM, ZAINAB]
    with at_work(surgery):
        for question in QUESTIONS:
            for number in numbers:
                receive(surgery, number, question)
        wait_until(lambda: is_all_done(surgery))
        wait_until(lambda: len(network_of(surgery).texts) == (1 + len(numbers)) * len(QUESTIONS))
    for number in numbers:
        said = [each.text for each in thread(surgery, conversation_of(surgery, number)) if each.author != PATIENT]
        assert said == expected
        assert network_of(surgery).bodies_to(number) == network_of(surgery).bodies_to(HANNAH)


def test_a_conversation_that_waits_for_the_clinical_system_holds_no_other_up(
    surgery: Surgery, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, go_on, is_blocked = surgery.program.backend, threading.Event(), threading.Event()
    find, amira = backend.free_slots, surgery.patient_id("Amira")

    def slow_for_amira(patient_id: str, *rest: Any) -> Any:
        if patient_id == amira:
            is_blocked.set()
            assert go_on.wait(60)
        return find(patient_id, *rest)

    monkeypatch.setattr(backend, "free_slots", slow_for_amira)
    with at_work(surgery):
        blocked = receive(surgery, AMIRA, "can i see dr patel tues pm")
        assert is_blocked.wait(60)
        next_word = receive(surgery, AMIRA, "when are you open")
        others = [receive(surgery, number, "can i see dr patel tues pm") for number in (HANNAH, TOM)]
        wait_until(lambda: all(replies(surgery, receipt) for receipt in others))
        assert replies(surgery, blocked) == []
        go_on.set()
        wait_until(lambda: is_all_done(surgery))
    first, second = replies(surgery, blocked)
    assert "I can offer" in first or "1. " in first
    assert replies(surgery, next_word) == [first, second]


def test_of_two_bookings_at_once_for_a_patient_who_may_make_one_more_only_one_passes(surgery: Surgery) -> None:
    tom, backend = surgery.patient_id("Tom"), surgery.program.backend
    slots = free_slot_ids(surgery, tom, 8)
    came_to = all_at_once([lambda slot=slot: backend.book(tom, slot, "", f"{slot}:book") for slot in slots])
    assert sum(isinstance(each, Appointment) for each in came_to) == 1
    assert sum(isinstance(each, TooManyBooked) for each in came_to) == len(slots) - 1
    assert len(booked(surgery, tom)) == surgery.program.practice.booking.max_future_appointments


def test_of_many_moves_of_one_appointment_at_once_only_one_passes(surgery: Surgery) -> None:
    tom, backend = surgery.patient_id("Tom"), surgery.program.backend
    held = booked(surgery, tom)[0].id
    slots = free_slot_ids(surgery, tom, 8)
    came_to = all_at_once([lambda slot=slot: backend.reschedule(tom, held, slot, f"{slot}:move") for slot in slots])
    assert sum(isinstance(each, Appointment) for each in came_to) == 1
    assert sum(isinstance(each, NoSuchAppointment) for each in came_to) == len(slots) - 1
    assert len(booked(surgery, tom)) == 1


def test_the_same_change_asked_for_many_times_at_once_is_made_once_and_gives_the_same_answer(surgery: Surgery) -> None:
    amira, backend = surgery.patient_id("Amira"), surgery.program.backend
    slot = free_slot_ids(surgery, amira, 1)[0]
    came_to = all_at_once([lambda: backend.book(amira, slot, "", "one-key")] * 20)
    assert {each.id for each in came_to} == {booked(surgery, amira)[0].id}
