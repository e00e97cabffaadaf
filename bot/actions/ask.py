"""The questions of the appointment journeys. Asked again after a question in the middle, they are shorter."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import EventType, SlotSet

from bot.actions.forms import appointment_to_json, describe, new_confirm_number, slot_from_json, slot_to_json
from bot.actions.search import find_offers
from bot.actions.talk import Talk, TalkAction
from bot.backend.base import NotSuitable, Slot
from bot.backend.rules import same_day
from bot.store.grants import CODE, WHO
from bot.wording import say_appointments, say_options, say_time


class Ask(TalkAction):
    """Asks for one slot. `ask` says the question and gives the slots it has to remember for the answer."""

    slot: str

    def name(self) -> str:
        return f"action_ask_{self.slot}"

    def act(self, talk: Talk) -> list[EventType]:
        kept = self.ask(talk, is_again=talk.was_interrupted)
        return [SlotSet(name, value) for name, value in kept.items()]

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        raise NotImplementedError


class AskIdentified(Ask):
    slot = "identified"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        turn = talk.turn
        if turn.challenge is not None and turn.challenge.kind in (CODE, WHO):
            talk.say("utter_code_awaited" if turn.challenge.kind == CODE else "utter_ask_who_again")
            return {}
        response = turn.ask_who()
        talk.say(response or "utter_number_not_known")
        return {}


class AskWanted(Ask):
    slot = "wanted"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        if is_again:
            talk.say("utter_ask_wanted_again")
            return {}
        buttons = [(label, label) for label in ("As soon as possible", "This week", "Next week")]
        talk.say("utter_ask_wanted", buttons)
        return {}


class AskSlot(Ask):
    slot = "slot"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        held = talk.slot("offer")
        if held:
            slots = [slot_from_json(each) for each in held]
            talk.say(
                "utter_ask_slot_again" if is_again else "utter_ask_slot",
                self._buttons(talk, slots),
                options=self._list(talk, slots),
            )
            return {}
        wanted = talk.slot("wanted") or {}
        limit = talk.turn.practice.booking.offers
        try:
            slots, is_exact = find_offers(talk, wanted, limit)
        except NotSuitable:
            talk.say("utter_refused_not_suitable")
            return {"wanted": None, "requested_slot": "wanted"}
        if not slots:
            talk.say(
                "utter_no_slots", [("Speak to a person", "/talk_to_human"), ("Try another time", "/ask_alternatives")]
            )
            return {"wanted": None, "requested_slot": "wanted"}
        talk.say(
            "utter_ask_slot" if is_exact else "utter_ask_slot_nearest",
            self._buttons(talk, slots),
            options=self._list(talk, slots),
        )
        return {"offer": [slot_to_json(slot) for slot in slots]}

    def _list(self, talk: Talk, slots: list[Slot]) -> str:
        return say_options(slots, talk.turn.practice.zone)

    def _buttons(self, talk: Talk, slots: list[Slot]) -> list[tuple[str, str]]:
        zone = talk.turn.practice.zone
        labels = [
            f"{number}. {slot.start.astimezone(zone):%a} {say_time(slot.start.astimezone(zone).time())}"
            for number, slot in enumerate(slots, 1)
        ]
        picks = [(label, f'/select_option{{"option": {number}}}') for number, label in enumerate(labels, 1)]
        return [
            *picks,
            ("Other times", "/ask_alternatives"),
            ("Another day", "another day"),
        ]


class AskReason(Ask):
    slot = "reason"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        talk.say("utter_ask_reason", [("No reason", "/deny")])
        return {}


class AskAppointment(Ask):
    """Which of several appointments is meant."""

    slot = "appointment"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        held = talk.turn.services.backend.appointments(talk.turn.patient.id)
        options = say_appointments(held, talk.turn.practice.zone)
        buttons = [(f"Number {number}", f'/select_option{{"option": {number}}}') for number in range(1, len(held) + 1)]
        talk.say("utter_ask_appointment", buttons, options=options)
        return {"choices": [appointment_to_json(each) for each in held]}


class AskConfirmed(Ask):
    """The read-back. By text a cancellation or a move is confirmed with a number; a booking with 1 or yes."""

    slot = "confirmed"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        journey = str(talk.slot("journey")).removesuffix("_form")
        by_number = talk.by_text and journey != "book"
        number = talk.slot("confirm_number") or (new_confirm_number() if by_number else None)
        buttons = [(_YES[journey], "/affirm"), (_NO[journey], "/deny")]
        talk.say(f"utter_confirm_{journey}", buttons, number=number, **self._read_back(talk, journey))
        return {"confirm_number": number, "warned": True}

    def _read_back(self, talk: Talk, journey: str) -> dict[str, str]:
        held = talk.slot("appointment")
        values = {"old": describe(held["slot"], talk)} if held else {}
        if journey == "cancel":
            return values
        values["slot"] = describe(talk.slot("slot"), talk)
        values["warning"] = self._same_day(talk) if journey == "book" else ""
        return values

    def _same_day(self, talk: Talk) -> str:
        """Said once: the patient already has an appointment that day."""
        turn = talk.turn
        if talk.slot("warned") or not turn.practice.booking.same_day_warning:
            return ""
        future = turn.services.backend.appointments(turn.patient.id)
        other = same_day(slot_from_json(talk.slot("slot")), future, turn.practice.zone)
        return (
            f" You already have an appointment that day, at {say_time(other.slot.start.astimezone(turn.practice.zone).time())}."
            if other
            else ""
        )


_YES = {"book": "Yes, book it", "cancel": "Yes, cancel it", "reschedule": "Yes, move it"}
_NO = {"book": "Other times", "cancel": "No, keep it", "reschedule": "Other times"}
