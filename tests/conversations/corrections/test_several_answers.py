"""Several answers in one message: all are taken, and nothing is asked that was already said."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, PRIYA, TOM, ZAINAB, Surgery


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("tomorrow morning with dr patel about my knee", "my knee"),
        ("can i see dr patel tomorrow morning, it's about my knee", "my knee"),
        ("book me in with dr patel tomorrow morning re bloods please", "bloods"),
        ("hi i need to see dr patel for my back tomorrow morning", "my back"),
    ],
)
def test_day_doctor_and_reason_are_taken_from_one_message(
    patient: Known, surgery: Surgery, said: str, reason: str
) -> None:
    amira = patient(AMIRA)
    answer = amira.says(said)
    times = offered(answer)
    assert f"for staff to see: {reason}." in answer
    assert times and all("Tuesday 24 November" in each and "Dr Anjali Patel" in each for each in times)
    assert "Please check" in amira.says("1")
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == reason


def test_choice_reason_and_leave_to_book_are_taken_from_one_message(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    second = offered(amira.says("book an appointment tomorrow"))[1]
    assert f"Booked: {second}" in amira.says("the second one, for my back, and its fine to book")
    assert [each.reason for each in surgery.appointments("Amira")] == ["my back"]


def test_choice_and_reason_lead_to_the_read_back(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    second = offered(amira.says("book an appointment tomorrow"))[1]
    assert f"Please check: {second}" in amira.says("number 2, it's about my ankle")
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == "my ankle"


def test_leave_to_book_does_not_pass_over_the_warning_of_the_same_day(patient: Known, surgery: Surgery) -> None:
    zainab = patient(ZAINAB)
    zainab.says("book an appointment on wednesday afternoon")
    assert "already have an appointment that day" in zainab.says("the first one, and its fine to book")
    assert len(surgery.appointments("Zainab")) == 1


def test_leave_to_book_with_nothing_chosen_books_nothing(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow, fine to book any of them")
    assert surgery.appointments("Amira") == []


@pytest.mark.parametrize(
    "said",
    ["tomorrow with dr patel about 2pm", "book dr patel tomorrow for my son", "dr patel tomorrow re my appointment"],
)
def test_what_is_no_reason_is_not_taken_for_one(surgery: Surgery, said: str) -> None:
    assert "for staff to see" not in surgery.texting(AMIRA).says(said)


def test_reason_alone_is_kept_and_the_day_asked_for(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    assert "When would you like" in amira.says("i need an appointment about my knee")
    amira.says("tomorrow")
    assert "Please check" in amira.says("1")
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == "my knee"


def test_which_appointment_and_the_new_day_are_taken_from_one_message(patient: Known) -> None:
    priya = patient(PRIYA)
    priya.says("move my appointment with dr hughes to friday morning")
    priya.says("1")
    assert "Monday 30 November" in priya.answer and "Friday 27 November" in priya.answer


def test_day_part_of_day_and_doctor_of_a_move_are_taken_from_one_message(patient: Known) -> None:
    times = offered(patient(TOM).says("can i move my appointment to thursday afternoon with dr patel"))
    assert times and all("Thursday 26 November" in each and "Patel" in each and "pm" in each for each in times)
