"""The questions of an order, and the order itself."""

from __future__ import annotations

from typing import Any

from bot.actions.ask import Ask
from bot.actions.draft_order import Draft
from bot.actions.outcome import Change
from bot.actions.pages import show_repeats
from bot.actions.talk import Talk
from bot.backend.prescribing import NewOrder, PrescriptionRequest
from bot.identity.policy import NO_ACCESS, Service
from bot.wording import say_day, say_list


class AskMedicines(Ask):
    """Which medicines. Of several that may be meant none is named here: the name on the box tells them apart."""

    slot = "medicines"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        unclear = (talk.slot("order") or {}).get("unclear")
        if unclear:
            talk.say("utter_ask_medicines_unclear", order=say_list(list(dict.fromkeys(unclear.values()))))
        else:
            talk.say("utter_ask_medicines_again" if is_again else "utter_ask_medicines")
        if not (is_again or talk.by_text) and talk.turn.allows(Service.SEE_MEDICINES):
            show_repeats(talk)
        return {}


class AskPassOn(Ask):
    """What cannot be ordered is said in the patient's words; why, only to those who have proved who they are."""

    slot = "pass_on"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        if not is_again:
            refused = [words for words, _ in talk.slot("order")["refused"]]
            talk.say("utter_cannot_order", order=say_list(list(dict.fromkeys(refused))))
            show_repeats(talk, "utter_see_why")
        talk.say("utter_ask_pass_on")
        return {}


class AskEarlyReason(Ask):
    slot = "early_reason"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        talk.say("utter_ask_early_reason_again" if is_again else "utter_ask_early_reason")
        return {}


class AskNote(Ask):
    slot = "note"

    def ask(self, talk: Talk, is_again: bool) -> dict[str, Any]:
        talk.say("utter_ask_note_again" if is_again else "utter_ask_note")
        return {}


class OrderPrescription(Change[PrescriptionRequest]):
    """All of it, under one reference, or nothing."""

    form = "order_form"
    service = Service.ORDER_NAMED_REPEAT
    audit_as = "prescription.order"

    def name(self) -> str:
        return "action_order_prescription"

    def change(self, talk: Talk) -> PrescriptionRequest:
        turn, ordering = talk.turn, talk.turn.services.ordering
        order = NewOrder(
            repeat_ids=tuple(talk.slot("order")["items"]),
            ready_on=ordering.ready_on(turn.now),
            note=talk.slot("note") or "",
            early_reason=talk.slot("early_reason") or "",
            requested_by=turn.caller.person_id or "",
        )
        return ordering.place(turn.patient.id, turn.caller.access or NO_ACCESS, order, turn.key("order"))[0]

    def say_done(self, talk: Talk, changed: PrescriptionRequest) -> None:
        order, day = Draft(**talk.slot("order")).say(), say_day(changed.ready_on)
        talk.say("utter_ordered", order=order, reference=changed.reference, day=day)
