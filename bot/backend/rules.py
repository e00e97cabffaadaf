"""The practice's booking rules, each a pure check that raises its own refusal."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.backend.base import (
    Appointment,
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


def check_slot(slot: Slot, patient: Patient, booking: Booking, zone: ZoneInfo, now: datetime) -> None:
    """Whether this patient may book this slot online, whoever else may want it."""
    if not slot.online_bookable:
        raise NotBookableOnline
    if slot.start < now + timedelta(minutes=booking.embargo_minutes):
        raise TooSoon
    day = slot.start.astimezone(zone).date()
    if day > last_bookable_day(booking, zone, now):
        raise TooFarAhead
    age = patient.age_on(day)
    if (slot.min_age is not None and age < slot.min_age) or (slot.max_age is not None and age > slot.max_age):
        raise NotSuitable
    if slot.sex is not None and patient.sex != slot.sex:
        raise NotSuitable


def last_bookable_day(booking: Booking, zone: ZoneInfo, now: datetime) -> date:
    return now.astimezone(zone).date() + timedelta(days=booking.window_days)


def check_count(future: list[Appointment], booking: Booking) -> None:
    if len(future) >= booking.max_future_appointments:
        raise TooManyBooked


def check_cancel(appointment: Appointment, booking: Booking, now: datetime) -> None:
    """A change is a cancellation too: the slot given back must still be of use to somebody."""
    if appointment.slot.start < now + timedelta(minutes=booking.cancel_cutoff_minutes):
        raise TooLateToCancel


def same_day(slot: Slot, future: list[Appointment], zone: ZoneInfo) -> Appointment | None:
    """An appointment the patient already has on the day of this slot."""
    day = slot.start.astimezone(zone).date()
    return next((held for held in future if held.slot.start.astimezone(zone).date() == day), None)
