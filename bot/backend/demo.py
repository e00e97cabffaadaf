"""An invented practice for the demonstration, dated relative to today. The same day always gives the same practice."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

import nhs_number
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from bot.backend import tables
from bot.backend.base import Clinician, Patient
from bot.backend.people import patient_to_row
from bot.clock import Clock
from bot.practice import Practice
from bot.store.conversations import insert_or_ignore
from bot.store.database import Database

_SLOT_MINUTES = 10


@dataclass(frozen=True)
class DemoPatient:
    """A patient and what they are there to show. `has`: how many appointments are kept booked for them."""

    patient: Patient
    shows: str
    has: int = 0


@dataclass(frozen=True)
class _Pattern:
    """One clinician's half day, each week. Empty `weekdays` means Monday to Friday."""

    clinician_id: str
    start: str
    slots: int
    mode: str = "face to face"
    type: str = "general"
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    min_age: int | None = None
    max_age: int | None = None
    sex: str | None = None
    online: bool = True


CLINICIANS = (
    Clinician("dr-patel", "Dr Anjali Patel", "GP", "female"),
    Clinician("dr-hughes", "Dr James Hughes", "GP", "male"),
    Clinician("dr-okafor", "Dr Ngozi Okafor", "GP", "female"),
    Clinician("nurse-byrne", "Nurse Kelly Byrne", "nurse", "female"),
    Clinician("whitaker", "Sam Whitaker", "pharmacist", "male"),
    Clinician("chen", "Mei Chen", "healthcare assistant", "female"),
)

_PATTERNS = (
    _Pattern("dr-patel", "08:30", 18),
    _Pattern("dr-patel", "14:00", 15, weekdays=(0, 1, 3)),
    _Pattern("dr-patel", "16:30", 6, mode="phone"),
    _Pattern("dr-hughes", "09:00", 15),
    _Pattern("dr-hughes", "14:30", 15, mode="phone", weekdays=(0, 2, 4)),
    _Pattern("dr-hughes", "15:00", 12, mode="video", weekdays=(1,)),
    _Pattern("dr-okafor", "08:30", 12, weekdays=(1, 2, 3)),
    _Pattern("dr-okafor", "15:00", 18, weekdays=(1, 2, 3)),
    _Pattern("dr-okafor", "08:00", 3, weekdays=(0, 4), online=False),
    _Pattern("nurse-byrne", "08:40", 16),
    _Pattern("nurse-byrne", "13:30", 9, type="cervical screening", min_age=25, max_age=64, sex="female"),
    _Pattern("nurse-byrne", "15:30", 12, type="vaccination"),
    _Pattern("whitaker", "09:30", 12, mode="phone", weekdays=(0, 1, 2, 3)),
    _Pattern("chen", "08:00", 20, type="blood test"),
)


def _patient(
    number: int,
    first: str,
    last: str,
    born: str,
    sex: str,
    mobile: str | None,
    access: str = "full",
    gp: str | None = None,
) -> Patient:
    return Patient(
        id=f"patient-{number:02}",
        first_name=first,
        last_name=last,
        date_of_birth=date.fromisoformat(born),
        sex=sex,
        access=access,
        nhs_number=_nhs_number(number),
        mobile=mobile,
        general_practitioner=gp,
    )


def _nhs_number(index: int) -> str:
    """The index-th valid number of the range kept for tests, 999 000 0000 up."""
    stems = (f"9990000{stem:02}" for stem in range(100))
    whole = (stem + str(nhs_number.calculate_checksum(stem)) for stem in stems)
    valid = [number for number in whole if len(number) == 10 and nhs_number.is_valid(number)]
    return valid[index - 1]


PATIENTS = (
    DemoPatient(
        _patient(1, "Amira", "Khan", "1991-04-18", "female", "+447700900001", gp="dr-okafor"),
        "nothing booked: the ordinary case",
    ),
    DemoPatient(
        _patient(2, "Tom", "Barker", "1967-09-02", "male", "+447700900002", gp="dr-hughes"),
        "one appointment, to move or cancel",
        1,
    ),
    DemoPatient(
        _patient(3, "Grace", "Mensah", "1979-12-11", "female", "+447700900003"), "shares a phone with Daniel Mensah"
    ),
    DemoPatient(
        _patient(4, "Daniel", "Mensah", "1976-03-30", "male", "+447700900003"), "shares a phone with Grace Mensah", 1
    ),
    DemoPatient(
        _patient(5, "Eva", "Novak", "1988-07-21", "female", "+447700900004"), "her son's record holds her number"
    ),
    DemoPatient(_patient(6, "Leo", "Novak", "2019-05-14", "male", "+447700900004"), "a child"),
    DemoPatient(_patient(7, "George", "Whitfield", "1945-01-26", "male", None), "no mobile: has to call or visit"),
    DemoPatient(
        _patient(8, "Priya", "Sharma", "1995-10-05", "female", "+447700900005"), "the most appointments one may have", 2
    ),
    DemoPatient(
        _patient(9, "Michael", "Connor", "1983-02-17", "male", "+447700900006"), "an appointment too near to cancel", 1
    ),
    DemoPatient(
        _patient(10, "Sofia", "Rossi", "1972-08-08", "female", "+447700900007", "none"),
        "online services not switched on",
    ),
    DemoPatient(
        _patient(11, "Hannah", "Lewis", "1958-11-29", "female", "+447700900008"),
        "older: too old for the screening clinic",
    ),
    DemoPatient(
        _patient(12, "Zainab", "Hussain", "2003-06-03", "female", "+447700900009"),
        "one appointment: the same-day warning",
        1,
    ),
)
_TOO_NEAR = "patient-09"


