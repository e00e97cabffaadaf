"""The wrong one of several appointments, and appointments told apart in the first message."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import LONDON, PRIYA, TOM, Surgery


def days(surgery: Surgery, name: str) -> list[int]:
    return [each.slot.start.astimezone(LONDON).day for each in surgery.appointments(name)]


@pytest.mark.parametrize("said", ["the other one", "wrong one", "no i meant the monday one", "the one with dr hughes"])
def test_the_other_appointment_is_cancelled_in_place_of_the_first(patient: Known, surgery: Surgery, said: str) -> None:
    priya = patient(PRIYA)
    priya.says("cancel my appointment")
    assert "Wednesday 25 November" in priya.says("1")
    assert "cancel Monday 30 November" in priya.says(said)
    assert "cancelled: Monday 30 November" in confirm(priya)
    assert days(surgery, "Priya") == [25]


def test_the_number_of_the_wrong_read_back_cancels_nothing(surgery: Surgery) -> None:
    priya = surgery.texting(PRIYA)
    priya.says("cancel my appointment")
    wrong = priya.says("1").split("Reply ")[1][:3]
    if f"Reply {wrong}" not in priya.says("no the other one"):
        priya.says(wrong)
    assert days(surgery, "Priya") == [25, 30]


@pytest.mark.parametrize("said", ["no i meant the monday one", "the other one", "no the other appointment"])
def test_the_other_appointment_is_moved_in_place_of_the_first(patient: Known, surgery: Surgery, said: str) -> None:
    priya = patient(PRIYA)
    priya.says("move my appointment")
    priya.says("1")
    assert "When would you like" in priya.says(said)
    assert all("Dr James Hughes" in each for each in offered(priya.says("friday")))
    priya.says("1")
    confirm(priya)
    assert days(surgery, "Priya") == [25, 27]


@pytest.mark.parametrize(
    "said", ["cancel my monday appointment", "cancel the one on monday", "cancel my appointment with dr hughes"]
)
def test_an_appointment_told_apart_at_once_is_not_asked_about(patient: Known, surgery: Surgery, said: str) -> None:
    priya = patient(PRIYA)
    assert "Do you want to cancel Monday 30 November" in priya.says(said)
    confirm(priya)
    assert days(surgery, "Priya") == [25]


def test_the_day_that_tells_an_appointment_apart_is_no_day_to_move_it_to(patient: Known) -> None:
    priya = patient(PRIYA)
    times = offered(priya.says("move my monday appointment to friday"))
    assert times and all("Friday 27 November" in each and "Dr James Hughes" in each for each in times)


def test_moving_the_only_appointment_by_its_day_asks_for_the_new_day(patient: Known) -> None:
    assert "When would you like to come" in patient(TOM).says("can i move my wednesday appointment please")


def test_no_to_a_cancellation_keeps_it_and_it_can_be_asked_for_again(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says("cancel my appointment")
    assert "as it is" in tom.says("no dont cancel it")
    assert "Do you want to cancel" in tom.says("actually yes cancel my appointment")
    confirm(tom)
    assert surgery.appointments("Tom") == []
