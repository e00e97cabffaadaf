"""A second request of the same message: remembered while the first is dealt with, then offered."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import EventType, SlotSet

from bot.actions.answers import TalkToHuman, answer
from bot.actions.ask import Ask
from bot.actions.forms import Changes, JourneyForm
from bot.actions.journey import FORMS, finish
from bot.actions.talk import SURE, Talk, TalkAction
from bot.identity.policy import Service


class LaterForm(JourneyForm):
    """Yes or no to going on with it."""

    form = "later_form"
    intent = ""
    service = Service.PRACTICE_INFORMATION
    steps = ("go_on",)

    def start(self, talk: Talk) -> Changes:
        return {"journey": self.form}

    def _identify(self, talk: Talk, held: Changes, is_new: bool) -> Changes:
        return {}

    def read_go_on(self, talk: Talk, held: Changes) -> Changes | None:
        if talk.intent == "affirm" and talk.confidence >= SURE:
            return {"go_on": True}
        return {"go_on": False} if talk.intent == "deny" else None


class AskGoOn(Ask):
    slot = "go_on"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        talk.say(f"utter_also_{talk.slot('later')[0]['intent']}")
        talk.say("utter_ask_go_on")
        return {}


class GoOn(TalkAction):
    """Begins what was remembered, or lets it go."""

    def name(self) -> str:
        return "action_go_on"

    def act(self, talk: Talk) -> list[EventType]:
        first, *rest = talk.slot("later")
        if not talk.slot("go_on"):
            talk.say("utter_left" if rest else "utter_stopped")
            return finish(rest)
        if first["intent"] in FORMS:
            return [*finish(rest, FORMS[first["intent"]]), SlotSet("said", first["words"] or None)]
        if first["intent"] == "talk_to_human":
            return TalkToHuman().act(talk)
        answer(talk, first)
        return finish(rest)
