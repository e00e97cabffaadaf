"""The steps that the appointment journeys share. A journey is a Rasa form; its validation action is a `JourneyForm`.

A slot is a step: asked for while it is None. Slots hold JSON. Who the patient is comes from the turn, never from one.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import Any

from rasa_sdk.events import EventType, SlotSet

from bot.actions.choosing import choose, is_confirmed
from bot.actions.held import appointment_to_json, slot_from_json
from bot.actions.search import Wanted, read_alternatives, read_wanted
from bot.actions.talk import SURE, Talk, TalkAction
from bot.backend.base import Appointment, Clinician, TooLateToCancel
from bot.backend.rules import check_cancel
from bot.identity.policy import Decision, Service
from bot.nlu.clinicians import find_clinicians
from bot.wording import say_minutes

JOURNEY_SLOTS = (
    *("journey", "identified", "appointment", "choices", "wishes", "wanted", "offer", "slot", "reason"),
    *("confirmed", "confirm_number", "warned", "misses", "stopped"),
)

# While a reason is asked for, nearly everything is one; only these are taken for something else.
_NOT_A_REASON = frozenset(
    ["stop_this", "start_over", "talk_to_human", "help", "repeat", "bot_challenge", "privacy_question"]
)
_QUESTIONS = frozenset(["opening_hours", "practice_info"])
_CANCEL = re.compile(r"\W*cancel(?: (?:it|this|that))?(?: (?:my |the )?(?:booking|appointment))?(?: pl\w+)?\W*$", re.I)

Changes = dict[str, Any]


class JourneyForm(TalkAction):
    """Reads one message for one journey.

    Attributes:
        intent: the intent that starts it; said again inside it, it is an answer and not a new start.
        service: what the policy is asked for.
        steps: the slots to fill, in order.
    """

    intent: str
    service: Service
    steps: tuple[str, ...]

    @property
    @abstractmethod
    def form(self) -> str:
        """The form's name in domain.yml. A journey sets it; bases leave it open, so that they are no actions."""

    def name(self) -> str:
        return f"validate_{self.form}"

    def act(self, talk: Talk) -> list[EventType]:
        is_new = talk.slot("journey") != self.form or bool(talk.slot("resume"))
        if not is_new and self.is_interrupted(talk):
            return []
        changes = self._start(talk) if is_new else {}
        changes.update(self._read(talk, changes, is_new))
        if "wanted" in changes:
            changes.update(_whole_or_wishes(changes["wanted"]))
        events = [SlotSet(name, value) for name, value in changes.items()]
        return [*events, SlotSet("requested_slot", self._next_step(talk, changes))]

    def when_unavailable(self) -> list[EventType]:
        return [SlotSet("stopped", True), SlotSet("requested_slot", None)]

    def is_interrupted(self, talk: Talk) -> bool:
        """Whether this message is for somebody else: a question in the middle, or another journey."""
        if talk.asked_for == "reason":
            is_question = talk.intent in _QUESTIONS and talk.confidence >= SURE
            return talk.intent in _NOT_A_REASON or is_question or bool(_CANCEL.match(talk.text))
        return talk.interrupts and talk.intent != self.intent

    def _start(self, talk: Talk) -> Changes:
        if talk.slot("resume"):
            return {"resume": None}
        return {**dict.fromkeys(JOURNEY_SLOTS), "journey": self.form, "resume": None}

    def _read(self, talk: Talk, changes: Changes, is_new: bool) -> Changes:
        held = {name: changes[name] if name in changes else talk.slot(name) for name in JOURNEY_SLOTS}
        held["wanted"] = held["wanted"] or held["wishes"]
        read = self._identify(talk, held, is_new)
        if read.get("identified"):
            read.update(self.begin(talk))
        if read.get("stopped") or (is_new and held["wanted"]):  # resumed: nothing new was said
            return read
        reader = None if is_new else getattr(self, f"read_{talk.asked_for}", None)
        answer = reader(talk, held) if reader else self.read_anything(talk, held)
        if answer is None and not is_new and talk.asked_for != "identified":
            is_repeated = talk.intent == self.intent  # "book an appointment" in the middle of booking one
            return {**read, **({"misses": 0} if is_repeated else self._miss(talk, held))}
        return {**read, **(answer or {}), **({"misses": 0} if answer else {})}

    def _identify(self, talk: Talk, held: Changes, is_new: bool) -> Changes:
        if held["identified"] and talk.turn.allows(self.service):
            return {}
        if talk.by_text and talk.turn.caller.sharing > 1 and (is_new or talk.turn.challenge):
            return {"identified": None}  # the last journey may have been for somebody else with this number
        decision = talk.turn.may(self.service)
        if decision is Decision.ALLOWED:
            return {"identified": True}
        if decision is Decision.REFUSED:
            talk.say("utter_refused_service")
            return {"stopped": True}
        if talk.by_text and talk.turn.caller.sharing == 0:
            talk.say("utter_number_not_known")
            return {"stopped": True}
        return {"identified": None}  # tells Rasa that this message was for the form

    def _next_step(self, talk: Talk, changes: Changes) -> str | None:
        held = {name: changes[name] if name in changes else talk.slot(name) for name in (*self.steps, "stopped")}
        if held["stopped"]:
            return None
        return next((step for step in self.steps if held[step] is None), None)

    def _miss(self, talk: Talk, held: Changes) -> Changes:
        """Nothing could be made of it: say so, and from the second time on offer a person."""
        misses = (held["misses"] or 0) + 1
        talk.say("utter_not_understood" if misses == 1 else "utter_not_understood_again")
        return {"misses": misses}

    def read_anything(self, talk: Talk, held: Changes) -> Changes | None:
        """What a message says when it opens the journey, or comes while another answer is awaited."""
        return None

    def begin(self, talk: Talk) -> Changes:
        """Called once, as soon as it is known for whom; may stop the journey before anything else is asked."""
        return {}

    def read_identified(self, talk: Talk, held: Changes) -> Changes | None:
        return self.read_anything(talk, held)


