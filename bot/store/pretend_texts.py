"""What went to and from the pretend phone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from bot.sms_text import count_segments
from bot.store.private import Private
from bot.store.tables import pretend_text

_OWNER = "pretend"


def keep(connection: Connection, number: str, sid: str, direction: str, body: str, status: str, now: datetime) -> None:
    connection.execute(
        insert(pretend_text).values(
            number_index=number, sid=sid, direction=direction, body=Private(body, _OWNER), status=status, at=now
        )
    )


def find_sent(connection: Connection, number: str, body: str, since: datetime) -> str | None:
    """The id of a text to this number with these words since then."""
    rows = connection.execute(
        select(pretend_text)
        .where(pretend_text.c.number_index == number, pretend_text.c.direction == "out", pretend_text.c.at >= since)
        .order_by(pretend_text.c.id.desc())
    )
    return next((str(row.sid) for row in rows if row.body.open(_OWNER) == body), None)


def thread(connection: Connection, number: str, after: int) -> list[dict[str, Any]]:
    """The thread on one phone, as the pretend phone shows it."""
    rows = connection.execute(
        select(pretend_text)
        .where(pretend_text.c.number_index == number, pretend_text.c.id > after)
        .order_by(pretend_text.c.id)
    ).all()
    return [_as_json(row) for row in rows]


def _as_json(row: Any) -> dict[str, Any]:
    body = row.body.open(_OWNER)
    return {
        "seq": row.id,
        "direction": row.direction,
        "text": body,
        "at": row.at.isoformat(),
        "status": row.status,
        "segments": count_segments(body).count,
    }
