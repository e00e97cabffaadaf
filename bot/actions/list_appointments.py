"""Telling a patient which appointments they have."""

from __future__ import annotations

from rasa_sdk.events import EventType

from bot.actions.forms import JourneyForm
from bot.actions.outcome import finish
from bot.actions.talk import Talk, TalkAction
from bot.identity.policy import Service
from bot.wording import say_appointments, say_slot


class ListForm(JourneyForm):
    """Only who is asking."""

    form = "list_form"
    intent = "list_appointments"
    service = Service.SEE_APPOINTMENTS
    steps = ("identified",)


class ListAppointments(TalkAction):
    def name(self) -> str:
        return "action_list_appointments"

    def act(self, talk: Talk) -> list[EventType]:
        if talk.slot("identified") and talk.turn.allows(Service.SEE_APPOINTMENTS):
            self._say(talk)
        return finish()

    def _say(self, talk: Talk) -> None:
        turn = talk.turn
        held = turn.services.backend.appointments(turn.patient.id)
        turn.audit("appointment.list", "done")
        if not held:
            talk.say("utter_no_appointments")
        elif len(held) == 1:
            talk.say("utter_one_appointment", slot=say_slot(held[0].slot, turn.practice.zone))
        else:
            talk.say("utter_appointments", options=say_appointments(held, turn.practice.zone))
