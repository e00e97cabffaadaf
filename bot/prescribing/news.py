"""The text that tells what came of an order, where the patient need not ask: it was not approved, or it can be fetched.

No medicine is named. It goes to the patient's own number, whoever ordered: what somebody else may know has changed
since perhaps, and they may ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.backend.base import Patient, PracticeBackend
from bot.backend.prescribing import READY, REJECTED, SENT, PrescriptionRequest
from bot.notifying.notifier import NotNow
from bot.notifying.reach import is_read_by_others
from bot.practice import Practice
from bot.responses import Responses
from bot.store import notifications
from bot.store.database import Database
from bot.store.notifications import Notification

ORDER = "order"  # the kind of notification
ORDERS = "orders"  # what is announced when an order was decided
_LOOK_BACK = timedelta(days=3)  # at the first look: since then the program may have been away
_OVERLAP = timedelta(minutes=5)  # clocks of several machines may differ by so much
_OF_USE = timedelta(days=7)
# By the status, and whether the whole order has come so far.
_WORDINGS = {
    (SENT, True): "utter_news_sent",
    (SENT, False): "utter_news_sent_part",
    (READY, True): "utter_news_ready",
    (READY, False): "utter_news_ready_part",
}


def subject_of(request: PrescriptionRequest) -> str:
    """What a notification is about: all that was ordered together, as far as the same has come of it."""
    return f"{request.reference}:{request.status}"


class OrderNews:
    """Plans them, and words them."""

    kind = ORDER

    def __init__(self, database: Database, backend: PracticeBackend, practice: Practice, responses: Responses) -> None:
        self._database, self._backend = database, backend
        self._practice, self._responses = practice, responses
        self._seen_until: datetime | None = None

    def plan(self, now: datetime) -> None:
        """See `bot.notifying.schedule.Planner`."""
        since = (self._seen_until or now - _LOOK_BACK) - _OVERLAP
        changed = self._backend.requests_changed_since(since)
        news = [each for each in changed if each.status in (REJECTED, self._practice.prescriptions.last_step)]
        if news:
            self._plan(news, now)
        self._seen_until = now

    def words(self, due: Notification, patient: Patient, now: datetime) -> str:
        """See `bot.notifying.notifier.Teller`."""
        reference, _, status = due.subject.partition(":")
        together = [each for each in self._backend.prescription_requests(patient.id) if each.reference == reference]
        told = [each for each in together if each.status == status]
        if not told:
            raise NotNow("changed")
        if self._is_overheard(patient, told):
            raise NotNow("shared_number")
        return self._responses.say(_wording(told, together), reference=reference)

    def told(self, connection: Connection, due: Notification, now: datetime) -> None:
        """What came of the others of the same order is told with it."""
        notifications.drop_about(connection, due.subject, "told_together")

    def _plan(self, news: Iterable[PrescriptionRequest], now: datetime) -> None:
        with self._database.read() as connection:
            known = notifications.keys_due_since(connection, self.kind, now - _LOOK_BACK - _OVERLAP)
        new = [(f"{ORDER}:{each.id}:{each.status}", each) for each in news]
        new = [(key, each) for key, each in new if key not in known]
        if not new:
            return
        with self._database.write() as connection:
            for key, each in new:
                about = (key, each.patient_id, subject_of(each), each.changed_at)
                notifications.plan(connection, self.kind, *about, now, each.changed_at + _OF_USE)

    def _is_overheard(self, patient: Patient, told: Iterable[PrescriptionRequest]) -> bool:
        """Whether it is of a sensitive medicine, and somebody else reads the texts to this number too."""
        sensitive = {each.id for each in self._backend.repeats(patient.id) if each.is_sensitive}
        is_sensitive = any(each.repeat_id in sensitive for each in told)
        return is_sensitive and is_read_by_others(self._database, self._backend, patient.mobile)


def _wording(told: list[PrescriptionRequest], together: list[PrescriptionRequest]) -> str:
    is_whole = all(each.status in (SENT, READY) for each in together)
    return _WORDINGS.get((told[0].status, is_whole), "utter_news_rejected")