def ensure_demo(database: Database, practice: Practice, clock: Clock) -> None:
    """Make the demo practice, or bring it up to today. Doing it again changes nothing."""
    now = clock()
    with database.write() as connection:
        for clinician in CLINICIANS:
            insert_or_ignore(connection, tables.clinician, **clinician.__dict__)
        for demo in PATIENTS:
            insert_or_ignore(connection, tables.patient, **patient_to_row(demo.patient))
        _add_sessions(connection, practice, now)
        for demo in PATIENTS:
            _keep_booked(connection, demo, now)


def is_empty(database: Database) -> bool:
    """Whether the local practice has no patients at all."""
    with database.read() as connection:
        return connection.execute(select(tables.patient.c.id).limit(1)).first() is None


def _add_sessions(connection: Connection, practice: Practice, now: datetime) -> None:
    held = set(connection.execute(select(tables.session.c.id)).scalars())
    sessions, slots = [], []
    for session, its_slots in _sessions(practice, now):
        if session["id"] not in held:
            sessions.append(session)
            slots.extend(its_slots)
    if sessions:
        connection.execute(insert(tables.session), sessions)
        connection.execute(insert(tables.slot), slots)


def _sessions(practice: Practice, now: datetime) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    today = now.astimezone(practice.zone).date()
    for ahead in range(practice.booking.window_days + 1):
        day = today + timedelta(days=ahead)
        if not practice.open_spans(day):
            continue
        for pattern in _PATTERNS:
            if day.weekday() in pattern.weekdays:
                yield _session(pattern, day, practice)


def _session(pattern: _Pattern, day: date, practice: Practice) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    start = datetime.combine(day, time.fromisoformat(pattern.start), practice.zone)
    session_id = f"{pattern.clinician_id}-{day:%Y%m%d}-{start:%H%M}"
    session = {
        "id": session_id,
        "clinician_id": pattern.clinician_id,
        "type": pattern.type,
        "site": practice.name,
        "min_age": pattern.min_age,
        "max_age": pattern.max_age,
        "sex": pattern.sex,
        "start": start,
    }
    spans = practice.open_spans(day)
    starts = (start + timedelta(minutes=_SLOT_MINUTES * index) for index in range(pattern.slots))
    return session, [
        {
            "id": f"{session_id}-{begins:%H%M}",
            "session_id": session_id,
            "start": begins,
            "minutes": _SLOT_MINUTES,
            "mode": pattern.mode,
            "online_bookable": pattern.online,
            "status": "busy" if _is_taken(session_id, begins) else "free",
        }
        for begins in starts
        if any(span.start <= begins.time() < span.end for span in spans)
    ]


def _is_taken(session_id: str, begins: datetime) -> bool:
    """Two in five slots are somebody else's, the same ones each time."""
    return sha256(f"{session_id}{begins:%H%M}".encode()).digest()[0] % 5 < 2


def _keep_booked(connection: Connection, demo: DemoPatient, now: datetime) -> None:
    """Give a demo patient the appointments they are there to show."""
    held = tables.appointment.join(tables.slot)
    future = connection.execute(
        select(tables.appointment.c.id)
        .select_from(held)
        .where(
            tables.appointment.c.patient_id == demo.patient.id,
            tables.appointment.c.status == "booked",
            tables.slot.c.start > now,
        )
    ).all()
    for index in range(len(future), demo.has):
        _book_for(connection, demo.patient, now, days=2 + 5 * index)


def _book_for(connection: Connection, patient: Patient, now: datetime, days: int) -> None:
    earliest = now + (timedelta(minutes=10) if patient.id == _TOO_NEAR else timedelta(days=days))
    slot_id = connection.execute(
        select(tables.slot.c.id)
        .select_from(tables.slot.join(tables.session))
        .where(tables.slot.c.status == "free", tables.slot.c.start > earliest, tables.session.c.type == "general")
        .order_by(tables.slot.c.start, tables.slot.c.id)
        .limit(1)
    ).scalar_one()
    if patient.id == _TOO_NEAR:
        slot_id = _squeeze_in(connection, slot_id, now)
    connection.execute(update(tables.slot).where(tables.slot.c.id == slot_id).values(status="busy"))
    connection.execute(
        insert(tables.appointment).values(
            id=secrets.token_hex(8),
            patient_id=patient.id,
            slot_id=slot_id,
            status="booked",
            reference=f"DM{sha256(f'{patient.id}{slot_id}'.encode()).hexdigest()[:4].upper()}",
            made_at=now,
        )
    )


def _squeeze_in(connection: Connection, like: str, now: datetime) -> str:
    """A phone call half an hour from now, in the session of another slot."""
    session_id = connection.execute(select(tables.slot.c.session_id).where(tables.slot.c.id == like)).scalar_one()
    start = (now + timedelta(minutes=35)).replace(
        minute=(now + timedelta(minutes=35)).minute // 5 * 5, second=0, microsecond=0
    )
    slot_id = f"extra-{start:%Y%m%d%H%M}"
    insert_or_ignore(
        connection,
        tables.slot,
        id=slot_id,
        session_id=session_id,
        start=start,
        minutes=_SLOT_MINUTES,
        mode="phone",
        online_bookable=False,
        status="free",
    )
    return slot_id
