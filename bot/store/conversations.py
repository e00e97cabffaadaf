"""Conversations: one episode with one patient or unknown person on one channel."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from bot.store import grants
from bot.store.private import Private
from bot.store.staff_tables import escalation
from bot.store.tables import conversation, message, rasa_event

SMS, WEB = "sms", "web"
THREAD = "thread"  # what is written to the practice on its own pages; staff own it from the start
DESK = "desk"  # of staff alone: there is nobody to write to
BOT, STAFF_OWNS = "bot", "staff"

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
    channel: SMS, WEB, THREAD or DESK.
    address: the E.164 number on SMS; an opaque session address on the web; otherwise what it is about.
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
    """The open conversation at this address; a new one if there is none or the last has been quiet for so long.

    One that waits for a person goes on however long it takes, or staff would answer in a conversation that is over
    while the assistant talks in another; what had been begun and proved in it is over all the same.
    """
    held = _find_open(connection, channel, address)
    is_quiet = held is not None and now - held.last_activity_at >= quiet
    if held is not None and (not is_quiet or _is_busy(connection, held)):
        if is_quiet and _waits_for_person(connection, held):
            _begin_anew(connection, held.id, now)
        connection.execute(_TOUCH, {"conversation_id": held.id, "now": now})
        return get_conversation(connection, held.id)
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
    return as_conversation(_find_open(connection, channel, address))


def get_conversation(connection: Connection, conversation_id: str) -> Conversation:
    return as_conversation(connection.execute(_BY_ID, {"conversation_id": conversation_id}).one())


def find_conversation(connection: Connection, conversation_id: str) -> Conversation | None:
    row = connection.execute(_BY_ID, {"conversation_id": conversation_id}).one_or_none()
    return as_conversation(row) if row else None


def find_conversations(connection: Connection, address: str, limit: int) -> list[Conversation]:
    """Those at this address, newest first, on whatever channel."""
    at = select(conversation).where(conversation.c.address_index == address)
    return [
        as_conversation(row) for row in connection.execute(at.order_by(conversation.c.started_at.desc()).limit(limit))
    ]


def was_opened(connection: Connection, channel: str, address: str) -> bool:
    """Whether there was ever a conversation at this address, open or closed."""
    ever = select(conversation.c.id).where(conversation.c.channel == channel, conversation.c.address_index == address)
    return connection.execute(ever.limit(1)).first() is not None


def close_conversation(connection: Connection, conversation_id: str, now: datetime) -> None:
    connection.execute(update(conversation).where(conversation.c.id == conversation_id).values(closed_at=now))


def set_owner(connection: Connection, conversation_id: str, owner: str) -> bool:
    """Whose the conversation is from now on; False if it was theirs already."""
    changed = connection.execute(
        update(conversation)
        .where(conversation.c.id == conversation_id, conversation.c.owner != owner)
        .values(owner=owner)
    )
    return bool(changed.rowcount == 1)


def owner_for_sending(connection: Connection, conversation_id: str) -> str:
    """Whose it is, and stays until this transaction ends."""
    # Rows that name the conversation may be added meanwhile: two who add some and then come here must not wait for
    # each other for ever.
    held = select(conversation.c.owner).where(conversation.c.id == conversation_id).with_for_update(key_share=True)
    return str(connection.execute(held).scalar_one())


def forget_tracker(connection: Connection, conversation_id: str) -> None:
    """The next turn starts afresh, whatever was under way."""
    newest = select(func.max(rasa_event.c.id)).where(rasa_event.c.conversation_id == conversation_id)
    event_id = connection.execute(newest).scalar_one_or_none()
    if event_id is not None:
        forget_tracker_before(connection, conversation_id, int(event_id) + 1)


def forget_tracker_before(connection: Connection, conversation_id: str, event_id: int) -> None:
    """The next turn starts with an empty tracker: no journey is under way that would need the old events."""
    connection.execute(update(conversation).where(conversation.c.id == conversation_id).values(tracker_from=event_id))


def _find_open(connection: Connection, channel: str, address: str) -> Any:
    return connection.execute(_OPEN, {"channel": channel, "address": address}).one_or_none()


def _is_busy(connection: Connection, held: Any) -> bool:
    """It waits for a person, or something written in it still waits for its turn."""
    waiting = select(message.c.id).where(message.c.conversation_id == held.id, message.c.done_at.is_(None)).limit(1)
    return _waits_for_person(connection, held) or connection.execute(waiting).first() is not None


def _waits_for_person(connection: Connection, held: Any) -> bool:
    live = select(escalation.c.id).where(escalation.c.conversation_id == held.id, escalation.c.closed_at.is_(None))
    return held.owner != BOT or connection.execute(live.limit(1)).first() is not None


def _begin_anew(connection: Connection, conversation_id: str, now: datetime) -> None:
    forget_tracker(connection, conversation_id)
    grants.end_grants(connection, now, "quiet", conversation_id=conversation_id)
    grants.close_challenges(connection, conversation_id, now)


def as_conversation(row: Any) -> Conversation:
    return Conversation(row.id, row.channel, row.address.open(row.id), row.owner, row.tracker_from)
