"""Clinicians, slots and appointments of the local practice, as they are read from its tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection

from bot.backend import tables
from bot.backend.base import Appointment, Clinician, Slot, SlotSearch

_BATCH = 200
_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")

# Ready-made, since building a statement costs more than running it.
_SLOT_COLUMNS = (
    tables.slot,
    tables.session.c.type.label("session_type"),
    tables.session.c.site,
    tables.session.c.min_age,
    tables.session.c.max_age,
    tables.session.c.sex.label("for_sex"),
    tables.clinician.c.id.label("clinician_id"),
    tables.clinician.c.name,
    tables.clinician.c.role,
    tables.clinician.c.sex.label("clinician_sex"),
)
_APPOINTMENT_COLUMNS = (
    tables.appointment.c.id.label("appointment_id"),
    tables.appointment.c.patient_id,
    tables.appointment.c.status.label("appointment_status"),
    tables.appointment.c.reference,
    tables.appointment.c.reason,
    tables.appointment.c.made_at,
)
_SLOTS = select(*_SLOT_COLUMNS).select_from(tables.slot.join(tables.session).join(tables.clinician))
_EVERYBODYS = select(*_SLOT_COLUMNS, *_APPOINTMENT_COLUMNS).select_from(
    tables.appointment.join(tables.slot).join(tables.session).join(tables.clinician)
)
_APPOINTMENTS = _EVERYBODYS.where(tables.appointment.c.patient_id == bindparam("patient_id"))
APPOINTMENT = _APPOINTMENTS.where(tables.appointment.c.id == bindparam("appointment_id"))
ANY_APPOINTMENT = _EVERYBODYS.where(tables.appointment.c.id == bindparam("appointment_id"))
FUTURE = _APPOINTMENTS.where(tables.appointment.c.status == "booked", tables.slot.c.start > bindparam("now")).order_by(
    tables.slot.c.start
)
BETWEEN = _EVERYBODYS.where(
    tables.appointment.c.status == "booked",
    tables.slot.c.start >= bindparam("start"),
    tables.slot.c.start < bindparam("end"),
).order_by(tables.slot.c.start, tables.appointment.c.id)
SLOT = _SLOTS.where(tables.slot.c.id == bindparam("slot_id"))
CLINICIANS = select(tables.clinician)


def find_free(
    connection: Connection, search: SlotSearch, earliest: datetime, last: date, zone: ZoneInfo
) -> Iterator[Slot]:
    """Free slots that fit the search and start from `earliest` on, until the end of the day `last`; earliest first."""
    for row in connection.execute(_free(search, earliest, last, zone)):
        slot = as_slot(row)
        if _fits(slot, search, zone):
            yield slot


def as_clinician(row: Any) -> Clinician:
    return Clinician(row.id, row.name, row.role, row.sex)


def as_slot(row: Any) -> Slot:
    return Slot(
        id=row.id,
        start=row.start,
        minutes=row.minutes,
        clinician=Clinician(row.clinician_id, row.name, row.role, row.clinician_sex),
        mode=row.mode,
        site=row.site,
        session_type=row.session_type,
        min_age=row.min_age,
        max_age=row.max_age,
        sex=row.for_sex,
        online_bookable=row.online_bookable,
    )


def as_appointment(row: Any) -> Appointment:
    reason = row.reason.open(row.appointment_id) if row.reason else ""
    facts = (row.appointment_id, row.patient_id, as_slot(row), row.appointment_status, row.reference, reason)
    return Appointment(*facts, row.made_at)


def _free(search: SlotSearch, earliest: datetime, last: date, zone: ZoneInfo) -> Any:
    """Free slots in the span that the search can at most cover; the finer points are `_fits`."""
    date_to = min(search.date_to or last, last)
    if search.date_from:
        earliest = max(earliest, datetime.combine(search.date_from, datetime.min.time(), zone))
    query = _SLOTS.where(
        tables.slot.c.status == "free",
        tables.slot.c.online_bookable.is_(True),
        tables.slot.c.start >= earliest,
        tables.slot.c.start < datetime.combine(date_to + timedelta(days=1), datetime.min.time(), zone),
    )
    if search.after:
        query = query.where(tables.slot.c.start > search.after)
    if search.before:
        query = query.where(tables.slot.c.start < search.before)
    if search.clinician_ids:
        query = query.where(tables.session.c.clinician_id.in_(search.clinician_ids))
    if search.session_types:
        query = query.where(tables.session.c.type.in_(search.session_types))
    if search.mode:
        query = query.where(tables.slot.c.mode == search.mode)
    return query.order_by(tables.slot.c.start, tables.slot.c.id).execution_options(yield_per=_BATCH)


def _fits(slot: Slot, search: SlotSearch, zone: ZoneInfo) -> bool:
    local = slot.start.astimezone(zone)
    day, start = local.date(), local.time()
    return (
        (not search.days or day in search.days)
        and _WEEKDAYS[day.weekday()] not in search.exclude
        and day.isoformat() not in search.exclude
        and (search.time_from is None or start >= search.time_from)
        and (search.time_to is None or start < search.time_to or start == search.time_from)
    )
