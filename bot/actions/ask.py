"""The questions of the journeys. Asked again after a question in the middle, they are shorter."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from rasa_sdk.events import EventType, SlotSet

from bot.actions.draft_order import Draft
from bot.actions.held import appointment_to_json, describe, new_confirm_number, slot_from_json, slot_to_json
from bot.actions.offers import find_offers
from bot.actions.talk import Talk, TalkAction
from bot.backend.base import NotSuitable, Slot
from bot.backend.rules import same_day
from bot.store.grants import CODE, MOBILE, WHO
from bot.wording import say_appointments, say_options, say_short, say_time

_ASKED = {MOBILE: "utter_ask_mobile", CODE: "utter_code_awaited", WHO: "utter_ask_who"}
_ASKED_AGAIN = {MOBILE: "utter_ask_mobile_again", CODE: "utter_code_awaited", WHO: "utter_ask_who_again"}


class Ask(TalkAction):
    """Asks for one slot. `ask` says the question and gives the slots it has to remember for the answer."""

    slot: str

    def name(self) -> str:
        return f"action_ask_{self.slot}"

    def act(self, talk: Talk) -> list[EventType]:
        is_again = talk.was_interrupted or (talk.slot("misses") or 0) > 1  # the second time what can be said was said
        kept = self.ask(talk, is_again)
        return [SlotSet(name, value) for name, value in kept.items()]

    @abstractmethod
    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        """Say the question; gives the slots to keep."""


class AskIdentified(Ask):
    slot = "identified"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        turn = talk.turn
        if turn.challenge is not None:
            talk.say((_ASKED if talk.interrupts else _ASKED_AGAIN)[turn.challenge.kind])
            return {}
        response = turn.ask_who()
        talk.say(response or "utter_number_not_known")
        return {}


class AskWanted(Ask):
    slot = "wanted"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        talk.say("utter_ask_wanted_again" if is_again else "utter_ask_wanted")
        return {}


class AskSlot(Ask):
    """Offers times; those offered already stand until they are changed."""

    slot = "slot"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        held = talk.slot("offer")
        if held:
            slots = [slot_from_json(each) for each in held]
            return self._offer(talk, slots, "utter_ask_slot_again" if is_again else "utter_ask_slot")
        try:
            slots, lead = find_offers(talk, talk.slot("wanted") or {}, talk.turn.practice.booking.offers)
        except NotSuitable:
            return self._ask_for_another(talk, "utter_refused_not_suitable")
        if not slots:
            return self._ask_for_another(talk, "utter_no_slots")
        if lead:
            talk.say(lead)
        return self._offer(talk, slots, "utter_ask_slot")

    def _offer(self, talk: Talk, slots: list[Slot], response: str) -> dict[str, Any]:
        zone = talk.turn.practice.zone
        talk.say(response, options=say_options(slots, zone))
        talk.offer_options([say_short(slot.start, zone) for slot in slots])
        talk.say("utter_offer_slots")
        return {"offer": [slot_to_json(slot) for slot in slots]}

    def _ask_for_another(self, talk: Talk, response: str) -> dict[str, Any]:
        talk.say(response)
        return {"wanted": None, "requested_slot": "wanted"}


class AskReason(Ask):
    slot = "reason"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        is_yes = talk.intent == "affirm" and len(talk.slot("offer") or ()) != 1  # "yes", said to this very question
        talk.say("utter_ask_reason_again" if is_again or is_yes else "utter_ask_reason")
        return {}


class AskAppointment(Ask):
    """Which of several appointments is meant."""

    slot = "appointment"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        turn = talk.turn
        held = turn.services.backend.appointments(turn.patient.id)
        options = say_appointments(held, turn.practice.zone)
        talk.say("utter_ask_appointment_again" if is_again else "utter_ask_appointment", options=options)
        talk.offer_options([say_short(each.slot.start, turn.practice.zone) for each in held])
        return {"choices": [appointment_to_json(each) for each in held]}


class AskConfirmed(Ask):
    """The read-back. By text a cancellation or a move is confirmed with a number; a booking with 1 or yes."""

    slot = "confirmed"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        journey = str(talk.slot("journey")).removesuffix("_form")
        by_number = talk.by_text and journey != "book"
        number = talk.slot("confirm_number") or (new_confirm_number() if by_number else None)
        if journey == "book" and not talk.slot("warned"):
            self._warn_of_same_day(talk)
        old = describe(talk.slot("appointment")["slot"], talk) if talk.slot("appointment") else None
        new = describe(talk.slot("slot"), talk) if talk.slot("slot") else None
        order = Draft(**talk.slot("order")).say() if talk.slot("order") else None
        about = {"old": old, "slot": new, "order": order, "reference": talk.slot("prescription")}
        talk.say(f"utter_confirm_{journey}{'_again' if is_again else ''}", number=number, **about)
        return {"confirm_number": number, "warned": True}

    def _warn_of_same_day(self, talk: Talk) -> None:
        """Said once: the patient already has an appointment that day."""
        turn = talk.turn
        if not turn.practice.booking.same_day_warning:
            return
        future = turn.services.backend.appointments(turn.patient.id)
        other = same_day(slot_from_json(talk.slot("slot")), future, turn.practice.zone)
        if other is not None:
            talk.say("utter_same_day", time=say_time(other.slot.start.astimezone(turn.practice.zone).time()))
