"""A surgery that is written to: threads, what staff make of them, and what comes of it by itself."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.backend import tables
from bot.backend.base import Patient, PracticeBackend
from bot.identity.callers import Callers
from bot.identity.desk import Desk
from bot.identity.policy import Access
from bot.notifying.notifier import Notifier
from bot.responses import Responses
from bot.store import messages, record_copies, threads
from bot.store.database import Database
from bot.store.escalations import Escalation, escalation_of
from bot.store.messages import StoredMessage
from bot.store.notification_tables import notification
from bot.store.proxies import Proxy, add_proxy
from bot.store.tables import outbox
from bot.store.threads import Thread
from bot.writing import threads as writing
from bot.writing.copies import Copies
from bot.writing.news import AnswerNews, DetailsNews
from bot.writing.threads import Written
from tests.support import HandClock
from tests.unit.escalation_support import SAM, Office

_numbers = itertools.count(1)
AMIRAS, TOMS = "patient-01", "patient-02"


class Post(Office):
    """An office to which people write."""

    def __init__(self, database: Database, practice: Any, clock: HandClock, backend: PracticeBackend) -> None:
        super().__init__(database, practice, clock, backend)
        self.backend, self.responses = backend, Responses(practice)
        self.copies = Copies(database, backend, clock)
        callers = Callers(database, backend, practice)
        answers = AnswerNews(database, backend, callers, self.responses)
        tellers = [answers, DetailsNews(database, self.responses)]
        by_kind = {each.kind: each for each in tellers}
        self.notifier = Notifier(database, backend, practice, self.notices, clock, by_kind)

    def receives(
        self,
        text: str = "please may I have a note",
        topic: str = "fit_note",
        patient_id: str = AMIRAS,
        person_id: str = "",
        once: str = "",
        files: Any = (),
    ) -> Thread:
        number = next(_numbers)
        reference, written = f"REF{number}", Written(text, once or f"once-{number}", files)
        whose = (patient_id, person_id or patient_id, topic, reference)
        with self.database.write() as connection:
            return writing.begin(connection, *whose, written, self.clock())

    def receives_more(self, held: Thread, text: str = "and one more thing", once: str = "") -> bool:
        with self.database.write() as connection:
            return writing.add(connection, held, Written(text, once or f"once-{next(_numbers)}"), self.clock())

    def trusts(self, person_id: str, mobile: str = "", level: str = "full", **given: Any) -> None:
        """Amira has somebody act for her. A `person_id` that is no patient's is that of their own entry."""
        today = self.clock().date()
        held = Proxy(
            person_id if mobile else f"proxy-{person_id}",
            *(AMIRAS, person_id, "Carol", mobile or None, level, "consent", "reception", today),
            **given,
        )
        with self.database.write() as connection:
            Desk(self.practice).set_access(connection, AMIRAS, Access("appointments"), "reception", self.clock())
            add_proxy(connection, held)

    def numbers(self) -> list[str]:
        """To which each text went."""
        with self.database.read() as connection:
            return [row.number.open("outbox") for row in connection.execute(select(outbox).order_by(outbox.c.id))]

    def escalation(self, held: Thread) -> Escalation:
        with self.database.read() as connection:
            found = escalation_of(connection, held.conversation_id)
        assert found
        return found

    def answers(self, held: Thread, text: str = "It is ready at reception.") -> None:
        """A member of staff writes, and takes nothing back."""
        self.handover.reply(self.escalation(held).id, SAM, text, self.newest(held))
        self.passes(seconds=self.practice.staff.undo_seconds)

    def newest(self, held: Thread) -> int:
        return self.read(held)[-1].id

    def read(self, held: Thread) -> list[StoredMessage]:
        with self.database.read() as connection:
            return messages.messages_after(connection, held.conversation_id, 0)

    def sees(self, held: Thread) -> None:
        """The patient reads it on the page."""
        with self.database.write() as connection:
            threads.note_read(connection, self.thread(held), self.newest(held))

    def thread(self, held: Thread) -> Thread:
        with self.database.read() as connection:
            found = threads.thread_of(connection, held.conversation_id)
        assert found
        return found

    def tells(self) -> list[str]:
        """Every text that has been told by the schedule so far."""
        while self.notifier.work_once():
            pass
        return self.texts()

    def planned(self) -> list[tuple[str, str, str]]:
        """(kind, patient, state) of each notification."""
        with self.database.read() as connection:
            rows = connection.execute(select(notification).order_by(notification.c.id))
            return [(row.kind, row.patient_id, row.state) for row in rows]

    def copies_all(self) -> None:
        while self.copies.work_once():
            pass

    def record(self) -> list[tuple[str, str, datetime]]:
        """(patient, text, when) of every copy in the record, oldest first."""
        with self.database.read() as connection:
            rows = connection.execute(select(tables.kept_message).order_by(tables.kept_message.c.at)).all()
        return [(row.patient_id, row.text.open(row.key), row.at) for row in rows]

    def due_copy(self) -> record_copies.RecordCopy | None:
        with self.database.read() as connection:
            return record_copies.find_due(connection, self.clock())

    def patient(self, patient_id: str = AMIRAS) -> Patient:
        return self.backend.patient(patient_id)
