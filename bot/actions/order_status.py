"""How far an order has come, for whoever names its reference: without the name of a medicine."""

from __future__ import annotations

import re

from bot.actions.talk import Talk
from bot.backend.prescribing import CANCELLED, REJECTED, PrescriptionRequest
from bot.backend.references import LETTERS
from bot.identity.policy import NO_ACCESS
from bot.wording import say_day

_REFERENCE = re.compile(rf"\b[{LETTERS}]{{6}}\b", re.I)


def find_reference(text: str) -> str | None:
    """What may be the reference of an order."""
    found = _REFERENCE.search(text)
    return found[0].upper() if found else None


def orders_of(talk: Talk) -> list[PrescriptionRequest]:
    """All this patient has ordered, newest first."""
    turn = talk.turn
    return turn.services.ordering.requests(turn.patient.id, turn.caller.access or NO_ACCESS)


def say_status(talk: Talk, reference: str) -> bool:
    """Tell how far it has come; False where that takes more than a sentence: parts of it have come further than others,
    or it is none of theirs."""
    held = [each for each in orders_of(talk) if each.reference == reference]
    states = {each.status for each in held}
    talk.turn.audit("prescription.status", "done" if held else "not_found", held[0].id if held else None)
    if len(states) != 1:
        talk.say("utter_order_mixed" if states else "utter_refused_no_such_request", reference=reference)
        return False
    status = states.pop()
    if status in (REJECTED, CANCELLED):  # why is for the page
        talk.say(f"utter_order_{status}", reference=reference)
        return True
    ordered = held[0].requested_at.astimezone(talk.turn.practice.zone).date()
    days = {"day": say_day(ordered), "ready": say_day(held[0].ready_on)}
    said = talk.turn.services.responses.say(f"utter_request_{status}", **days)
    talk.say("utter_order_status", reference=reference, status=said)
    return True
