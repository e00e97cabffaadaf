"""A week or other span that has begun: nothing is offered, asked or said of the days that are over."""

from __future__ import annotations

import re

import pytest

from tests.conversations.conftest import Known, offered
from tests.conversations.earlier.conftest import full
from tests.support import AMIRA, MONDAY, TOM, Surgery

__all__ = ["full"]
OVER = re.compile(r"\b(?:Monday 23|Tuesday 24) November|has gone")


@pytest.fixture(autouse=True)
def wednesday(surgery: Surgery) -> None:
    surgery.clock.forward(days=2)


@pytest.mark.parametrize("said", ["this week", "all week", "from monday 23 november to friday", "sometime this month"])
def test_times_are_offered_from_today_on(patient: Known, said: str) -> None:
    amira = patient(AMIRA)
    assert offered(amira.says(f"book an appointment {said}"))
    assert not OVER.search(amira.answer)


def test_of_the_days_named_only_those_to_come_count(patient: Known) -> None:
    amira = patient(AMIRA)
    times = offered(amira.says("book an appointment on tuesday or friday this week"))
    assert times and all("Friday 27 November" in each for each in times)


def test_a_correction_to_this_week_is_taken(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment next week")
    times = offered(amira.says("no i meant this week"))
    assert times and all(re.search(r"2[5-9] November", each) for each in times)
    assert not OVER.search(amira.answer)


def test_a_week_that_is_over_is_asked_about(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment")
    assert "That day has gone" in amira.says("monday 23 november to tuesday 24 november")


def test_an_earlier_time_is_waited_for_from_today_on(full: Surgery) -> None:
    full.clock.now = MONDAY
    tom = full.texting(TOM)
    full.clock.forward(days=1)
    for text in ("put me on the waiting list for an earlier appointment", "anyone"):
        tom.says(text)
    assert "Monday 23" not in tom.says("any day this week")
    tom.says("yes")
    today = full.clock.now.date()
    waiting = full.program.services.line.wishes_of(full.patient_id("Tom"))
    assert [each.wishes.day_from for each in waiting] == [today]
