"""Web chat sessions: a random token in the browser's cookie, kept here only as its hash."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from bot.store.tables import conversation, web_session

# Ready-made, since building a statement costs more than running it.
_LIVE = (
    select(web_session.c.conversation_id, web_session.c.last_seen_at)
    .select_from(web_session.join(conversation))
    .where(
        web_session.c.token_hash == bindparam("hash"),
        web_session.c.ended_at.is_(None),
        web_session.c.last_seen_at > bindparam("seen_since"),
        conversation.c.closed_at.is_(None),
    )
)
_TOUCH = update(web_session).where(web_session.c.token_hash == bindparam("hash")).values(last_seen_at=bindparam("now"))


@dataclass(frozen=True)
class WebSession:
    """A browser's hold on one conversation."""

    conversation_id: str
    last_seen_at: datetime


def start_session(connection: Connection, conversation_id: str, now: datetime) -> str:
    """Make a session; gives the token for the cookie (256 bits)."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(web_session).values(
            token_hash=_hash(token), conversation_id=conversation_id, created_at=now, last_seen_at=now
        )
    )
    return token


def find_session(connection: Connection, token: str, now: datetime, idle: timedelta) -> WebSession | None:
    """The live session of this token: not ended, seen lately, its conversation still open."""
    row = connection.execute(_LIVE, {"hash": _hash(token), "seen_since": now - idle}).one_or_none()
    return WebSession(row.conversation_id, row.last_seen_at) if row else None


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
