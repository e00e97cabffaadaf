"""Telling a patient which appointments they have."""

from __future__ import annotations

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from bot.actions.forms import JourneyForm
from bot.actions.journey import end, is_instead
from bot.actions.talk import Talk, TalkAction
from bot.identity.policy import Decision, Service
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
        if talk.form is None:
            if talk.slot("identified") and talk.turn.allows(Service.SEE_APPOINTMENTS):
                self._say(talk)
            return end(talk)
        return self._in_the_middle(talk)

    def _in_the_middle(self, talk: Talk) -> list[EventType]:
        """Asked in another journey it is a question: answered, and the journey goes on."""
        is_known = talk.slot("identified") and talk.turn.may(Service.SEE_APPOINTMENTS) is Decision.ALLOWED
        if is_instead(talk.text) or not is_known:
            return [FollowupAction("list_form")]
        self._say(talk)
        return [SlotSet("misses", None)]

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
