"""The answer to the offer of an earlier time: understood in so many words, whatever else is going on."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.actions.outcome import calendar_of
from bot.actions.turn import Turn
from bot.backend.base import Appointment, NoSuchAppointment, Unavailable
from bot.backend.refused import Refused
from bot.earlier.reading import Answer, read_answer
from bot.earlier.telling import subject_of
from bot.identity.callers import Caller
from bot.identity.policy import Assurance, Decision, Service
from bot.store import earlier, notifications
from bot.store.conversations import BOT, SMS
from bot.store.earlier import DECLINED, GONE, TAKEN, Offer
from bot.store.messages import Reply
from bot.wording import say_slot

Read = tuple[Offer, Answer]


def answer_offer(turn: Turn, text: str) -> Reply | None:
    """What is said to it; None: the message is about something else.

    A bare yes or no is about the offer only if that was the last thing said; its number always is, even while staff own
    the conversation.
    """
    read = _read(turn, text)
    if read is None:
        return None
    offer, answer = read
    caller = _caller(turn, offer.patient_id)
    if caller is None:
        return None  # the number has changed hands since
    turn.caller = caller
    if answer is Answer.DECLINE:
        return _decline(turn, offer)
    if answer is not Answer.TAKE and _stands(turn, offer):
        return _say(turn, "utter_earlier_by_number", number=offer.number)
    return _take(turn, offer)


def _read(turn: Turn, text: str) -> Read | None:
    line = turn.services.line
    if turn.channel == SMS:
        offered = line.offered_to_number(turn.conversation.address, turn.now)
    else:
        offered = line.offered_to_patient(turn.caller.patient.id, turn.now) if turn.caller.patient else []
    for offer, _ in offered:
        if offer.number and offer.number in re.findall(r"\d+", text):
            answer = read_answer(text, offer.number)
            return (offer, answer) if answer else None
    is_ours = turn.conversation.owner == BOT
    for offer, message_id in offered[:1] if is_ours else []:
        asked = turn.services.responses.say("utter_earlier_by_number", number=offer.number)
        answer = read_answer(text, offer.number)
        if answer and line.was_said_last(turn.conversation.id, turn.message_id, message_id, asked):
            return offer, answer
    return None


def _caller(turn: Turn, patient_id: str) -> Caller | None:
    """Who writes, as somebody who may speak for the patient it was offered to."""
    if turn.caller.patient and turn.caller.patient.id == patient_id:
        return turn.caller
    if turn.channel != SMS:
        return None
    callers = turn.services.callers
    for each in callers.reached_by(turn.conversation.address, turn.now):
        if each.patient.id == patient_id:
            access = callers.access(each.patient, each.proxy, turn.now)
            return Caller(each.patient, Assurance.CONTACT, turn.caller.sharing, access, each.person_id)
    return None


def _stands(turn: Turn, offer: Offer) -> bool:
    return offer.ended_at is None and turn.now < offer.expires_at


def _decline(turn: Turn, offer: Offer) -> Reply:
    if offer.ended_at is None:
        turn.work.add(earlier.end_offer, offer.id, DECLINED, turn.now)
        _settle(turn, offer, "declined")
    return _say(turn, "utter_earlier_declined" if turn.services.line.wish_of(offer) else "utter_earlier_over")


def _take(turn: Turn, offer: Offer) -> Reply:
    backend, patient = turn.services.backend, turn.patient
    try:
        held = next((each for each in backend.appointments(patient.id) if each.slot.id == offer.slot_id), None)
        if held is not None:  # said twice, or the turn is run again
            return _taken(turn, offer, held)
        wish = turn.services.line.wish_of(offer)
        if wish is None or not _stands(turn, offer):
            return _say(turn, "utter_earlier_gone" if wish else "utter_earlier_over")
        decision = turn.may(Service.CHANGE_APPOINTMENT)
        if decision is Decision.PROVE:
            return _prove_first(turn, offer)
        if decision is Decision.REFUSED:
            return _say(turn, "utter_refused_service")
        moved = backend.reschedule(patient.id, wish.appointment_id, offer.slot_id, f"offer:{offer.id}")
    except Unavailable:
        turn.audit("clinical_system", "unavailable")
        return _say(turn, "utter_refused_unavailable")
    except Refused as refusal:
        turn.audit("appointment.reschedule", refusal.code)
        turn.work.add(earlier.end_offer, offer.id, GONE, turn.now)
        _settle(turn, offer, "gone")
        return _say(turn, "utter_earlier_over" if isinstance(refusal, NoSuchAppointment) else "utter_earlier_gone")
    turn.audit("appointment.reschedule", "done", moved.id)
    turn.work.add(notifications.settle_about, wish.appointment_id, "moved", turn.now)
    return _taken(turn, offer, moved)


def _taken(turn: Turn, offer: Offer, moved: Appointment) -> Reply:
    if offer.outcome != TAKEN:
        turn.work.add(earlier.end_wish, offer.wish_id, TAKEN, turn.now)
        _settle(turn, offer, "taken")
        turn.audit("earlier.wish", "taken", f"wish:{offer.wish_id}")
    slot = say_slot(moved.slot, turn.practice.zone)
    reply = _say(turn, "utter_moved", slot=slot, reference=moved.reference)
    return replace(reply, attachment=calendar_of(moved)) if turn.channel != SMS else reply


def _prove_first(turn: Turn, offer: Offer) -> Reply:
    """The practice wants proof for a change: a link, and the number again after it."""
    services, minutes = turn.services, turn.practice.identity.link_minutes
    link = services.step_up.offer(turn.work, turn.conversation, turn.patient.id, "settings", turn.now)
    if link is None:
        turn.escalate("step_up_locked", "")
        return _say(turn, "utter_step_up_locked")
    turn.audit("step_up.link", "made")
    if turn.channel == SMS:
        return _say(turn, "utter_earlier_prove", link=link, minutes=minutes, number=offer.number)
    reply = _say(turn, "utter_prove_first", minutes=minutes)
    return replace(reply, attachment={"label": services.responses.say("utter_open_page"), "secure": link})


def _settle(turn: Turn, offer: Offer, outcome: str) -> None:
    turn.work.add(notifications.settle_about, subject_of(offer.id), outcome, turn.now)
    turn.audit("earlier.offer", outcome, f"wish:{offer.wish_id}:{offer.slot_id}")


def _say(turn: Turn, response: str, **values: object) -> Reply:
    return Reply(turn.services.responses.say(response, **values), is_said_regardless=True)
