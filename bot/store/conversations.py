"""Conversations: one episode with one patient or unknown person on one channel."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from bot.store.private import Private
from bot.store.tables import conversation, message

SMS, WEB = "sms", "web"

# Ready-made, since building a statement costs more than running it.
_BY_ID = select(conversation).where(conversation.c.id == bindparam("conversation_id"))
_OPEN = select(conversation).where(
    conversation.c.channel == bindparam("channel"),
    conversation.c.address_index == bindparam("address"),
    conversation.c.closed_at.is_(None),
)
_TOUCH = (
    update(conversation)
    .where(conversation.c.id == bindparam("conversation_id"))
    .values(last_activity_at=bindparam("now"))
)


@dataclass(frozen=True)
class Conversation:
    """Attributes:
    id: opaque; also Rasa's sender id.
    channel: SMS or WEB.
    address: the E.164 number on SMS; an opaque session address on the web.
    owner: "bot" or "staff"; only the owner may send.
    tracker_from: events of the Rasa tracker before this id are no longer read.
    """

    id: str
    channel: str
    address: str
    owner: str
    tracker_from: int


def insert_or_ignore(connection: Connection, table: Table, **values: Any) -> tuple[Any, ...] | None:
    """Insert a row unless one with the same key is there; gives the primary key if it was inserted."""
    stored = connection.execute(_insert_or_ignore(table, connection.dialect.name), values)
    return tuple(stored.inserted_primary_key) if stored.rowcount else None


@cache
def _insert_or_ignore(table: Table, dialect: str) -> Any:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()


def open_conversation(
    connection: Connection, channel: str, address: str, now: datetime, quiet: timedelta
) -> Conversation:
    """The open conversation at this address; a new one if there is none or the last has been quiet for so long."""
    held = _find_open(connection, channel, address)
    if (held is not None and now - held.last_activity_at < quiet) or (held is not None and _is_busy(connection, held)):
        connection.execute(_TOUCH, {"conversation_id": held.id, "now": now})
        return _as_conversation(held)
    if held is not None:
        close_conversation(connection, held.id, now)
    identifier = secrets.token_hex(16)
    insert_or_ignore(
        connection,
        conversation,
        id=identifier,
        channel=channel,
        address_index=address,
        address=Private(address, identifier),
        started_at=now,
        last_activity_at=now,
    )
    return _as_conversation(_find_open(connection, channel, address))


def get_conversation(connection: Connection, conversation_id: str) -> Conversation:
    return _as_conversation(connection.execute(_BY_ID, {"conversation_id": conversation_id}).one())


def close_conversation(connection: Connection, conversation_id: str, now: datetime) -> None:
    connection.execute(update(conversation).where(conversation.c.id == conversation_id).values(closed_at=now))


def forget_tracker_before(connection: Connection, conversation_id: str, event_id: int) -> None:
    """The next turn starts with an empty tracker: no journey is under way that would need the old events."""
    connection.execute(update(conversation).where(conversation.c.id == conversation_id).values(tracker_from=event_id))


def _find_open(connection: Connection, channel: str, address: str) -> Any:
    return connection.execute(_OPEN, {"channel": channel, "address": address}).one_or_none()


def _is_busy(connection: Connection, held: Any) -> bool:
    """Staff own it, or something written in it still waits for its turn."""
    waiting = select(message.c.id).where(message.c.conversation_id == held.id, message.c.done_at.is_(None)).limit(1)
    return held.owner != "bot" or connection.execute(waiting).first() is not None


def _as_conversation(row: Any) -> Conversation:
    return Conversation(row.id, row.channel, row.address.open(row.id), row.owner, row.tracker_from)
