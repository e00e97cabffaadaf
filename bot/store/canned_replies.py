"""Answers that staff give often, each with a day by which somebody has to read it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from bot.store.staff_tables import canned_reply

VARIABLES = ("first_name", "surgery", "phone", "when")


@dataclass(frozen=True)
class CannedReply:
    """`text` may name VARIABLES in braces."""

    id: int
    title: str
    text: str
    review_on: date

    def is_expired(self, today: date) -> bool:
        return self.review_on <= today

    def filled(self, **values: str) -> str:
        """With the values that are known; the name of one that is not stays, for staff to see and replace."""
        text = self.text
        for name, value in values.items():
            text = text.replace("{" + name + "}", value)
        return text


def list_canned(connection: Connection) -> list[CannedReply]:
    live = select(canned_reply).where(canned_reply.c.removed_at.is_(None)).order_by(canned_reply.c.title)
    return [CannedReply(row.id, row.title, row.text, row.review_on) for row in connection.execute(live)]


def add_canned(connection: Connection, title: str, text: str, review_on: date, staff_id: str, now: datetime) -> int:
    stored = connection.execute(
        insert(canned_reply).values(title=title, text=text, review_on=review_on, set_by=staff_id, set_at=now)
    )
    return int(stored.inserted_primary_key[0])


def remove_canned(connection: Connection, canned_id: int, now: datetime) -> None:
    connection.execute(update(canned_reply).where(canned_reply.c.id == canned_id).values(removed_at=now))
