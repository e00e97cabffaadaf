"""What people write to the practice, and its answers: a conversation of its own for each matter, owned by staff.

Whoever wrote it reads it, and nobody else online: what a parent writes about a child is not shown to the child, nor the
other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from bot.store import messages, notifications, record_copies
from bot.store.conversations import STAFF_OWNS, THREAD, open_conversation, set_owner
from bot.store.messages import PATIENT
from bot.store.tables import message
from bot.store.writing_tables import thread

ANSWERED = "answered"  # the kind of notification
COMPLAINT = "complaint"  # a topic: kept apart from the health record, as the NHS complaints rules ask

# Ready-made, since building a statement costs more than running it.
_BY_CONVERSATION = select(thread).where(thread.c.conversation_id == bindparam("conversation_id"))
_BY_REFERENCE = select(thread).where(thread.c.reference == bindparam("reference"))
_LATEST = func.max(message.c.id)
_ARE_NEW = (message.c.author != PATIENT) & (message.c.id > thread.c.read_to)
_LISTED = (
    select(
        thread,
        func.max(message.c.at).label("latest_at"),
        func.count().filter(_ARE_NEW).label("unread"),
        func.count().filter(message.c.author != PATIENT).label("answers"),
    )
    .join(message, message.c.conversation_id == thread.c.conversation_id)
    .where(thread.c.patient_id == bindparam("patient_id"), thread.c.person_id == bindparam("person_id"))
    .group_by(*thread.c)
    .order_by(_LATEST.desc())
    .limit(bindparam("most"))
)
_WRITTEN_SINCE = (
    select(func.count())
    .select_from(message)
    .join(thread, thread.c.conversation_id == message.c.conversation_id)
    .where(thread.c.person_id == bindparam("person_id"), message.c.author == PATIENT, message.c.at > bindparam("since"))
)


@dataclass(frozen=True)
class Thread:
    """Attributes:
    person_id: who writes: the patient, or somebody trusted to act for them.
    topic: of `bot.writing.topics.TOPICS`.
    reference: what the writer is told, to name it by.
    read_to: the newest message that the writer has seen.
    """

    conversation_id: str
    patient_id: str
    person_id: str
    topic: str
    reference: str
    begun_at: datetime
    read_to: int


@dataclass(frozen=True)
class Listed:
    """`unread` of `answers` have not been seen yet."""

    thread: Thread
    latest_at: datetime
    unread: int
    answers: int


def begin(connection: Connection, patient_id: str, person_id: str, topic: str, reference: str, now: datetime) -> Thread:
    """A new one, without a word in it yet."""
    conversation = open_conversation(connection, THREAD, f"thread:{reference}", now, timedelta.max)
    set_owner(connection, conversation.id, STAFF_OWNS)
    made = Thread(conversation.id, patient_id, person_id, topic, reference, now, 0)
    connection.execute(insert(thread).values(**vars(made)))
    return made


def add_message(connection: Connection, held: Thread, text: str, once: str, now: datetime) -> int | None:
    """What the patient wrote, for staff to read and the record to keep; gives its id, or None if `once` is known."""
    message_id = messages.store_received(connection, held.conversation_id, once, text, {}, now, done_at=now)
    if message_id is not None:
        _plan_copy(connection, held, message_id, now)
    return message_id


def note_answer(connection: Connection, conversation_id: str, message_id: int, now: datetime) -> None:
    """Something was said in it: the record keeps it, and the writer is told, once until they have read it."""
    held = thread_of(connection, conversation_id)
    if held is None:
        return
    _plan_copy(connection, held, message_id, now)
    key = f"{ANSWERED}:{conversation_id}:{held.read_to}"
    notifications.plan(connection, ANSWERED, key, held.patient_id, conversation_id, now, now)


def thread_of(connection: Connection, conversation_id: str) -> Thread | None:
    row = connection.execute(_BY_CONVERSATION, {"conversation_id": conversation_id}).one_or_none()
    return _as_thread(row) if row else None


def find_thread(connection: Connection, reference: str) -> Thread | None:
    row = connection.execute(_BY_REFERENCE, {"reference": reference}).one_or_none()
    return _as_thread(row) if row else None


def threads_of(connection: Connection, patient_id: str, person_id: str, most: int) -> list[Listed]:
    """What this person wrote for this patient, the newest message first."""
    rows = connection.execute(_LISTED, {"patient_id": patient_id, "person_id": person_id, "most": most})
    return [Listed(_as_thread(row), row.latest_at, row.unread, row.answers) for row in rows]


def is_unread(connection: Connection, held: Thread) -> bool:
    new = select(message.c.id).where(
        message.c.conversation_id == held.conversation_id, message.c.author != PATIENT, message.c.id > held.read_to
    )
    return connection.execute(new.limit(1)).first() is not None


def note_read(connection: Connection, held: Thread, message_id: int) -> None:
    """The writer has seen it up to this message."""
    seen = update(thread).where(thread.c.conversation_id == held.conversation_id, thread.c.read_to < message_id)
    connection.execute(seen.values(read_to=message_id))


def count_written_since(connection: Connection, person_id: str, since: datetime) -> int:
    """How many messages this person has written since then, for whomever."""
    return int(connection.execute(_WRITTEN_SINCE, {"person_id": person_id, "since": since}).scalar_one())


def _plan_copy(connection: Connection, held: Thread, message_id: int, now: datetime) -> None:
    if held.topic != COMPLAINT:
        record_copies.plan_copy(connection, message_id, held.patient_id, now)


def _as_thread(row: Any) -> Thread:
    return Thread(**{name: getattr(row, name) for name in Thread.__dataclass_fields__})
