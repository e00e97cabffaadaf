"""Web chat sessions: a random token in the browser's cookie, kept here only as its hash."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import and_, bindparam, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from bot.store.staff_tables import escalation
from bot.store.tables import conversation, web_session

# Ready-made, since building a statement costs more than running it.
_WAITS = (
    select(escalation.c.id)
    .where(escalation.c.conversation_id == conversation.c.id, escalation.c.closed_at.is_(None))
    .exists()
)
_LIVE = (
    select(web_session.c.conversation_id, web_session.c.last_seen_at, _WAITS.label("waits"))
    .select_from(web_session.join(conversation))
    .where(
        web_session.c.token_hash == bindparam("hash"),
        web_session.c.ended_at.is_(None),
        or_(
            web_session.c.last_seen_at > bindparam("seen_since"),
            and_(web_session.c.last_seen_at > bindparam("waiting_since"), _WAITS),
        ),
        conversation.c.closed_at.is_(None),
    )
)
_TOUCH = update(web_session).where(web_session.c.token_hash == bindparam("hash")).values(last_seen_at=bindparam("now"))


@dataclass(frozen=True)
class WebSession:
    """A browser's hold on one conversation, and for how long it is held without use."""

    conversation_id: str
    last_seen_at: datetime
    idle: timedelta


def start_session(connection: Connection, conversation_id: str, now: datetime) -> str:
    """Make a session; gives the token for the cookie (256 bits)."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(web_session).values(
            token_hash=_hash(token), conversation_id=conversation_id, created_at=now, last_seen_at=now
        )
    )
    return token


def find_session(
    connection: Connection, token: str, now: datetime, idle: timedelta, waiting: timedelta | None = None
) -> WebSession | None:
    """The live session of this token: not ended, its conversation still open, and seen lately. `waiting`: how lately
    where the conversation waits for a person, who may take longer to answer than somebody sits at a screen."""
    sought = {"hash": _hash(token), "seen_since": now - idle, "waiting_since": now - (waiting or idle)}
    row = connection.execute(_LIVE, sought).one_or_none()
    return WebSession(row.conversation_id, row.last_seen_at, (waiting or idle) if row.waits else idle) if row else None


def is_in_chat(connection: Connection, conversation_id: str, since: datetime) -> bool:
    """Whether a browser still holds this conversation, seen since then: what is written in it can be read."""
    live = select(web_session.c.token_hash).where(
        web_session.c.conversation_id == conversation_id,
        web_session.c.ended_at.is_(None),
        web_session.c.last_seen_at > since,
    )
    return connection.execute(live.limit(1)).first() is not None


def count_since(connection: Connection, since: datetime) -> int:
    """How many sessions were begun since then, by anyone."""
    begun = select(func.count()).select_from(web_session).where(web_session.c.created_at > since)
    return int(connection.execute(begun).scalar_one())


def touch_session(connection: Connection, token: str, now: datetime) -> None:
    connection.execute(_TOUCH, {"hash": _hash(token), "now": now})


def end_sessions(connection: Connection, conversation_id: str, now: datetime) -> None:
    connection.execute(
        update(web_session)
        .where(web_session.c.conversation_id == conversation_id, web_session.c.ended_at.is_(None))
        .values(ended_at=now)
    )


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
