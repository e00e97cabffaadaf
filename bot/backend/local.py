"""A clinical system in our own database: for the demonstration, for tests, and as the model for other adapters."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.backend import rules, tables
from bot.backend.base import (
    Appointment,
    Clinician,
    NoSuchAppointment,
    NotSuitable,
    Patient,
    Refused,
    Slot,
    SlotSearch,
    SlotTaken,
    Unavailable,
)
from bot.backend.people import patient_from_row
from bot.clock import Clock
from bot.practice import Practice
from bot.store.database import Database
from bot.store.private import Private

_BATCH = 200
_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
# No vowels, and nothing that is mistaken for something else when read aloud.
_REFERENCE_LETTERS = "BCDFGHJKMNPQRTVWXY346789"

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
)
_SLOTS = select(*_SLOT_COLUMNS).select_from(tables.slot.join(tables.session).join(tables.clinician))
_APPOINTMENTS = (
    select(*_SLOT_COLUMNS, *_APPOINTMENT_COLUMNS)
    .select_from(tables.appointment.join(tables.slot).join(tables.session).join(tables.clinician))
    .where(tables.appointment.c.patient_id == bindparam("patient_id"))
)
_APPOINTMENT = _APPOINTMENTS.where(tables.appointment.c.id == bindparam("appointment_id"))
_FUTURE = _APPOINTMENTS.where(tables.appointment.c.status == "booked", tables.slot.c.start > bindparam("now")).order_by(
    tables.slot.c.start
)
_SLOT = _SLOTS.where(tables.slot.c.id == bindparam("slot_id"))
_PATIENT = select(tables.patient).where(tables.patient.c.id == bindparam("patient_id"))
_PATIENT_LOCKED = _PATIENT.with_for_update()
_WITH_MOBILE = (
    select(tables.patient).where(tables.patient.c.mobile_index == bindparam("mobile")).order_by(tables.patient.c.id)
)
_CLINICIANS = select(tables.clinician)


class LocalBackend:
    """`PracticeBackend` on SQLAlchemy. Booking is one transaction whose slot update has one winner."""

    def __init__(self, database: Database, practice: Practice, clock: Clock) -> None:
        self._database, self._practice, self._clock = database, practice, clock

    def patient(self, patient_id: str) -> Patient:
        with self._database.read() as connection:
            return self._patient(connection, patient_id)

    def patients_with_mobile(self, mobile: str) -> list[Patient]:
        with self._database.read() as connection:
            return [patient_from_row(row) for row in connection.execute(_WITH_MOBILE, {"mobile": mobile})]

    def clinicians(self) -> list[Clinician]:
        with self._database.read() as connection:
            return [_as_clinician(row) for row in connection.execute(_CLINICIANS)]

    def free_slots(self, patient_id: str, search: SlotSearch, limit: int) -> list[Slot]:
        now = self._clock()
        found: list[Slot] = []
        unsuitable = False
        with self._database.read() as connection:
            patient = self._patient(connection, patient_id)
            for slot in map(_as_slot, connection.execute(self._free(search, now))):
                if not self._fits(slot, search):
                    continue
                if not self._suits(slot, patient, now):
                    unsuitable = True
                    continue
                found.append(slot)
                if len(found) == limit:
                    break
        if unsuitable and not found:
            raise NotSuitable
        return found

    def appointments(self, patient_id: str) -> list[Appointment]:
        with self._database.read() as connection:
            return self._future(connection, patient_id)

    def book(self, patient_id: str, slot_id: str, reason: str, key: str) -> Appointment:
        def change(connection: Connection) -> str:
            patient = self._lock_patient(connection, patient_id)
            slot = self._slot(connection, slot_id)
            rules.check_slot(slot, patient, self._practice.booking, self._practice.zone, self._clock())
            rules.check_count(self._future(connection, patient_id), self._practice.booking)
            return self._take(connection, patient_id, slot_id, reason)

        return self._once(key, patient_id, change)

    def cancel(self, patient_id: str, appointment_id: str, key: str) -> Appointment:
        def change(connection: Connection) -> str:
            self._lock_patient(connection, patient_id)
            held = self._held(connection, patient_id, appointment_id)
            rules.check_cancel(held, self._practice.booking, self._clock())
            self._give_back(connection, held)
            return appointment_id

        return self._once(key, patient_id, change)

    def reschedule(self, patient_id: str, appointment_id: str, slot_id: str, key: str) -> Appointment:
        def change(connection: Connection) -> str:
            patient = self._lock_patient(connection, patient_id)
            held = self._held(connection, patient_id, appointment_id)
            rules.check_cancel(held, self._practice.booking, self._clock())
            slot = self._slot(connection, slot_id)
            rules.check_slot(slot, patient, self._practice.booking, self._practice.zone, self._clock())
            self._give_back(connection, held)
            return self._take(connection, patient_id, slot_id, held.reason)

        return self._once(key, patient_id, change)

    def _once(self, key: str, patient_id: str, change: Callable[[Connection], str]) -> Appointment:
        """Run a change in one transaction, or give what it came to the first time."""
        try:
            return self._attempt(key, patient_id, change)
        except (IntegrityError, OperationalError):
            # Somebody was quicker, with the same key or for the same slot; or the connection broke, perhaps after the
            # change was made. A second look tells which.
            pass
        try:
            return self._attempt(key, patient_id, change)
        except IntegrityError:
            raise SlotTaken from None
        except OperationalError:
            raise Unavailable from None

    def _attempt(self, key: str, patient_id: str, change: Callable[[Connection], str]) -> Appointment:
        known = select(tables.request.c.appointment_id).where(tables.request.c.key == key)
        with self._database.write() as connection:
            done = connection.execute(known).scalar()
            if done is None:
                done = change(connection)
                connection.execute(insert(tables.request).values(key=key, appointment_id=done, at=self._clock()))
            return self._appointment(connection, patient_id, done)

    def _take(self, connection: Connection, patient_id: str, slot_id: str, reason: str) -> str:
        won = connection.execute(
            update(tables.slot).where(tables.slot.c.id == slot_id, tables.slot.c.status == "free").values(status="busy")
        )
        if won.rowcount != 1:
            raise SlotTaken
        identifier = secrets.token_hex(8)
        connection.execute(
            insert(tables.appointment).values(
                id=identifier,
                patient_id=patient_id,
                slot_id=slot_id,
                status="booked",
                reference="".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(6)),
                reason=Private(reason, identifier) if reason else None,
                made_at=self._clock(),
            )
        )
        return identifier

    def _give_back(self, connection: Connection, held: Appointment) -> None:
        cancelled = update(tables.appointment).where(tables.appointment.c.id == held.id).values(status="cancelled")
        freed = update(tables.slot).where(tables.slot.c.id == held.slot.id).values(status="free")
        connection.execute(cancelled)
        connection.execute(freed)

    def _lock_patient(self, connection: Connection, patient_id: str) -> Patient:
        """Two changes for one patient wait for each other, so that both cannot pass the count."""
        return self._patient(connection, patient_id, lock=True)

    def _patient(self, connection: Connection, patient_id: str, lock: bool = False) -> Patient:
        query = _PATIENT_LOCKED if lock else _PATIENT
        row = connection.execute(query, {"patient_id": patient_id}).one_or_none()
        if row is None:
            raise Unavailable
        return patient_from_row(row)

    def _slot(self, connection: Connection, slot_id: str) -> Slot:
        row = connection.execute(_SLOT, {"slot_id": slot_id}).one_or_none()
        if row is None:
            raise SlotTaken
        return _as_slot(row)

    def _held(self, connection: Connection, patient_id: str, appointment_id: str) -> Appointment:
        held = self._appointment(connection, patient_id, appointment_id)
        if held.status != "booked":
            raise NoSuchAppointment
        return held

    def _appointment(self, connection: Connection, patient_id: str, appointment_id: str) -> Appointment:
        sought = {"appointment_id": appointment_id, "patient_id": patient_id}
        row = connection.execute(_APPOINTMENT, sought).one_or_none()
        if row is None:
            raise NoSuchAppointment
        return _as_appointment(row)

    def _future(self, connection: Connection, patient_id: str) -> list[Appointment]:
        rows = connection.execute(_FUTURE, {"patient_id": patient_id, "now": self._clock()})
        return [_as_appointment(row) for row in rows]

    def _free(self, search: SlotSearch, now: datetime) -> Any:
        """Free slots in the span that the search can at most cover; the finer points are `_fits`."""
        booking, zone = self._practice.booking, self._practice.zone
        last = rules.last_bookable_day(booking, zone, now)
        date_to = min(search.date_to or last, last)
        earliest = now + timedelta(minutes=booking.embargo_minutes)
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

    def _fits(self, slot: Slot, search: SlotSearch) -> bool:
        local = slot.start.astimezone(self._practice.zone)
        day, start = local.date(), local.time()
        return (
            (not search.days or day in search.days)
            and _WEEKDAYS[day.weekday()] not in search.exclude
            and day.isoformat() not in search.exclude
            and (search.time_from is None or start >= search.time_from)
            and (search.time_to is None or start < search.time_to or start == search.time_from)
        )

    def _suits(self, slot: Slot, patient: Patient, now: datetime) -> bool:
        try:
            rules.check_slot(slot, patient, self._practice.booking, self._practice.zone, now)
        except Refused:
            return False
        return True


def _as_clinician(row: Any) -> Clinician:
    return Clinician(row.id, row.name, row.role, row.sex)


def _as_slot(row: Any) -> Slot:
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


def _as_appointment(row: Any) -> Appointment:
    reason = row.reason.open(row.appointment_id) if row.reason else ""
    return Appointment(row.appointment_id, row.patient_id, _as_slot(row), row.appointment_status, row.reference, reason)
