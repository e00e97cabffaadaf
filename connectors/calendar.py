"""An appointment as a calendar file (RFC 5545)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from icalendar import Calendar, Event

from bot.backend.base import Appointment
from bot.practice import Practice
from bot.wording import say_expected_time

CALENDAR_TYPE = "text/calendar; charset=utf-8"
CALENDAR_HEADERS = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
_SUMMARIES = {
    "face to face": "Appointment at {}",
    "phone": "Phone appointment with {}",
    "video": "Video appointment with {}",
}


def appointment_calendar(held: Appointment, practice: Practice, now: datetime) -> bytes:
    """The file for one appointment. It names the surgery and the time, never the reason or the clinician.

    Instants are in UTC: each program shows them by its own clock, also in the hour that happens twice in October.
    """
    slot, window = held.slot, practice.reminders.phone_window_minutes
    is_window, begins = slot.mode == "phone" and window > 0, slot.start.astimezone(timezone.utc)
    event = Event()
    event.add("uid", f"{held.id}@patient-online")
    event.add("dtstamp", now.astimezone(timezone.utc))
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(minutes=window if is_window else slot.minutes))
    event.add("summary", _SUMMARIES[slot.mode].format(practice.name))
    said = f"We will call you {say_expected_time(slot, practice.zone, window)}. " if is_window else ""
    event.add("description", f"{said}Reference {held.reference}. Call {practice.phone} if you cannot come.")
    if slot.mode == "face to face":
        event.add("location", ", ".join([practice.name, *practice.address]))
    calendar = Calendar()
    calendar.add("prodid", "-//Patient Online assistant//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