class FindsSlots(JourneyForm):
    """Steps `wanted`, `slot` and `confirmed`: for the journeys that end in a slot."""

    def read_anything(self, talk: Talk, held: Changes) -> Changes | None:
        wanted = read_wanted(talk, self._clinicians(talk), held["wanted"])
        if wanted is None:
            return None
        return _checked(talk, wanted, held["wanted"])

    def read_wanted(self, talk: Talk, held: Changes) -> Changes | None:
        read = self.read_anything(talk, held)
        if read is None and talk.intent == "deny":
            talk.say("utter_stopped")
            return {"stopped": True}
        return read

    def read_slot(self, talk: Talk, held: Changes) -> Changes | None:
        offered = [slot_from_json(each) for each in held["offer"] or []]
        chosen = choose(talk, [slot.start for slot in offered], talk.turn.practice.zone)
        if chosen is not None:
            return {"slot": held["offer"][chosen]}
        if talk.intent != "ask_alternatives" or talk.entity("when"):
            changed = self.read_anything(talk, held)
            if changed:
                return {**changed, "offer": None}
        if offered and talk.intent in ("ask_alternatives", "deny"):
            return self._others(talk, held)
        return None

    def change_of_mind(self, talk: Talk, held: Changes) -> Changes | None:
        """Another day, time or clinician after a time was chosen: other times are offered."""
        changed = self.read_anything(talk, held)
        return {**changed, "offer": None, "slot": None, "confirm_number": None} if changed else None

    def read_confirmed(self, talk: Talk, held: Changes) -> Changes | None:
        changed = self.change_of_mind(talk, held)
        if changed:
            return changed
        if is_confirmed(talk, held):
            return {"confirmed": True}
        if talk.intent == "ask_alternatives" or talk.entity("option") == 2:
            return {**self._others(talk, held), "slot": None, "confirm_number": None}
        if talk.intent in ("deny", "correction"):
            return {"slot": None, "confirm_number": None}
        if talk.intent == "affirm":
            talk.say("utter_confirm_by_number", number=held["confirm_number"])
            return {"confirmed": None}
        return None

    def _others(self, talk: Talk, held: Changes) -> Changes:
        """Times other than those on offer."""
        offered = [slot_from_json(each) for each in held["offer"] or []]
        if not offered:
            return {}
        wanted = read_alternatives(talk.text, held["wanted"] or {}, offered, talk.turn.practice)
        return {"wanted": wanted, "offer": None}

    def _clinicians(self, talk: Talk) -> list[Clinician]:
        return talk.turn.services.backend.clinicians()


class ChoosesAppointment(JourneyForm):
    """Step `appointment`: one that is held. With a single one there is nothing to ask."""

    def begin(self, talk: Talk) -> Changes:
        held = talk.turn.services.backend.appointments(talk.turn.patient.id)
        if not held:
            talk.say("utter_no_appointments")
            return {"stopped": True}
        if len(held) == 1:
            return self._choose(talk, held[0])
        return {"choices": [appointment_to_json(each) for each in held]}

    def read_appointment(self, talk: Talk, held: Changes) -> Changes | None:
        choices = [slot_from_json(each["slot"]) for each in held["choices"] or []]
        chosen = choose(talk, [slot.start for slot in choices], talk.turn.practice.zone, by_day=True)
        if chosen is None:
            named = find_clinicians(talk.text, {slot.clinician for slot in choices}).ids
            fits = [index for index, slot in enumerate(choices) if slot.clinician.id in named]
            chosen = fits[0] if len(fits) == 1 else None
        if chosen is None and talk.intent == "deny":
            talk.say("utter_kept")
            return {"stopped": True}
        if chosen is None:
            return None
        identifier = held["choices"][chosen]["id"]
        still = [
            each for each in talk.turn.services.backend.appointments(talk.turn.patient.id) if each.id == identifier
        ]
        return self._choose(talk, still[0]) if still else None

    def _choose(self, talk: Talk, chosen: Appointment) -> Changes:
        """Too late for a change is said now, not after the patient has picked another time."""
        booking = talk.turn.practice.booking
        try:
            check_cancel(chosen, booking, talk.turn.now)
        except TooLateToCancel:
            talk.say("utter_refused_too_late_to_cancel", cutoff=say_minutes(booking.cancel_cutoff_minutes))
            return {"stopped": True}
        return {"appointment": appointment_to_json(chosen)}


def _whole_or_wishes(wanted: Wanted | None) -> Changes:
    """`wanted` is a step, so it stays empty until there is a time to look for; what is known so far are wishes."""
    is_whole = bool(wanted and wanted.get("when"))
    return {"wanted": wanted if is_whole else None, "wishes": None if is_whole else wanted}


def _checked(talk: Talk, wanted: Wanted, held: Wanted | None) -> Changes:
    """A day that has passed or does not exist is asked about, never guessed; what was wanted before stays."""
    problem = (wanted.get("when") or {}).get("problem")
    if not problem:
        return {"wanted": wanted}
    talk.say(f"utter_when_{problem}")
    return {"wanted": {**wanted, "when": (held or {}).get("when")}}
