"""By when somebody must have looked, counted in the hours in which the surgery is open."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.escalation.timing import after_open_time, due_at, say_when_answered
from bot.practice import Practice
from bot.store.escalations import OPEN, QUEUED, ROUTINE, URGENT, WAITING, Escalation
from tests.support import LONDON, MONDAY


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=LONDON)


def an_escalation(state: str = QUEUED, urgency: str = ROUTINE) -> Escalation:
    return Escalation(
        1, "c", None, "asked_for_person", urgency, state, None, 0, MONDAY, MONDAY, None, None, None, 0, 0, None, None
    )  # fmt: skip


def test_while_the_surgery_is_open_minutes_count_from_now(practice: Practice) -> None:
    assert due_at(an_escalation(), practice, at(23, 10)) == at(23, 12)
    assert due_at(an_escalation(urgency=URGENT), practice, at(23, 10)) == at(23, 10, 10)


def test_what_is_left_at_closing_time_counts_from_the_next_morning(practice: Practice) -> None:
    assert due_at(an_escalation(), practice, at(23, 18, 25)) == at(24, 9, 55)
    assert due_at(an_escalation(urgency=URGENT), practice, at(23, 18, 25)) == at(24, 8, 5)


def test_at_night_it_counts_from_the_morning(practice: Practice) -> None:
    assert due_at(an_escalation(), practice, at(23, 3)) == at(23, 10)


def test_a_weekend_is_passed_over(practice: Practice) -> None:
    assert due_at(an_escalation(OPEN), practice, at(28, 12)) == at(30, 10)


def test_a_closure_in_the_afternoon_is_passed_over(practice: Practice) -> None:
    """On 10 December the surgery shuts at 1pm for training."""
    noon = datetime(2026, 12, 10, 12, 30, tzinfo=LONDON)
    assert after_open_time(practice, noon, timedelta(hours=1)) == datetime(2026, 12, 11, 8, 30, tzinfo=LONDON)


def test_a_patient_who_does_not_answer_is_looked_at_again_after_days(practice: Practice) -> None:
    assert due_at(an_escalation(WAITING), practice, at(23, 10)) == at(26, 10)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (at(23, 10), "today"),
        (at(23, 17), "tomorrow from 8am"),  # two hours are no longer left
        (at(23, 7), "today from 8am"),
        (at(27, 17), "on Monday 30 November from 8am"),
        (at(29, 12), "tomorrow from 8am"),
    ],
)
def test_patients_are_told_a_time_that_can_be_kept(practice: Practice, now: datetime, said: str) -> None:
    assert say_when_answered(practice, now) == said
