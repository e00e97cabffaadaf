"""Waiting for an earlier time than the appointment one has, and waiting no more."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from bot.actions.appointment_form import ChoosesAppointment
from bot.actions.ask import Ask
from bot.actions.choosing import is_confirmed
from bot.actions.earlier_wishes import (
    describe_wishes,
    read_days,
    read_whom,
    wanted_of,
    wishes_from_slots,
)
from bot.actions.forms import Changes, JourneyForm
from bot.actions.held import appointment_from_json, slot_to_json
from bot.actions.journey import end, finish
from bot.actions.talk import SURE, Talk, TalkAction
from bot.backend.base import Slot
from bot.earlier.telling import subject_of
from bot.identity.policy import Decision, Service
from bot.store import earlier, notifications
from bot.store.earlier import WITHDRAWN
from bot.wording import say_when


class EarlierForm(ChoosesAppointment):
    """Which appointment, with whom, on which days, and the read-back; unless something earlier is free already."""

    form = "earlier_form"
    intent = "tell_earlier"
    service = Service.CHANGE_APPOINTMENT
    steps = ("identified", "appointment", "whom", "days", "agreed")

    def begin(self, talk: Talk, held: Changes) -> Changes:
        turn, line = talk.turn, talk.turn.services.line
        begun = super().begin(talk, held)
        if begun.get("stopped"):
            return begun
        if not line.can_be_told(turn.patient, turn.now):
            talk.say("utter_refused_service")
            return {"stopped": True}
        if line.wishes_of(turn.patient.id):
            talk.say("utter_earlier_already")
        return begun

    def is_interrupted(self, talk: Talk) -> bool:
        if talk.asked_for in ("whom", "days") and talk.confidence < SURE and self._read_wishes(talk, {}):
            return False
        return super().is_interrupted(talk)

    def read_anything(self, talk: Talk, held: Changes) -> Changes | None:
        """What is said of doctors and days as the journey opens; "let me know if anything comes up" says nothing."""
        return self._read_wishes(talk, held) or None

    def read_whom(self, talk: Talk, held: Changes) -> Changes | None:
        if talk.intent == "deny":
            return self._stop(talk)
        return self._read_wishes(talk, held, asked="whom") or None

    def read_days(self, talk: Talk, held: Changes) -> Changes | None:
        if talk.intent == "deny" and not talk.entity("when"):
            return self._stop(talk)
        return self._read_wishes(talk, held, asked="days") or None

    def read_agreed(self, talk: Talk, held: Changes) -> Changes | None:
        changed = self._read_wishes(talk, held)
        if changed:
            return {**changed, "agreed": None}
        if is_confirmed(talk, {"confirm_number": None}):
            return {"agreed": True}
        if talk.intent == "deny" or talk.entity("option") == 2:
            return self._stop(talk)
        return None

    def _read_wishes(self, talk: Talk, held: Changes, asked: str = "") -> Changes:
        appointment = held.get("appointment") or talk.slot("appointment")
        whom = read_whom(talk, appointment, is_asked=asked == "whom")
        days = read_days(talk, is_asked=asked == "days")
        return {**({"whom": whom} if whom else {}), **({"days": days} if days else {})}

    def _stop(self, talk: Talk) -> Changes:
        talk.say("utter_earlier_not_put")
        return {"stopped": True}

    def _next_step(self, talk: Talk, changes: Changes) -> str | None:
        """Nobody is asked to wait for what is there."""
        step = super()._next_step(talk, changes)
        return None if step == "agreed" and free_now(talk, changes) else step


class AskWhom(Ask):
    slot = "whom"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        name = talk.slot("appointment")["slot"]["clinician"][1]
        talk.say("utter_ask_whom_again" if is_again else "utter_ask_whom", name=name)
        talk.offer_options([f"{name} only", "Anyone"])
        return {}


class AskDays(Ask):
    slot = "days"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        talk.say("utter_ask_days_again" if is_again else "utter_ask_days")
        return {}


class AskAgreed(Ask):
    slot = "agreed"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        held = appointment_from_json(talk.slot("appointment"), talk.turn.patient.id)
        wishes = describe_wishes(talk.slot("whom"), talk.slot("days"), talk.turn.services.backend.clinicians())
        old = say_when(held.slot.start, talk.turn.practice.zone)
        talk.say("utter_ask_agreed_again" if is_again else "utter_ask_agreed", old=old, wishes=wishes)
        return {}


class TellEarlier(TalkAction):
    """Puts them on the list, or offers what is free already."""

    def name(self) -> str:
        return "action_tell_earlier"

    def act(self, talk: Talk) -> list[EventType]:
        turn, held = talk.turn, talk.slot("appointment")
        if talk.slot("stopped") or not talk.slot("days") or not held:
            return end(talk)
        if turn.may(Service.CHANGE_APPOINTMENT) is not Decision.ALLOWED:
            talk.say("utter_refused_service")
            return end(talk)
        free = free_now(talk, {})
        if free:
            return self._move_now(talk, free)
        if not talk.slot("agreed"):
            return end(talk)
        wishes = wishes_from_slots(talk.slot("whom"), talk.slot("days"))
        turn.work.add(earlier.add_wish, turn.patient.id, held["id"], wishes, turn.now)
        turn.audit("earlier.wish", "asked", held["id"])
        talk.say("utter_earlier_added", minutes=turn.practice.earlier_slots.answer_minutes)
        return end(talk)

    def _move_now(self, talk: Talk, free: list[Slot]) -> list[EventType]:
        """The journey that moves an appointment, with these times on offer."""
        talk.say("utter_earlier_free_now")
        limit = talk.turn.practice.booking.offers
        known = {
            "journey": "reschedule_form",
            "identified": True,
            "appointment": talk.slot("appointment"),
            "wanted": wanted_of(talk.slot("whom"), talk.slot("days")),
            "offer": [slot_to_json(each) for each in free[:limit]],
            "resume": True,
        }
        kept = [event for event in finish(talk.slot("later")) if event["event"] == "slot"]
        return [*kept, *(SlotSet(name, value) for name, value in known.items()), FollowupAction("reschedule_form")]

    def when_unavailable(self) -> list[EventType]:
        return finish()


def free_now(talk: Talk, changes: Changes) -> list[Slot]:
    held = {name: changes[name] if name in changes else talk.slot(name) for name in ("appointment", "whom", "days")}
    appointment = appointment_from_json(held["appointment"], talk.turn.patient.id)
    wishes = wishes_from_slots(held["whom"], held["days"])
    return talk.turn.services.line.free_now(appointment, wishes, talk.turn.now)


class StopWaitingForm(JourneyForm):
    """Only who is asking."""

    form = "stop_waiting_form"
    intent = "stop_waiting"
    service = Service.CHANGE_APPOINTMENT
    steps = ("identified",)


class StopWaiting(TalkAction):
    def name(self) -> str:
        return "action_stop_waiting"

    def act(self, talk: Talk) -> list[EventType]:
        turn = talk.turn
        if not talk.slot("identified") or not turn.allows(Service.CHANGE_APPOINTMENT):
            return end(talk)
        wishes = turn.services.line.wishes_of(turn.patient.id)
        for wish in wishes:
            for offer in turn.services.line.live_offers(wish):
                turn.work.add(notifications.settle_about, subject_of(offer.id), "withdrawn", turn.now)
                turn.audit("earlier.offer", "declined", f"wish:{wish.id}:{offer.slot_id}")
            turn.work.add(earlier.end_wish, wish.id, WITHDRAWN, turn.now)
            turn.audit("earlier.wish", "withdrawn", f"wish:{wish.id}")
        talk.say("utter_earlier_removed" if wishes else "utter_earlier_not_on_list")
        return end(talk)
