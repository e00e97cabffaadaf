"""How far the reminding about each appointment has come: what was told and answered, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from bot.backend.base import Appointment, NoSuchPatient, Patient, PracticeBackend
from bot.notifying.reach import OutOfReach, number_to_text
from bot.notifying.reminders import REMINDER, reminders_of
from bot.practice import Practice
from bot.store import notifications, outbox
from bot.store.database import Database
from bot.store.notifications import CANCELLED, DROPPED, MOVED, SENT, WAITING, Notification

NO_REPLY, NOT_DELIVERED, TO_COME, UNTOLD, NONE = "no_reply", "not_delivered", "to_come", "untold", "none"
_LOST = frozenset({"undelivered", "failed", "suppressed", "canceled"})


@dataclass(frozen=True)
class Standing:
    """Attributes:
    patient: None if the clinical system does not know them.
    answer: what they made of it, as `bot.nlu.attendance.Reading` has it, or CANCELLED or MOVED; None without a reply.
    sent_at: when they were last reminded; `delivery`: what the network says of it.
    next_at: when they will be, the next time.
    why: what stands in the way of that, or stood, as a code.
    """

    appointment: Appointment
    patient: Patient | None
    answer: str | None = None
    answered_at: datetime | None = None
    sent_at: datetime | None = None
    delivery: str | None = None
    next_at: datetime | None = None
    why: str | None = None

    @property
    def stage(self) -> str:
        """The answer; else NO_REPLY, NOT_DELIVERED, TO_COME, UNTOLD, or NONE where it was booked too late for one."""
        if self.answer:
            return self.answer
        if self.sent_at:
            return NOT_DELIVERED if self.delivery in _LOST else NO_REPLY
        if self.why:
            return UNTOLD
        return TO_COME if self.next_at else NONE


class Standings:
    """Reads them."""

    def __init__(self, database: Database, backend: PracticeBackend, practice: Practice) -> None:
        self._database, self._backend, self._practice = database, backend, practice

    def between(self, start: datetime, end: datetime, now: datetime) -> list[Standing]:
        """Of every appointment that starts in [start, end), earliest first. May raise Unavailable."""
        held = self._backend.appointments_between(start, end)
        patients = {each.patient_id: self._patient(each.patient_id) for each in held}
        with self._database.read() as connection:
            told: dict[str, list[Notification]] = {}
            for each in notifications.about(connection, [each.id for each in held], REMINDER):
                told.setdefault(each.subject, []).append(each)
            sent = [each.message_id for some in told.values() for each in some if each.message_id]
            states = outbox.states_of(connection, sent)
            return [
                self._standing(connection, each, patients[each.patient_id], told.get(each.id, []), states, now)
                for each in held
            ]

    def changed_since(self, since: datetime) -> list[Standing]:
        """Of appointments that were cancelled or moved after a reminder, the latest change first."""
        with self._database.read() as connection:
            changed = notifications.answered_since(connection, REMINDER, (CANCELLED, MOVED), since)
        latest = {each.subject: each for each in changed}
        return [
            Standing(held, self._patient(each.patient_id), each.answer, each.answered_at, each.sent_at)
            for each in reversed(latest.values())
            for held in (self._backend.appointment(each.subject),)
        ]

    def _standing(
        self,
        connection: Connection,
        held: Appointment,
        patient: Patient | None,
        told: list[Notification],
        states: Mapping[int, str],
        now: datetime,
    ) -> Standing:
        current = {each.key: each for each in reminders_of(held, self._practice)}
        told = [each for each in told if each.key in current]
        settled = {each.key for each in told if each.state != WAITING}
        answered = next((each for each in reversed(told) if each.answer), None)
        sent = next((each for each in reversed(told) if each.state == SENT), None)
        dropped = next((each for each in told[-1:] if each.state == DROPPED), None)
        ahead = [each for key, each in current.items() if key not in settled and each.expires_at > now]
        why = dropped.dropped_why if dropped else self._hindrance(connection, patient, now) if ahead else None
        return Standing(
            held,
            patient,
            answered.answer if answered else None,
            answered.answered_at if answered else None,
            sent.sent_at if sent else None,
            states.get(sent.message_id) if sent and sent.message_id else None,
            ahead[0].due_at if ahead and not why else None,
            why,
        )

    def _hindrance(self, connection: Connection, patient: Patient | None, now: datetime) -> str | None:
        if patient is None:
            return "not_registered"
        try:
            number_to_text(connection, patient, now)
        except OutOfReach as out:
            return out.why
        return None

    def _patient(self, patient_id: str) -> Patient | None:
        try:
            return self._backend.patient(patient_id)
        except NoSuchPatient:
            return None
