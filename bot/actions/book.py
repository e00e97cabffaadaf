"""Booking an appointment."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk.events import EventType

from bot.actions.forms import Changes
from bot.actions.held import appointment_to_json
from bot.actions.journey import cancels_this, say_stopped
from bot.actions.outcome import Change, attach_calendar
from bot.actions.reasons import agrees, find_reason, is_hesitation, is_something_else
from bot.actions.slot_form import FindsSlots
from bot.actions.talk import SURE, Talk
from bot.backend.base import Appointment, Slot
from bot.backend.rules import same_day
from bot.identity.policy import Service
from bot.nlu.short_replies import means_any, read_short_reply
from bot.wording import say_slot

# "Actually, can we do Thursday": asked for a reason, but no reason.
_CHANGES_OF_MIND = frozenset({"correction", "ask_alternatives", "reschedule_appointment"})
_FILLER = re.compile(
    r"\b(?:no|sorry|oh|wait|actually|i (?:meant|mean|said)|make it|can (?:we|you|i|it)|(?:how|what) about|do|be|have"
    r"|on|at|the|instead|please|pls|then|rather|not)\b|\W",
    re.I,
)


class BookForm(FindsSlots):
    """When, which of the offered times, an optional reason, and the read-back."""

    form = "book_form"
    intent = "book_appointment"
    service = Service.BOOK_APPOINTMENT
    steps = ("identified", "wanted", "slot", "reason", "confirmed")

    def act(self, talk: Talk) -> list[EventType]:
        """ "Cancel that", said of what is not booked yet, means leave it; no appointment is meant."""
        if talk.slot("journey") == self.form and cancels_this(talk.text):
            say_stopped(talk)
            return self.when_unavailable()
        return super().act(talk)

    def begin(self, talk: Talk, held: Changes) -> Changes:
        """Somebody who may book no more is told before being asked anything else."""
        booking = talk.turn.practice.booking
        if len(talk.turn.services.backend.appointments(talk.turn.patient.id)) < booking.max_future_appointments:
            return {}
        talk.say("utter_refused_too_many_booked", max_future=booking.max_future_appointments)
        return {"stopped": True}

    def is_interrupted(self, talk: Talk) -> bool:
        return is_something_else(talk) if talk.asked_for == "reason" else super().is_interrupted(talk)

    def read_anything(self, talk: Talk, held: Changes) -> Changes | None:
        """A reason said along the way is taken, so that it is not asked for."""
        read = super().read_anything(talk, held)
        reason = _reason_heard(talk)
        return {**(read or {}), **reason} if reason else read

    def read_along(self, talk: Talk, held: Changes, chosen: Slot) -> Changes:
        """ "The second one, for my back, and it's fine to book": nothing is left to ask, unless there is a warning."""
        said = _reason_heard(talk)
        if not agrees(talk.text):
            return said
        future = talk.turn.services.backend.appointments(talk.turn.patient.id)
        is_warned = same_day(chosen, future, talk.turn.practice.zone) and talk.turn.practice.booking.same_day_warning
        return {"reason": held["reason"] or "", **said, "confirmed": None if is_warned else True}

    def read_reason(self, talk: Talk, held: Changes) -> Changes | None:
        if talk.intent == "deny" or means_any(talk.text):
            return {"reason": ""}
        if talk.intent == "affirm" and read_short_reply(talk.text):
            return {"reason": None}  # "yes": it is asked for again
        if self.picked_again(talk, held) or talk.intent in _CHANGES_OF_MIND or _is_nothing_but_a_wish(talk):
            changed = self.change_of_mind(talk, held)
            if changed is not None:
                return changed
            if talk.intent == "ask_alternatives" and talk.confidence >= SURE:
                return {**self.others(talk, held), "slot": None}
        if is_hesitation(talk.text):
            return None
        limit = talk.turn.practice.booking.reason_max_length
        if len(talk.text) > limit:
            talk.say("utter_reason_too_long", limit=limit)
            return {"reason": None}
        return {"reason": talk.text.strip()}


def _reason_heard(talk: Talk) -> Changes:
    """What was not asked for is read back, since staff will see it."""
    reason = find_reason(talk.text, talk.turn.now)
    if reason is None:
        return {}
    talk.say("utter_reason_heard", reason=reason)
    return {"reason": reason}


def _is_nothing_but_a_wish(talk: Talk) -> bool:
    """ "Thursday afternoon": a day or time and next to nothing else, where a reason was asked for."""
    when = talk.entity("when")
    return bool(when) and not _FILLER.sub("", talk.text[: when["start"]] + talk.text[when["end"] :])


class BookAppointment(Change[Appointment]):
    form = "book_form"
    service = Service.BOOK_APPOINTMENT
    audit_as = "appointment.book"

    def name(self) -> str:
        return "action_book_appointment"

    def change(self, talk: Talk) -> Appointment:
        turn = talk.turn
        reason = talk.slot("reason") or ""
        return turn.services.backend.book(turn.patient.id, talk.slot("slot")["id"], reason, turn.key("book"))

    def keep(self, changed: Appointment) -> dict[str, Any]:
        return appointment_to_json(changed)

    def say_done(self, talk: Talk, changed: Appointment) -> None:
        talk.say("utter_booked", slot=say_slot(changed.slot, talk.turn.practice.zone), reference=changed.reference)
        attach_calendar(talk, changed)
