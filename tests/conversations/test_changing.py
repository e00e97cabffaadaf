"""Moving, cancelling and listing appointments."""

from __future__ import annotations

import re

from sqlalchemy import select

from bot.backend import tables
from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, LONDON, PRIYA, TOM, Surgery


def test_an_appointment_is_cancelled_once_it_is_confirmed(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    assert "Do you want to cancel Wednesday 25 November" in tom.says("cancel my appointment")
    assert len(surgery.appointments("Tom")) == 1
    assert "Your appointment is cancelled" in confirm(tom)
    assert surgery.appointments("Tom") == []


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


def test_a_freed_time_is_offered_to_the_next_patient(patient: Known, surgery: Surgery) -> None:
    held = surgery.appointments("Tom")[0]
    tom = patient(TOM)
    tom.says("cancel my appointment")
    confirm(tom)
    with surgery.program.database.read() as connection:
        status = connection.execute(select(tables.slot.c.status).where(tables.slot.c.id == held.slot.id)).scalar_one()
    assert status == "free"


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


def test_of_several_appointments_one_is_chosen_by_button(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("cancel my appointment")
    chat.identifies(PRIYA)
    chat.presses("1.")
    chat.presses("Yes")
    assert len(surgery.appointments("Priya")) == 1


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
