"""Files that came with a message. Their names and what is in them are sealed."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.engine import Connection

from bot.store.private import Private
from bot.store.writing_tables import attachment

_ABOUT = [each for each in attachment.c if each is not attachment.c.content]  # without what is in it
_OF = select(*_ABOUT).where(attachment.c.conversation_id == bindparam("conversation_id"))
_BY_ID = select(attachment).where(attachment.c.id == bindparam("file_id"))


@dataclass(frozen=True)
class Attachment:
    """Attributes:
    content_type: as its content was judged, never as it was named: "application/pdf", "image/jpeg" or "image/png".
    size: bytes, as kept.
    """

    id: str
    conversation_id: str
    message_id: int
    name: str
    content_type: str
    size: int
    at: datetime


def add_file(
    connection: Connection,
    conversation_id: str,
    message_id: int,
    name: str,
    content_type: str,
    content: bytes,
    now: datetime,
    position: int = 0,
) -> str:
    """Keep a file; gives its id. `position` among those of its message."""
    file_id = secrets.token_hex(16)
    connection.execute(
        insert(attachment).values(
            id=file_id,
            conversation_id=conversation_id,
            message_id=message_id,
            position=position,
            name=Private(name, file_id),
            content_type=content_type,
            size=len(content),
            content=Private(base64.b64encode(content).decode(), file_id),
            at=now,
        )
    )
    return file_id


def files_of(connection: Connection, conversation_id: str) -> dict[int, list[Attachment]]:
    """By the message that each came with, in order."""
    found: dict[int, list[Attachment]] = {}
    for row in connection.execute(
        _OF.order_by(attachment.c.message_id, attachment.c.position), {"conversation_id": conversation_id}
    ):
        found.setdefault(row.message_id, []).append(_as_attachment(row))
    return found


def find_file(connection: Connection, file_id: str) -> tuple[Attachment, bytes] | None:
    """A file, and what is in it. Raises CannotOpen if it was changed."""
    row = connection.execute(_BY_ID, {"file_id": file_id}).one_or_none()
    return (_as_attachment(row), base64.b64decode(row.content.open(row.id))) if row else None


def _as_attachment(row: Any) -> Attachment:
    about = (row.id, row.conversation_id, row.message_id, row.name.open(row.id))
    return Attachment(*about, row.content_type, row.size, row.at)
