"""Moving, cancelling and listing appointments."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from bot.backend import tables
from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, LONDON, MICHAEL, PRIYA, TOM, Surgery


def test_an_appointment_is_cancelled_once_it_is_confirmed(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    assert "Do you want to cancel Wednesday 25 November" in tom.says("cancel my appointment")
    assert len(surgery.appointments("Tom")) == 1
    assert "Your appointment is cancelled" in confirm(tom)
    assert surgery.appointments("Tom") == []


@pytest.mark.parametrize("said", ["yes", "ok", "y", "yes please", "cancel it", "CANCEL", "1", "111", "confirm"])
def test_by_text_only_the_number_of_the_read_back_cancels(surgery: Surgery, said: str) -> None:
    tom = surgery.texting(TOM)
    tom.says("cancel my appointment")
    number = re.findall(r"Reply (\d+)", tom.answer)[0]
    if said != number:
        tom.says(said)
    assert len(surgery.appointments("Tom")) == 1
    assert f"Reply {number} to cancel it" in tom.answer


def test_the_number_may_come_after_a_yes(surgery: Surgery) -> None:
    tom = surgery.texting(TOM)
    tom.says("cancel my appointment")
    assert "I need the number" in tom.says("yes")
    assert "cancelled" in confirm(tom)


def test_the_number_of_an_earlier_read_back_does_not_cancel(surgery: Surgery) -> None:
    tom = surgery.texting(TOM)
    seen = set()
    for _ in range(3):
        tom.says("cancel my appointment")
        seen.add(re.findall(r"Reply (\d+)", tom.answer)[0])
        tom.says("no")
    tom.says("cancel my appointment")
    fresh = re.findall(r"Reply (\d+)", tom.answer)[0]
    for old in seen - {fresh}:
        tom.says(old)
    assert len(surgery.appointments("Tom")) == 1


def test_a_bare_cancel_is_a_wish_to_cancel_and_nothing_more(surgery: Surgery) -> None:
    tom = surgery.texting(TOM)
    assert "Do you want to cancel" in tom.says("CANCEL")
    tom.says("CANCEL")
    assert len(surgery.appointments("Tom")) == 1
    assert "texts.opt_out" not in [action for action, _ in surgery.audit()]


def test_no_keeps_the_appointment(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says("cancel my appointment")
    assert "left your appointment as it is" in tom.says("no")
    assert len(surgery.appointments("Tom")) == 1


def test_a_freed_time_is_offered_to_the_next_patient(patient: Known, surgery: Surgery) -> None:
    held = surgery.appointments("Tom")[0]
    tom = patient(TOM)
    tom.says("cancel my appointment")
    confirm(tom)
    with surgery.program.database.read() as connection:
        status = connection.execute(select(tables.slot.c.status).where(tables.slot.c.id == held.slot.id)).scalar_one()
    assert status == "free"


@pytest.mark.parametrize("said", ["cancel my appointment", "move my appointment"])
def test_an_appointment_too_near_is_for_the_phone(patient: Known, surgery: Surgery, said: str) -> None:
    michael = patient(MICHAEL)
    answer = michael.says(said)
    assert "less than 1 hour away" in answer and "020 7946 0123" in answer
    assert len(surgery.appointments("Michael")) == 1


@pytest.mark.parametrize("said", ["cancel my appointment", "move my appointment"])
def test_with_nothing_booked_there_is_nothing_to_change(patient: Known, said: str) -> None:
    amira = patient(AMIRA)
    assert "You have no appointments booked" in amira.says(said)
    assert "When would you like" in amira.says("book an appointment")


def test_an_appointment_is_moved_in_one_step(patient: Known, surgery: Surgery) -> None:
    held = surgery.appointments("Tom")[0]
    tom = patient(TOM)
    times = offered(tom.says("move my appointment to friday"))
    assert times and all("Friday 27 November" in each for each in times)
    tom.says("1")
    assert times[0] in tom.answer and "Wednesday 25 November" in tom.answer
    assert surgery.appointments("Tom") == [held]
    assert "Moved" in confirm(tom)
    assert [f"{each.slot.start.astimezone(LONDON):%A %-d %B}" for each in surgery.appointments("Tom")] == [
        "Friday 27 November"
    ]


def test_an_appointment_stays_with_its_clinician_unless_another_is_asked_for(patient: Known, surgery: Surgery) -> None:
    name = surgery.appointments("Tom")[0].slot.clinician.name
    tom = patient(TOM)
    assert all(name in each for each in offered(tom.says("move my appointment to friday morning")))
    assert all("Dr Ngozi Okafor" in each for each in offered(tom.says("dr okafor on thursday please")))


def test_by_text_yes_is_not_enough_to_move(surgery: Surgery) -> None:
    held = surgery.appointments("Tom")
    tom = surgery.texting(TOM)
    tom.says("move my appointment to friday")
    tom.says("1")
    assert "I need the number" in tom.says("yes")
    assert surgery.appointments("Tom") == held


def test_a_move_to_a_time_just_taken_keeps_the_old_one_and_goes_on(patient: Known, surgery: Surgery) -> None:
    held = surgery.appointments("Tom")
    tom = patient(TOM)
    times = offered(tom.says("move my appointment to friday morning"))
    tom.says("1")
    slot_id = _slot_named(surgery, times[0], held[0].slot.clinician.id)
    surgery.program.backend.book(surgery.patient_id("Amira"), slot_id, "", "somebody-else")
    said = confirm(tom)
    assert "someone has just taken that time" in said
    assert surgery.appointments("Tom") == held
    assert times[0] not in offered(said)
    tom.says("1")
    assert "Moved" in confirm(tom)


def _slot_named(surgery: Surgery, said: str, clinician: str) -> str:
    from bot.backend.base import SlotSearch
    from bot.wording import say_slot

    free = surgery.program.backend.free_slots(surgery.patient_id("Amira"), SlotSearch(clinician_ids=(clinician,)), 500)
    return next(slot.id for slot in free if say_slot(slot, LONDON) == said)


@pytest.mark.parametrize("said", ["2", "the second one", "the one on monday", "monday", "the one with dr hughes"])
def test_of_several_appointments_one_is_chosen(surgery: Surgery, said: str) -> None:
    priya = surgery.texting(PRIYA)
    assert "You have more than one appointment" in priya.says("cancel my appointment")
    assert "Do you want to cancel Monday 30 November" in priya.says(said)
    confirm(priya)
    assert [each.slot.start.astimezone(LONDON).day for each in surgery.appointments("Priya")] == [25]


def test_of_several_appointments_one_is_chosen_by_button(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("cancel my appointment")
    chat.identifies(PRIYA)
    chat.presses("1.")
    chat.presses("Yes")
    assert len(surgery.appointments("Priya")) == 1


def test_an_appointment_that_is_not_there_is_asked_for_again(patient: Known, surgery: Surgery) -> None:
    priya = patient(PRIYA)
    priya.says("cancel my appointment")
    assert "Which one do you mean" in priya.says("5")
    assert len(surgery.appointments("Priya")) == 2


def test_none_of_several_keeps_them_all(patient: Known, surgery: Surgery) -> None:
    priya = patient(PRIYA)
    priya.says("cancel my appointment")
    assert "as it is" in priya.says("no")
    assert len(surgery.appointments("Priya")) == 2


def test_one_appointment_is_told_in_one_sentence(patient: Known) -> None:
    assert "Your next appointment is Wednesday 25 November" in patient(TOM).says("when is my appointment")


def test_several_appointments_are_listed(patient: Known) -> None:
    assert len(offered(patient(PRIYA).says("what appointments have i got"))) == 2


def test_nobody_is_told_of_anothers_appointments(patient: Known) -> None:
    assert "You have no appointments booked" in patient(AMIRA).says("when is my appointment")


def test_after_a_booking_it_can_be_listed_and_cancelled_at_once(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    for text in ("book an appointment tomorrow", "1", "no"):
        amira.says(text)
    confirm(amira)
    assert "Tuesday 24 November" in amira.says("when is my appointment")
    amira.says("cancel it please")
    assert "cancelled" in confirm(amira)
    assert surgery.appointments("Amira") == []
