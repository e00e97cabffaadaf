"""The demo practice's sessions and the appointments kept booked in them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from bot.backend import tables
from bot.backend.base import Patient
from bot.practice import Practice
from bot.store.conversations import insert_or_ignore

_SLOT_MINUTES = 10
_TOO_NEAR = "patient-09"


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


def add_sessions(connection: Connection, practice: Practice, now: datetime) -> None:
    """Add the sessions of the booking window that are not there yet, two in five slots taken."""
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


def keep_booked(connection: Connection, patient: Patient, count: int, now: datetime) -> None:
    """Give a demo patient as many appointments as they are there to show."""
    held = tables.appointment.join(tables.slot)
    future = connection.execute(
        select(tables.appointment.c.id)
        .select_from(held)
        .where(
            tables.appointment.c.patient_id == patient.id,
            tables.appointment.c.status == "booked",
            tables.slot.c.start > now,
        )
    ).all()
    for index in range(len(future), count):
        _book_for(connection, patient, now, days=2 + 5 * index)


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
