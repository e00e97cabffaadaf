"""Cancelling an appointment."""

from __future__ import annotations

from bot.actions.appointment_form import ChoosesAppointment
from bot.actions.choosing import read_agreed
from bot.actions.forms import Changes
from bot.actions.outcome import Change
from bot.actions.talk import Talk
from bot.backend.base import Appointment
from bot.identity.policy import Service
from bot.store import notifications
from bot.wording import say_slot


class CancelForm(ChoosesAppointment):
    """Which appointment, and the read-back."""

    form = "cancel_form"
    intent = "cancel_appointment"
    service = Service.CANCEL_APPOINTMENT
    steps = ("identified", "appointment", "confirmed")

    def read_confirmed(self, talk: Talk, held: Changes) -> Changes | None:
        other = self.other_appointment(talk, held)
        if other is not None:
            return other
        return read_agreed(talk, held, self.intent, "utter_kept")


class CancelAppointment(Change[Appointment]):
    form = "cancel_form"
    service = Service.CANCEL_APPOINTMENT
    audit_as = "appointment.cancel"

    def name(self) -> str:
        return "action_cancel_appointment"

    def change(self, talk: Talk) -> Appointment:
        turn, held = talk.turn, talk.slot("appointment")
        cancelled = turn.services.backend.cancel(turn.patient.id, held["id"], turn.key("cancel"))
        turn.work.add(notifications.settle_about, held["id"], notifications.CANCELLED, turn.now)
        return cancelled

    def say_done(self, talk: Talk, changed: Appointment) -> None:
        talk.say("utter_cancelled", old=say_slot(changed.slot, talk.turn.practice.zone))
