"""What cannot be done is said plainly, with a way to a person, and nothing is half done."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import update

from bot.actions.book import BookAppointment
from bot.backend.base import SlotSearch, Unavailable
from bot.store.identity_tables import patient_access
from bot.wording import say_slot
from tests.conversations.conftest import Known, confirm, offered
from tests.conversations.steps import STEPS
from tests.support import AMIRA, HANNAH, LONDON, MICHAEL, NOBODY, NOVAK, PRIYA, SOFIA, TOM, Surgery

WAY_OUT = re.compile(r"020 7946 0123|speak to (?:someone|a person)")
REQUESTS = ["book an appointment", "cancel my appointment", "move my appointment", "when is my appointment"]


@pytest.mark.parametrize("said", REQUESTS)
def test_without_online_access_nothing_is_done_or_told(patient: Known, said: str) -> None:
    sofia = patient(SOFIA)
    answer = sofia.says(said)
    assert "I cannot do that for you here" in answer and WAY_OUT.search(answer)
    assert not offered(sofia.says("tomorrow"))


@pytest.mark.parametrize("said", REQUESTS)
def test_from_an_unknown_number_nothing_is_done_or_told(surgery: Surgery, said: str) -> None:
    answer = surgery.texting(NOBODY).says(said)
    assert "the surgery does not have it for you" in answer and WAY_OUT.search(answer)


def test_an_unknown_number_is_still_answered_and_passed_on(surgery: Surgery) -> None:
    stranger = surgery.texting(NOBODY)
    stranger.says("book an appointment")
    assert "car park" in stranger.says("is there parking")
    assert "passed this to our staff" in stranger.says("let me talk to someone")


@pytest.mark.parametrize("said", ["cancel my appointment", "move my appointment", "cant make it today, cancel it"])
def test_too_late_to_change_is_for_the_phone(patient: Known, surgery: Surgery, said: str) -> None:
    answer = patient(MICHAEL).says(said)
    assert "less than 1 hour away" in answer and WAY_OUT.search(answer)
    assert len(surgery.appointments("Michael")) == 1


def test_somebody_with_the_most_appointments_is_told_before_being_asked_anything(patient: Known) -> None:
    priya = patient(PRIYA)
    answer = priya.says("book an appointment tomorrow")
    assert "already have 2 appointments" in answer and WAY_OUT.search(answer)
    assert "When would you like" not in answer and not offered(answer)


def test_once_one_is_cancelled_another_can_be_booked(patient: Known, surgery: Surgery) -> None:
    priya = patient(PRIYA)
    priya.says("book an appointment tomorrow")
    priya.says("cancel my appointment")
    priya.says("1")
    confirm(priya)
    assert offered(priya.says("book an appointment tomorrow"))


@pytest.mark.parametrize("number", [HANNAH, TOM])
def test_a_clinic_for_another_age_or_sex_is_refused_and_the_journey_goes_on(patient: Known, number: str) -> None:
    writer = patient(number)
    answer = writer.says("i want to book a cervical screening next week")
    assert "another age group or sex" in answer and WAY_OUT.search(answer)
    assert offered(writer.says("tomorrow with a doctor then"))


def test_a_clinic_for_another_age_is_refused_for_the_child_whose_phone_it_is(surgery: Surgery) -> None:
    eva = surgery.texting(NOVAK)
    eva.says("i want to book a cervical screening next week")
    assert "another age group or sex" in eva.says("Leo")
    assert offered(eva.says("tomorrow with a doctor then"))


@pytest.mark.parametrize("said", ["cancel my appointment", "move my appointment"])
def test_with_nothing_booked_there_is_nothing_to_change(patient: Known, said: str) -> None:
    amira = patient(AMIRA)
    assert "You have no appointments booked" in amira.says(said)
    assert "When would you like" in amira.says("book an appointment")


def take(surgery: Surgery, said: str, by: str) -> None:
    """Somebody else books the slot that was told so."""
    free = surgery.program.backend.free_slots(surgery.patient_id(by), SlotSearch(), 500)
    slot_id = next(slot.id for slot in free if say_slot(slot, LONDON) == said)
    surgery.program.backend.book(surgery.patient_id(by), slot_id, "", f"by-{by}")


def test_a_time_taken_meanwhile_is_said_and_others_are_offered(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment tomorrow"))
    amira.says("1")
    amira.says("knee")
    take(surgery, times[0], "Tom")
    answer = confirm(amira)
    assert "someone has just taken that time" in answer
    assert offered(answer) and times[0] not in offered(answer)
    amira.says("1")
    assert "Booked" in confirm(amira)
    assert surgery.appointments("Amira")[0].reason == "knee"


def test_a_move_to_a_time_taken_meanwhile_keeps_the_old_one(patient: Known, surgery: Surgery) -> None:
    held = surgery.appointments("Tom")
    tom = patient(TOM)
    times = offered(tom.says("move my appointment to friday morning"))
    tom.says("1")
    take(surgery, times[0], "Amira")
    answer = confirm(tom)
    assert "someone has just taken that time" in answer
    assert surgery.appointments("Tom") == held
    assert offered(answer) and times[0] not in offered(answer)
    tom.says("1")
    assert "Moved" in confirm(tom)


def test_after_a_time_was_taken_the_journey_can_be_left(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment tomorrow"))
    amira.says("1")
    amira.says("no")
    take(surgery, times[0], "Tom")
    confirm(amira)
    assert "Nothing has been changed" in amira.says("leave it")
    assert surgery.appointments("Amira") == []


def test_an_appointment_cancelled_at_the_desk_meanwhile_cannot_be_cancelled_again(
    patient: Known, surgery: Surgery
) -> None:
    tom = STEPS["cancel, sure"].reach(patient)
    held = surgery.appointments("Tom")[0]
    surgery.program.backend.cancel(held.patient_id, held.id, "at-the-desk")
    assert "I cannot find that appointment" in confirm(tom)
    assert "You have no appointments booked" in tom.says("when is my appointment")


@pytest.mark.parametrize("step", ["book, sure", "move, sure", "cancel, sure"])
def test_access_taken_away_in_the_middle_of_a_journey_ends_it(patient: Known, surgery: Surgery, step: str) -> None:
    writer = STEPS[step].reach(patient)
    before = [surgery.appointments(each) for each in ("Amira", "Tom")]
    with surgery.program.database.write() as connection:
        connection.execute(update(patient_access).values(level="none"))
    answer = confirm(writer)
    assert "I cannot do that for you here" in answer and WAY_OUT.search(answer)
    assert [surgery.appointments(each) for each in ("Amira", "Tom")] == before


# The clinical system is down


class _OutOfOrder:
    """The edge of a clinical system that does not answer, in front of one that does."""

    def __init__(self, real: Any, failing: set[str]) -> None:
        self._real, self._failing = real, failing

    def __getattr__(self, name: str) -> Any:
        def fails(*_: Any) -> Any:
            raise Unavailable

        return fails if name in self._failing else getattr(self._real, name)


def break_backend(surgery: Surgery, *failing: str) -> None:
    services = surgery.program.gateway._services
    object.__setattr__(services, "backend", _OutOfOrder(surgery.program.backend, set(failing)))


@pytest.mark.parametrize("call", ["clinicians", "free_slots", "appointments"])
def test_a_clinical_system_that_is_down_gets_plain_words(patient: Known, surgery: Surgery, call: str) -> None:
    amira = patient(AMIRA)
    break_backend(surgery, call)
    answer = amira.says("book an appointment tomorrow")
    assert "cannot reach the appointment book" in answer and WAY_OUT.search(answer)


@pytest.mark.parametrize("said", ["cancel my appointment", "move my appointment", "when is my appointment"])
def test_appointments_that_cannot_be_read_are_not_said_to_be_none(patient: Known, surgery: Surgery, said: str) -> None:
    tom = patient(TOM)
    break_backend(surgery, "appointments")
    answer = tom.says(said)
    assert "cannot reach the appointment book" in answer and WAY_OUT.search(answer)
    assert "no appointments" not in answer


@pytest.mark.parametrize(
    ("step", "call"), [("book, sure", "book"), ("move, sure", "reschedule"), ("cancel, sure", "cancel")]
)
def test_a_clinical_system_that_fails_at_the_last_step_leaves_nothing_half_done(
    patient: Known, surgery: Surgery, step: str, call: str
) -> None:
    writer = STEPS[step].reach(patient)
    before = [surgery.appointments(each) for each in ("Amira", "Tom")]
    break_backend(surgery, call)
    answer = confirm(writer)
    assert "Nothing has been changed" in answer and WAY_OUT.search(answer)
    assert [surgery.appointments(each) for each in ("Amira", "Tom")] == before


@pytest.mark.parametrize("said", ["other times", "the next day", "a different doctor", "friday"])
def test_a_clinical_system_that_fails_while_times_are_looked_for_is_said(
    patient: Known, surgery: Surgery, said: str
) -> None:
    amira = STEPS["book, which time"].reach(patient)
    break_backend(surgery, "free_slots")
    answer = amira.says(said)
    assert "cannot reach the appointment book" in answer and WAY_OUT.search(answer)


def test_once_it_is_back_the_journey_can_be_done(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    break_backend(surgery, "free_slots")
    amira.says("book an appointment tomorrow")
    break_backend(surgery)
    assert offered(amira.says("book an appointment tomorrow"))


def test_an_action_that_fails_ends_in_an_apology_and_a_person(
    surgery: Surgery, monkeypatch: pytest.MonkeyPatch
) -> None:
    amira = STEPS["book, sure"].reach(surgery.texting)

    def fails(*_: Any) -> Any:
        raise KeyError("what a patient wrote")

    monkeypatch.setattr(BookAppointment, "change", fails)
    answer = amira.says("1")
    assert "something went wrong on our side" in answer and WAY_OUT.search(answer)
    assert [(each.reason, each.urgency) for each in surgery.escalations()] == [("turn_failed", "urgent")]
    assert surgery.appointments("Amira") == []
    monkeypatch.undo()
    assert "Booked" in amira.says("1")


# No to every question


@pytest.mark.parametrize("said", ["book an appointment", "move my appointment", "cancel my appointment"])
def test_no_to_the_first_question_ends_it_with_nothing_changed(patient: Known, surgery: Surgery, said: str) -> None:
    tom = patient(TOM)
    held = surgery.appointments("Tom")
    tom.says(said)
    assert re.search("Nothing has been changed|as it is", tom.says("no"))
    assert surgery.appointments("Tom") == held


def test_no_to_every_list_always_leads_on_and_books_nothing(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    seen = offered(amira.says("book an appointment tomorrow"))
    for _ in range(6):
        times = offered(amira.says("no"))
        assert times and not set(times) & set(seen)
        seen += times
    assert surgery.appointments("Amira") == []


def test_none_of_several_appointments_keeps_them_all(patient: Known, surgery: Surgery) -> None:
    priya = patient(PRIYA)
    priya.says("cancel my appointment")
    assert "as it is" in priya.says("no")
    assert len(surgery.appointments("Priya")) == 2


# Who is writing cannot be found out


def test_three_wrong_codes_are_told_so_with_a_way_to_a_person(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("book an appointment tomorrow")
    chat.says(AMIRA)
    code = next(word for word in surgery.network.texts[-1][1].split() if word.isdigit() and len(word) == 6)
    for add in (1, 2, 3):
        answer = chat.says(f"{(int(code) + add) % 1_000_000:06}")
        assert "not the code we sent" in answer and WAY_OUT.search(answer)
    assert "passed this to our staff" in chat.says("let me speak to a person")


def test_a_name_that_is_not_known_is_told_so_with_a_way_to_a_person(surgery: Surgery) -> None:
    writer = surgery.texting(NOVAK)
    writer.says("when is my appointment")
    for name in ("Boris Johnson", "Joe Bloggs", "it's me"):
        answer = writer.says(name)
        assert WAY_OUT.search(answer) and "appointment is" not in answer
        assert not re.search("Eva|Leo", answer)
