"""Results that need action and that nobody has told the patient about: each is brought to staff, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.backend.base import PracticeBackend
from bot.clock import Clock
from bot.escalation.looking import Found, Looking
from bot.escalation.reasons import UNTOLD_RESULT
from bot.store.database import Database

AFTER = timedelta(hours=24)  # since it was filed: a surgery mostly calls on the same day


class UntoldResults(Looking):
    reason = UNTOLD_RESULT

    def __init__(self, database: Database, backend: PracticeBackend, clock: Clock) -> None:
        super().__init__(database, clock)
        self._backend = backend

    def find(self, now: datetime) -> Iterator[Found]:
        for patient_id, result in self._backend.untold_results(now - AFTER):
            yield Found(f"result:{result.id}", result.title, patient_id)
