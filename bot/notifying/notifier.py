"""Tells what is due, once: looked up anew at the last moment, and queued as a text in the transaction that says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

import structlog
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.backend.base import NoSuchPatient, Patient, PracticeBackend, Unavailable
from bot.clock import Clock
from bot.notifying.reach import OutOfReach, number_to_text
from bot.practice import Practice
from bot.store import notifications
from bot.store.audit import add_audit
from bot.store.conversations import SMS, open_conversation
from bot.store.database import Database
from bot.store.messages import SYSTEM, Reply
from bot.store.notices import OUTBOX, Notices
from bot.store.notifications import Notification
from bot.store.saying import say

log = structlog.get_logger(__name__)

_AGAIN = timedelta(minutes=2)  # after the clinical system could not be reached


class NotNow(Exception):
    """It is not to be told after all. `why`, as a code: "cancelled", "moved", "answered" …"""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Teller(Protocol):
    """Finds the words for one kind of notification."""

    kind: str

    def words(self, due: Notification, patient: Patient, now: datetime) -> str:
        """What to say, as things stand now.

        Raises:
            NotNow: nothing, any more.
            Unavailable: the clinical system does not answer; it is tried again.
        """

    def told(self, connection: Connection, due: Notification, now: datetime) -> None:
        """Write down what follows from its being told, in the same transaction."""


@runtime_checkable
class Rings(Protocol):
    """A teller that knows better than the patient's record which number it is for."""

    def number(self, connection: Connection, due: Notification, patient: Patient, now: datetime) -> str:
        """Raises as `words`, and OutOfReach."""


class Notifier:
    """One in each process; of several, one tells."""

    def __init__(
        self,
        database: Database,
        backend: PracticeBackend,
        practice: Practice,
        notices: Notices,
        clock: Clock,
        tellers: Mapping[str, Teller],
    ) -> None:
        self._database, self._backend, self._practice = database, backend, practice
        self._notices, self._clock, self._tellers = notices, clock, tellers
        self._quiet = timedelta(hours=practice.conversation.quiet_hours)
        self._away_until: datetime | None = None

    def work_once(self) -> bool:
        """Tell, or drop, the next that is due; False if there is none, or texts may not leave at this hour."""
        now = self._clock()
        if self._practice.when_to_text(now) > now or (self._away_until and now < self._away_until):
            return False
        with self._database.read() as connection:
            due = notifications.find_due(connection, now)
        if due is None:
            return False
        try:
            self._tell(due, now)
        except Unavailable:
            self._away_until = now + _AGAIN
            return False
        except SQLAlchemyError:
            raise  # the store is away: all of it waits
        except Exception as error:  # one that cannot be told must not keep the others back; staff see that it was not
            log.error("notification.failed", error=type(error).__name__, notification=due.id)
            self._drop(due, "failed", now)
        return True

    def _tell(self, due: Notification, now: datetime) -> None:
        try:
            words, number = self._words(due, now)
        except (NotNow, OutOfReach) as reason:
            self._drop(due, reason.why, now)
            return
        with self._database.write() as connection:
            if not notifications.take_to_send(connection, due.id, number, now):
                return
            conversation = open_conversation(connection, SMS, number, now, self._quiet)
            leaves_by = min(filter(None, (self._practice.texts_end(now), due.expires_at)))
            reply = Reply(words, author=SYSTEM)
            message_id = say(connection, conversation, reply, self._practice.name, now, leaves_by)
            notifications.note_message(connection, due.id, message_id)
            self._tellers[due.kind].told(connection, due, now)
            self._keep_trail(connection, due, "sent", now, conversation.id)
        self._notices.announce(OUTBOX, conversation.id)

    def _words(self, due: Notification, now: datetime) -> tuple[str, str]:
        """(words, number). Raises NotNow, OutOfReach or Unavailable."""
        if due.expires_at is not None and due.expires_at <= now:
            raise NotNow("too_late")
        try:
            patient = self._backend.patient(due.patient_id)
        except NoSuchPatient:
            raise OutOfReach("not_registered") from None
        teller = self._tellers[due.kind]
        with self._database.read() as connection:
            if isinstance(teller, Rings):
                number = teller.number(connection, due, patient, now)
            else:
                number = number_to_text(connection, patient, now)
        return teller.words(due, patient, now), number

    def _drop(self, due: Notification, why: str, now: datetime) -> None:
        with self._database.write() as connection:
            if notifications.drop(connection, due.id, why):
                self._keep_trail(connection, due, why, now, None)

    def _keep_trail(
        self, connection: Connection, due: Notification, outcome: str, now: datetime, conversation_id: str | None
    ) -> None:
        about = (due.patient_id, due.subject)
        add_audit(connection, now, "notification", outcome, SMS, conversation_id, *about, reason=due.kind)
