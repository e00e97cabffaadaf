"""An invented practice for the demonstration, dated relative to today. The same day always gives the same practice."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.backend import tables
from bot.backend.demo_access import add_access
from bot.backend.demo_people import CLINICIANS, PATIENTS
from bot.backend.demo_prescribing import add_prescribing
from bot.backend.demo_record import demo_entries, demo_results
from bot.backend.demo_sessions import add_sessions, keep_booked
from bot.backend.local_record import entry_to_row, result_to_row
from bot.backend.people import patient_to_row
from bot.clock import Clock
from bot.practice import Practice
from bot.store.conversations import insert_or_ignore
from bot.store.database import Database


def ensure_demo(database: Database, practice: Practice, clock: Clock) -> None:
    """Make the demo practice, or bring it up to today. Doing it again changes nothing."""
    now = clock()
    with database.write() as connection:
        _add_people(connection)
        _add_records(connection, now.astimezone(practice.zone).date())
        add_prescribing(connection, practice, now)
        add_access(connection, practice, now)
        add_sessions(connection, practice, now)
        for demo in PATIENTS:
            keep_booked(connection, demo.patient, demo.has, now)


def is_empty(database: Database) -> bool:
    """Whether the local practice has no patients at all."""
    with database.read() as connection:
        return connection.execute(select(tables.patient.c.id).limit(1)).first() is None


def _add_people(connection: Connection) -> None:
    for clinician in CLINICIANS:
        insert_or_ignore(connection, tables.clinician, **clinician.__dict__)
    for demo in PATIENTS:
        insert_or_ignore(connection, tables.patient, **patient_to_row(demo.patient))


def _add_records(connection: Connection, today: date) -> None:
    for patient_id, result in demo_results(today):
        insert_or_ignore(connection, tables.result, **result_to_row(patient_id, result))
    for patient_id, entry in demo_entries(today):
        insert_or_ignore(connection, tables.entry, **entry_to_row(patient_id, entry))
