"""Copies of messages in the local practice's record, and contact details that staff have agreed to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.engine import Connection

from bot.backend import people, tables
from bot.backend.base import Patient, Unavailable
from bot.backend.once import Once
from bot.store.conversations import insert_or_ignore
from bot.store.database import Database
from bot.store.private import Private


class LocalWriting:
    """The part of `LocalBackend` that keeps what was written."""

    _database: Database
    _changes: Once

    def keep_message(self, patient_id: str, text: str, at: datetime, key: str) -> None:
        with self._database.write() as connection:
            people.patient(connection, patient_id)
            insert_or_ignore(
                connection, tables.kept_message, key=key, patient_id=patient_id, text=Private(text, key), at=at
            )

    def change_contact(self, patient_id: str, kind: str, value: str, key: str) -> Patient:
        def change(connection: Connection) -> str:
            held = people.lock_patient(connection, patient_id)
            new: Any = tuple(value.splitlines()) if kind == "address" else value
            row = people.patient_to_row(replace(held, **{kind: new}))
            connection.execute(update(tables.patient).where(tables.patient.c.id == patient_id).values(row))
            return patient_id

        return self._changes.run(key, change, people.patient, beaten=Unavailable())
