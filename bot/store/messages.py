"""What was written, by whom, in which order."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from bot.store.conversations import insert_or_ignore
from bot.store.private import Private
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

_LOOKED_BACK = 20  # messages, for the last that was said


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
        language: of the text, as a tag of BCP 47; English if none.
        staff_id: who of the staff wrote it; never shown to patients.
        is_said_regardless: whoever owns the conversation: START and HELP, as networks ask, and what to do at once.
    """

    text: str
    author: str = ASSISTANT
    quick_replies: tuple[QuickReply, ...] = ()
    attachment: dict[str, str] | None = None
    is_urgent: bool = False
    language: str | None = None
    staff_id: str | None = None
    is_said_regardless: bool = False


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


def store_received(
    connection: Connection,
    conversation_id: str,
    provider_id: str,
    text: str,
    extra: dict[str, Any],
    now: datetime,
    done_at: datetime | None = None,
) -> int | None:
    """Keep a received message; gives its id, or None if the provider's id is known already.

    Args:
        done_at: of one that no turn is to be run for.
    """
    stored = insert_or_ignore(
        connection,
        message,
        conversation_id=conversation_id,
        author=PATIENT,
        text=Private(text, conversation_id),
        extra=Private(json.dumps(extra), conversation_id) if extra else None,
        provider_id=provider_id,
        at=now,
        done_at=done_at,
    )
    return int(stored[0]) if stored else None


def find_received(connection: Connection, provider_id: str) -> tuple[int, str] | None:
    """(message id, conversation id) of the message with this provider id."""
    row = connection.execute(_RECEIVED, {"provider_id": provider_id}).one_or_none()
    return (row.id, row.conversation_id) if row else None


def store_reply(connection: Connection, conversation_id: str, reply: Reply, now: datetime) -> int:
    """Keep something said to a patient; gives the message's id."""
    noted = {"attachment": reply.attachment, "urgent": reply.is_urgent, "language": reply.language}
    noted["staff"] = reply.staff_id
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


def last_said(connection: Connection, conversation_id: str, before: int) -> StoredMessage | None:
    """What was said to the patient last before this message."""
    latest = messages_after(connection, conversation_id, 0, _LOOKED_BACK)
    return next((each for each in reversed(latest) if each.author != PATIENT and each.id < before), None)


def count_received_since(connection: Connection, conversation_id: str, since: datetime) -> int:
    return int(
        connection.execute(
            select(func.count())
            .select_from(message)
            .where(message.c.conversation_id == conversation_id, message.c.author == PATIENT, message.c.at > since)
        ).scalar_one()
    )


def count_from_patient_after(connection: Connection, conversation_id: str, message_id: int) -> int:
    """How many messages the patient has written since that one."""
    written = select(func.count()).select_from(message)
    return int(
        connection.execute(
            written.where(
                message.c.conversation_id == conversation_id, message.c.author == PATIENT, message.c.id > message_id
            )
        ).scalar_one()
    )


def hide_text(connection: Connection, conversation_id: str, message_id: int, instead: str) -> None:
    """Put something else in place of what was written: it was a code."""
    hidden = Private(instead, conversation_id)
    connection.execute(update(message).where(message.c.id == message_id).values(text=hidden))


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
