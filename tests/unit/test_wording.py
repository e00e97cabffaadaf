"""Dates, times and lists as they are said to patients."""

from __future__ import annotations

from datetime import date, datetime, time, timezone

import pytest

from bot.backend.base import Appointment, Clinician, Slot
from bot.wording import (
    say_appointments,
    say_day,
    say_minutes,
    say_options,
    say_relative_day,
    say_short,
    say_slot,
    say_time,
    say_when,
)
from tests.support import LONDON

PATEL = Clinician("dr-patel", "Dr Anjali Patel", "GP", "female")


def slot(start: datetime, mode: str = "face to face") -> Slot:
    return Slot("s1", start, 10, PATEL, mode, "Riverside Surgery")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (time(9, 0), "9am"),
        (time(9, 5), "9:05am"),
        (time(11, 59), "11:59am"),
        (time(12, 0), "midday"),
        (time(12, 30), "12:30pm"),
        (time(13, 0), "1pm"),
        (time(17, 30), "5:30pm"),
        (time(0, 10), "12:10am"),
    ],
)
def test_times_are_said_as_the_nhs_says_them(at: time, said: str) -> None:
    assert say_time(at) == said


def test_days_are_said_without_a_leading_nought() -> None:
    assert say_day(date(2026, 12, 1)) == "Tuesday 1 December"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 23), "today"),
        (date(2026, 11, 24), "tomorrow"),
        (date(2026, 11, 25), "on Wednesday 25 November"),
        (date(2026, 11, 22), "on Sunday 22 November"),
    ],
)
def test_near_days_have_names_of_their_own(day: date, said: str) -> None:
    assert say_relative_day(day, date(2026, 11, 23)) == said


def test_an_instant_is_said_in_local_time_in_winter_and_in_summer() -> None:
    assert say_when(datetime(2026, 11, 24, 14, 20, tzinfo=timezone.utc), LONDON) == "Tuesday 24 November at 2:20pm"
    assert say_when(datetime(2026, 7, 7, 14, 20, tzinfo=timezone.utc), LONDON) == "Tuesday 7 July at 3:20pm"


@pytest.mark.parametrize(
    ("mode", "where"), [("face to face", "at the surgery"), ("phone", "by phone"), ("video", "by video")]
)
def test_a_slot_says_when_with_whom_and_how(mode: str, where: str) -> None:
    said = say_slot(slot(datetime(2026, 11, 24, 14, 20, tzinfo=LONDON), mode), LONDON)
    assert said == f"Tuesday 24 November at 2:20pm with Dr Anjali Patel, {where}"


def test_a_button_says_it_shortly() -> None:
    assert say_short(datetime(2026, 11, 4, 14, 20, tzinfo=LONDON), LONDON) == "Wed 4 Nov, 2:20pm"


def test_options_and_appointments_are_numbered_from_one() -> None:
    one, two = slot(datetime(2026, 11, 24, 9, 0, tzinfo=LONDON)), slot(datetime(2026, 11, 25, 9, 0, tzinfo=LONDON))
    held = [Appointment("a", "p", each, "booked", "R") for each in (one, two)]
    assert [line[:12] for line in say_options([one, two], LONDON).splitlines()] == ["1. Tuesday 2", "2. Wednesday"]
    assert say_appointments(held, LONDON) == say_options([one, two], LONDON)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 minutes"), (30, "30 minutes"), (60, "1 hour"), (90, "90 minutes"), (120, "2 hours"), (1440, "24 hours")],
)
def test_lengths_are_said_in_hours_where_they_are_whole(minutes: int, said: str) -> None:
    assert say_minutes(minutes) == said
