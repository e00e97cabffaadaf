"""Reminders of appointments: when each is due, and what it says as things stand when it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.backend.base import Appointment, NoSuchAppointment, Patient, PracticeBackend
from bot.notifying.notifier import NotNow
from bot.practice import Practice
from bot.responses import Responses
from bot.store import notifications
from bot.store.database import Database
from bot.store.notifications import Notification
from bot.wording import say_expected

REMINDER = "reminder"
BOOKED = "booked"
_NOTICE = timedelta(hours=2)  # later than so long before it begins, a reminder only startles


@dataclass(frozen=True)
class Reminder:
    """Attributes:
    key: names the start as well as the appointment: one that a clinical system moves and keeps is told of anew.
    expires_at: when the next one is due, or shortly before the appointment.
    """

    key: str
    due_at: datetime
    expires_at: datetime


def reminders_of(appointment: Appointment, practice: Practice) -> list[Reminder]:
    """Its reminders, the first due first; none about what had only just been booked."""
    rules = practice.reminders
    settled_at = appointment.made_at + timedelta(hours=rules.not_within_hours) if appointment.made_at else None
    days = sorted(set(rules.days_before), reverse=True)
    due = [_due(appointment, each, practice) for each in days]
    ends = [*due[1:], appointment.slot.start - _NOTICE]
    begins = int(appointment.slot.start.timestamp())
    all_of_them = (
        Reminder(f"{REMINDER}:{appointment.id}:{each}:{begins}", due_at, expires_at)
        for each, due_at, expires_at in zip(days, due, ends, strict=False)
    )
    useful = (each for each in all_of_them if each.due_at < each.expires_at)
    return [each for each in useful if settled_at is None or settled_at <= each.due_at]


class Reminders:
    """Plans them, and words them."""

    kind = REMINDER

    def __init__(self, database: Database, backend: PracticeBackend, practice: Practice, responses: Responses) -> None:
        self._database, self._backend = database, backend
        self._practice, self._responses = practice, responses

    def plan(self, now: datetime) -> None:
        """See `bot.notifying.schedule.Planner`."""
        if not (self._practice.services.appointments and self._practice.reminders.days_before):
            return
        longest = timedelta(days=max(self._practice.reminders.days_before) + 1)
        held = self._backend.appointments_between(now, now + longest)
        with self._database.read() as connection:
            known = notifications.keys_due_since(connection, self.kind, now - longest)
        new = [(each, reminder) for each in held for reminder in self._ahead(each, now) if reminder.key not in known]
        if not new:
            return
        with self._database.write() as connection:
            for each, reminder in new:
                about = (reminder.key, each.patient_id, each.id, reminder.due_at)
                notifications.plan(connection, self.kind, *about, now, reminder.expires_at)

    def words(self, due: Notification, patient: Patient, now: datetime) -> str:
        """See `bot.notifying.notifier.Teller`."""
        try:
            held = self._backend.appointment(due.subject)
        except NoSuchAppointment:
            raise NotNow("cancelled") from None
        if held.status != BOOKED or held.patient_id != patient.id:
            raise NotNow("cancelled")
        if due.key not in {each.key for each in reminders_of(held, self._practice)}:
            raise NotNow("moved")
        window = self._practice.reminders.phone_window_minutes
        return self._responses.say("utter_reminder", slot=say_expected(held.slot, self._practice.zone, window))

    def told(self, connection: Connection, due: Notification, now: datetime) -> None:
        """Nothing follows from it."""

    def _ahead(self, held: Appointment, now: datetime) -> Iterator[Reminder]:
        return (each for each in reminders_of(held, self._practice) if each.expires_at > now)


def _due(appointment: Appointment, days: int, practice: Practice) -> datetime:
    """So many days before, by the calendar and by the clock on the wall, and never at night."""
    day = appointment.slot.start.astimezone(practice.zone).date() - timedelta(days=days)
    return practice.when_to_text(datetime.combine(day, practice.reminders.at, practice.zone))
