"""When an appointment is reminded of, by the calendar and by the clock on the wall; and what the reminder says."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.backend.base import Appointment, Clinician, Slot
from bot.notifying.reminders import reminders_of
from bot.practice import Practice
from bot.practice_sections import Reminders
from bot.wording import say_expected
from tests.support import LONDON

LONG_AGO = datetime(2024, 1, 1, tzinfo=LONDON)
DR = Clinician("dr", "Dr Anjali Patel", "GP", "female")


def appointment(start: datetime, made_at: datetime | None = LONG_AGO, mode: str = "face to face") -> Appointment:
    return Appointment("a1", "p1", Slot("s1", start, 10, DR, mode, "Main"), "booked", "REF", made_at=made_at)


def at(*day_and_time: int) -> datetime:
    return datetime(*day_and_time, tzinfo=LONDON)  # type: ignore[arg-type,misc]


def due(practice: Practice, start: datetime, made_at: datetime | None = LONG_AGO) -> list[str]:
    """When its reminders are due, in local time."""
    found = reminders_of(appointment(start, made_at), practice)
    return [f"{each.due_at.astimezone(LONDON):%a %-d %b %H:%M}" for each in found]


def with_rules(practice: Practice, **rules: Any) -> Practice:
    changed = Reminders(**{**practice.reminders.dict(), **rules})
    return practice.copy(update={"reminders": changed})


@pytest.mark.parametrize(
    ("start", "reminders"),
    [
        (at(2026, 11, 25, 10, 10), ["Wed 18 Nov 10:00", "Tue 24 Nov 10:00"]),
        (at(2026, 10, 26, 9, 0), ["Mon 19 Oct 10:00", "Sun 25 Oct 10:00"]),  # the clocks go back on the 25th
        (at(2026, 10, 28, 9, 0), ["Wed 21 Oct 10:00", "Tue 27 Oct 10:00"]),
        (at(2027, 3, 29, 9, 0), ["Mon 22 Mar 10:00", "Sun 28 Mar 10:00"]),  # and forward on the 28th
        (
            at(2027, 4, 2, 9, 0),
            ["Fri 26 Mar 10:00", "Thu 1 Apr 10:00"],
        ),  # the 26th is Good Friday: texts go all the same
        (at(2028, 3, 1, 9, 0), ["Wed 23 Feb 10:00", "Tue 29 Feb 10:00"]),
        (at(2028, 3, 7, 9, 0), ["Tue 29 Feb 10:00", "Mon 6 Mar 10:00"]),
        (at(2027, 3, 1, 9, 0), ["Mon 22 Feb 10:00", "Sun 28 Feb 10:00"]),
        (at(2027, 1, 1, 9, 0), ["Fri 25 Dec 10:00", "Thu 31 Dec 10:00"]),
    ],
)
def test_reminders_are_due_at_the_same_time_of_day(practice: Practice, start: datetime, reminders: list[str]) -> None:
    assert due(practice, start) == reminders


def test_each_is_of_use_until_the_next_is_due_and_the_last_until_two_hours_before(practice: Practice) -> None:
    first, last = reminders_of(appointment(at(2026, 11, 25, 10, 10)), practice)
    assert first.expires_at == last.due_at
    assert last.expires_at == at(2026, 11, 25, 8, 10)


def test_in_the_hour_that_happens_twice_two_hours_are_two_hours(practice: Practice) -> None:
    last = reminders_of(appointment(at(2026, 10, 25, 9, 0)), practice)[-1]
    assert at(2026, 10, 25, 9, 0).timestamp() - last.expires_at.timestamp() == 2 * 3600


@pytest.mark.parametrize(
    ("made_at", "reminders"),
    [
        (at(2026, 11, 17, 21, 59), ["Wed 18 Nov 10:00", "Tue 24 Nov 10:00"]),
        (at(2026, 11, 17, 22, 1), ["Tue 24 Nov 10:00"]),  # less than 12 hours before the first
        (at(2026, 11, 20, 9, 0), ["Tue 24 Nov 10:00"]),
        (at(2026, 11, 24, 9, 0), []),
        (None, ["Wed 18 Nov 10:00", "Tue 24 Nov 10:00"]),  # a clinical system that does not say when
    ],
)
def test_nobody_is_reminded_of_what_they_have_just_booked(
    practice: Practice, made_at: datetime | None, reminders: list[str]
) -> None:
    assert due(practice, at(2026, 11, 25, 10, 10), made_at) == reminders


def test_a_reminder_that_would_leave_at_night_waits_until_morning(practice: Practice) -> None:
    early = with_rules(practice, at="07:00")
    assert due(early, at(2026, 11, 25, 10, 10)) == ["Wed 18 Nov 08:00", "Tue 24 Nov 08:00"]
    late = with_rules(practice, at="22:00", days_before=[1])
    assert due(late, at(2026, 11, 25, 11, 0)) == ["Wed 25 Nov 08:00"]
    assert due(late, at(2026, 11, 25, 9, 0)) == [], "it would come too late to be of use"


def test_the_practice_says_how_many_there_are(practice: Practice) -> None:
    assert due(with_rules(practice, days_before=[]), at(2026, 11, 25, 10, 10)) == []
    two = with_rules(practice, days_before=[1, 14, 1])
    assert due(two, at(2026, 11, 25, 10, 10)) == ["Wed 11 Nov 10:00", "Tue 24 Nov 10:00"]


def test_an_appointment_that_is_moved_and_keeps_its_id_has_reminders_of_its_own(practice: Practice) -> None:
    keys = [{each.key for each in reminders_of(appointment(at(2026, 11, day, 10, 10)), practice)} for day in (25, 26)]
    assert keys[0].isdisjoint(keys[1])


def test_a_phone_appointment_is_said_as_a_window() -> None:
    def said(mode: str, window: int) -> str:
        return say_expected(appointment(at(2026, 11, 24, 14, 0), mode=mode).slot, LONDON, window)

    assert said("phone", 60) == "Tuesday 24 November between 2pm and 3pm with Dr Anjali Patel, by phone"
    assert said("phone", 0) == "Tuesday 24 November at 2pm with Dr Anjali Patel, by phone"
    assert said("video", 60) == "Tuesday 24 November at 2pm with Dr Anjali Patel, by video"


def test_a_window_that_ends_in_the_hour_that_happens_twice_is_said_by_the_clock_on_the_wall() -> None:
    start = datetime.combine(date(2026, 10, 25), datetime.min.time(), LONDON) + timedelta(minutes=30)
    held = appointment(start, mode="phone").slot
    assert "between 12:30am and 1:30am" in say_expected(held, LONDON, 60)
