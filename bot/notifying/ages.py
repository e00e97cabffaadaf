"""Notice that a birthday will cut what somebody trusted may do for a young patient (DAPB3051): told a month before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.engine import Connection

from bot.backend.base import NoSuchPatient, Patient, PracticeBackend
from bot.identity.policy import ACCESS_LEVELS, Access
from bot.identity.trusted import access_through, birthday, suspended_from
from bot.notifying.notifier import NotNow
from bot.notifying.reach import check_patient, number_of_trusted, number_to_text
from bot.practice import Practice
from bot.responses import Responses
from bot.store import notifications
from bot.store.database import Database
from bot.store.notifications import Notification
from bot.store.proxies import Proxy, live_proxies
from bot.wording import say_date

AGES = "ages"
_NOTICE = timedelta(days=30)
_TOLD_FROM = 13  # a younger child has no phone of their own to be texted on
_OWN, _TRUSTED = "own", "trusted"  # whose phone it goes to
_ALL = Access(ACCESS_LEVELS[-1])


@dataclass(frozen=True)
class Cut:
    """What somebody trusted may do for a patient ends, or becomes less, on this day."""

    proxy: Proxy
    patient: Patient
    on: date

    @property
    def told(self) -> list[str]:
        """Who is told: whoever acts for them, and from an age on the patient."""
        is_old_enough = self.patient.age_on(self.on - timedelta(days=1)) >= _TOLD_FROM
        return [_TRUSTED, *([_OWN] if is_old_enough else [])]

    def key(self, who: str) -> str:
        return f"{AGES}:{self.proxy.id}:{self.on.isoformat()}:{who}"


def cuts_ahead(proxies: list[Proxy], backend: PracticeBackend, practice: Practice, today: date) -> Iterator[Cut]:
    """Each that comes within the time of notice."""
    for held in proxies:
        try:
            patient = backend.patient(held.patient_id)
        except NoSuchPatient:
            continue
        days = {birthday(patient, practice.trusted_people.review_age), suspended_from(patient, practice)}
        for day in sorted(days):
            if today < day <= today + _NOTICE and _is_cut(held, patient, practice, day):
                yield Cut(held, patient, day)


def _is_cut(held: Proxy, patient: Patient, practice: Practice, day: date) -> bool:
    before, after = (
        access_through(held, patient, _ALL, practice, each).level for each in (day - timedelta(days=1), day)
    )
    return ACCESS_LEVELS.index(after) < ACCESS_LEVELS.index(before)


class AgeNotices:
    """Plans them, and words them."""

    kind = AGES

    def __init__(self, database: Database, backend: PracticeBackend, practice: Practice, responses: Responses) -> None:
        self._database, self._backend = database, backend
        self._practice, self._responses = practice, responses

    def plan(self, now: datetime) -> None:
        """See `bot.notifying.schedule.Planner`."""
        with self._database.read() as connection:
            known = notifications.keys_due_since(connection, self.kind, now - 2 * _NOTICE)
        told = [(each, who) for each in self._cuts(now) for who in each.told]
        new = [(each, who) for each, who in told if each.key(who) not in known]
        if not new:
            return
        with self._database.write() as connection:
            for cut, who in new:
                expires_at = datetime.combine(cut.on, datetime.min.time(), self._practice.zone)
                about = (cut.key(who), cut.patient.id, cut.proxy.id)
                notifications.plan(connection, self.kind, *about, now, now, expires_at)

    def words(self, due: Notification, patient: Patient, now: datetime) -> str:
        """See `bot.notifying.notifier.Teller`."""
        response = "utter_age_own" if due.key.endswith(_OWN) else "utter_age_trusted"
        return self._responses.say(response, day=say_date(self._cut(due, now).on))

    def number(self, connection: Connection, due: Notification, patient: Patient, now: datetime) -> str:
        """See `bot.notifying.notifier.Rings`."""
        if due.key.endswith(_OWN):
            return number_to_text(connection, patient, now)
        check_patient(connection, patient)
        return number_of_trusted(connection, self._backend, self._cut(due, now).proxy, now)

    def told(self, connection: Connection, due: Notification, now: datetime) -> None:
        """Nothing follows from it."""

    def _cut(self, due: Notification, now: datetime) -> Cut:
        """Raises NotNow if it will not come to that any more."""
        cut = next((each for each in self._cuts(now) if due.key in map(each.key, each.told)), None)
        if cut is None:
            raise NotNow("changed")
        return cut

    def _cuts(self, now: datetime) -> list[Cut]:
        with self._database.read() as connection:
            proxies = live_proxies(connection)
        return list(cuts_ahead(proxies, self._backend, self._practice, now.astimezone(self._practice.zone).date()))
