"""Appointments on the secure page, and what their calendar files say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from icalendar import Calendar, Event

from bot.backend.base import Appointment, Clinician, Slot
from bot.practice import load_practice
from bot.settings import ROOT
from connectors.calendar import appointment_calendar
from tests.doors.secure import TOMS, Phone, last_noted, send_link
from tests.doors.support import Doors
from tests.support import LONDON, TOM

HERE = "/secure/appointments"
PRACTICE = load_practice(ROOT / "practice.yml")
OKAFOR = Clinician("okafor", "Dr Ngozi Okafor", "GP", "female")
NOW = datetime(2026, 10, 1, 9, 0, tzinfo=LONDON)


@pytest.fixture()
def toms(doors: Doors) -> Phone:
    opened = Phone(doors)
    opened.spends(send_link(doors, "appointments", TOM, TOMS))
    opened.opens(opened.proves(doors.surgery.passcode("Tom")).headers["Location"])
    return opened


def _sees(doors: Doors, phone: Phone, monkeypatch: pytest.MonkeyPatch, mode: str) -> str:
    """What the page says if Tom's appointment were of this kind, at 2pm on a Thursday."""
    (held,) = doors.surgery.appointments("Tom")
    slot = replace(held.slot, mode=mode, start=datetime(2026, 11, 26, 14, 0, tzinfo=LONDON))
    booked = [replace(held, slot=slot)]
    monkeypatch.setattr(doors.surgery.program.backend, "appointments", lambda _patient_id: booked)
    phone.opens(HERE)
    return phone.words


def _appointment(start: datetime, mode: str = "face to face", minutes: int = 10) -> Appointment:
    return Appointment("held-1", TOMS, Slot("slot-1", start, minutes, OKAFOR, mode, "Main"), "booked", "K7QMXD")


def _event(held: Appointment) -> Event:
    (event,) = Calendar.from_ical(appointment_calendar(held, PRACTICE, NOW)).walk("VEVENT")
    return event


# The page


def test_the_page_lists_what_is_booked(doors: Doors, toms: Phone) -> None:
    (held,) = doors.surgery.appointments("Tom")
    assert toms.heading == "Your appointments"
    assert held.slot.clinician.name in toms.words
    assert f"Reference: {held.reference}" in toms.words
    assert last_noted(doors) == ("appointment.list", "done", "page", None)


