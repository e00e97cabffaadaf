"""Dates, times and lists as they are said to patients: NHS content style (service-manual.nhs.uk)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.backend.base import Appointment, Slot

_MODES = {"face to face": "at the surgery", "phone": "by phone", "video": "by video"}


def say_time(at: time) -> str:
    """5:30pm, 9am, midday."""
    if (at.hour, at.minute) == (12, 0):
        return "midday"
    hour = at.hour % 12 or 12
    half = "am" if at.hour < 12 else "pm"
    return f"{hour}:{at.minute:02}{half}" if at.minute else f"{hour}{half}"


def say_day(day: date) -> str:
    """Tuesday 24 November."""
    return f"{day:%A} {day.day} {day:%B}"


def say_date(day: date) -> str:
    """24 November 2026: for what may be long ago."""
    return f"{day.day} {day:%B %Y}"


def say_when(at: datetime, zone: ZoneInfo) -> str:
    """Tuesday 24 November at 2:20pm."""
    local = at.astimezone(zone)
    return f"{say_day(local.date())} at {say_time(local.time())}"


def say_short(at: datetime, zone: ZoneInfo) -> str:
    """For a button: Tue 24 Nov, 2:20pm."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b}, {say_time(local.time())}"


def say_slot(slot: Slot, zone: ZoneInfo) -> str:
    """Tuesday 24 November at 2:20pm with Dr Patel, by phone."""
    return f"{say_when(slot.start, zone)} {_with_whom(slot)}"


def say_expected(slot: Slot, zone: ZoneInfo, window: int) -> str:
    """As `say_slot`, for somebody who waits for it: Tuesday 24 November between 2pm and 3pm with Dr Patel, by phone."""
    return f"{say_expected_time(slot, zone, window)} {_with_whom(slot)}"


def say_expected_time(slot: Slot, zone: ZoneInfo, window: int) -> str:
    """Nobody can say to the minute when a phone rings: Tuesday 24 November between 2pm and 3pm. `window`: minutes."""
    if slot.mode != "phone" or not window:
        return say_when(slot.start, zone)
    begins, ends = (at.astimezone(zone) for at in (slot.start, slot.start + timedelta(minutes=window)))
    return f"{say_day(begins.date())} between {say_time(begins.time())} and {say_time(ends.time())}"


def say_options(slots: Sequence[Slot], zone: ZoneInfo) -> str:
    """A numbered list, a line each. What all have in common is said once, above it."""
    starts = [slot.start.astimezone(zone) for slot in slots]
    times = [say_time(start.time()) for start in starts]
    if len(slots) == 1 or len({start.date() for start in starts}) > 1:
        return _numbered(say_slot(slot, zone) for slot in slots)
    day, whom = say_day(starts[0].date()), [_with_whom(slot) for slot in slots]
    if len(set(whom)) == 1:
        return f"{day} {whom[0]}:\n{_numbered(times)}"
    return f"{day}:\n{_numbered(f'{time} {each}' for time, each in zip(times, whom, strict=True))}"


def _with_whom(slot: Slot) -> str:
    return f"with {slot.clinician.name}, {_MODES[slot.mode]}"


def _numbered(lines: Iterable[str]) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def say_appointments(held: Sequence[Appointment], zone: ZoneInfo) -> str:
    return _numbered(say_slot(each.slot, zone) for each in held)


def say_list(words: Sequence[str]) -> str:
    """Metformin, ramipril and aspirin."""
    return " and ".join([*([", ".join(words[:-1])] if words[1:] else []), *words[-1:]])


def say_minutes(minutes: int) -> str:
    """1 hour, 90 minutes, 24 hours."""
    if minutes % 60 == 0 and minutes:
        hours = minutes // 60
        return f"{hours} hour" if hours == 1 else f"{hours} hours"
    return f"{minutes} minutes"


def say_relative_day(day: date, today: date) -> str:
    """today, tomorrow, or the day's name and date."""
    ahead = (day - today).days
    return {0: "today", 1: "tomorrow"}.get(ahead, f"on {say_day(day)}")
