"""The queue of received messages whose turn is still to be run: the message table itself, claimed row by row."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection

from bot.store.conversations import Conversation, get_conversation, owner_for_sending
from bot.store.database import Database, Work
from bot.store.private import CannotOpen
from bot.store.tables import message

# Ready-made, since building a statement costs more than running it.
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
        # The conversation first, as whoever receives the message again does: two who hold what the other waits for next
        # would wait for ever.
        owner_for_sending(connection, self.waiting.conversation.id)
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