def test_whoever_comes_in_sees_the_address_as_plain_words(
    doors: Doors, toms: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = _sees(doors, toms, monkeypatch, "face to face")
    assert "Thursday 26 November at 2pm with" in words
    assert "Riverside Surgery, 12 Mill Lane, Riverside, Westshire, WS1 2AB" in words
    assert not [href for href in _addresses(toms) if not href.startswith(("/", "#", "tel:"))], "no map of anybody's"


def test_whoever_is_called_is_told_that_the_time_is_a_window(
    doors: Doors, toms: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = _sees(doors, toms, monkeypatch, "phone")
    assert "Thursday 26 November between 2pm and 3pm with" in words
    assert "We cannot give an exact time." in words
    assert "Mill Lane" not in words


def test_a_video_appointment_has_its_time_and_no_address(
    doors: Doors, toms: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = _sees(doors, toms, monkeypatch, "video")
    assert "Thursday 26 November at 2pm" in words and "by video" in words and "Mill Lane" not in words


def test_without_any_the_page_says_so_and_how_to_book(doors: Doors) -> None:
    amira = Phone(doors)
    amira.logs_in("appointments")
    assert "You have no appointments booked." in amira.words
    assert "07700 900000" in amira.words


def test_the_file_is_for_whoever_holds_the_appointment(doors: Doors, toms: Phone) -> None:
    (held,) = doors.surgery.appointments("Tom")
    (path,) = [href for href in _addresses(toms) if href.endswith(".ics")]
    file = toms.client.get(path)
    assert file.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert file.headers["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    assert file.headers["Cache-Control"] == "no-store"
    assert Calendar.from_ical(file.content).walk("VEVENT")[0].decoded("dtstart") == held.slot.start
    assert last_noted(doors)[:2] == ("appointment.calendar", "done")
    amira = Phone(doors)
    amira.logs_in("appointments")
    for wanted in (path, f"{HERE}/nothing.ics", f"{HERE}/%00.ics"):
        amira.opens(wanted)
        assert (amira.status, "VEVENT" in amira.page.text) == (404, False), wanted
    assert last_noted(doors)[:2] == ("appointment.calendar", "not_found")


def test_without_proof_neither_page_nor_file_is_given(doors: Doors) -> None:
    (held,) = doors.surgery.appointments("Tom")
    stranger = Phone(doors)
    stranger.opens(HERE)
    assert stranger.status == 404
    stranger.spends(send_link(doors, "appointments", TOM, TOMS))
    for path in (HERE, f"{HERE}/{held.id}.ics"):
        stranger.opens(path)
        assert (stranger.status, stranger.page.headers["Location"]) == (303, "/secure/prove")


def _addresses(phone: Phone) -> list[str]:
    return re.findall(r'<a [^>]*href="([^"]+)"', phone.page.text)


# The file


def test_an_appointment_at_the_surgery_says_where_and_how_long() -> None:
    event = _event(_appointment(datetime(2026, 10, 20, 14, 0, tzinfo=LONDON)))
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=10)
    assert event["location"] == "Riverside Surgery, 12 Mill Lane, Riverside, Westshire, WS1 2AB"
    assert "Okafor" not in str(event), "whoever sees the calendar learns no more than the surgery's name"


def test_a_phone_appointment_keeps_the_whole_window_free() -> None:
    event = _event(_appointment(datetime(2026, 11, 26, 14, 0, tzinfo=LONDON), "phone"))
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=60)
    assert "We will call you Thursday 26 November between 2pm and 3pm." in event["description"]
    assert "location" not in event


def test_where_the_practice_keeps_to_the_minute_there_is_no_window() -> None:
    exact = PRACTICE.copy(update={"reminders": PRACTICE.reminders.copy(update={"phone_window_minutes": 0})})
    held = _appointment(datetime(2026, 11, 26, 14, 0, tzinfo=LONDON), "phone")
    (event,) = Calendar.from_ical(appointment_calendar(held, exact, NOW)).walk("VEVENT")
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=10)
    assert "between" not in event["description"]


@pytest.mark.parametrize(
    ("day", "starts"),
    [(24, "20261024T080000Z"), (25, "20261025T090000Z"), (26, "20261026T090000Z")],
    ids=["summer time", "the day the clocks go back", "winter"],
)
def test_nine_in_the_morning_stays_nine_across_the_change_of_the_clocks(day: int, starts: str) -> None:
    file = appointment_calendar(_appointment(datetime(2026, 10, day, 9, 0, tzinfo=LONDON)), PRACTICE, NOW)
    assert f"DTSTART:{starts}".encode() in file.replace(b";VALUE=DATE-TIME", b"")


@pytest.mark.parametrize(("fold", "starts"), [(0, "20261025T003000Z"), (1, "20261025T013000Z")])
def test_of_the_hour_that_happens_twice_the_right_one_is_meant(fold: int, starts: str) -> None:
    held = _appointment(datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=fold), "phone")
    event = _event(held)
    assert event["dtstart"].to_ical().decode() == starts
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=1)


def test_the_twenty_ninth_of_february_is_a_day_like_any_other() -> None:
    event = _event(_appointment(datetime(2028, 2, 29, 23, 30, tzinfo=LONDON), "phone"))
    assert event.decoded("dtend") == datetime(2028, 3, 1, 0, 30, tzinfo=timezone.utc)
    assert "Tuesday 29 February between 11:30pm and 12:30am" in event["description"]


def test_every_instant_is_in_universal_time_whatever_zone_it_came_in() -> None:
    file = appointment_calendar(_appointment(datetime(2026, 7, 1, 14, 0, tzinfo=LONDON)), PRACTICE, NOW)
    assert b"TZID" not in file
    assert file.count(b"Z\r\n") == 3  # when it was made, when it begins and ends
