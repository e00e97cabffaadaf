"""What is texted of messages and contact details: that there is news, and nothing of what it says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from bot.backend.base import Patient
from bot.notifying.notifier import NotNow
from bot.responses import Responses
from bot.store import contact_changes, threads
from bot.store.contact_changes import APPROVED, DECLINED
from bot.store.database import Database
from bot.store.notifications import Notification
from bot.writing.details import DECIDED


class AnswerNews:
    """The surgery has answered."""

    kind = threads.ANSWERED

    def __init__(self, database: Database, responses: Responses) -> None:
        self._database, self._responses = database, responses

    def words(self, due: Notification, patient: Patient, now: datetime) -> str:
        with self._database.read() as connection:
            held = threads.thread_of(connection, due.subject)
            is_news = held is not None and threads.is_unread(connection, held)
        if not is_news:
            raise NotNow("read")
        return self._responses.say("utter_message_answered")

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
