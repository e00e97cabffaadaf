"""Turning one's own online access off."""

from __future__ import annotations

from rasa_sdk.events import EventType

from bot.actions.choosing import read_agreed
from bot.actions.forms import Changes, OfAnyPatient
from bot.actions.journey import end, finish
from bot.actions.talk import Talk, TalkAction


class AccessOffForm(OfAnyPatient):
    """Who it is, and the read-back."""

    form = "access_off_form"
    intent = "stop_online_access"
    steps = ("identified", "confirmed")

    def begin(self, talk: Talk, held: Changes) -> Changes:
        """Nobody turns off the access of somebody else from here: it could be a way to keep them in the dark."""
        if not talk.turn.caller.acts_for_another:
            return {}
        talk.say("utter_refused_service")
        return {"stopped": True}

    def read_confirmed(self, talk: Talk, held: Changes) -> Changes | None:
        return read_agreed(talk, held, self.intent, "utter_access_stays")


class TurnOffAccess(TalkAction):
    def name(self) -> str:
        return "action_turn_off_access"

    def act(self, talk: Talk) -> list[EventType]:
        turn = talk.turn
        if not talk.slot("confirmed"):
            return end(talk)
        where = (turn.conversation.id, turn.channel, turn.now)
        turn.work.add(turn.services.desk.turn_off, turn.patient.id, *where)
        turn.services.step_up.log_out(turn.work, turn.conversation, "access_off", turn.now)
        turn.escalate("access_off", "")
        talk.say("utter_access_off")
        return end(talk)

    def when_unavailable(self) -> list[EventType]:
        return finish()
