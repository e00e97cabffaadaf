"""Escalations: conversations that need a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, insert, select
from sqlalchemy.engine import Connection

from bot.store.private import Private
from bot.store.tables import escalation

# Ready-made, since building a statement costs more than running it.
_INSERT = insert(escalation)
_QUEUED = select(escalation.c.id).where(
    escalation.c.conversation_id == bindparam("conversation_id"),
    escalation.c.reason == bindparam("reason"),
    escalation.c.state == "queued",
)


def add_escalation(
    connection: Connection, conversation_id: str, reason: str, urgency: str, summary: str, now: datetime
) -> None:
    """Ask for a person. A conversation already waiting for the same reason is not queued twice, unless it is urgent."""
    same = {"conversation_id": conversation_id, "reason": reason}
    if urgency != "urgent" and is_queued(connection, conversation_id, reason):
        return
    connection.execute(
        _INSERT,
        {**same, "urgency": urgency, "summary": Private(summary, conversation_id), "opened_at": now},
    )


def is_queued(connection: Connection, conversation_id: str, reason: str) -> bool:
    """Whether the conversation waits for a person for this reason."""
    return connection.execute(_QUEUED, {"conversation_id": conversation_id, "reason": reason}).first() is not None
