"""What nobody wrote about and somebody has to see to: looked for now and then, and brought to staff once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.backend.base import Unavailable
from bot.clock import Clock
from bot.store.conversations import DESK, open_conversation, was_opened
from bot.store.database import Database
from bot.store.escalations import ROUTINE, add_escalation

_EVERY = timedelta(minutes=15)


@dataclass(frozen=True)
class Found:
    """`address`: what it is about, as ids and codes; it is raised once. `words`: for staff; sealed."""

    address: str
    words: str
    patient_id: str


class Looking(ABC):
    """Looks through the clinical system for one kind of thing.

    A conversation on the channel "desk" stands for each: whoever deals with it is with the patient by phone, and the
    patient may have several other conversations, or none.
    """

    reason: str

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._next: datetime | None = None

    @abstractmethod
    def find(self, now: datetime) -> Iterable[Found]:
        """May raise Unavailable: then it is looked for again the next time."""

    def look(self) -> bool:
        """Whether anything was raised."""
        now = self._clock()
        if self._next is not None and now < self._next:
            return False
        self._next = now + _EVERY
        try:
            found = list(self.find(now))
        except Unavailable:
            return False
        with self._database.write() as connection:
            raised = [self._raise(connection, each, now) for each in found]
        return any(raised)

    def _raise(self, connection: Connection, found: Found, now: datetime) -> bool:
        if was_opened(connection, DESK, found.address):
            return False
        conversation = open_conversation(connection, DESK, found.address, now, timedelta.max)
        add_escalation(connection, conversation.id, self.reason, ROUTINE, found.words, now, found.patient_id)
        return True
