"""Ending what was proved: logged out, somebody else was in the account, or a patient is made to show their record."""

from __future__ import annotations

from datetime import datetime

from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from sqlalchemy.engine import Connection

from bot.actions.answers import say_week
from bot.actions.journey import finish
from bot.actions.talk import SURE, Talk, TalkAction
from bot.actions.turn import Turn
from bot.identity.callers import Caller
from bot.identity.phone_numbers import spoken
from bot.identity.policy import Assurance
from bot.store import grants, messages
from bot.store.conversations import SMS

HIDDEN = "••••••"  # stands for a message that is not to be read over a shoulder


def leave() -> list[EventType]:
    """Whatever journey there was is over, without a word."""
    return [ActiveLoop(None), SlotSet("requested_slot", None), *finish()]


def everyone_here(turn: Turn) -> list[Caller]:
    """All who may be meant: every patient this number leads to; in the chat whoever is known."""
    if turn.channel != SMS:
        return [turn.caller] if turn.caller.patient else []
    reached = turn.services.callers.reached_by(turn.conversation.address, turn.now)
    return [Caller(each.patient, Assurance.CONTACT, person_id=each.person_id) for each in reached]


def lock_out(turn: Turn, words: str) -> bool:
    """Lock the way to the record of everyone here, and tell staff; False if nobody is known."""
    people = everyone_here(turn)
    turn.services.step_up.not_me(turn.work, people, turn.now)
    turn.escalate("not_me", words, "urgent")
    for each in people:
        turn.caller = each
        turn.audit("step_up.not_me", "locked")
    return bool(people)


class LogOut(TalkAction):
    """In the chat, which may stand on a shared computer, it is forgotten who it is too."""

    def name(self) -> str:
        return "action_log_out"

    def act(self, talk: Talk) -> list[EventType]:
        turn = talk.turn
        is_known = turn.caller.grant is not None or (turn.caller.patient is not None and not talk.by_text)
        turn.services.step_up.log_out(turn.work, turn.conversation, "log_out", turn.now)
        if is_known:
            turn.audit("step_up.log_out", "done")
        if not talk.by_text:
            turn.work.add(_forget, turn.conversation.id, turn.now)
        talk.say("utter_logged_out" if is_known else "utter_nobody_logged_in")
        if talk.form:
            talk.say("utter_left")
        return leave()


class ReportIntruder(TalkAction):
    """Locks at once; on a guess it asks, since only the surgery can unlock."""

    def name(self) -> str:
        return "action_report_intruder"

    def act(self, talk: Talk) -> list[EventType]:
        if talk.confidence < SURE:
            talk.say("utter_intruder_unsure")
        elif lock_out(talk.turn, talk.text):
            talk.say("utter_not_me")
        else:
            talk.say("utter_intruder_unknown", text_number=spoken(talk.turn.practice.text_number))
        return leave()


class UnderPressure(TalkAction):
    """The screen may be watched: the answer says nothing, what was written goes from it, and staff are told."""

    def name(self) -> str:
        return "action_under_pressure"

    def act(self, talk: Talk) -> list[EventType]:
        turn = talk.turn
        where = (turn.conversation.id, turn.channel, turn.now)
        for each in everyone_here(turn) if talk.confidence >= SURE else ():
            if each.patient:
                turn.work.add(turn.services.desk.note_pressure, each.patient.id, *where)
        turn.services.step_up.log_out(turn.work, turn.conversation, "under_pressure", turn.now)
        turn.escalate("under_pressure", talk.text, "urgent")
        turn.work.add(messages.hide_text, turn.conversation.id, turn.message_id, HIDDEN)
        talk.say("utter_under_pressure", week=say_week(turn.practice))
        return leave()


def _forget(connection: Connection, conversation_id: str, now: datetime) -> None:
    grants.end_grants(connection, now, "log_out", conversation_id=conversation_id)
