"""What is texted of messages and contact details: that there is news, and nothing of what it says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from bot.backend.base import Patient, PracticeBackend
from bot.identity.callers import Callers
from bot.notifying.notifier import NotNow
from bot.notifying.reach import OutOfReach, check_patient, number_of_trusted, number_to_text
from bot.responses import Responses
from bot.store import contact_changes, threads
from bot.store.contact_changes import APPROVED, DECLINED
from bot.store.database import Database
from bot.store.notifications import Notification
from bot.store.threads import Thread
from bot.writing.details import DECIDED


class AnswerNews:
    """The surgery has answered. It is told to whoever wrote: the patient, or somebody who acts for them."""

    kind = threads.ANSWERED

    def __init__(self, database: Database, backend: PracticeBackend, callers: Callers, responses: Responses) -> None:
        self._database, self._backend = database, backend
        self._callers, self._responses = callers, responses

    def words(self, due: Notification, patient: Patient, now: datetime) -> str:
        with self._database.read() as connection:
            held = threads.thread_of(connection, due.subject)
            is_news = held is not None and threads.is_unread(connection, held)
        if not is_news:
            raise NotNow("read")
        return self._responses.say("utter_message_answered")

    def number(self, connection: Connection, due: Notification, patient: Patient, now: datetime) -> str:
        """See `bot.notifying.notifier.Rings`."""
        held = threads.thread_of(connection, due.subject)
        if held is None:
            raise NotNow("read")
        return number_of_writer(connection, self._backend, self._callers, held, patient, now)

    def told(self, connection: Connection, due: Notification, now: datetime) -> None:
        pass


class DetailsNews:
    """New contact details were taken over, or not. After a change of number this goes to the new one."""

    kind = DECIDED

    def __init__(self, database: Database, responses: Responses) -> None:
        self._database, self._responses = database, responses

    def words(self, due: Notification, patient: Patient, now: datetime) -> str:
        with self._database.read() as connection:
            change = contact_changes.find_change(connection, int(due.subject))
        if change is None or change.state not in (APPROVED, DECLINED):
            raise NotNow("not_decided")
        return self._responses.say(f"utter_details_{change.state}")

    def told(self, connection: Connection, due: Notification, now: datetime) -> None:
        pass


def number_of_writer(
    connection: Connection, backend: PracticeBackend, callers: Callers, held: Thread, patient: Patient, now: datetime
) -> str:
    """The E.164 number at which whoever wrote a message about this patient is told of an answer.

    Raises:
        OutOfReach: nothing may be texted to them, or about the patient.
        Unavailable
    """
    if held.person_id == patient.id:
        return number_to_text(connection, patient, now)
    check_patient(connection, patient)
    proxy = callers.trusted(patient, held.person_id, now)
    if proxy is None:
        raise OutOfReach("not_trusted")
    return number_of_trusted(connection, backend, proxy, now)
