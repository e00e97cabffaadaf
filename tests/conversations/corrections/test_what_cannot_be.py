"""A new value that cannot be used: it is said plainly, the old one stays, and the journey goes on from where it was."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, LONDON, TOM, HandClock, Surgery

UNUSABLE = [
    ("no sunday", "We are closed on Sunday 29 November"),
    ("no yesterday", "That day has gone"),
    ("no i meant 31st november", "cannot find that date"),
    ("no i meant the 19th of march", "no times then"),
    ("no i mean dr smith", "do not know a doctor of that name"),
]


@pytest.mark.parametrize(("said", "told"), UNUSABLE)
def test_the_list_of_times_stands(patient: Known, said: str, told: str) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment with dr patel tomorrow"))
    answer = amira.says(said)
    assert told in answer and "left it as it was" in answer
    assert offered(answer) == times


@pytest.mark.parametrize(("said", "told"), UNUSABLE)
def test_the_read_back_stands_and_can_be_confirmed(patient: Known, surgery: Surgery, said: str, told: str) -> None:
    amira = patient(AMIRA)
    first = offered(amira.says("book an appointment with dr patel tomorrow"))[0]
    amira.says("1")
    amira.says("no")
    answer = amira.says(said)
    assert told in answer and f"Please check: {first}" in answer
    assert f"Booked: {first}" in confirm(amira)
    assert len(surgery.appointments("Amira")) == 1


@pytest.mark.parametrize(("said", "told"), UNUSABLE)
def test_a_move_stands_and_can_be_confirmed(patient: Known, surgery: Surgery, said: str, told: str) -> None:
    tom = patient(TOM)
    first = offered(tom.says("move my appointment to friday"))[0]
    tom.says("1")
    assert told in tom.says(said)
    assert f"Your appointment is now {first}" in confirm(tom)
    assert len(surgery.appointments("Tom")) == 1


def test_a_bank_holiday_is_named(patient: Known, clock: HandClock) -> None:
    clock.now = datetime(2026, 12, 14, 10, 0, tzinfo=LONDON)
    amira = patient(AMIRA)
    amira.says("book an appointment on wednesday 23 december")
    assert "We are closed on Friday 25 December for Christmas Day" in amira.says("no i meant christmas day")


def test_a_day_that_cannot_be_while_the_reason_is_asked_for_is_no_reason(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    for text in ("book an appointment tomorrow", "1"):
        amira.says(text)
    answer = amira.says("actually make it sunday")
    assert "We are closed on Sunday" in answer and "reason" in answer
    amira.says("no")
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == ""


def test_with_nothing_wanted_before_there_is_nothing_to_leave_as_it_was(patient: Known) -> None:
    answer = patient(AMIRA).says("book an appointment for 31st november")
    assert "cannot find that date" in answer and "When would you like" in answer
    assert "left it" not in answer
