"""Texts from the practice to many. One person writes, another approves; then they leave one by one, on the schedule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from bot.backend.base import NoSuchPatient, Patient, PracticeBackend
from bot.clock import Clock
from bot.notifying.audiences import DAY, NUMBERS, day_of, kind_of, patients_in
from bot.notifying.notifier import NotNow
from bot.notifying.reach import OutOfReach, number_to_text
from bot.notifying.told import BROADCAST, broadcast_id_of, subject_of
from bot.practice import Practice
from bot.store import broadcasts, notifications
from bot.store.audit import add_audit
from bot.store.broadcasts import DONE, DRAFT, SENDING, STOPPED, SUBMITTED, Broadcast, Changed
from bot.store.database import Database
from bot.store.notices import SCHEDULE, Notices
from bot.store.notifications import Notification

SAME_NUMBER = "same_number"
_GAP = timedelta(seconds=4)  # 900 an hour: those who call back must find a free line
_USEFUL = timedelta(days=3)  # later than so long after it was due, it is not sent any more


class OwnWork(Exception):
    """Nobody approves what they wrote themselves."""


class NobodyLeft(Exception):
    """There is nobody whom it could be sent to."""


class Broadcasts:
    """What staff do with them. Each step takes the broadcast as it was read: raises Changed if it is not so any more.

    Two patients with one phone get one text: it is the same for both, and names nobody.
    """

    def __init__(
        self, database: Database, backend: PracticeBackend, practice: Practice, notices: Notices, clock: Clock
    ) -> None:
        self._database, self._backend, self._practice = database, backend, practice
        self._notices, self._clock = notices, clock

    def write(self, key: str, title: str, text: str, audience: str, typed: Sequence[str], member_id: str) -> int:
        """A draft; gives its id. `key` is of the form; `typed`: the patients of a list that somebody typed."""
        now = self._clock()
        recipients = self._recipients(audience, typed, now)
        with self._database.write() as connection:
            broadcast_id, is_new = broadcasts.write(connection, key, title, text, audience, member_id, now)
            if is_new:
                broadcasts.set_recipients(connection, broadcast_id, recipients)
                self._add_to_trail(connection, "broadcast.written", broadcast_id, member_id, now)
        return broadcast_id

    def rewrite(
        self, held: Broadcast, title: str, text: str, audience: str, typed: Sequence[str], member_id: str
    ) -> None:
        _must_be(held, DRAFT)
        recipients = self._recipients(audience, typed, self._clock())

        def change(connection: Connection, now: datetime) -> None:
            broadcasts.rewrite(connection, held, title, text, audience, member_id, now)
            broadcasts.set_recipients(connection, held.id, recipients)

        self._do("broadcast.rewritten", held, member_id, change)

    def submit(self, held: Broadcast, member_id: str) -> None:
        """For somebody else to approve. Who is on the list is looked up once more; from now on it stays as it is.

        Raises:
            NobodyLeft: all are left out.
        """
        _must_be(held, DRAFT)
        recipients = self._recipients(held.audience, list(self.recipients(held)), self._clock())
        if not [why for why in recipients.values() if why is None]:
            raise NobodyLeft

        def change(connection: Connection, now: datetime) -> None:
            broadcasts.move(connection, held, SUBMITTED)
            broadcasts.set_recipients(connection, held.id, recipients)

        self._do("broadcast.submitted", held, member_id, change)

    def send_back(self, held: Broadcast, member_id: str) -> None:
        """To be changed."""
        _must_be(held, SUBMITTED)
        self._do("broadcast.sent_back", held, member_id, lambda connection, _: broadcasts.move(connection, held, DRAFT))

    def approve(self, held: Broadcast, member_id: str) -> None:
        """What was read is what is sent, to whom it said. Raises OwnWork."""
        _must_be(held, SUBMITTED)
        if member_id == held.written_by:
            raise OwnWork

        def change(connection: Connection, now: datetime) -> None:
            broadcasts.move(connection, held, SENDING, approved_by=member_id, approved_at=now)
            self._plan(connection, held, now)

        self._do("broadcast.approved", held, member_id, change)
        self._notices.announce(SCHEDULE)

    def stop(self, held: Broadcast, member_id: str) -> None:
        """What has not left does not leave. A draft is put away."""
        if held.state in (STOPPED, DONE):
            raise Changed

        def change(connection: Connection, now: datetime) -> None:
            broadcasts.move(connection, held, STOPPED, stopped_by=member_id, ended_at=now)
            notifications.drop_about(connection, subject_of(held.id), "stopped")

        self._do("broadcast.stopped", held, member_id, change)

    def recipients(self, held: Broadcast) -> dict[str, str | None]:
        with self._database.read() as connection:
            return broadcasts.recipients(connection, held.id)

    # What lies behind.

    def _recipients(self, audience: str, typed: Sequence[str], now: datetime) -> dict[str, str | None]:
        """Everybody on the list, and why they are left out, or None. May raise Unavailable."""
        today = now.astimezone(self._practice.zone).date()
        is_typed = kind_of(audience) == NUMBERS
        listed = typed if is_typed else patients_in(audience, self._backend, self._practice, today)
        seen: set[str] = set()
        return {patient_id: self._left_out(patient_id, seen, now) for patient_id in sorted(set(listed))}

    def _left_out(self, patient_id: str, seen: set[str], now: datetime) -> str | None:
        try:
            patient = self._backend.patient(patient_id)
            with self._database.read() as connection:
                number = number_to_text(connection, patient, now)
        except NoSuchPatient:
            return "not_registered"
        except OutOfReach as reason:
            return reason.why
        if number in seen:
            return SAME_NUMBER
        seen.add(number)
        return None

    def _plan(self, connection: Connection, held: Broadcast, now: datetime) -> None:
        """One after the other, and none at night."""
        due, subject, last = self._practice.when_to_text(now), subject_of(held.id), self._last_use(held)
        for patient_id, left_out in broadcasts.recipients(connection, held.id).items():
            if left_out is None:
                key, ends = f"{subject}:{patient_id}", min(due + _USEFUL, last) if last else due + _USEFUL
                notifications.plan(connection, BROADCAST, key, patient_id, subject, due, now, ends)
                due = self._practice.when_to_text(due + _GAP)

    def _last_use(self, held: Broadcast) -> datetime | None:
        """About the appointments of a day nothing need be said after it."""
        day = day_of(held.audience) if kind_of(held.audience) == DAY else None
        return datetime.combine(day + timedelta(days=1), time.min, self._practice.zone) if day else None

    def _do(self, action: str, held: Broadcast, member_id: str, change: Callable[[Connection, datetime], Any]) -> None:
        now = self._clock()
        with self._database.write() as connection:
            change(connection, now)
            self._add_to_trail(connection, action, held.id, member_id, now)

    def _add_to_trail(
        self, connection: Connection, action: str, broadcast_id: int, member_id: str, now: datetime
    ) -> None:
        add_audit(connection, now, action, "done", "desk", subject=subject_of(broadcast_id), actor_id=member_id)


class BroadcastTeller:
    """A `Teller` and a `Planner`: gives the words while it is being sent, and sees when the last has left."""

    kind = BROADCAST

    def __init__(self, database: Database, backend: PracticeBackend, practice: Practice) -> None:
        self._database, self._backend, self._practice = database, backend, practice

    def words(self, due: Notification, patient: Patient, now: datetime) -> str:
        with self._database.read() as connection:
            held = broadcasts.find(connection, broadcast_id_of(due.subject))
        if held is None or held.state != SENDING:
            raise NotNow("stopped")
        if kind_of(held.audience) == DAY and not self._has_appointment(held, patient):
            raise NotNow("changed")
        return held.text

    def told(self, connection: Connection, due: Notification, now: datetime) -> None:
        """Nothing more follows from it."""

    def plan(self, now: datetime) -> None:
        with self._database.read() as connection:
            sending = broadcasts.in_state(connection, SENDING)
        for held in sending:
            with suppress(Changed), self._database.write() as connection:
                if not broadcasts.progress(connection, subject_of(held.id)).waiting:
                    broadcasts.move(connection, held, DONE, ended_at=now)
                    add_audit(connection, now, "broadcast.ended", "done", "system", subject=subject_of(held.id))

    def _has_appointment(self, held: Broadcast, patient: Patient) -> bool:
        today = day_of(held.audience)
        booked = self._backend.appointments(patient.id)
        return any(each.slot.start.astimezone(self._practice.zone).date() == today for each in booked)


def _must_be(held: Broadcast, state: str) -> None:
    if held.state != state:
        raise Changed
