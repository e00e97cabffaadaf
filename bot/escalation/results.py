"""Results that need action and that nobody has told the patient about: each is brought to staff, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.backend.base import PracticeBackend, Unavailable
from bot.backend.record import Result
from bot.clock import Clock
from bot.escalation.reasons import UNTOLD_RESULT
from bot.store.conversations import DESK, open_conversation, was_opened
from bot.store.database import Database
from bot.store.escalations import ROUTINE, add_escalation

AFTER = timedelta(hours=24)  # since it was filed: a surgery mostly calls on the same day
_EVERY = timedelta(minutes=15)


class UntoldResults:
    """Looks through the clinical system now and then.

    A conversation on the channel "desk" stands for each result: whoever deals with it is with the patient by phone,
    and the patient may have several other conversations, or none.
    """

    def __init__(self, database: Database, backend: PracticeBackend, clock: Clock) -> None:
        self._database, self._backend, self._clock = database, backend, clock
        self._next: datetime | None = None

    def look(self) -> bool:
        """Whether anything was raised."""
        now = self._clock()
        if self._next is not None and now < self._next:
            return False
        self._next = now + _EVERY
        try:
            untold = self._backend.untold_results(now - AFTER)
        except Unavailable:
            return False
        with self._database.write() as connection:
            raised = [self._raise(connection, patient_id, result, now) for patient_id, result in untold]
        return any(raised)

    def _raise(self, connection: Connection, patient_id: str, result: Result, now: datetime) -> bool:
        address = f"result:{result.id}"
        if was_opened(connection, DESK, address):
            return False
        conversation = open_conversation(connection, DESK, address, now, timedelta.max)
        add_escalation(connection, conversation.id, UNTOLD_RESULT, ROUTINE, result.title, now, patient_id)
        return True
