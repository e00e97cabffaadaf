"""Cancelling an order of medicines, while nobody has dealt with it."""

from __future__ import annotations

from typing import Any

from bot.actions.ask import Ask
from bot.actions.choosing import read_agreed
from bot.actions.forms import Changes, JourneyForm
from bot.actions.order_status import find_reference, orders_of
from bot.actions.outcome import Change
from bot.actions.talk import Talk
from bot.backend.prescribing import REQUESTED, PrescriptionRequest, TooLateToChange
from bot.escalation.timing import say_when_answered
from bot.identity.policy import NO_ACCESS, Service
from bot.wording import say_day

_NOT_CANCELLED = "order_not_cancelled"


class CancelOrderForm(JourneyForm):
    """Which order, told by its reference and its day, and the read-back."""

    form = "cancel_order_form"
    intent = "cancel_prescription_request"
    service = Service.ORDER_NAMED_REPEAT
    steps = ("identified", "prescription", "confirmed")

    def start(self, talk: Talk) -> Changes:
        return {**super().start(talk), "reference": find_reference(talk.text)}

    def is_interrupted(self, talk: Talk) -> bool:
        return find_reference(talk.text) is None and super().is_interrupted(talk)

    def begin(self, talk: Talk, held: Changes) -> Changes:
        turn = talk.turn
        access = turn.caller.access or NO_ACCESS
        waiting = _references(turn.services.ordering.outstanding(turn.patient.id, access, turn.now))
        if held["reference"] in waiting:
            return _choose(talk, held["reference"])
        if held["reference"]:
            talk.say("utter_refused_no_such_request", reference=held["reference"])
        if not waiting:
            talk.say("utter_no_orders")
            return {"stopped": True}
        return _choose(talk, waiting[0]) if len(waiting) == 1 and not held["reference"] else {"choices": waiting}

    def read_prescription(self, talk: Talk, held: Changes) -> Changes | None:
        waiting, option = held["choices"] or [], talk.entity("option")
        meant = find_reference(talk.text)
        if meant is None and isinstance(option, int) and 0 < option <= len(waiting):
            meant = waiting[option - 1]
        if meant is not None and meant in waiting:
            return _choose(talk, meant)
        if talk.intent == "deny":
            talk.say("utter_order_kept")
            return {"stopped": True}
        return None

    def read_confirmed(self, talk: Talk, held: Changes) -> Changes | None:
        return read_agreed(talk, held, self.intent, "utter_order_kept")


class AskPrescription(Ask):
    """Which of several orders."""

    slot = "prescription"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        zone = talk.turn.practice.zone
        days = {each.reference: say_day(each.requested_at.astimezone(zone).date()) for each in orders_of(talk)}
        labels = [f"{reference}, {days[reference]}" for reference in talk.slot("choices")]
        options = "\n".join(f"{number}. {label}" for number, label in enumerate(labels, 1))
        talk.say("utter_ask_prescription_again" if is_again else "utter_ask_prescription", options=options)
        talk.offer_options(labels)
        return {}


class CancelOrder(Change[PrescriptionRequest]):
    """Every part of it that is still to be dealt with."""

    form = "cancel_order_form"
    service = Service.ORDER_NAMED_REPEAT
    audit_as = "prescription.cancel"

    def name(self) -> str:
        return "action_cancel_order"

    def change(self, talk: Talk) -> PrescriptionRequest:
        turn, cancelled = talk.turn, list[PrescriptionRequest]()
        for each in _parts(talk, talk.slot("prescription")):
            key = turn.key(f"cancel {each.id}")
            try:
                cancelled.append(
                    turn.services.ordering.cancel(turn.patient.id, turn.caller.access or NO_ACCESS, each.id, key)
                )
            except TooLateToChange:
                turn.escalate(_NOT_CANCELLED, each.reference)
        if not cancelled:
            raise TooLateToChange
        return cancelled[0]

    def say_done(self, talk: Talk, changed: PrescriptionRequest) -> None:
        is_whole = all(each.status == changed.status for each in _parts(talk, changed.reference))
        response = "utter_order_was_cancelled" if is_whole else "utter_order_partly_cancelled"
        talk.say(response, reference=changed.reference, by=say_when_answered(talk.turn.practice, talk.turn.now))


def _choose(talk: Talk, reference: str) -> Changes:
    """Too late is said now, not after the read-back."""
    if any(each.status == REQUESTED for each in _parts(talk, reference)):
        return {"prescription": reference}
    talk.turn.escalate(_NOT_CANCELLED, reference)
    by = say_when_answered(talk.turn.practice, talk.turn.now)
    talk.say("utter_refused_too_late_to_change", reference=reference, by=by)
    return {"stopped": True}


def _parts(talk: Talk, reference: str) -> list[PrescriptionRequest]:
    return [each for each in orders_of(talk) if each.reference == reference]


def _references(requests: list[PrescriptionRequest]) -> list[str]:
    return list(dict.fromkeys(each.reference for each in requests))
