"""The worker behind the schedule: looks now and then for what there is to tell, and tells what is due."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from bot.backend.base import Unavailable
from bot.clock import Clock
from bot.notifying.notifier import Notifier


class Planner(Protocol):
    """Looks for one kind of thing to tell, and plans it."""

    def plan(self, now: datetime) -> None:
        """What is planned already is not planned again. May raise Unavailable."""


class Schedule:
    """One in each process."""

    def __init__(self, planners: Sequence[Planner], notifier: Notifier, clock: Clock, every: timedelta) -> None:
        self._planners, self._notifier, self._clock, self._every = planners, notifier, clock, every
        self._next: datetime | None = None

    def work_once(self) -> bool:
        """One thing that is due; False if there is none."""
        now = self._clock()
        if self._next is None or now >= self._next:
            self._next = now + self._every
            for planner in self._planners:
                self._plan(planner, now)
        return self._notifier.work_once()

    def _plan(self, planner: Planner, now: datetime) -> None:
        with suppress(Unavailable):  # looked for again the next time
            planner.plan(now)
