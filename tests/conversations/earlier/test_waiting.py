"""Asking to be told of an earlier time, changing what would suit, and coming off the list."""

from __future__ import annotations

from typing import Any

import pytest

from bot.identity.policy import UNDER_PRESSURE, Access
from bot.store.earlier import Wishes
from tests.conversations.conftest import Known, confirm, offered
from tests.conversations.earlier.conftest import ON_THE_LIST, waits
from tests.support import AMIRA, PRIYA, SOFIA, TOM, Surgery


def wishes(surgery: Surgery, first_name: str = "Tom") -> list[Wishes]:
    found = surgery.program.services.line.wishes_of(surgery.patient_id(first_name))
    return [each.wishes for each in found]


def test_a_patient_is_put_on_the_list_step_by_step(patient: Known, full: Surgery) -> None:
    tom = patient(TOM)
    assert "1. Dr James Hughes only\n2. Anyone" in tom.says("let me know if something earlier comes up")
    assert "Which days could you come?" in tom.says("1")
    assert "a time before Wednesday 25 November" in tom.says("mondays and tuesdays")
    assert "with Dr James Hughes, on Mondays and Tuesdays" in tom.answer
    assert wishes(full) == []
    assert ON_THE_LIST in tom.says("yes")
    assert wishes(full) == [Wishes("dr-hughes", ("MON", "TUE"))]
    assert ("earlier.wish", "asked") in full.audit()


@pytest.mark.parametrize(
    ("said", "wished"),
    [
        ("put me on the cancellation list with anyone on any day", Wishes()),
        ("let me know if dr hughes gets a cancellation on any day", Wishes("dr-hughes")),
        ("can you text me if someone cancels, anyone, tuesdays and mondays only", Wishes(None, ("MON", "TUE"))),
    ],
)
def test_what_is_said_at_once_is_not_asked_for(full: Surgery, said: str, wished: Wishes) -> None:
    tom = full.texting(TOM)
    assert "Please check" in tom.says(said)
    tom.says("1")
    assert wishes(full) == [wished]


@pytest.mark.parametrize(
    ("answer", "clinician"),
    [
        ("2", None),
        ("anyone", None),
        ("i dont mind who", None),
        ("any doctor will do", None),
        ("either", None),
        ("1", "dr-hughes"),
        ("same doctor please", "dr-hughes"),
        ("only dr hughes", "dr-hughes"),
        ("dr okafor", "dr-okafor"),
        ("i'd rather have dr patel", "dr-patel"),
    ],
)
def test_with_whom_is_read_from_the_words(full: Surgery, answer: str, clinician: str | None) -> None:
    tom = full.texting(TOM)
    for text in ("put me on the waiting list for an earlier appointment", answer, "any day", "yes"):
        tom.says(text)
    assert wishes(full) == [Wishes(clinician)]


@pytest.mark.parametrize(
    ("answer", "wished"),
    [
        ("any day", {}),
        ("whenever", {}),
        ("i dont mind", {}),
        ("not wednesdays", {"weekdays": ("MON", "TUE", "THU", "FRI", "SAT", "SUN")}),
        ("monday or tuesday", {"weekdays": ("MON", "TUE")}),
        ("only tuesdays", {"weekdays": ("TUE",)}),
        ("tuesday", {"weekdays": ("TUE",)}),
        ("i can do mondays", {"weekdays": ("MON",)}),
    ],
)
def test_days_are_read_from_the_words(full: Surgery, answer: str, wished: dict[str, Any]) -> None:
    tom = full.texting(TOM)
    for text in ("put me on the waiting list for an earlier appointment", "anyone", answer, "yes"):
        tom.says(text)
    assert wishes(full) == [Wishes(**wished)], tom.answer


def test_times_of_the_day_count_too(full: Surgery) -> None:
    tom = full.texting(TOM)
    for text in ("put me on the cancellation list", "anyone"):
        tom.says(text)
    assert "with anyone, on any day, from 8am to midday" in tom.says("mornings")


