"""The practice's booking rules, to the minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.backend import rules
from bot.backend.base import (
    Appointment,
    Clinician,
    NotBookableOnline,
    NotSuitable,
    Patient,
    Slot,
    TooFarAhead,
    TooLateToCancel,
    TooManyBooked,
    TooSoon,
)
from bot.practice_sections import Booking
from tests.support import LONDON, MONDAY

BOOKING = Booking(
    window_days=42,
    embargo_minutes=60,
    max_future_appointments=2,
    cancel_cutoff_minutes=60,
    same_day_warning=True,
    reason_max_length=100,
    offers=3,
)
MINUTE = timedelta(minutes=1)
PATIENT = Patient("p", "Amira", "Khan", date(1991, 4, 18), "female")
SLOT = Slot("s", MONDAY + timedelta(days=1), 10, Clinician("c", "Dr A B", "GP", "female"), "face to face", "Riverside")


def check(slot: Slot, patient: Patient = PATIENT, now: datetime = MONDAY) -> None:
    rules.check_slot(slot, patient, BOOKING, LONDON, now)


def held(start: datetime) -> Appointment:
    return Appointment("a", "p", replace(SLOT, start=start), "booked", "R")


def test_a_slot_exactly_at_the_end_of_the_embargo_can_be_booked() -> None:
    check(replace(SLOT, start=MONDAY + timedelta(minutes=60)))


@pytest.mark.parametrize("ahead", [timedelta(minutes=59), timedelta(0), timedelta(minutes=-10)])
def test_a_slot_inside_the_embargo_cannot(ahead: timedelta) -> None:
    with pytest.raises(TooSoon):
        check(replace(SLOT, start=MONDAY + ahead))


def test_the_last_day_of_the_window_can_be_booked_to_its_end() -> None:
    last = MONDAY.date() + timedelta(days=42)
    check(replace(SLOT, start=datetime(last.year, last.month, last.day, 23, 50, tzinfo=LONDON)))


def test_the_day_after_the_window_cannot() -> None:
    after = MONDAY.date() + timedelta(days=43)
    with pytest.raises(TooFarAhead):
        check(replace(SLOT, start=datetime(after.year, after.month, after.day, 0, 0, tzinfo=LONDON)))


def test_the_window_counts_days_on_the_wall_across_the_change_of_clocks() -> None:
    now = datetime(2026, 10, 1, 23, 30, tzinfo=LONDON)
    assert rules.last_bookable_day(BOOKING, LONDON, now) == date(2026, 11, 12)


def test_a_slot_that_is_not_for_online_booking_cannot_be_booked() -> None:
    with pytest.raises(NotBookableOnline):
        check(replace(SLOT, online_bookable=False))


@pytest.mark.parametrize(
    ("born", "is_suitable"),
    [
        (date(2001, 11, 24), True),  # 25 on the day
        (date(2001, 11, 25), False),  # 24 until the day after
        (date(1962, 11, 24), True),  # 64 on the day
        (date(1961, 11, 25), True),  # 64 until the day after
        (date(1961, 11, 24), False),  # 65 on the day
    ],
)
def test_a_clinic_for_an_age_group_goes_by_the_age_on_the_day(born: date, is_suitable: bool) -> None:
    clinic = replace(SLOT, min_age=25, max_age=64)
    if is_suitable:
        check(clinic, replace(PATIENT, date_of_birth=born))
    else:
        with pytest.raises(NotSuitable):
            check(clinic, replace(PATIENT, date_of_birth=born))


@pytest.mark.parametrize("sex", ["male", "other", "unknown"])
def test_a_clinic_for_one_sex_is_not_offered_to_others(sex: str) -> None:
    with pytest.raises(NotSuitable):
        check(replace(SLOT, sex="female"), replace(PATIENT, sex=sex))


def test_as_many_appointments_as_allowed_is_the_end() -> None:
    rules.check_count([held(MONDAY)], BOOKING)
    with pytest.raises(TooManyBooked):
        rules.check_count([held(MONDAY)] * 2, BOOKING)


def test_an_appointment_can_be_cancelled_until_the_cut_off_and_not_a_minute_later() -> None:
    rules.check_cancel(held(MONDAY + timedelta(minutes=60)), BOOKING, MONDAY)
    with pytest.raises(TooLateToCancel):
        rules.check_cancel(held(MONDAY + timedelta(minutes=60)), BOOKING, MONDAY + MINUTE)


def test_an_appointment_on_the_same_day_is_found_by_the_day_on_the_wall() -> None:
    late = replace(SLOT, start=datetime(2026, 7, 7, 0, 10, tzinfo=LONDON))  # still the 6th in UTC
    assert rules.same_day(late, [held(datetime(2026, 7, 7, 17, 0, tzinfo=LONDON))], LONDON) is not None
    assert rules.same_day(late, [held(datetime(2026, 7, 6, 17, 0, tzinfo=LONDON))], LONDON) is None
    assert rules.same_day(late, [], LONDON) is None


@pytest.mark.parametrize(("day", "age"), [(date(2026, 4, 17), 34), (date(2026, 4, 18), 35), (date(1991, 4, 18), 0)])
def test_age_is_in_whole_years(day: date, age: int) -> None:
    assert PATIENT.age_on(day) == age
