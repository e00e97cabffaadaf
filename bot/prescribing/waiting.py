"""Orders that a person has to see to: each is brought to staff, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.backend.base import PracticeBackend
from bot.backend.prescribing import REJECTED, REQUESTED
from bot.clock import Clock
from bot.escalation.looking import Found, Looking
from bot.escalation.reasons import ORDER_UNTOLD, ORDER_WAITING
from bot.practice import Practice
from bot.prescribing.news import ORDER
from bot.store import notifications
from bot.store.database import Database

_MOST = 500  # the rest is found when these are decided
_LOOK_BACK = timedelta(days=14)
_TOLD_OTHERWISE = frozenset({"told_together", "changed"})


class OrdersWaiting(Looking):
    """Nobody has decided it, and the day on which it was to be ready is over: the turnaround and one working day."""

    reason = ORDER_WAITING

    def __init__(self, database: Database, backend: PracticeBackend, practice: Practice, clock: Clock) -> None:
        super().__init__(database, clock)
        self._backend, self._practice = backend, practice

    def find(self, now: datetime) -> Iterator[Found]:
        today = now.astimezone(self._practice.zone).date()
        if not self._practice.is_working_day(today):
            return
        for request in self._backend.requests_in({REQUESTED}, _MOST):
            if request.ready_on < today:
                yield Found(f"order:{request.reference}", request.reference, request.patient_id)


class OrdersUntold(Looking):
    """It was not approved, and no text could say so: they would only find out at the pharmacy."""

    reason = ORDER_UNTOLD

    def find(self, now: datetime) -> Iterator[Found]:
        with self._database.read() as connection:
            dropped = notifications.dropped_since(connection, ORDER, now - _LOOK_BACK)
        for each in dropped:
            reference, _, status = each.subject.partition(":")
            if status == REJECTED and each.dropped_why not in _TOLD_OTHERWISE:
                yield Found(f"untold:{reference}", reference, each.patient_id)
