"""Booking an appointment."""

from __future__ import annotations

from bot.actions.forms import Changes, FindsSlots
from bot.actions.outcome import Change, attach_calendar
from bot.actions.talk import Talk
from bot.backend.base import Appointment
from bot.identity.policy import Service
from bot.wording import say_slot

# "Actually, can we do Thursday": asked for a reason, but no reason.
_CHANGES_OF_MIND = frozenset({"correction", "ask_alternatives", "reschedule_appointment"})


class BookForm(FindsSlots):
    """When, which of the offered times, an optional reason, and the read-back."""

    form = "book_form"
    intent = "book_appointment"
    service = Service.BOOK_APPOINTMENT
    steps = ("identified", "wanted", "slot", "reason", "confirmed")

    def begin(self, talk: Talk) -> Changes:
        """Somebody who may book no more is told before being asked anything else."""
        booking = talk.turn.practice.booking
        if len(talk.turn.services.backend.appointments(talk.turn.patient.id)) < booking.max_future_appointments:
            return {}
        talk.say("utter_refused_too_many_booked", max_future=booking.max_future_appointments)
        return {"stopped": True}

    def read_reason(self, talk: Talk, held: Changes) -> Changes | None:
        if talk.intent == "deny":
            return {"reason": ""}
        if talk.intent in _CHANGES_OF_MIND and talk.entity("when"):
            return self.change_of_mind(talk, held)
        if not any(character.isalpha() for character in talk.text):
            return None
        limit = talk.turn.practice.booking.reason_max_length
        if len(talk.text) > limit:
            talk.say("utter_reason_too_long", limit=limit)
            return {"reason": None}
        return {"reason": talk.text.strip()}


class BookAppointment(Change):
    form = "book_form"
    service = Service.BOOK_APPOINTMENT
    audit_as = "appointment.book"

    def name(self) -> str:
        return "action_book_appointment"

    def change(self, talk: Talk) -> Appointment:
        turn = talk.turn
        reason = talk.slot("reason") or ""
        return turn.services.backend.book(turn.patient.id, talk.slot("slot")["id"], reason, turn.key("book"))

    def say_done(self, talk: Talk, changed: Appointment) -> None:
        talk.say("utter_booked", slot=say_slot(changed.slot, talk.turn.practice.zone), reference=changed.reference)
        attach_calendar(talk, changed)
