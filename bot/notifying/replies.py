"""Which reminder a text is the answer to."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.backend.base import Appointment, NoSuchAppointment, PracticeBackend
from bot.identity.callers import Callers
from bot.notifying.reminders import BOOKED, REMINDER
from bot.store import messages, notifications
from bot.store.database import Database
from bot.store.notifications import Notification

_OPEN = timedelta(days=14)
_TOGETHER = timedelta(hours=1)  # reminders of a family's appointments on one day go out one after the other
_LOOKED_BACK = 20  # messages


class Reminded:
    """Looks only; what changes is written by the turn."""

    def __init__(self, database: Database, backend: PracticeBackend, callers: Callers) -> None:
        self._database, self._backend, self._callers = database, backend, callers

    def reminder(self, number: str, now: datetime) -> Notification | None:
        """The newest that was sent to this number lately, if it still leads to that patient; of several that were sent
        together, one that was not answered yet."""
        with self._database.read() as connection:
            sent = notifications.sent_to(connection, number, now - _OPEN, [REMINDER])
        if not sent:
            return None
        reached = {each.patient.id for each in self._callers.reached_by(number, now)}
        newest = sent[0].sent_at or now
        together = [each for each in sent if newest - (each.sent_at or now) < _TOGETHER and each.patient_id in reached]
        return next((each for each in together if each.answer is None), next(iter(together), None))

    def appointment(self, reminder: Notification) -> Appointment | None:
        """What it was about, as it stands now; None if it is no longer booked.

        Raises:
            Unavailable: the clinical system does not answer.
        """
        try:
            held = self._backend.appointment(reminder.subject)
        except NoSuchAppointment:
            return None
        return held if held.status == BOOKED else None

    def was_last_said(self, reminder: Notification, conversation_id: str, before: int) -> bool:
        """Whether the assistant has said nothing in this conversation between the reminder and this message."""
        with self._database.read() as connection:
            latest = messages.messages_after(connection, conversation_id, reminder.message_id or 0, _LOOKED_BACK)
        return not any(each.author == messages.ASSISTANT and each.id < before for each in latest)
