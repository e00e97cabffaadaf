"""Another clinician, or another kind of appointment, than was said."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, TOM, Surgery

STEPS = [["1"], ["1", "no"]]


@pytest.mark.parametrize("said", [[], *STEPS], ids=["which", "why", "sure"])
def test_a_doctor_named_late_replaces_the_doctor_and_keeps_the_day(patient: Known, said: list[str]) -> None:
    amira = patient(AMIRA)
    for text in ("book an appointment tomorrow", *said):
        amira.says(text)
    times = offered(amira.says("actually make it dr hughes"))
    assert times and all("Tuesday 24 November" in each and "Dr James Hughes" in each for each in times)


@pytest.mark.parametrize("said", STEPS, ids=["why", "sure"])
def test_a_different_doctor_is_not_the_one_that_was_chosen(patient: Known, said: list[str]) -> None:
    amira = patient(AMIRA)
    first = offered(amira.says("book an appointment with dr patel tomorrow"))[0]
    for text in said:
        amira.says(text)
    times = offered(amira.says("different doctor"))
    assert "Dr Anjali Patel" in first
    assert times and all("Tuesday 24 November" in each and "Patel" not in each for each in times)


@pytest.mark.parametrize("said", STEPS, ids=["why", "sure"])
def test_another_day_after_a_time_was_chosen_is_another_day(patient: Known, said: list[str]) -> None:
    amira = patient(AMIRA)
    for text in ("book an appointment with dr patel tomorrow", *said):
        amira.says(text)
    times = offered(amira.says("another day"))
    assert times and all("Tuesday 24 November" not in each and "Dr Anjali Patel" in each for each in times)


def test_a_phone_call_asked_for_at_the_read_back_is_offered(patient: Known) -> None:
    amira = patient(AMIRA)
    for text in ("book an appointment with dr patel tomorrow", "1", "no"):
        amira.says(text)
    times = offered(amira.says("actually make it a phone appointment"))
    assert times and all("Dr Anjali Patel" in each and "by phone" in each for each in times)


def test_doctor_and_day_can_be_corrected_at_once(patient: Known) -> None:
    amira = patient(AMIRA)
    for text in ("book an appointment with dr patel tomorrow", "1"):
        amira.says(text)
    times = offered(amira.says("no sorry i meant dr okafor on thursday"))
    assert times and all("Thursday 26 November" in each and "Dr Ngozi Okafor" in each for each in times)


def test_a_moved_appointment_can_go_to_another_doctor_at_the_read_back(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says("move my appointment to friday")
    tom.says("1")
    assert all("Dr Anjali Patel" in each for each in offered(tom.says("actually make it dr patel")))
    tom.says("1")
    confirm(tom)
    assert [each.slot.clinician.id for each in surgery.appointments("Tom")] == ["dr-patel"]


def test_two_corrections_in_a_row_both_count(patient: Known) -> None:
    amira = patient(AMIRA)
    for text in ("book an appointment tomorrow morning", "no i meant thursday", "and make it dr okafor"):
        amira.says(text)
    times = offered(amira.answer)
    assert times and all("Thursday 26 November" in each and "Okafor" in each and "am" in each for each in times)
