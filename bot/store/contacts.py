"""Numbers that texts may or may not be sent to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection

from bot.store.conversations import insert_or_ignore
from bot.store.tables import contact

# Ready-made, since building a statement costs more than running it.
_OPTED_OUT = select(contact.c.opted_out_at).where(contact.c.number_index == bindparam("number"))
_UNREACHABLE = select(contact.c.unreachable_at).where(contact.c.number_index == bindparam("number"))
_REACHED = (
    update(contact)
    .where(contact.c.number_index == bindparam("number"), contact.c.unreachable_at.is_not(None))
    .values(unreachable_at=None)
)


def set_opted_out(connection: Connection, number: str, at: datetime | None) -> None:
    """Remember that this number wants no texts (`at` is when they said so), or wants them again (None)."""
    insert_or_ignore(connection, contact, number_index=number)
    connection.execute(update(contact).where(contact.c.number_index == number).values(opted_out_at=at))


def set_unreachable(connection: Connection, number: str, at: datetime) -> None:
    """Remember that a text to this number did not arrive."""
    insert_or_ignore(connection, contact, number_index=number)
    connection.execute(update(contact).where(contact.c.number_index == number).values(unreachable_at=at))


def has_opted_out(connection: Connection, number: str) -> bool:
    return connection.execute(_OPTED_OUT, {"number": number}).scalar() is not None


def set_reached(connection: Connection, number: str) -> None:
    """A text to this number has arrived."""
    connection.execute(_REACHED, {"number": number})


def did_not_arrive(connection: Connection, number: str, since: datetime) -> bool:
    """Whether a text to this number has failed since then, and none has arrived after it."""
    failed_at = connection.execute(_UNREACHABLE, {"number": number}).scalar()
    return failed_at is not None and failed_at > since
