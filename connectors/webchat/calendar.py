"""An appointment as a calendar file (RFC 5545)."""

from __future__ import annotations

from datetime import datetime

from icalendar import Calendar, Event

from bot.backend.base import Appointment
from bot.practice import Practice

_MODES = {
    "face to face": "Appointment at {}",
    "phone": "Phone appointment with {}",
    "video": "Video appointment with {}",
}


def appointment_calendar(held: Appointment, practice: Practice, now: datetime) -> bytes:
    """The file for one appointment. It names the surgery and the time, never the reason or the clinician's role."""
    calendar = Calendar()
    calendar.add("prodid", "-//Patient Online assistant//EN")
    calendar.add("version", "2.0")
    event = Event()
    event.add("uid", f"{held.id}@patient-online")
    event.add("dtstamp", now)
    event.add("dtstart", held.slot.start)
    event.add("dtend", held.slot.end)
    event.add("summary", _MODES[held.slot.mode].format(practice.name))
    event.add("description", f"Reference {held.reference}. Call {practice.phone} if you cannot come.")
    if held.slot.mode == "face to face":
        event.add("location", ", ".join([practice.name, *practice.address]))
    calendar.add_component(event)
    return bytes(calendar.to_ical())
