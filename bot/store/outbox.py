"""Texts on their way out. One row a text; its state only moves forward."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from bot.store.conversations import insert_or_ignore
from bot.store.private import CannotOpen, Private
from bot.store.tables import delivery_status, outbox

WAITING, CLAIMED, FAILED, SUPPRESSED = "waiting", "claimed", "failed", "suppressed"

# Twilio's life of a message. A callback may come late or twice: only a step to a higher rank is taken.
RANK = {
    WAITING: 0,
    CLAIMED: 1,
    "accepted": 2,
    "scheduled": 2,
    "queued": 3,
    "sending": 4,
    "sent": 5,
    SUPPRESSED: 9,
    "canceled": 9,
    "undelivered": 9,
    FAILED: 9,
    "delivered": 9,
    "read": 10,
}
_REPORTED = RANK.keys() - {WAITING, CLAIMED, SUPPRESSED}

# Ready-made, since building a statement costs more than running it.
_INSERT = insert(outbox)
_EARLIER = outbox.alias()
_OVERTAKES = select(_EARLIER.c.id).where(
    _EARLIER.c.number_index == outbox.c.number_index,
    _EARLIER.c.id < outbox.c.id,
    _EARLIER.c.state.in_((WAITING, CLAIMED)),
    # One that is only waiting to be tried again still goes first; one that was meant for later does not.
    or_(_EARLIER.c.due_at <= outbox.c.due_at, _EARLIER.c.attempts > 0),
)
_DUE = (
    select(outbox)
    .where(
        or_(
            outbox.c.state == WAITING,
            and_(outbox.c.state == CLAIMED, outbox.c.claimed_until < bindparam("now")),
        ),
        outbox.c.due_at <= bindparam("now"),
        ~_OVERTAKES.exists(),
    )
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(1)
    .with_for_update(skip_locked=True, of=outbox)
)
_CLAIM = (
    update(outbox).where(outbox.c.id == bindparam("text_id")).values(state=CLAIMED, claimed_until=bindparam("until"))
)
_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("text_id"))
    .values(
        state=bindparam("status"),
        provider_sid=bindparam("sid"),
        claimed_until=None,
        attempts=outbox.c.attempts + 1,
    )
)
_REPORTS = select(delivery_status.c.status).where(delivery_status.c.provider_sid == bindparam("sid"))


@dataclass(frozen=True)
class Text:
    """A text that is due.

    Attributes:
        number: E.164.
        claimed_before: an earlier try was cut off half way.
        expires_at: from then on it does not leave any more.
        is_damaged: number and words no longer open, and are empty here.
    """

    id: int
    conversation_id: str | None
    message_id: int | None
    number: str
    body: str
    attempts: int
    created_at: datetime
    claimed_before: bool
    expires_at: datetime | None = None
    is_damaged: bool = False


def queue_text(
    connection: Connection,
    number: str,
    body: str,
    segments: int,
    now: datetime,
    conversation_id: str | None = None,
    message_id: int | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> int:
    """Queue a text; gives the row's id."""
    stored = connection.execute(
        _INSERT,
        {
            "conversation_id": conversation_id,
            "message_id": message_id,
            "number_index": number,
            "number": Private(number, "outbox"),
            "body": Private(body, "outbox"),
            "segments": segments,
            "state": WAITING,
            "due_at": due_at or now,
            "expires_at": expires_at,
            "created_at": now,
        },
    )
    return int(stored.inserted_primary_key[0])


def claim_due(connection: Connection, now: datetime, lease: timedelta) -> Text | None:
    """Take the next text that is due, for so long. Texts to one number leave in order.

    A text whose lease ran out was cut off half way: it is taken again, marked as such.
    """
    row = connection.execute(_DUE, {"now": now}).first()
    if row is None:
        return None
    connection.execute(_CLAIM, {"text_id": row.id, "until": now + lease})
    return _as_text(row)


def record_sent(connection: Connection, text_id: int, provider_sid: str, status: str) -> None:
    """The provider has it. A callback that overtook this record is applied at once."""
    _one_at_a_time(connection, provider_sid)
    connection.execute(_SENT, {"text_id": text_id, "sid": provider_sid, "status": status})
    for earlier in connection.execute(_REPORTS, {"sid": provider_sid}).scalars():
        _advance(connection, provider_sid, earlier, None)


def record_retry(connection: Connection, text_id: int, due_at: datetime, error_code: str) -> None:
    connection.execute(
        update(outbox)
        .where(outbox.c.id == text_id)
        .values(state=WAITING, due_at=due_at, claimed_until=None, attempts=outbox.c.attempts + 1, error_code=error_code)
    )


def record_unsure(connection: Connection, text_id: int, ask_at: datetime, error_code: str) -> None:
    """It may or may not have been taken: it stays claimed until then, and the provider is asked before it is resent."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == text_id)
        .values(claimed_until=ask_at, attempts=outbox.c.attempts + 1, error_code=error_code)
    )


def record_end(connection: Connection, text_id: int, state: str, error_code: str | None) -> None:
    """It will not be sent: FAILED or SUPPRESSED."""
    connection.execute(
        update(outbox).where(outbox.c.id == text_id).values(state=state, claimed_until=None, error_code=error_code)
    )


def record_status(
    connection: Connection, provider_sid: str, status: str, error_code: str | None, now: datetime
) -> bool:
    """Note what the provider reports of a text; True if its state moved. A repeated report changes nothing."""
    if status not in _REPORTED:
        return False
    _one_at_a_time(connection, provider_sid)
    if not insert_or_ignore(connection, delivery_status, provider_sid=provider_sid, status=status, at=now):
        return False
    return _advance(connection, provider_sid, status, error_code)


def _one_at_a_time(connection: Connection, provider_sid: str) -> None:
    """A record and a report of one text wait for each other, or each could miss the other. SQLite writes so anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(provider_sid))))


def find_text(connection: Connection, provider_sid: str) -> Any:
    """The row of the text with this provider id: conversation_id, number (sealed), state; or None."""
    return connection.execute(select(outbox).where(outbox.c.provider_sid == provider_sid)).one_or_none()


def states_of(connection: Connection, message_ids: Iterable[int]) -> dict[int, str]:
    """How far each of these messages has come that went by text."""
    found = select(outbox.c.message_id, outbox.c.state).where(outbox.c.message_id.in_(list(message_ids)))
    return {row.message_id: row.state for row in connection.execute(found)}


def _advance(connection: Connection, provider_sid: str, status: str, error_code: str | None) -> bool:
    lower = [state for state, rank in RANK.items() if rank < RANK[status]]
    moved = connection.execute(
        update(outbox)
        .where(outbox.c.provider_sid == provider_sid, outbox.c.state.in_(lower))
        .values(state=status, error_code=error_code)
    )
    return bool(moved.rowcount)


def _as_text(row: Any) -> Text:
    try:
        number, body, is_damaged = row.number.open("outbox"), row.body.open("outbox"), False
    except CannotOpen:
        number, body, is_damaged = "", "", True
    return Text(
        row.id,
        row.conversation_id,
        row.message_id,
        number,
        body,
        row.attempts,
        row.created_at,
        row.state == CLAIMED,
        row.expires_at,
        is_damaged,
    )
