"""What was written, by whom, in which order; and the queue of received messages whose turn is still to be run."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from bot.store.conversations import Conversation, get_conversation, insert_or_ignore
from bot.store.database import Database, Work
from bot.store.private import CannotOpen, Private
from bot.store.tables import message, quick_reply

PATIENT, ASSISTANT, STAFF, SYSTEM = "patient", "assistant", "staff", "system"

# Ready-made, since building a statement costs more than running it.
_INSERT, _INSERT_BUTTON = insert(message), insert(quick_reply)
_RECEIVED = select(message.c.id, message.c.conversation_id).where(message.c.provider_id == bindparam("provider_id"))
_OF_CONVERSATION = select(message).where(
    message.c.conversation_id == bindparam("conversation_id"), message.c.id > bindparam("after")
)
_NEXT = _OF_CONVERSATION.order_by(message.c.id).limit(bindparam("count"))
_LATEST = _OF_CONVERSATION.order_by(message.c.id.desc()).limit(bindparam("count"))
_BUTTONS = select(quick_reply).where(quick_reply.c.message_id.in_(bindparam("message_ids", expanding=True)))
_FINISH = (
    update(message)
    .where(message.c.id == bindparam("message_id"), message.c.done_at.is_(None))
    .values(done_at=bindparam("now"))
)
_WAITING = select(message).where(message.c.done_at.is_(None)).order_by(message.c.id).limit(1)
_WAITING_ELSEWHERE = _WAITING.where(message.c.conversation_id.notin_(bindparam("busy", expanding=True)))
_EARLIER = message.alias()
_IS_BEHIND = select(_EARLIER.c.id).where(
    _EARLIER.c.conversation_id == message.c.conversation_id,
    _EARLIER.c.done_at.is_(None),
    _EARLIER.c.id < message.c.id,
)
_WAITING_UNLOCKED = _WAITING.where(~_IS_BEHIND.exists()).with_for_update(skip_locked=True)


@dataclass(frozen=True)
class QuickReply:
    """A button. The payload stays here; the browser is given only the opaque id."""

    label: str
    payload: str
    id: str = field(default_factory=lambda: secrets.token_hex(16))


@dataclass(frozen=True)
class Reply:
    """One thing said to a patient.

    Attributes:
        attachment: {"label", "href"} of a file of ours.
        is_urgent: to be announced at once by a screen reader.
    """

    text: str
    author: str = ASSISTANT
    quick_replies: tuple[QuickReply, ...] = ()
    attachment: dict[str, str] | None = None
    is_urgent: bool = False


@dataclass(frozen=True)
class StoredMessage:
    """A message as it is read back; `id` rises with time, so that it can be resumed from."""

    id: int
    author: str
    text: str
    at: datetime
    provider_id: str | None
    extra: dict[str, Any]
    quick_replies: tuple[QuickReply, ...]


@dataclass(frozen=True)
class Waiting:
    """A received message whose turn is to be run.

    Attributes:
        extra: payload, media, opt_out, as the door noted them.
        is_damaged: what was written no longer opens; text and extra are empty here.
    """

    message_id: int
    conversation: Conversation
    text: str
    extra: dict[str, Any]
    at: datetime
    attempts: int
    is_damaged: bool = False


def store_received(
    connection: Connection, conversation_id: str, provider_id: str, text: str, extra: dict[str, Any], now: datetime
) -> int | None:
    """Keep a received message; gives its id, or None if the provider's id is known already."""
    stored = insert_or_ignore(
        connection,
        message,
        conversation_id=conversation_id,
        author=PATIENT,
        text=Private(text, conversation_id),
        extra=Private(json.dumps(extra), conversation_id) if extra else None,
        provider_id=provider_id,
        at=now,
    )
    return int(stored[0]) if stored else None


def find_received(connection: Connection, provider_id: str) -> tuple[int, str] | None:
    """(message id, conversation id) of the message with this provider id."""
    row = connection.execute(_RECEIVED, {"provider_id": provider_id}).one_or_none()
    return (row.id, row.conversation_id) if row else None


def store_reply(connection: Connection, conversation_id: str, reply: Reply, now: datetime) -> int:
    """Keep something said to a patient; gives the message's id."""
    noted = {"attachment": reply.attachment, "urgent": reply.is_urgent}
    extra = {key: value for key, value in noted.items() if value}
    stored = connection.execute(
        _INSERT,
        {
            "conversation_id": conversation_id,
            "author": reply.author,
            "text": Private(reply.text, conversation_id),
            "extra": Private(json.dumps(extra), conversation_id) if extra else None,
            "at": now,
            "done_at": now,
        },
    )
    message_id = int(stored.inserted_primary_key[0])
    for button in reply.quick_replies:
        connection.execute(
            _INSERT_BUTTON,
            {
                "id": button.id,
                "conversation_id": conversation_id,
                "message_id": message_id,
                "label": Private(button.label, conversation_id),
                "payload": Private(button.payload, conversation_id),
            },
        )
    return message_id


def find_quick_reply(connection: Connection, conversation_id: str, reply_id: str) -> QuickReply | None:
    """The button with this id, if it was offered in this conversation."""
    row = connection.execute(
        select(quick_reply).where(quick_reply.c.id == reply_id, quick_reply.c.conversation_id == conversation_id)
    ).one_or_none()
    return _as_quick_reply(row, conversation_id) if row else None


