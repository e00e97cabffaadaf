"""The worker behind the schedule: looks now and then for what there is to tell, and tells what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.backend.base import Unavailable
from bot.clock import Clock
from bot.notifying.notifier import Notifier

log = structlog.get_logger(__name__)


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

    def look_soon(self) -> None:
        """Something has happened that there may be something to tell about."""
        self._next = None

    def _plan(self, planner: Planner, now: datetime) -> None:
        try:
            planner.plan(now)
        except (Unavailable, SQLAlchemyError) as error:  # looked for again the next time
            log.warning("notification.not_planned", error=type(error).__name__)
        except Exception as error:  # one that fails must not keep the others from planning
            log.error("notification.planner_failed", error=type(error).__name__)
