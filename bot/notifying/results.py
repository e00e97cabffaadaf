"""The text that says that results are ready: once for those that were filed together, and nothing of what they say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.backend.base import Patient, PracticeBackend
from bot.backend.record import Result
from bot.identity.disclosure import visible_results
from bot.identity.policy import Access, Assurance, Decision, Service, may
from bot.notifying.notifier import NotNow
from bot.notifying.reach import is_read_by_others
from bot.practice import Practice
from bot.responses import Responses
from bot.store import notifications
from bot.store.access import find_access
from bot.store.database import Database
from bot.store.notifications import Notification

RESULTS = "results"
_LOOK_BACK = timedelta(days=2)  # what was filed earlier is no news, as when the program is new here
_TOGETHER = timedelta(minutes=15)  # a clinician files several, one after the other
_OF_USE = timedelta(days=7)


class ResultNews:
    """Plans it, and words it."""

    kind = RESULTS

    def __init__(self, database: Database, backend: PracticeBackend, practice: Practice, responses: Responses) -> None:
        self._database, self._backend = database, backend
        self._practice, self._responses = practice, responses

    def plan(self, now: datetime) -> None:
        """See `bot.notifying.schedule.Planner`."""
        if not self._practice.services.results:
            return
        filed = self._backend.results_filed_since(now - _LOOK_BACK)
        with self._database.read() as connection:
            known = notifications.keys_due_since(connection, self.kind, now - _LOOK_BACK)
            new = [(patient_id, each) for patient_id, each in filed if _key(each) not in known]
            shown = [(patient_id, each) for patient_id, each in new if self._shown(connection, patient_id, [each])]
        if not shown:
            return
        with self._database.write() as connection:
            for patient_id, each in shown:
                due_at = self._due(connection, patient_id, now)
                notifications.plan(
                    connection, self.kind, _key(each), patient_id, patient_id, due_at, now, due_at + _OF_USE
                )

    def words(self, due: Notification, patient: Patient, now: datetime) -> str:
        """See `bot.notifying.notifier.Teller`."""
        told = [each for each in self._backend.results(patient.id) if _key(each) == due.key]
        with self._database.read() as connection:
            shown = self._shown(connection, patient.id, told)
        if not shown:
            raise NotNow("not_shown")
        if shown[0].sensitive and is_read_by_others(self._database, self._backend, patient.mobile):
            raise NotNow("shared_number")
        return self._responses.say("utter_results_ready")

    def told(self, connection: Connection, due: Notification, now: datetime) -> None:
        """It was said of the others that wait, too."""
        notifications.drop_about(connection, due.subject, "told_together")

    def _shown(self, connection: Connection, patient_id: str, results: Iterable[Result]) -> list[Result]:
        """Those of them that the patient may see once they prove who they are."""
        row = find_access(connection, patient_id)
        access = Access(**vars(row)) if row else None
        if may(Service.SEE_RESULTS, access, Assurance.VERIFIED, self._practice) is not Decision.ALLOWED or not access:
            return []
        return visible_results(results, access)

    def _due(self, connection: Connection, patient_id: str, now: datetime) -> datetime:
        """Soon; but one text a day is enough."""
        soon = now + _TOGETHER
        told = [each.sent_at for each in notifications.about(connection, [patient_id], self.kind) if each.sent_at]
        zone = self._practice.zone
        if not told or told[-1].astimezone(zone).date() < soon.astimezone(zone).date():
            return soon
        tomorrow = soon.astimezone(zone).date() + timedelta(days=1)
        return datetime.combine(tomorrow, self._practice.texts.start, zone)


def _key(result: Result) -> str:
    return f"{RESULTS}:{result.id}"
