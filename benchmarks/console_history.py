"""What a quarter leaves behind besides messages: texts, the audit trail, and escalations that were answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from bot.program import Program
from bot.store.audit import AuditEntry, add_entries
from bot.store.private import Private
from bot.store.staff_tables import escalation
from bot.store.tables import outbox

_DAYS, _BATCH = 90, 1000
_ENTRIES = ("see_appointments", "appointment.list", "book_appointment", "appointment.book")  # of each conversation


def add_history(program: Program, ids: Sequence[str], live: int) -> None:
    """Of each conversation a text and five audit entries; of one in five an escalation; one in twelve not understood.

    Args:
        live: so many at the start of `ids` get no escalation: theirs are still open.
    """
    now = program.clock()
    for start in range(0, len(ids), _BATCH):
        part = [(number, each) for number, each in enumerate(ids[start : start + _BATCH], start)]
        with program.database.write() as connection:
            connection.execute(insert(outbox), [_text(number, each, now) for number, each in part])
            answered = [_escalation(number, each, now) for number, each in part if number >= live and number % 5 == 0]
            if answered:
                connection.execute(insert(escalation), answered)
            add_entries(connection, [entry for number, each in part for entry in _entries(number, each, now)])


def _at(number: int, now: datetime) -> datetime:
    return now - timedelta(days=number % _DAYS, minutes=number % 600)


def _text(number: int, owner: str, now: datetime) -> dict[str, Any]:
    is_lost = number % 40 == 0
    return {
        "conversation_id": owner,
        "number_index": f"{number}",
        "number": Private("+447700900000", "outbox"),
        "body": Private("Riverside Surgery: your appointment is booked.", "outbox"),
        "segments": 1,
        "state": "failed" if is_lost else "delivered",
        "error_code": "30005" if is_lost else None,
        "due_at": _at(number, now),
        "created_at": _at(number, now),
    }


def _escalation(number: int, owner: str, now: datetime) -> dict[str, Any]:
    at = _at(number, now)
    return {
        "conversation_id": owner,
        "reason": ("asked_for_person", "not_understood", "other_language", "not_me")[number % 11 % 4],
        "urgency": "urgent" if number % 9 == 0 else "routine",
        "state": "resolved",
        "version": 0,
        "opened_at": at,
        "first_reply_at": at + timedelta(minutes=2 + number % 240),
        "closed_at": at + timedelta(hours=5),
    }


def _entries(number: int, owner: str, now: datetime) -> list[AuditEntry]:
    at, patient_id = _at(number, now), f"patient-{1 + number % 20:02}"
    entries = [AuditEntry(at, action, "done", "web", owner, patient_id) for action in _ENTRIES]
    if number % 12 == 0:
        entries.append(AuditEntry(at, "message.read", "not_understood", "web", owner, subject=str(6 * number + 1)))
    return entries