def messages_after(connection: Connection, conversation_id: str, after: int, limit: int = 200) -> list[StoredMessage]:
    """Messages with an id above `after`, oldest first: the next ones, or from the start the latest ones."""
    sought = {"conversation_id": conversation_id, "after": after, "count": limit}
    rows = connection.execute(_NEXT if after else _LATEST, sought).all()
    buttons = _quick_replies_of(connection, conversation_id, [row.id for row in rows])
    ordered = sorted(rows, key=lambda row: int(row.id))
    return [_as_stored(row, conversation_id, buttons.get(row.id, ())) for row in ordered]


def count_received_since(connection: Connection, conversation_id: str, since: datetime) -> int:
    return int(
        connection.execute(
            select(func.count())
            .select_from(message)
            .where(message.c.conversation_id == conversation_id, message.c.author == PATIENT, message.c.at > since)
        ).scalar_one()
    )


def hide_text(connection: Connection, conversation_id: str, message_id: int, instead: str) -> None:
    """Put something else in place of what was written: it was a code."""
    hidden = Private(instead, conversation_id)
    connection.execute(update(message).where(message.c.id == message_id).values(text=hidden))


def note_failed_attempt(connection: Connection, message_id: int) -> None:
    connection.execute(update(message).where(message.c.id == message_id).values(attempts=message.c.attempts + 1))


class TurnAlreadyDone(Exception):
    """Another worker finished this message's turn; nothing was written."""


class Claim:
    """A conversation held by one worker, with its oldest waiting message."""

    def __init__(self, queue: TurnQueue, waiting: Waiting, lock: Connection | None) -> None:
        self.waiting = waiting
        self._queue, self._lock = queue, lock

    def finish(self, work: Work, now: datetime) -> None:
        """Write the whole turn and the message's "done" in one transaction.

        Raises:
            TurnAlreadyDone: if the message was finished meanwhile.
        """
        with self._transaction() as connection:
            self._write(connection, work, now)

    def note_failure(self) -> None:
        """Count a try that came to nothing; the message stays waiting."""
        with self._transaction() as connection:
            note_failed_attempt(connection, self.waiting.message_id)

    def release(self) -> None:
        self._queue.release(self.waiting.conversation.id, self._lock)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """The transaction that holds the lock; where a set in memory does, one of its own."""
        if self._lock is None:
            with self._queue.database.write() as connection:
                yield connection
            return
        try:
            yield self._lock
            self._lock.commit()  # type: ignore[attr-defined]
        except BaseException:
            self._lock.rollback()  # type: ignore[attr-defined]
            raise

    def _write(self, connection: Connection, work: Work, now: datetime) -> None:
        done = connection.execute(_FINISH, {"message_id": self.waiting.message_id, "now": now})
        if done.rowcount != 1:
            raise TurnAlreadyDone
        work.run(connection)


class TurnQueue:
    """Received messages waiting for their turn: in order per conversation, one worker a conversation.

    On PostgreSQL the conversation's oldest waiting message is locked for the length of the turn (FOR UPDATE SKIP
    LOCKED), so a worker that dies lets go at once. The conversation's own row stays free: what comes in meanwhile is
    stored without waiting. SQLite has one process, so there a set in memory does the same.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._busy: set[str] = set()
        self._guard = threading.Lock()

    def take(self) -> Claim | None:
        """The next conversation with something to do, or None."""
        return self._take_row_lock() if self.database.is_postgresql else self._take_in_process()

    def release(self, conversation_id: str, lock: Connection | None) -> None:
        if lock is not None:
            lock.close()
        with self._guard:
            self._busy.discard(conversation_id)

    def _take_in_process(self) -> Claim | None:
        with self._guard, self.database.read() as connection:
            row = connection.execute(_WAITING_ELSEWHERE, {"busy": list(self._busy)}).first()
            if row is None:
                return None
            waiting = _as_waiting(connection, row)
            self._busy.add(waiting.conversation.id)
            return Claim(self, waiting, None)

    def _take_row_lock(self) -> Claim | None:
        connection = self.database.engine.connect()
        try:
            # One that was finished between the look and the lock is looked at again by PostgreSQL, and passed over.
            row = connection.execute(_WAITING_UNLOCKED).first()
            if row is not None:
                return Claim(self, _as_waiting(connection, row), connection)
        except BaseException:
            connection.close()
            raise
        connection.close()
        return None


def _as_waiting(connection: Connection, row: Any) -> Waiting:
    owner = row.conversation_id
    held_in = get_conversation(connection, owner)
    try:
        text, extra = row.text.open(owner), json.loads(row.extra.open(owner)) if row.extra else {}
    except (CannotOpen, ValueError):
        return Waiting(row.id, held_in, "", {}, row.at, row.attempts, is_damaged=True)
    return Waiting(row.id, held_in, text, extra, row.at, row.attempts)


def _as_stored(row: Any, owner: str, buttons: tuple[QuickReply, ...]) -> StoredMessage:
    extra = json.loads(row.extra.open(owner)) if row.extra else {}
    return StoredMessage(row.id, row.author, row.text.open(owner), row.at, row.provider_id, extra, buttons)


def _quick_replies_of(
    connection: Connection, owner: str, message_ids: Iterable[int]
) -> dict[int, tuple[QuickReply, ...]]:
    rows = connection.execute(_BUTTONS, {"message_ids": list(message_ids)}).all()
    found: dict[int, tuple[QuickReply, ...]] = {}
    for row in rows:
        found[row.message_id] = (*found.get(row.message_id, ()), _as_quick_reply(row, owner))
    return found


def _as_quick_reply(row: Any, owner: str) -> QuickReply:
    return QuickReply(row.label.open(owner), row.payload.open(owner), row.id)
