"""What staff wrote, for the moments in which it can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from bot.store.private import CannotOpen, Private
from bot.store.staff_tables import held_reply

_WAITING = select(held_reply).where(held_reply.c.sent_at.is_(None), held_reply.c.taken_back_at.is_(None))
_DUE = _WAITING.where(held_reply.c.send_at <= bindparam("now")).order_by(held_reply.c.id).limit(1)
_OF = _WAITING.where(held_reply.c.conversation_id == bindparam("conversation_id")).order_by(held_reply.c.id)


@dataclass(frozen=True)
class HeldReply:
    """A reply of staff that the patient has not seen yet. `text` is None if it no longer opens."""

    id: int
    escalation_id: int
    conversation_id: str
    staff_id: str
    text: str | None
    held_at: datetime
    send_at: datetime


def hold_reply(
    connection: Connection,
    escalation_id: int,
    conversation_id: str,
    staff_id: str,
    text: str,
    now: datetime,
    send_at: datetime,
) -> int:
    """Keep a reply until then. The same words again, from the same person, are the same reply: sent twice by a key."""
    for held in held_replies(connection, conversation_id):
        if (held.staff_id, held.text) == (staff_id, text):
            return held.id
    stored = connection.execute(
        insert(held_reply).values(
            escalation_id=escalation_id,
            conversation_id=conversation_id,
            staff_id=staff_id,
            text=Private(text, conversation_id),
            held_at=now,
            send_at=send_at,
        )
    )
    return int(stored.inserted_primary_key[0])


def take_back(connection: Connection, reply_id: int, staff_id: str, now: datetime) -> HeldReply | None:
    """The reply, if it was this person's and was not sent yet: nobody will see it."""
    row = connection.execute(_WAITING.where(held_reply.c.id == reply_id, held_reply.c.staff_id == staff_id)).first()
    return _as_reply(row) if row and _settle(connection, reply_id, taken_back_at=now) else None


def due_reply(connection: Connection, now: datetime) -> HeldReply | None:
    row = connection.execute(_DUE, {"now": now}).first()
    return _as_reply(row) if row else None


def note_sent(connection: Connection, reply_id: int, now: datetime) -> bool:
    """One of several processes wins; False if it was sent, or taken back, meanwhile."""
    return _settle(connection, reply_id, sent_at=now)


def held_replies(connection: Connection, conversation_id: str) -> list[HeldReply]:
    """Those still on hold, oldest first."""
    return [_as_reply(row) for row in connection.execute(_OF, {"conversation_id": conversation_id})]


def _settle(connection: Connection, reply_id: int, **settled: datetime) -> bool:
    changed = connection.execute(
        update(held_reply)
        .where(held_reply.c.id == reply_id, held_reply.c.sent_at.is_(None), held_reply.c.taken_back_at.is_(None))
        .values(**settled)
    )
    return bool(changed.rowcount == 1)


def _as_reply(row: Any) -> HeldReply:
    try:
        text = row.text.open(row.conversation_id)
    except CannotOpen:
        text = None
    return HeldReply(row.id, row.escalation_id, row.conversation_id, row.staff_id, text, row.held_at, row.send_at)
