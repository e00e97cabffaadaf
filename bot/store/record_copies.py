"""Messages on their way into the record. A copy is planned with the message, and noted once the record has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from bot.store.private import CannotOpen
from bot.store.tables import message
from bot.store.writing_tables import record_copy

_INSERT = insert(record_copy)
_DUE = (
    select(record_copy, message.c.conversation_id, message.c.author, message.c.text, message.c.at)
    .join(message, message.c.id == record_copy.c.message_id)
    .where(record_copy.c.copied_at.is_(None), record_copy.c.due_at <= bindparam("now"))
    .order_by(record_copy.c.due_at, record_copy.c.message_id)
    .limit(1)
)


@dataclass(frozen=True)
class RecordCopy:
    """`text` is None if it no longer opens. `tries`: how often the record could not take it."""

    message_id: int
    conversation_id: str
    patient_id: str
    author: str
    text: str | None
    at: datetime
    tries: int


def plan_copy(connection: Connection, message_id: int, patient_id: str, now: datetime) -> None:
    connection.execute(_INSERT, {"message_id": message_id, "patient_id": patient_id, "due_at": now})


def find_due(connection: Connection, now: datetime) -> RecordCopy | None:
    """The next that is due, the longest due first."""
    row = connection.execute(_DUE, {"now": now}).first()
    return _as_copy(row) if row else None


def note_copied(connection: Connection, message_id: int, now: datetime) -> bool:
    """The record has it; False if that was noted before."""
    copied = update(record_copy).where(record_copy.c.message_id == message_id, record_copy.c.copied_at.is_(None))
    return bool(connection.execute(copied.values(copied_at=now)).rowcount == 1)


def put_off(connection: Connection, message_id: int, until: datetime) -> None:
    """The record could not take it: it is tried again then."""
    later = update(record_copy).where(record_copy.c.message_id == message_id)
    connection.execute(later.values(due_at=until, tries=record_copy.c.tries + 1))


def _as_copy(row: Any) -> RecordCopy:
    try:
        text = row.text.open(row.conversation_id)
    except CannotOpen:
        text = None
    return RecordCopy(row.message_id, row.conversation_id, row.patient_id, row.author, text, row.at, row.tries)
