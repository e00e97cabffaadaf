"""Messages that were not understood, and those of them that were offered as examples to train with.

What was judged is not kept here: the audit trail says by whom, and keeps it from being offered again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Connection

from bot.store.conversations import insert_or_ignore
from bot.store.identity_tables import grant
from bot.store.private import Private
from bot.store.staff_tables import staff, training_example
from bot.store.tables import audit, message

NHS_LOGIN = "nhs_login"  # the method of a grant
_DONE_WITH = ("example.dismissed", "example.judged", "example.exported")  # actions in the audit trail


@dataclass(frozen=True)
class Missed:
    """A message nothing could be made of, as it was written."""

    id: int
    conversation_id: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Example:
    """A message without names and numbers, and what it asks for. `is_approved`: None until it was judged."""

    id: int
    message_id: int
    text: str
    intent: str
    proposed_by: str
    proposed_at: datetime
    is_approved: bool | None


def missed_messages(connection: Connection, since: datetime, limit: int) -> list[Missed]:
    """Those nobody has looked at yet, newest first. None of a conversation that NHS login told us something about."""
    ids = _missed_ids(connection, since)
    wanted = (
        select(message)
        .where(message.c.id.in_(sorted(ids, reverse=True)[: 2 * limit]), ~_knows_nhs_login().exists())
        .order_by(message.c.id.desc())
        .limit(limit)
    )
    return [_as_missed(row) for row in connection.execute(wanted)]


def find_missed(connection: Connection, message_id: int, since: datetime) -> Missed | None:
    """One of `missed_messages`."""
    if message_id not in _missed_ids(connection, since):
        return None
    row = connection.execute(select(message).where(message.c.id == message_id, ~_knows_nhs_login().exists())).first()
    return _as_missed(row) if row else None


def patients_of(connection: Connection, conversation_id: str) -> list[str]:
    """Ids of the patients a conversation was ever about, and of whoever acted for them."""
    held = connection.execute(
        select(grant.c.patient_id, grant.c.person_id).where(grant.c.conversation_id == conversation_id)
    )
    return sorted({each for row in held for each in row})


def staff_names(connection: Connection) -> list[str]:
    return list(connection.execute(select(staff.c.name)).scalars())


def add_example(connection: Connection, message_id: int, text: str, intent: str, by: str, now: datetime) -> bool:
    """Offer it; False if it was offered already."""
    stored = insert_or_ignore(
        connection,
        training_example,
        message_id=message_id,
        text=Private(text, str(message_id)),
        intent=intent,
        proposed_by=by,
        proposed_at=now,
    )
    return stored is not None


def examples(connection: Connection, is_approved: bool | None) -> list[Example]:
    """Those that were approved, or with None those that wait to be judged; oldest first."""
    held = select(training_example).where(training_example.c.is_approved.is_(is_approved))
    return [_as_example(row) for row in connection.execute(held.order_by(training_example.c.id))]


def find_example(connection: Connection, example_id: int) -> Example | None:
    row = connection.execute(select(training_example).where(training_example.c.id == example_id)).one_or_none()
    return _as_example(row) if row else None


def approve(connection: Connection, example_id: int, by: str, now: datetime) -> bool:
    """False if somebody has judged it meanwhile."""
    changed = connection.execute(
        update(training_example)
        .where(training_example.c.id == example_id, training_example.c.is_approved.is_(None))
        .values(is_approved=True, judged_by=by, judged_at=now)
    )
    return bool(changed.rowcount == 1)


def delete_examples(connection: Connection, ids: Sequence[int]) -> None:
    connection.execute(delete(training_example).where(training_example.c.id.in_(ids)))


def _missed_ids(connection: Connection, since: datetime) -> set[int]:
    """By the audit trail, without those that were offered, put aside or judged."""
    noted = select(audit.c.action, audit.c.subject).where(audit.c.at >= since, audit.c.subject.is_not(None))
    missed = connection.execute(noted.where(audit.c.action == "message.read", audit.c.outcome == "not_understood"))
    done_with = connection.execute(noted.where(audit.c.action.in_(_DONE_WITH)))
    offered = connection.execute(select(training_example.c.message_id)).scalars()
    return {int(row.subject) for row in missed} - {int(row.subject) for row in done_with} - set(offered)


def _knows_nhs_login() -> Any:
    return select(grant.c.id).where(grant.c.conversation_id == message.c.conversation_id, grant.c.method == NHS_LOGIN)


def _as_missed(row: Any) -> Missed:
    return Missed(row.id, row.conversation_id, row.text.open(row.conversation_id), row.at)


def _as_example(row: Any) -> Example:
    text = row.text.open(str(row.message_id))
    return Example(row.id, row.message_id, text, row.intent, row.proposed_by, row.proposed_at, row.is_approved)
