"""A journey is a Rasa form; its validation action is a `JourneyForm`: it reads one message and fills slots.

A slot is a step: asked for while it is None. Slots hold JSON. Who the patient is comes from the turn, never from one.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from rasa_sdk.events import EventType, SlotSet

from bot.actions.answers import answer, note_miss
from bot.actions.journey import JOURNEY_SLOTS, QUESTIONS, Request, add_requests, asked_after, asked_for, is_left_behind
from bot.actions.proof import offer_page
from bot.actions.search import Wanted
from bot.actions.talk import SURE, Talk, TalkAction
from bot.identity.policy import Decision, Service

_LISTS = ("slot", "appointment")  # the steps that show a numbered list

Changes = dict[str, Any]

_OF_ONE_PATIENT = (
    *("identified", "appointment", "choices", "offer", "slot", "reason", "confirmed", "confirm_number"),
    *("order", "medicines", "pass_on", "early_reason", "note", "prescription"),
)


class JourneyForm(TalkAction):
    """Reads one message for one journey.

    Attributes:
        intent: the intent that starts it; said again inside it, it is an answer and not a new start.
        service: what the policy is asked for.
        steps: the slots to fill, in order.
        purpose, proof: of the link to the secure page, where the policy asks for proof; and what is said with it.
    """

    intent: str
    service: Service
    steps: tuple[str, ...]
    purpose = "settings"
    proof = "utter_prove_first"

    @property
    @abstractmethod
    def form(self) -> str:
        """The form's name in domain.yml. A journey sets it; bases leave it open, so that they are no actions."""

    def name(self) -> str:
        return f"validate_{self.form}"

    def act(self, talk: Talk) -> list[EventType]:
        is_new = talk.slot("journey") != self.form or bool(talk.slot("resume"))
        if not is_new and _is_for_another(talk):
            return [*(SlotSet(name, None) for name in _OF_ONE_PATIENT), SlotSet("requested_slot", "identified")]
        if not is_new and self.is_interrupted(talk):
            return []
        changes: Changes = {}
        if is_new:
            changes = {} if talk.slot("resume") else self.start(talk)
            words = talk.slot("said") or talk.turn.said or asked_for(talk, self.asked_as(talk))
            if words:
                talk.narrow(words)
            changes.update(resume=None, said=None)
        changes.update(self._read(talk, changes, is_new))
        if "wanted" in changes:
            changes.update(_whole_or_wishes(changes["wanted"]))
        events = [SlotSet(name, value) for name, value in changes.items()]
        return [*events, SlotSet("requested_slot", self._next_step(talk, changes))]

    def when_unavailable(self) -> list[EventType]:
        return [SlotSet("stopped", True), SlotSet("requested_slot", None)]

    def is_interrupted(self, talk: Talk) -> bool:
        """Whether this message is for somebody else: a question in the middle, or another journey."""
        return talk.interrupts and talk.intent != self.asked_as(talk)

    def asked_as(self, talk: Talk) -> str:
        """The intent by which this message asks for it, where there are several."""
        return self.intent

    def start(self, talk: Talk) -> Changes:
        """The slots as a journey begins. What it takes the place of is named, so that nothing seems half done."""
        left = talk.slot("journey")
        if is_left_behind(left, self.form):
            talk.say(f"utter_left_{left}")
        return {**dict.fromkeys(JOURNEY_SLOTS), "journey": self.form, "later": self._later(talk)}

    def _later(self, talk: Talk) -> list[Request] | None:
        """What else was asked for: questions are answered now, the rest is remembered."""
        others = asked_after(talk, self.asked_as(talk))
        for each in others:
            if each["intent"] in QUESTIONS:
                answer(talk, each)
        if any(each["intent"] not in QUESTIONS for each in others):
            talk.say("utter_rest_after")
        return add_requests(others, talk.slot("later"), but=self.asked_as(talk))

    def _read(self, talk: Talk, changes: Changes, is_new: bool) -> Changes:
        held = {name: changes[name] if name in changes else talk.slot(name) for name in JOURNEY_SLOTS}
        held["wanted"] = held["wanted"] or held["wishes"]
        read = self._identify(talk, held, is_new)
        if read.get("identified"):
            read.update(self.begin(talk, held))
            held.update(read)
        if read.get("stopped") or (is_new and held["wanted"]):  # resumed: nothing new was said
            return read
        reader = None if is_new else getattr(self, f"read_{talk.asked_for}", None)
        said = reader(talk, held) if reader else self.read_anything(talk, held)
        if said is None and not is_new and talk.asked_for != "identified":
            is_repeated = talk.intent == self.asked_as(talk)  # "book an appointment" in the middle of booking one
            return {**read, **({"misses": 0} if is_repeated else self._miss(talk, held))}
        return {**read, **(said or {}), **({} if said is None else {"misses": 0})}

    def _identify(self, talk: Talk, held: Changes, is_new: bool) -> Changes:
        if held["identified"] and self.allows(talk):
            return {}
        if talk.by_text and talk.turn.caller.sharing > 1 and (is_new or talk.turn.challenge):
            return {"identified": None}  # the last journey may have been for somebody else with this number
        decision = self.decide(talk)
        if decision is Decision.ALLOWED:
            return {"identified": True}
        if decision is Decision.REFUSED:
            talk.say("utter_refused_service")
            return {"stopped": True}
        if talk.turn.caller.patient is not None:
            offer_page(talk, self.purpose, self.proof)
            return {"stopped": True}
        if talk.by_text and talk.turn.caller.sharing == 0:
            talk.say("utter_number_not_known")
            return {"stopped": True}
        return {"identified": None}  # tells Rasa that this message was for the form

    def decide(self, talk: Talk) -> Decision:
        """Whether it may begin for whoever writes."""
        return talk.turn.may(self.service)

    def allows(self, talk: Talk) -> bool:
        """Whether it may still go on."""
        return talk.turn.allows(self.service)

    def _next_step(self, talk: Talk, changes: Changes) -> str | None:
        held = {name: changes[name] if name in changes else talk.slot(name) for name in (*self.steps, "stopped")}
        if held["stopped"]:
            return None
        return next((step for step in self.steps if held[step] is None), None)

    def _miss(self, talk: Talk, held: Changes) -> Changes:
        """Nothing could be made of it: say so; from the second time on say what can be said, and offer a person."""
        misses = (held["misses"] or 0) + 1
        is_off_list = talk.asked_for in _LISTS and talk.intent in ("select_option", "affirm")
        first = "utter_not_in_list" if is_off_list else "utter_not_understood"
        note_miss(talk, misses)
        talk.say(first if misses == 1 else f"utter_can_say_{talk.asked_for}")
        return {"misses": misses}

    def read_anything(self, talk: Talk, held: Changes) -> Changes | None:
        """What a message says when it opens the journey, or comes while another answer is awaited."""
        return None

    def begin(self, talk: Talk, held: Changes) -> Changes:
        """Called once, as soon as it is known for whom; may stop the journey before anything else is asked."""
        return {}

    def read_identified(self, talk: Talk, held: Changes) -> Changes | None:
        return self.read_anything(talk, held)


class OfAnyPatient(JourneyForm):
    """Needs to know who writes, whatever is switched on for them."""

    service = Service.ASK_FOR_PERSON

    def decide(self, talk: Talk) -> Decision:
        return Decision.ALLOWED if self.allows(talk) else Decision.PROVE

    def allows(self, talk: Talk) -> bool:
        return talk.turn.caller.patient is not None


def _is_for_another(talk: Talk) -> bool:
    """ "No, it's for my son", where several patients share the number: it is asked again for whom."""
    is_said = talk.intent == "proxy_request" and talk.confidence >= SURE
    return is_said and talk.turn.caller.sharing > 1 and bool(talk.slot("identified"))


def _whole_or_wishes(wanted: Wanted | None) -> Changes:
    """`wanted` is a step, so it stays empty until there is a time to look for; what is known so far are wishes."""
    is_whole = bool(wanted and wanted.get("when"))
    return {"wanted": wanted if is_whole else None, "wishes": None if is_whole else wanted}
