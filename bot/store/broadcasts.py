"""Texts from the practice to many: what was written, by whom, to whom, and how far it has got."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from bot.store.conversations import insert_or_ignore
from bot.store.messages import PATIENT
from bot.store.notification_tables import broadcast, broadcast_recipient, notification
from bot.store.tables import message, outbox

DRAFT, SUBMITTED, SENDING, STOPPED, DONE = "draft", "submitted", "sending", "stopped", "done"


class Changed(Exception):
    """Somebody has changed it, or its state, since it was looked at."""


@dataclass(frozen=True)
class Broadcast:
    """Attributes:
    title: for staff. text: the same to everybody.
    audience: which list, as a code; see `bot.notifying.audiences`.
    state: DRAFT, SUBMITTED (waits for a second person), SENDING, STOPPED or DONE.
    version: changes with every change; whoever changes it says which they have read.
    """

    id: int
    title: str
    text: str
    audience: str
    state: str
    version: int
    written_by: str
    written_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    stopped_by: str | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Progress:
    """How many were sent or not, and what came of those that were: counts by the states of the outbox."""

    waiting: int
    sent: int
    dropped: Mapping[str, int]  # by reason
    fates: Mapping[str, int]


def write(
    connection: Connection, key: str, title: str, text: str, audience: str, member_id: str, now: datetime
) -> tuple[int, bool]:
    """(id, whether it is new). The same key again gives the same, and changes nothing."""
    said = {"title": title, "text": text, "audience": audience, "written_by": member_id, "written_at": now}
    made = insert_or_ignore(connection, broadcast, key=key, state=DRAFT, version=1, **said)
    found = select(broadcast.c.id).where(broadcast.c.key == key)
    return int(connection.execute(found).scalar_one()), made is not None


def rewrite(
    connection: Connection, held: Broadcast, title: str, text: str, audience: str, member_id: str, now: datetime
) -> None:
    """Whoever changes a draft is who wrote it. Raises Changed."""
    said = {"title": title, "text": text, "audience": audience, "written_by": member_id, "written_at": now}
    _change(connection, held, DRAFT, **said)


def move(connection: Connection, held: Broadcast, state: str, **noted: Any) -> None:
    """To the next state. Raises Changed."""
    _change(connection, held, state, **noted)


def find(connection: Connection, broadcast_id: int) -> Broadcast | None:
    row = connection.execute(select(broadcast).where(broadcast.c.id == broadcast_id)).one_or_none()
    return _as_broadcast(row) if row else None


def newest(connection: Connection, limit: int) -> list[Broadcast]:
    found = select(broadcast).order_by(broadcast.c.id.desc()).limit(limit)
    return [_as_broadcast(row) for row in connection.execute(found)]


def in_state(connection: Connection, state: str) -> list[Broadcast]:
    return [_as_broadcast(row) for row in connection.execute(select(broadcast).where(broadcast.c.state == state))]


# Whom it goes to.


def set_recipients(connection: Connection, broadcast_id: int, recipients: Mapping[str, str | None]) -> None:
    """Patient id, and why they are left out, or None."""
    connection.execute(delete(broadcast_recipient).where(broadcast_recipient.c.broadcast_id == broadcast_id))
    rows = [
        {"broadcast_id": broadcast_id, "patient_id": patient_id, "left_out": left_out}
        for patient_id, left_out in recipients.items()
    ]
    if rows:
        connection.execute(insert(broadcast_recipient), rows)


def recipients(connection: Connection, broadcast_id: int) -> dict[str, str | None]:
    """Patient id, and why they are left out, or None; in order of ids."""
    of_it = select(broadcast_recipient).where(broadcast_recipient.c.broadcast_id == broadcast_id)
    rows = connection.execute(of_it.order_by(broadcast_recipient.c.patient_id))
    return {row.patient_id: row.left_out for row in rows}


# How far it has got.


def progress(connection: Connection, subject: str) -> Progress:
    about = notification.c.subject == subject
    states = connection.execute(
        select(notification.c.state, notification.c.dropped_why, func.count())
        .where(about)
        .group_by(notification.c.state, notification.c.dropped_why)
    ).all()
    of_texts = notification.join(outbox, outbox.c.message_id == notification.c.message_id)
    fates = connection.execute(
        select(outbox.c.state, func.count()).select_from(of_texts).where(about).group_by(outbox.c.state)
    ).all()
    dropped = {why or "": count for state, why, count in states if state == "dropped"}
    by_state = {state: count for state, _, count in states if state != "dropped"}
    return Progress(by_state.get("waiting", 0), by_state.get("sent", 0), dropped, dict(tuple(row) for row in fates))


def replies(connection: Connection, subject: str, within: timedelta, limit: int) -> list[tuple[str, datetime]]:
    """(conversation id, when last) of those in which a recipient has written since they were sent it, newest first."""
    said = message.alias("said")
    answer = and_(
        message.c.conversation_id == said.c.conversation_id, message.c.author == PATIENT, message.c.id > said.c.id
    )
    pairs = notification.join(said, said.c.id == notification.c.message_id).join(message, answer)
    rows = connection.execute(
        select(message.c.conversation_id, message.c.at, notification.c.sent_at)
        .select_from(pairs)
        .where(notification.c.subject == subject)
        .order_by(message.c.id.desc())
    )
    found: dict[str, datetime] = {}
    for row in rows:
        if row.at - row.sent_at <= within:
            found.setdefault(row.conversation_id, row.at)
    return list(found.items())[:limit]


def _change(connection: Connection, held: Broadcast, state: str, **noted: Any) -> None:
    same = (broadcast.c.id == held.id, broadcast.c.version == held.version, broadcast.c.state == held.state)
    changed = update(broadcast).where(*same).values(state=state, version=held.version + 1, **noted)
    if connection.execute(changed).rowcount != 1:
        raise Changed


def _as_broadcast(row: Any) -> Broadcast:
    return Broadcast(**{name: getattr(row, name) for name in Broadcast.__dataclass_fields__})
