"""The one schedule of texts that nobody has just asked for. Each is there once by its key, and is sent at most once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection

from bot.store.conversations import insert_or_ignore
from bot.store.notification_tables import notification

WAITING, SENT, DROPPED = "waiting", "sent", "dropped"
CANCELLED, MOVED = "cancelled", "moved"  # what became of what it was about, as an answer and as why it was dropped

# Ready-made, since building a statement costs more than running it.
_BY_KEY = select(notification).where(notification.c.key == bindparam("key"))
_DUE = (
    select(notification)
    .where(notification.c.state == WAITING, notification.c.due_at <= bindparam("now"))
    .order_by(notification.c.due_at, notification.c.id)
    .limit(1)
)
_KEYS = select(notification.c.key).where(
    notification.c.kind == bindparam("kind"), notification.c.due_at >= bindparam("since")
)
_SENT_TO = (
    select(notification)
    .where(
        notification.c.number_index == bindparam("number"),
        notification.c.state == SENT,
        notification.c.sent_at > bindparam("since"),
    )
    .order_by(notification.c.sent_at.desc(), notification.c.id.desc())
)


@dataclass(frozen=True)
class Notification:
    """Attributes:
    key: what is told, as ids and codes: "reminder:<appointment>:7".
    kind: who finds the words for it, see `bot.notifying.notifier`.
    subject: the id of what it is about.
    expires_at: from then on it is of no use any more.
    state: WAITING, SENT or DROPPED, and then why.
    answer: what the patient made of it, as a code.
    """

    id: int
    key: str
    kind: str
    patient_id: str
    subject: str
    due_at: datetime
    expires_at: datetime | None
    state: str
    dropped_why: str | None
    made_at: datetime
    sent_at: datetime | None
    message_id: int | None
    answer: str | None
    answered_at: datetime | None


def plan(
    connection: Connection,
    kind: str,
    key: str,
    patient_id: str,
    subject: str,
    due_at: datetime,
    now: datetime,
    expires_at: datetime | None = None,
) -> bool:
    """Have it told when it is due; False if that was planned before, whatever has come of it."""
    values = {"kind": kind, "key": key, "patient_id": patient_id, "subject": subject, "due_at": due_at}
    times = {"expires_at": expires_at, "made_at": now, "state": WAITING}
    return insert_or_ignore(connection, notification, **values, **times) is not None


def find_due(connection: Connection, now: datetime) -> Notification | None:
    """The next that is due, the longest due first."""
    row = connection.execute(_DUE, {"now": now}).one_or_none()
    return _as_notification(row) if row else None


def find_by_key(connection: Connection, key: str) -> Notification | None:
    row = connection.execute(_BY_KEY, {"key": key}).one_or_none()
    return _as_notification(row) if row else None


def keys_due_since(connection: Connection, kind: str, since: datetime) -> set[str]:
    """The keys of all of this kind that are or were due from then on, whatever has come of them."""
    return set(connection.execute(_KEYS, {"kind": kind, "since": since}).scalars())


def take_to_send(connection: Connection, notification_id: int, number: str, now: datetime) -> bool:
    """Mark it as sent, to this E.164 number; False if somebody else has sent or dropped it meanwhile. The text itself
    is queued in the same transaction."""
    taken = update(notification).where(notification.c.id == notification_id, notification.c.state == WAITING)
    done = connection.execute(taken.values(state=SENT, sent_at=now, number_index=number))
    return bool(done.rowcount == 1)


def note_message(connection: Connection, notification_id: int, message_id: int) -> None:
    """Which message of the conversation told it."""
    told = update(notification).where(notification.c.id == notification_id)
    connection.execute(told.values(message_id=message_id))


def drop(connection: Connection, notification_id: int, why: str) -> bool:
    """It will not be told; False if it has been, or was dropped before."""
    dropped = update(notification).where(notification.c.id == notification_id, notification.c.state == WAITING)
    return bool(connection.execute(dropped.values(state=DROPPED, dropped_why=why)).rowcount == 1)


def drop_about(connection: Connection, subject: str, why: str) -> None:
    """Nothing that still waits about this is told."""
    dropped = update(notification).where(notification.c.subject == subject, notification.c.state == WAITING)
    connection.execute(dropped.values(state=DROPPED, dropped_why=why))


def sent_to(connection: Connection, number: str, since: datetime, kinds: Iterable[str]) -> list[Notification]:
    """What was told to this E.164 number since then, newest first."""
    rows = connection.execute(_SENT_TO, {"number": number, "since": since})
    wanted = frozenset(kinds)
    return [_as_notification(row) for row in rows if row.kind in wanted]


def about(connection: Connection, subjects: Iterable[str], kind: str) -> list[Notification]:
    """All of this kind about any of these subjects, oldest first."""
    found = select(notification).where(notification.c.subject.in_(list(subjects)), notification.c.kind == kind)
    return [_as_notification(row) for row in connection.execute(found.order_by(notification.c.id))]


def answered_since(connection: Connection, kind: str, answers: Iterable[str], since: datetime) -> list[Notification]:
    """Those of this kind that got one of these answers since then, in the order of the answers."""
    found = select(notification).where(
        notification.c.kind == kind, notification.c.answer.in_(list(answers)), notification.c.answered_at >= since
    )
    ordered = found.order_by(notification.c.answered_at, notification.c.id)
    return [_as_notification(row) for row in connection.execute(ordered)]


def dropped_since(connection: Connection, kind: str, since: datetime) -> list[Notification]:
    """All of this kind that were planned since then and are not told, oldest first."""
    found = select(notification).where(
        notification.c.kind == kind, notification.c.state == DROPPED, notification.c.made_at > since
    )
    return [_as_notification(row) for row in connection.execute(found.order_by(notification.c.id))]


def note_answer(connection: Connection, notification_id: int, answer: str, now: datetime) -> None:
    """What the patient made of it; the last word counts."""
    answered = update(notification).where(notification.c.id == notification_id)
    connection.execute(answered.values(answer=answer, answered_at=now))


def settle_about(connection: Connection, subject: str, answer: str, now: datetime) -> None:
    """This was cancelled or moved: what still waits is not told, and what was told is answered."""
    drop_about(connection, subject, answer)
    told = update(notification).where(notification.c.subject == subject, notification.c.state == SENT)
    connection.execute(told.values(answer=answer, answered_at=now))


def _as_notification(row: Any) -> Notification:
    return Notification(**{name: getattr(row, name) for name in Notification.__dataclass_fields__})
