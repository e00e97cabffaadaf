"""A clinical system in our own database: for the demonstration, for tests, and as the model for other adapters."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import insert, update
from sqlalchemy.engine import Connection

from bot.backend import local_record, local_slots, people, rules, tables
from bot.backend.base import (
    REGISTERED,
    Appointment,
    Clinician,
    NoSuchAppointment,
    NotSuitable,
    Patient,
    Slot,
    SlotSearch,
    SlotTaken,
)
from bot.backend.local_prescribing import LocalPrescribing
from bot.backend.local_writing import LocalWriting
from bot.backend.once import Once
from bot.backend.record import Entry, Result
from bot.backend.references import new_reference
from bot.backend.refused import Refused
from bot.clock import Clock
from bot.practice import Practice
from bot.store.database import Database
from bot.store.private import Private


class LocalBackend(LocalPrescribing, LocalWriting):
    """`PracticeBackend` on SQLAlchemy. Booking is one transaction whose slot update has one winner."""

    def __init__(self, database: Database, practice: Practice, clock: Clock) -> None:
        self._database, self._practice, self._clock = database, practice, clock
        self._changes = Once(database, clock)

    def patient(self, patient_id: str) -> Patient:
        with self._database.read() as connection:
            return people.patient(connection, patient_id)

    def patients_with_mobile(self, mobile: str) -> list[Patient]:
        with self._database.read() as connection:
            return [people.patient_from_row(row) for row in connection.execute(people.WITH_MOBILE, {"mobile": mobile})]

    def results(self, patient_id: str) -> list[Result]:
        with self._database.read() as connection:
            return local_record.read_results(connection, patient_id)

    def entries(self, patient_id: str) -> list[Entry]:
        with self._database.read() as connection:
            return local_record.read_entries(connection, patient_id)

    def untold_results(self, filed_before: datetime) -> list[tuple[str, Result]]:
        with self._database.read() as connection:
            return local_record.read_untold(connection, filed_before)

    def results_filed_since(self, at: datetime) -> list[tuple[str, Result]]:
        with self._database.read() as connection:
            return local_record.read_filed_since(connection, at)

    def find_patients(self, text: str, limit: int) -> list[Patient]:
        with self._database.read() as connection:
            return people.find(connection, text, limit)

    def patients_born_before(self, day: date) -> list[str]:
        with self._database.read() as connection:
            everybody = (people.patient_from_row(row) for row in connection.execute(people.EVERYBODY))
            return [each.id for each in everybody if each.status == REGISTERED and each.date_of_birth < day]

    def clinicians(self) -> list[Clinician]:
        with self._database.read() as connection:
            return [local_slots.as_clinician(row) for row in connection.execute(local_slots.CLINICIANS)]

    def free_slots(self, patient_id: str, search: SlotSearch, limit: int) -> list[Slot]:
        now = self._clock()
        found: list[Slot] = []
        unsuitable = False
        with self._database.read() as connection:
            patient = people.patient(connection, patient_id)
            for slot in self._free(connection, search, now):
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

    def appointment(self, appointment_id: str) -> Appointment:
        with self._database.read() as connection:
            row = connection.execute(local_slots.ANY_APPOINTMENT, {"appointment_id": appointment_id}).one_or_none()
        if row is None:
            raise NoSuchAppointment
        return local_slots.as_appointment(row)

    def appointments_between(self, start: datetime, end: datetime) -> list[Appointment]:
        with self._database.read() as connection:
            rows = connection.execute(local_slots.BETWEEN, {"start": start, "end": end})
            return [local_slots.as_appointment(row) for row in rows]

    def book(self, patient_id: str, slot_id: str, reason: str, key: str) -> Appointment:
        def change(connection: Connection) -> str:
            patient = people.lock_patient(connection, patient_id)
            slot = self._slot(connection, slot_id)
            rules.check_slot(slot, patient, self._practice.booking, self._practice.zone, self._clock())
            rules.check_count(self._future(connection, patient_id), self._practice.booking)
            return self._take(connection, patient_id, slot_id, reason)

        return self._once(key, patient_id, change)

    def cancel(self, patient_id: str, appointment_id: str, key: str) -> Appointment:
        def change(connection: Connection) -> str:
            people.lock_patient(connection, patient_id)
            held = self._held(connection, patient_id, appointment_id)
            rules.check_cancel(held, self._practice.booking, self._clock())
            self._give_back(connection, held)
            return appointment_id

        return self._once(key, patient_id, change)

    def reschedule(self, patient_id: str, appointment_id: str, slot_id: str, key: str) -> Appointment:
        def change(connection: Connection) -> str:
            patient = people.lock_patient(connection, patient_id)
            held = self._held(connection, patient_id, appointment_id)
            rules.check_cancel(held, self._practice.booking, self._clock())
            slot = self._slot(connection, slot_id)
            rules.check_slot(slot, patient, self._practice.booking, self._practice.zone, self._clock())
            self._give_back(connection, held)
            return self._take(connection, patient_id, slot_id, held.reason)

        return self._once(key, patient_id, change)

    def _once(self, key: str, patient_id: str, change: Callable[[Connection], str]) -> Appointment:
        return self._changes.run(key, change, lambda read, done: self._appointment(read, patient_id, done), SlotTaken())

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
                reference=new_reference(),
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

    def _slot(self, connection: Connection, slot_id: str) -> Slot:
        row = connection.execute(local_slots.SLOT, {"slot_id": slot_id}).one_or_none()
        if row is None:
            raise SlotTaken
        return local_slots.as_slot(row)

    def _held(self, connection: Connection, patient_id: str, appointment_id: str) -> Appointment:
        held = self._appointment(connection, patient_id, appointment_id)
        if held.status != "booked":
            raise NoSuchAppointment
        return held

    def _appointment(self, connection: Connection, patient_id: str, appointment_id: str) -> Appointment:
        sought = {"appointment_id": appointment_id, "patient_id": patient_id}
        row = connection.execute(local_slots.APPOINTMENT, sought).one_or_none()
        if row is None:
            raise NoSuchAppointment
        return local_slots.as_appointment(row)

    def _future(self, connection: Connection, patient_id: str) -> list[Appointment]:
        rows = connection.execute(local_slots.FUTURE, {"patient_id": patient_id, "now": self._clock()})
        return [local_slots.as_appointment(row) for row in rows]

    def _free(self, connection: Connection, search: SlotSearch, now: datetime) -> Iterator[Slot]:
        booking, zone = self._practice.booking, self._practice.zone
        earliest = now + timedelta(minutes=booking.embargo_minutes)
        last = rules.last_bookable_day(booking, zone, now)
        return local_slots.find_free(connection, search, earliest, last, zone)

    def _suits(self, slot: Slot, patient: Patient, now: datetime) -> bool:
        try:
            rules.check_slot(slot, patient, self._practice.booking, self._practice.zone, now)
        except Refused:
            return False
        return True
