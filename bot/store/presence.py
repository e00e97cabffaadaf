"""Who is looking at a conversation just now, and who is writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from bot.store.conversations import insert_or_ignore
from bot.store.staff_tables import presence, staff

HERE_FOR = timedelta(seconds=30)  # after the last sign


@dataclass(frozen=True)
class Present:
    """A colleague at the same conversation."""

    staff_id: str
    name: str
    is_writing: bool


def note_presence(
    connection: Connection, conversation_id: str, staff_id: str, now: datetime, is_writing: bool = False
) -> bool:
    """Somebody is there; True if that is news to those who look on."""
    where = (presence.c.conversation_id == conversation_id, presence.c.staff_id == staff_id)
    before = connection.execute(select(presence.c.seen_at, presence.c.is_writing).where(*where)).one_or_none()
    values = {"seen_at": now, "is_writing": is_writing}
    if before is None:
        insert_or_ignore(connection, presence, conversation_id=conversation_id, staff_id=staff_id, **values)
        return True
    connection.execute(update(presence).where(*where).values(**values))
    return bool(before.is_writing != is_writing or before.seen_at <= now - HERE_FOR)


def others_present(connection: Connection, conversation_id: str, but: str, now: datetime) -> list[Present]:
    rows = connection.execute(
        select(presence.c.staff_id, staff.c.name, presence.c.is_writing)
        .join_from(presence, staff)
        .where(
            presence.c.conversation_id == conversation_id,
            presence.c.staff_id != but,
            presence.c.seen_at > now - HERE_FOR,
        )
        .order_by(staff.c.name)
    )
    return [Present(row.staff_id, row.name, row.is_writing) for row in rows]
