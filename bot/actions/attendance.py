"""What is done with a text that answers a reminder: coming, not coming, another time, or a question about it."""

from __future__ import annotations

from collections.abc import Callable

from bot.actions.turn import Turn
from bot.backend.base import Appointment, Unavailable
from bot.escalation.timing import say_when_answered
from bot.identity.policy import Decision, Service, may
from bot.nlu.attendance import Reading, asks_more, is_bare, read_attendance
from bot.store import notifications
from bot.store.conversations import SMS
from bot.store.database import Database
from bot.store.messages import Reply
from bot.store.notifications import CANCELLED, MOVED, Notification
from bot.store.tracker import is_idle, load_tracker
from bot.store.turn_queue import Waiting
from bot.wording import say_expected

Handled = tuple[bool, Reply | None]
_NOT_OURS: Handled = (False, None)

# The journey that each leads to, with the words as they were said; and what the policy is asked for.
JOURNEYS = {
    Reading.NOT_COMING: ("/cancel_appointment", Service.CANCEL_APPOINTMENT),
    Reading.MOVE: ("/reschedule_appointment", Service.CHANGE_APPOINTMENT),
}
_FOR_STAFF = (Reading.WRONG_NUMBER, Reading.DIED)
_ANSWERS = (Reading.COMING, Reading.NOT_COMING, Reading.MOVE, Reading.UNSURE, Reading.LATE)


class Attendance:
    """A step of a message. `talk` runs a turn of the dialogue."""

    def __init__(self, database: Database, talk: Callable[[Turn, str], Reply | None]) -> None:
        self._database, self._talk = database, talk

    def take(self, turn: Turn, waiting: Waiting) -> Handled:
        """Whether it was dealt with, and what is answered. Whatever is under way comes first: a form, a challenge."""
        if turn.channel != SMS or turn.challenge is not None or waiting.extra.get("payload"):
            return _NOT_OURS
        reminded = turn.services.reminded
        reminder = reminded.reminder(turn.conversation.address, turn.now)
        if reminder is None or self._is_under_way(turn):
            return _NOT_OURS
        turn.about = reminder.subject
        reading = read_attendance(waiting.text)
        if reading is None:
            return _NOT_OURS
        if is_bare(waiting.text) and not reminded.was_last_said(reminder, turn.conversation.id, turn.message_id):
            return _NOT_OURS  # a mere yes is about what was said last
        try:
            return self._answer(turn, waiting.text, reminder, reading)
        except Unavailable:
            turn.audit("clinical_system", "unavailable")
            return True, _say(turn, "utter_refused_unavailable")

    def note_stop(self, turn: Turn, text: str) -> None:
        """The network has taken "CANCEL" or "END" for "no more texts". It may have been meant for the appointment,
        and we may no longer ask: staff do."""
        reminder = turn.services.reminded.reminder(turn.conversation.address, turn.now)
        if reminder is not None and self._is_ahead(turn, turn.services.reminded.appointment(reminder)):
            turn.escalate("may_not_come", text)

    def _answer(self, turn: Turn, text: str, reminder: Notification, reading: Reading) -> Handled:
        if reading in _FOR_STAFF:
            return True, self._tell_staff(turn, text, reminder, reading)
        held = turn.services.reminded.appointment(reminder)
        if reading in JOURNEYS and self._is_over(turn, reminder, held):
            turn.about = None
            return True, self._change(turn, text, reading)
        if held is None:
            return True, _say(turn, "utter_attendance_not_booked")
        if not self._is_ahead(turn, held) and reading is not Reading.LATE:
            return True, _say(turn, "utter_attendance_past", slot=_expected(turn, held))
        if reading in _ANSWERS:
            turn.work.add(notifications.note_answer, reminder.id, reading.value, turn.now)
            turn.audit("attendance", reading.value, held.id)
        if reading in JOURNEYS:
            return True, self._change(turn, text, reading)
        if reading is Reading.COMING and asks_more(text):
            return _NOT_OURS  # the question beside it is answered
        return True, _say(turn, f"utter_attendance_{reading.value}", slot=_expected(turn, held))

    def _change(self, turn: Turn, text: str, reading: Reading) -> Reply | None:
        """The journey begins with the appointment and the words. Who may not change it here is passed on to staff."""
        journey, service = JOURNEYS[reading]
        caller = turn.caller
        if caller.patient and may(service, caller.access, caller.assurance, turn.practice) is Decision.REFUSED:
            turn.escalate("may_not_come", text)
            return _say(turn, "utter_attendance_passed_on", by=say_when_answered(turn.practice, turn.now))
        turn.said = text
        return self._talk(turn, journey)

    def _tell_staff(self, turn: Turn, text: str, reminder: Notification, reading: Reading) -> Reply:
        turn.work.add(notifications.drop_about, reminder.subject, reading.value)
        turn.escalate(reading.value, text)
        turn.audit("attendance", reading.value, reminder.subject)
        return _say(turn, f"utter_attendance_{reading.value}", by=say_when_answered(turn.practice, turn.now))

    def _is_over(self, turn: Turn, reminder: Notification, held: Appointment | None) -> bool:
        """Whether another appointment must be meant: they have cancelled or moved this one already, or it is past and
        there is one to come."""
        if held is None:
            return reminder.answer in (CANCELLED, MOVED)
        patient = turn.caller.patient
        return not self._is_ahead(turn, held) and bool(patient and turn.services.backend.appointments(patient.id))

    def _is_ahead(self, turn: Turn, held: Appointment | None) -> bool:
        return held is not None and held.slot.start > turn.now

    def _is_under_way(self, turn: Turn) -> bool:
        with self._database.read() as connection:
            return not is_idle(load_tracker(connection, turn.conversation).events)


def _expected(turn: Turn, held: Appointment) -> str:
    return say_expected(held.slot, turn.practice.zone, turn.practice.reminders.phone_window_minutes)


def _say(turn: Turn, response: str, **values: object) -> Reply:
    return Reply(turn.services.responses.say(response, **values))
