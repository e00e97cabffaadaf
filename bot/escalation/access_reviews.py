"""Access that staff wanted to look at again by a day: brought to them on that day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.clock import Clock
from bot.escalation.looking import Found, Looking
from bot.escalation.reasons import ACCESS_REVIEW
from bot.practice import Practice
from bot.store.access import reviews_due
from bot.store.database import Database


class AccessReviews(Looking):
    """Once for each patient and day."""

    reason = ACCESS_REVIEW

    def __init__(self, database: Database, practice: Practice, clock: Clock) -> None:
        super().__init__(database, clock)
        self._practice = practice

    def find(self, now: datetime) -> Iterator[Found]:
        with self._database.read() as connection:
            due = reviews_due(connection, now.astimezone(self._practice.zone).date())
        for patient_id, review_on in due:
            yield Found(f"review:{patient_id}:{review_on.isoformat()}", "", patient_id)
