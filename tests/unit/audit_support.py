"""A trail to tamper with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from bot.store import audit as trail
from bot.store.audit import AuditEntry, add_entries
from bot.store.audit_anchor import Anchor
from bot.store.audit_check import Fault, Verdict, check
from bot.store.database import Database
from bot.store.tables import audit
from tests.support import MONDAY

ENTRY = AuditEntry(MONDAY, "appointment.book", "done", "sms", "c" * 32, "patient-01", "0123abcd", "staff-1", "asked")
COLUMNS = [column.name for column in audit.c]


def note(database: Database, count: int = 1, **changes: Any) -> None:
    """Note so many entries, a second apart, in a transaction each."""
    for number in range(count):
        with database.write() as connection:
            add_entries(connection, [replace(ENTRY, at=MONDAY + timedelta(seconds=number), **changes)])


def tamper(database: Database, statement: str, *values: Any) -> None:
    """Write as somebody would who has the database file and not the key."""
    with database.write() as connection:
        connection.exec_driver_sql(statement, tuple(values))


def verdict(database: Database, *anchors: Anchor) -> Verdict:
    with database.read() as connection:
        return check(connection, anchors)


def fault(database: Database, *anchors: Anchor) -> Fault | None:
    return verdict(database, *anchors).fault


def head(database: Database) -> Anchor:
    with database.read() as connection:
        newest = trail.head(connection)
    assert newest
    return Anchor(*newest)


def rows(database: Database) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(audit).order_by(audit.c.id)))


def put_in(database: Database, number: int, chain: str) -> None:
    with database.write() as connection:
        connection.execute(insert(audit), {**vars(ENTRY), "id": number, "chain": chain})
