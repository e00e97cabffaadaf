"""What is done with a message, step by step (design: the road of a message). Each step may deal with it for good."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.actions.attendance import Attendance
from bot.actions.broadcast_reply import answer_broadcast
from bot.actions.offer_reply import answer_offer
from bot.actions.safeguards import HIDDEN, everyone_here, lock_out
from bot.actions.turn import Services, Turn
from bot.alarm import Alarm
from bot.clock import Clock
from bot.dialogue import Dialogue
from bot.escalation.timing import say_when_answered
from bot.identity.callers import NOBODY, Caller
from bot.identity.identify import Outcome
from bot.identity.passcodes import holds_registration_key
from bot.nlu.languages import Language, detect
from bot.nlu.short_replies import read_short_reply
from bot.responses import Responses
from bot.sms_text import compose_text
from bot.store import contacts, grants, messages
from bot.store.conversations import BOT, SMS
from bot.store.database import Database
from bot.store.escalations import PATIENT_WROTE, live_escalation, was_raised
from bot.store.messages import Reply
from bot.store.outbox import queue_text
from bot.store.tracker import load_tracker
from bot.store.turn_queue import Waiting

_MAX_TEXT = 1600  # characters; what Twilio passes on at most
_STOP = frozenset({"stop", "stopall", "unsubscribe", "optout", "opt out"})
_START = frozenset({"start", "unstop"})
_NOT_ME = re.compile(
    r"\W*(?:no,? )?(?:(?:that|this|it) (?:was|is) )?not ?me\W*|\W*(?:no,? )?(?:that|it) wasn.?t me\W*", re.I
)
_NOT_ME_FOR = timedelta(days=30)  # after a proof
_LOOKED_BACK = 20  # messages
_STILL_THERE = timedelta(minutes=30)  # since staff wrote last
_HELP = frozenset({"help", "info"})


class Steps:
    """Takes a message down the road."""

    def __init__(
        self, database: Database, dialogue: Dialogue, services: Services, responses: Responses, clock: Clock
    ) -> None:
        self._database, self._dialogue, self._services = database, dialogue, services
        self._responses, self._clock = responses, clock
        self._alarms = Alarm(database, responses, self._talk)
        self._attendance = Attendance(database, self._talk)

    def take(self, turn: Turn, waiting: Waiting) -> Reply | None:
        """What is answered; None where nothing may be said. What is to be written is added to the turn's work."""
        steps = (
            *(self._alarm, self._opt_out, self._not_me, self._secret, self._offered, self._staff),
            *(self._guard, self._identity, self._attendance.take, self._language, self._slash),
        )
        for step in steps:
            handled, reply = step(turn, waiting)
            if handled:
                return reply
        reply = self._talk(turn, waiting.extra.get("payload") or waiting.text.strip())
        return self._no_pictures(reply) if waiting.extra.get("media") else reply

    # In order; each says whether it dealt with the message.

    def _alarm(self, turn: Turn, waiting: Waiting) -> tuple[bool, Reply | None]:
        """Red flags first, whatever the state. The journey waits as it is; a person is told."""
        return self._alarms.take(turn, waiting)

    def _opt_out(self, turn: Turn, waiting: Waiting) -> tuple[bool, Reply | None]:
        if turn.channel != SMS:
            return False, None
        number = turn.conversation.address
        said = waiting.extra.get("opt_out") or _keyword(waiting.text)
        if said == "STOP":
            if _keyword(waiting.text) != "STOP":
                self._attendance.note_stop(turn, waiting.text)
            turn.work.add(contacts.set_opted_out, number, turn.now)
            self._services.step_up.log_out(turn.work, turn.conversation, "stop", turn.now)
            turn.audit("texts.opt_out", "done")
            return True, None  # no text may follow
        if said == "START":
            turn.work.add(contacts.set_opted_out, number, None)
            turn.audit("texts.opt_in", "done")
        if said == "START" and _keyword(waiting.text) != "START":
            return False, None  # "YES", to a network: an answer all the same
        if said and waiting.extra.get("opt_out"):
            return True, None  # the provider has answered already
        if said == "START":
            return True, Reply(self._responses.say("utter_texts_on"), is_said_regardless=True)
        if said == "HELP" and turn.conversation.owner != BOT:
            return True, Reply(self._responses.say("utter_help"), is_said_regardless=True)
        if said == "HELP":
            return True, self._talk(turn, "/help")  # a journey's question is asked again after it
        return False, None

    def _not_me(self, turn: Turn, waiting: Waiting) -> tuple[bool, Reply | None]:
        """The answer to "you logged in": understood in so many words, whatever else is going on."""
        if turn.channel != SMS or not _NOT_ME.fullmatch(waiting.text):
            return False, None
        if not self._was_told(everyone_here(turn), turn.now):
            return False, None  # nobody was told of anything: it answers something else
        lock_out(turn, waiting.text)
        return True, Reply(self._responses.say("utter_not_me"), is_urgent=True)

    def _secret(self, turn: Turn, waiting: Waiting) -> tuple[bool, Reply | None]:
        """A registration key was typed here: it is not kept, and goes on the secure page."""
        if waiting.extra.get("payload") or not holds_registration_key(waiting.text):
            return False, None
        turn.work.add(messages.hide_text, turn.conversation.id, turn.message_id, HIDDEN)
        turn.audit("message.read", "secret")
        return True, Reply(self._responses.say("utter_key_on_page"))

    def _was_told(self, people: list[Caller], now: datetime) -> bool:
        """Whether one of them was logged in lately, so that "not me" is about that."""
        with self._database.read() as connection:
            given = (
                grants.was_given_since(connection, each.patient.id, now - _NOT_ME_FOR)
                for each in people
                if each.patient
            )
            return any(given)

    def _offered(self, turn: Turn, waiting: Waiting) -> tuple[bool, Reply | None]:
        """The answer to an earlier time that was offered by text, or to a text to many. While staff own it, only the
        number that takes the time is one."""
        if waiting.extra.get("payload"):
            return False, None
        reply = answer_offer(turn, waiting.text)
        if reply is None and turn.conversation.owner == BOT:
            reply = answer_broadcast(turn, waiting.text)
        return reply is not None, reply

    def _staff(self, turn: Turn, waiting: Waiting) -> tuple[bool, Reply | None]:
        """Staff own it: the message is theirs, and the assistant stays silent. A code it had asked for is still one."""
        if turn.conversation.owner == BOT:
            return False, None
        is_code = turn.challenge is not None and turn.challenge.kind == grants.CODE
        outcome = self._judge(turn, waiting) if is_code else None
        turn.escalate(PATIENT_WROTE, HIDDEN if outcome and outcome.secret else waiting.text)
        return True, self._shut(turn)

    def _shut(self, turn: Turn) -> Reply | None:
        """Nobody answers at night: that is said once, not left to silence."""
        if turn.practice.is_open(turn.now):
            return None
        said = self._responses.say("utter_staff_shut", by=say_when_answered(turn.practice, turn.now))
        with self._database.read() as connection:
            latest = messages.messages_after(connection, turn.conversation.id, 0, _LOOKED_BACK)
        before = [each for each in latest if each.author != messages.PATIENT]
        is_told = any(each.text == said for each in before[-1:])
        is_there = any(each.author == messages.STAFF and turn.now - each.at < _STILL_THERE for each in before)
        return None if is_told or is_there else Reply(said, is_said_regardless=True)

    def _guard(self, turn: Turn, waiting: Waiting) -> tuple[bool, Reply | None]:
        """Messages that cannot be read: without words, or longer than any door lets through."""
        if waiting.extra.get("payload"):
            return False, None
        if len(waiting.text) > _MAX_TEXT:
            turn.escalate("too_long", waiting.text)
            return True, Reply(self._responses.say("utter_too_long"))
        has_words = any(character.isalnum() for character in waiting.text)
        if not has_words and read_short_reply(waiting.text) is None:  # a thumb up or down is an answer
            has_media = bool(waiting.extra.get("media"))
            return True, Reply(self._responses.say("utter_no_pictures" if has_media else "utter_nothing_to_read"))
        return False, None

    def _identity(self, turn: Turn, waiting: Waiting) -> tuple[bool, Reply | None]:
        """An answer to an open challenge goes to identity, never to Rasa, its tracker or a log."""
        outcome = self._judge(turn, waiting)
        if outcome is None:
            return False, None
        if outcome.response:
            return True, Reply(self._responses.say(outcome.response))
        return True, self._talk(turn, "/inform")  # the journey that asked goes on

    def _judge(self, turn: Turn, waiting: Waiting) -> Outcome | None:
        """What came of an answer to the open challenge; None if there is none, or this is no answer to it."""
        if turn.challenge is None or waiting.extra.get("payload"):
            return None
        outcome = self._services.identify.answer(turn.work, turn.conversation, turn.challenge, waiting.text, turn.now)
        if not outcome.handled:
            return None
        if outcome.passed:
            turn.caller, turn.challenge = outcome.caller or NOBODY, None
        turn.audit(
            "identity.answer", "passed" if outcome.passed else (outcome.response or "none").removeprefix("utter_")
        )
        if outcome.secret:
            turn.work.add(messages.hide_text, turn.conversation.id, turn.message_id, HIDDEN)
        if outcome.text_to and outcome.code:
            turn.work.add(self._text_code, outcome.text_to, outcome.code)
        if outcome.response == "utter_code_locked":
            turn.escalate("step_up_locked", "")
        return outcome

    def _language(self, turn: Turn, waiting: Waiting) -> tuple[bool, Reply | None]:
        """Not English: never translated, but passed on as it is. A journey stays as it is, and can go on in English."""
        language = None if waiting.extra.get("payload") else detect(waiting.text)
        if language is None:
            return False, None
        turn.escalate("other_language", f"{language.name}: {waiting.text}")
        turn.audit("language", language.code)
        return True, self._in_language(language, turn.conversation.id)

    def _slash(self, turn: Turn, waiting: Waiting) -> tuple[bool, Reply | None]:
        """To Rasa, text that begins with "/" is an intent. Only a button of ours may say one; typed, it is none."""
        if waiting.extra.get("payload") or not waiting.text.lstrip().startswith("/"):
            return False, None
        return True, Reply(self._responses.say("utter_no_slash"))

    def _in_language(self, language: Language, conversation_id: str) -> Reply:
        with self._database.read() as connection:
            held = live_escalation(connection, conversation_id)
            is_first = held is None or not was_raised(connection, held, "other_language")
        parts = ("language", "passed_on") if is_first else ("passed_on",)
        said = " ".join(self._responses.say(f"utter_{part}_{language.code}") for part in parts)
        return Reply(said, language=language.tag)

    def _talk(self, turn: Turn, text: str) -> Reply | None:
        with self._database.read() as connection:
            tracker = load_tracker(connection, turn.conversation)
        reply = self._dialogue.turn(turn, text, tracker)
        # A patient who wrote always gets an answer, even if no rule had one.
        return reply or Reply(self._responses.say("utter_fallback"))

    def _no_pictures(self, reply: Reply | None) -> Reply:
        """A picture came along with the words: the words are answered, and the picture is not passed over."""
        said = self._responses.say("utter_no_pictures")
        return replace(reply, text=f"{said}\n\n{reply.text}") if reply else Reply(said)

    def _text_code(self, connection: Connection, number: str, code: str) -> None:
        minutes = self._services.practice.conversation.code_minutes
        said = self._responses.say("utter_code_text", code=code, minutes=minutes)
        body, segments = compose_text(self._services.practice.name, said)
        queue_text(connection, number, body, segments, self._clock())


def _keyword(text: str) -> str | None:
    said = text.strip().casefold().rstrip(".!")
    for words, meaning in ((_STOP, "STOP"), (_START, "START"), (_HELP, "HELP")):
        if said in words:
            return meaning
    return None
