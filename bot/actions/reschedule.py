"""Moving an appointment to another time, in one step."""

from __future__ import annotations

from bot.actions.forms import ChoosesAppointment, FindsSlots
from bot.actions.outcome import Change, attach_calendar
from bot.actions.talk import Talk
from bot.backend.base import Appointment
from bot.identity.policy import Service
from bot.wording import say_slot


class RescheduleForm(ChoosesAppointment, FindsSlots):
    """Which appointment, when instead, which of the offered times, and the read-back."""

    form = "reschedule_form"
    intent = "reschedule_appointment"
    service = Service.CHANGE_APPOINTMENT
    steps = ("identified", "appointment", "wanted", "slot", "confirmed")


class RescheduleAppointment(Change):
    form = "reschedule_form"
    service = Service.CHANGE_APPOINTMENT
    audit_as = "appointment.reschedule"

    def name(self) -> str:
        return "action_reschedule_appointment"

    def change(self, talk: Talk) -> Appointment:
        turn, held = talk.turn, talk.slot("appointment")
        return turn.services.backend.reschedule(
            turn.patient.id, held["id"], talk.slot("slot")["id"], turn.key("reschedule")
        )

    def say_done(self, talk: Talk, changed: Appointment) -> None:
        talk.say("utter_moved", slot=say_slot(changed.slot, talk.turn.practice.zone), reference=changed.reference)
        attach_calendar(talk, changed)
