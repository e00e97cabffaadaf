"""The calendar file: for whoever holds the appointment, and for nobody else."""

from __future__ import annotations

from typing import Any

from icalendar import Calendar

from tests.doors.support import Browser, Doors
from tests.support import AMIRA, SOFIA, TOM


def _known_as(doors: Doors, number: str) -> Browser:
    browser = doors.browser()
    browser.opens()
    browser.says("show my appointments")
    browser.identifies(number)
    return browser


def _get(browser: Browser, appointment_id: str) -> Any:
    return browser.client.get(f"/chat/calendar/{appointment_id}.ics")


def test_a_booked_appointment_comes_with_its_calendar_file(doors: Doors) -> None:
    browser = doors.browser()
    browser.opens()
    browser.says("book a face to face appointment with a doctor tomorrow morning")
    browser.identifies(AMIRA)
    browser.presses("1.")
    browser.says("a private matter")
    booked = browser.presses("Yes")[-1]
    answer = browser.client.get(booked["attachment"]["href"])
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    assert answer.headers["Cache-Control"] == "no-store"
    (held,) = doors.surgery.appointments("Amira")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("dtstart") == held.slot.start
    assert event.decoded("dtend") == held.slot.end
    assert held.reference in event["description"]
    assert "Riverside Surgery" in event["summary"]
    assert b"private matter" not in answer.content


def test_the_file_is_the_same_appointment_each_time_it_is_fetched(doors: Doors) -> None:
    browser = _known_as(doors, TOM)
    (held,) = doors.surgery.appointments("Tom")
    first, second = (Calendar.from_ical(_get(browser, held.id).content).walk("VEVENT")[0] for _ in range(2))
    assert first["uid"] == second["uid"]
    assert "\r\n" in _get(browser, held.id).text
    assert first["dtstamp"]


def test_nobody_else_is_given_the_file(doors: Doors) -> None:
    (toms,) = doors.surgery.appointments("Tom")
    stranger = doors.browser()
    assert _get(stranger, toms.id).status_code == 401
    stranger.opens()
    assert _get(stranger, toms.id).status_code == 404
    for number in (AMIRA, SOFIA):
        assert _get(_known_as(doors, number), toms.id).status_code == 404


def test_an_appointment_that_is_not_there_reads_like_one_that_is_not_yours(doors: Doors) -> None:
    (toms,) = doors.surgery.appointments("Tom")
    amira = _known_as(doors, AMIRA)
    theirs, missing = _get(amira, toms.id), _get(amira, "appointment-none")
    assert (theirs.status_code, theirs.json()) == (missing.status_code, missing.json()) == (404, theirs.json())


def test_strange_names_of_appointments_find_nothing(doors: Doors) -> None:
    tom = _known_as(doors, TOM)
    for name in ("%00", "..%2f..%2fetc%2fpasswd", "%ED%A0%80", "a" * 5000, "' or 1=1", "*"):
        assert _get(tom, name).status_code == 404


def test_a_cancelled_appointment_is_no_longer_given_out(doors: Doors) -> None:
    tom = _known_as(doors, TOM)
    (held,) = doors.surgery.appointments("Tom")
    tom.says("cancel my appointment")
    tom.presses("Yes")
    assert doors.surgery.appointments("Tom") == []
    assert _get(tom, held.id).status_code == 404


def test_after_the_chat_has_ended_or_expired_the_file_is_gone(doors: Doors) -> None:
    (held,) = doors.surgery.appointments("Tom")
    tom = _known_as(doors, TOM)
    assert _get(tom, held.id).status_code == 200
    doors.clock.forward(minutes=31)
    assert _get(tom, held.id).status_code == 401
    again = _known_as(doors, TOM)
    again.posts("end", {})
    assert _get(again, held.id).status_code == 401
