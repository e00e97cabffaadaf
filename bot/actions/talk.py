"""One action's view of the conversation: what was just said, what is held, and how to answer."""

from __future__ import annotations

import asyncio
import itertools
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.turn import Turn, current_turn
from bot.backend.base import Unavailable
from bot.identity.phone_numbers import spoken
from bot.nlu.when import When, read_when
from bot.store.conversations import SMS

# What may be an answer to a journey's question. Anything else is a question or a request of its own.
ANSWERS = frozenset({"affirm", "deny", "inform", "select_option", "ask_alternatives", "correction", "nlu_fallback"})

# Taken for one of these on a guess, a message that names a day or time is about the day or time.
_MERE_TALK = frozenset({"greet", "goodbye", "thanks", "chitchat", "out_of_scope", "opening_hours", "practice_info"}) | {
    "confirm_attendance"
}

_MOODS = frozenset({"abusive", "chitchat"})

# Below this the classifier is guessing: nothing is confirmed, and no reason is dropped, on a guess.
SURE = 0.6


class Talk:
    """What an action reads and says. Slots hold Rasa's own values: JSON, never objects."""

    def __init__(self, turn: Turn, tracker: Tracker, dispatcher: CollectingDispatcher) -> None:
        self.turn, self._tracker, self._dispatcher = turn, tracker, dispatcher
        message = tracker.latest_message or {}
        self.text: str = message.get("text") or ""
        self.intent: str = (message.get("intent") or {}).get("name") or ""
        self.confidence: float = (message.get("intent") or {}).get("confidence") or 0.0
        self._entities: list[dict[str, Any]] = message.get("entities") or []
        said = self.entity("when")
        self.take_when(When.from_json(said) if said else None)

    @property
    def last_said(self) -> str | None:
        """The assistant's last words."""
        said = (event.get("text") for event in reversed(self._tracker.events) if event["event"] == "bot")
        return next((str(text) for text in said if text), None)

    @property
    def form(self) -> str | None:
        name = (self._tracker.active_loop or {}).get("name")
        return str(name) if name else None

    @property
    def asked_for(self) -> str | None:
        asked = self.slot("requested_slot")
        return str(asked) if asked else None

    @property
    def by_text(self) -> bool:
        return self.turn.channel == SMS

    @property
    def interrupts(self) -> bool:
        """Whether this message is a question or request of its own, not an answer."""
        is_unsure = self.intent == "greet" or self.confidence < SURE  # "afternoon"; "can you do Thursday"
        if self.entity("when") and self.intent in _MERE_TALK and is_unsure:
            return False
        if self.intent in _MOODS and self.confidence < SURE:
            return False  # better not understood than told off on a guess
        return self.intent not in ANSWERS

    @property
    def was_interrupted(self) -> bool:
        """The form's question stands already: something else was answered in between."""
        if self.intent == "repeat" or self._began_now:
            return False  # the question itself was asked for, or was not asked before
        actions = [event["name"] for event in self._tracker.events if event["event"] == "action"]
        before = [name for name in actions if name != self.form]
        return bool(before) and before[-1] != "action_listen" and self.interrupts

    @property
    def _began_now(self) -> bool:
        """Whether the form was opened by this message."""
        now = itertools.takewhile(lambda event: event["event"] != "user", reversed(self._tracker.events))
        return any(event["event"] == "active_loop" and event.get("name") == self.form for event in now)

    def slot(self, name: str) -> Any:
        return self._tracker.slots.get(name)

    def entity(self, name: str) -> Any:
        """The value of the first entity of this name in the message just received, or None."""
        return next((each["value"] for each in self._entities if each["entity"] == name), None)

    def entities(self, name: str) -> list[Any]:
        return [each["value"] for each in self._entities if each["entity"] == name]

    def said_of(self, name: str) -> list[tuple[Any, str]]:
        """Each entity of this name with the stretch of the message that it was read from; "" for the whole."""
        found = [each for each in self._entities if each["entity"] == name]
        pieces = [self.text[each.get("start") or 0 : each.get("end") or 0].strip() for each in found]
        return [(each["value"], "" if piece == self.text else piece) for each, piece in zip(found, pieces, strict=True)]

    def narrow(self, words: str) -> None:
        """Read only these words of the message."""
        self.text = words
        self.take("option", None)
        self.take_when(read_when(words, self.turn.now))

    def take_when(self, when: When | None) -> None:
        """Take these days and times for those of the message; "this week", once it has begun, begins today."""
        today = self.turn.now.astimezone(self.turn.practice.zone).date()
        self.take("when", when.still_to_come(today).as_json() if when else None)

    def take(self, name: str, value: Any) -> None:
        """Read the message just received with this entity in place of what was found; None leaves it out."""
        kept = [each for each in self._entities if each["entity"] != name]
        self._entities = [*kept, {"entity": name, "value": value}] if value is not None else kept

    def say(self, response: str, **values: Any) -> None:
        """Say a response of domain.yml. Every response may name {surgery} and {phone}."""
        practice = self.turn.practice
        self._dispatcher.utter_message(response=response, surgery=practice.name, phone=spoken(practice.phone), **values)

    def offer(self, what: str) -> None:
        """Buttons of domain.yml (utter_offer_…) under an answer; not in the middle of a journey, which has its own."""
        if self.form is None:
            self._dispatcher.utter_message(response=f"utter_offer_{what}")

    def offer_options(self, labels: list[str]) -> None:
        """A numbered button for each label."""
        buttons = [
            {"title": f"{number}. {label}", "payload": f'/select_option{{"option": {number}}}'}
            for number, label in enumerate(labels, 1)
        ]
        self._dispatcher.utter_message(buttons=buttons)

    def say_again(self, words: str) -> None:
        self._dispatcher.utter_message(text=words)

    def attach(self, label: str, **what: str) -> None:
        """Show something under this answer, on the web only: `href`, a file of ours; `secure`, a link to the secure
        page by its id; or `card`, a part of the record by its name, which the browser fetches itself."""
        if not self.by_text:
            self._dispatcher.utter_message(json_message={"label": label, **what})


class TalkAction(Action, ABC):  # type: ignore[misc]
    """The base of our actions: `act` runs off the event loop, and a clinical system that is down gets plain words."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        talk = Talk(current_turn(), tracker, dispatcher)
        try:
            return await asyncio.to_thread(self.act, talk)
        except Unavailable:
            talk.turn.audit("clinical_system", "unavailable")
            talk.say("utter_refused_unavailable")
            return self.when_unavailable()

    @abstractmethod
    def act(self, talk: Talk) -> list[EventType]:
        """Say something, and give the events for the tracker."""

    def when_unavailable(self) -> list[EventType]:
        return []