def test_wishes_may_be_changed_at_the_read_back(full: Surgery) -> None:
    tom = full.texting(TOM)
    for text in ("put me on the cancellation list", "anyone", "any day"):
        tom.says(text)
    assert "on Mondays" in tom.says("mondays only")
    tom.says("yes")
    assert wishes(full) == [Wishes(None, ("MON",))]


def test_somebody_with_nothing_booked_is_told_so(patient: Known, full: Surgery) -> None:
    assert "You have no appointments booked." in patient(AMIRA).says("put me on the cancellation list")


def test_of_several_appointments_one_is_chosen(full: Surgery) -> None:
    priya = full.texting(PRIYA)
    assert "more than one appointment" in priya.says("let me know if something earlier comes up")
    priya.says("2")
    for text in ("anyone", "any day", "yes"):
        priya.says(text)
    (held,) = full.program.services.line.wishes_of(full.patient_id("Priya"))
    assert held.appointment_id == full.appointments("Priya")[1].id


def test_whoever_may_not_change_appointments_online_is_not_put_on_the_list(full: Surgery) -> None:
    assert "I cannot do that for you here." in full.texting(SOFIA).says("put me on the cancellation list")


def test_whoever_may_not_be_texted_is_told_to_call_and_not_why(full: Surgery) -> None:
    tom = full.patient_id("Tom")
    flagged = Access("appointments", flags=frozenset({UNDER_PRESSURE}))
    with full.program.database.write() as connection:
        full.program.services.desk.set_access(connection, tom, flagged, "reception", full.clock())
    answer = full.texting(TOM).says("put me on the cancellation list")
    assert answer == "I cannot do that for you here. Please call 020 7946 0123, or ask to speak to a person."


def test_being_on_the_list_already_is_said_and_the_wishes_may_be_changed(patient: Known, full: Surgery) -> None:
    tom = waits(patient(TOM))
    before = full.program.services.line.wishes_of(full.patient_id("Tom"))
    assert "You are on the list for an earlier time already." in tom.says("put me on the cancellation list")
    for text in ("1", "tuesdays", "yes"):
        tom.says(text)
    (after,) = full.program.services.line.wishes_of(full.patient_id("Tom"))
    assert after.wishes == Wishes("dr-hughes", ("TUE",)) and after.id == before[0].id


def test_what_is_free_already_is_offered_at_once(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    for text in ("let me know if something earlier comes up", "1"):
        tom.says(text)
    assert "There are earlier times free now" in tom.says("any day")
    first = offered(tom.answer)[0]
    assert "Dr James Hughes" in first
    tom.says("1")
    assert "Moved." in confirm(tom)
    assert first in tom.answer and wishes(surgery) == []


def test_a_no_at_any_question_leaves_everything_as_it_is(full: Surgery) -> None:
    for answers in (("no",), ("anyone", "no"), ("anyone", "any day", "no")):
        tom = full.texting(TOM)
        tom.says("put me on the cancellation list")
        for text in answers:
            tom.says(text)
        assert "nothing has been changed" in tom.answer
        assert wishes(full) == []


def test_a_question_in_the_middle_is_answered_and_asked_on(full: Surgery) -> None:
    tom = full.texting(TOM)
    tom.says("put me on the cancellation list")
    assert "anyone?" in tom.says("what time do you close")
    tom.says("anyone")
    assert "which days" in tom.says("where are you").lower()


def test_what_is_not_understood_is_asked_again_and_a_person_is_offered(full: Surgery) -> None:
    tom = full.texting(TOM)
    for text in ("put me on the cancellation list", "anyone", "hmm"):
        tom.says(text)
    assert "speak to someone" in tom.says("banana")


@pytest.mark.parametrize("said", ["take me off the list please", "stop offering me earlier appointments"])
def test_whoever_wants_to_comes_off_the_list(patient: Known, full: Surgery, said: str) -> None:
    tom = waits(patient(TOM))
    assert "You are off the list" in tom.says(said)
    assert wishes(full) == []
    assert "You are not on the list" in tom.says("take me off the cancellation list")


def test_taking_off_the_list_cancels_no_appointment(full: Surgery) -> None:
    tom = waits(full.texting(TOM))
    tom.says("remove me from the cancellation list please")
    assert len(full.appointments("Tom")) == 1
