"""Other journeys in the middle of one, and ways out."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, TOM, Surgery

STEPS = [
    ["book an appointment"],
    ["book an appointment tomorrow"],
    ["book an appointment tomorrow", "1"],
    ["book an appointment tomorrow", "1", "no"],
]


def test_asking_for_it_again_inside_the_journey_is_no_new_start(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment with dr okafor")
    times = offered(amira.says("book an appointment on thursday"))
    assert times and all("Okafor" in each for each in times)


def test_switching_from_booking_to_cancelling_leaves_the_booking(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says("book an appointment tomorrow")
    assert "Do you want to cancel" in tom.says("cancel my appointment")
    assert "cancelled" in confirm(tom)
    assert "did not understand" in tom.says("1")
    assert surgery.appointments("Tom") == []


def test_switching_from_cancelling_to_moving(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says("cancel my appointment")
    assert offered(tom.says("can i move it to friday instead"))
    tom.says("1")
    assert "Moved" in confirm(tom)
    assert len(surgery.appointments("Tom")) == 1


def test_a_look_at_the_appointments_in_the_middle_leaves_the_journey_cleanly(patient: Known) -> None:
    tom = patient(TOM)
    tom.says("book an appointment tomorrow")
    assert "Your next appointment is" in tom.says("when is my appointment")
    assert offered(tom.says("book an appointment on friday"))


@pytest.mark.parametrize("said", STEPS, ids=["when", "which", "why", "sure"])
@pytest.mark.parametrize("leave", ["leave it", "never mind", "forget it"])
def test_a_journey_can_be_left_at_every_step(surgery: Surgery, said: list[str], leave: str) -> None:
    amira = surgery.texting(AMIRA)
    for text in said:
        amira.says(text)
    assert "Nothing has been changed" in amira.says(leave)
    assert surgery.appointments("Amira") == []
    assert "did not understand" in amira.says("1")


def test_starting_again_forgets_what_was_said(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment with dr okafor tomorrow")
    assert "start again" in amira.says("start over")
    assert "When would you like to come" in amira.says("book an appointment")


def test_with_nothing_begun_there_is_nothing_to_leave(patient: Known) -> None:
    assert "Nothing has been changed" in patient(AMIRA).says("never mind")
