"""The one road in: a received message becomes one finished turn.

A door stores a message and returns. A worker takes the conversation, in order, and runs the turn; everything the turn
writes is one transaction. A process killed anywhere leaves the turn whole, or to be run again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.engine import Connection
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.actions.turn import Services, Turn
from bot.clock import Clock
from bot.delivery import compose_text
from bot.dialogue import Dialogue
from bot.identity.identify import NOBODY
from bot.nlu.languages import Language, detect
from bot.nlu.short_replies import read_short_reply
from bot.responses import Responses
from bot.safety.screen import screen
from bot.sms_text import MAX_SEGMENTS, MAX_SEGMENTS_URGENT
from bot.store import contacts, grants, messages, records
from bot.store.conversations import SMS, Conversation, open_conversation
from bot.store.database import Database
from bot.store.messages import SYSTEM, Reply
from bot.store.notices import INBOX, OUTBOX, Notices
from bot.store.outbox import queue_text
from bot.store.private import CannotOpen
from bot.store.tracker import load_tracker
from bot.store.turn_queue import Claim, TurnAlreadyDone, TurnQueue, Waiting

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 3
_PAUSE = 0.25  # seconds before a failed turn is tried again, and twice that the next time
_DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)
_MAX_TEXT = 1600  # characters; what Twilio passes on at most
_STOP = frozenset({"stop", "stopall", "unsubscribe", "optout", "opt out"})
_START = frozenset({"start", "unstop"})
_HELP = frozenset({"help", "info"})


@dataclass(frozen=True)
class Inbound:
    """A message as a door received it.

    Attributes:
        channel, address: where from; see `bot.store.conversations`.
        provider_id: the provider's id of this message; the same id again is the same message.
        payload: what a button of ours stands for; never taken from text.
        media: how many pictures or files came along.
        opt_out: "STOP", "START" or "HELP" if the provider has already dealt with such a word.
    """

    channel: str
    address: str
    provider_id: str
    text: str
    payload: str | None = None
    media: int = 0
    opt_out: str | None = None

    def noted(self) -> dict[str, Any]:
        noted = {"payload": self.payload, "media": self.media, "opt_out": self.opt_out}
        return {key: value for key, value in noted.items() if value}


@dataclass(frozen=True)
class Receipt:
    """`is_new` is False for a message that was received before."""

    conversation_id: str
    message_id: int
    is_new: bool


class Gateway:
    """Receives messages and runs their turns."""

    def __init__(
        self,
        database: Database,
        notices: Notices,
        dialogue: Dialogue,
        services: Services,
        responses: Responses,
        clock: Clock,
    ) -> None:
        self._database, self._notices, self._dialogue = database, notices, dialogue
        self._services, self._responses, self._clock = services, responses, clock
        self._queue = TurnQueue(database)
        self._quiet = timedelta(hours=services.practice.conversation.quiet_hours)

    def receive(self, inbound: Inbound) -> Receipt:
        """Store a message once, whoever delivers it however often, and have its turn run."""
        now = self._clock()
        with self._database.write() as connection:
            known = messages.find_received(connection, inbound.provider_id)
            if known:
                return Receipt(known[1], known[0], False)
            conversation = open_conversation(connection, inbound.channel, inbound.address, now, self._quiet)
            new_id = messages.store_received(
                connection, conversation.id, inbound.provider_id, inbound.text, inbound.noted(), now
            )
            # Without a new id, another process stored it meanwhile.
            stored = (new_id, conversation.id) if new_id else messages.find_received(connection, inbound.provider_id)
        message_id, conversation_id = stored or (0, conversation.id)
        self._notices.announce(INBOX, conversation_id)
        return Receipt(conversation_id, message_id, new_id is not None)

    def work_once(self) -> bool:
        """Run the turn of the next waiting message; False if there is none."""
        claim = self._queue.take()
        if claim is None:
            return False
        conversation_id = claim.waiting.conversation.id
        try:
            self._run(claim)
        except TurnAlreadyDone:
            log.info("turn.already_done", conversation=conversation_id)
        finally:
            claim.release()
        self._notices.announce(OUTBOX, conversation_id)
        return True

    def _run(self, claim: Claim) -> None:
        """Whatever goes wrong in a turn counts as a try. Only for a database that is away the message simply waits."""
        try:
            turn, reply = self._take_turn(claim.waiting)
            self._finish(claim, turn, reply)
        except (TurnAlreadyDone, *_DATABASE_AWAY):
            raise
        except Exception as error:
            log.error("turn.failed", error=type(error).__name__, conversation=claim.waiting.conversation.id)
            self._give_up(claim)

    def _finish(self, claim: Claim, turn: Turn, reply: Reply | None) -> None:
        if reply is not None:
            turn.work.add(self._deliver, turn.conversation, reply)
        claim.finish(turn.work, self._clock())

    def _take_turn(self, waiting: Waiting) -> tuple[Turn, Reply | None]:
        if waiting.is_damaged:
            raise CannotOpen("message")
        turn = self._begin(waiting)
        if waiting.attempts:
            turn.audit("turn.retry", "again")
        steps = (self._alarm, self._opt_out, self._guard, self._identity, self._staff, self._language, self._slash)
        for step in steps:
            handled, reply = step(turn, waiting)
            if handled:
                return turn, reply
        reply = self._talk(turn, waiting.extra.get("payload") or waiting.text.strip())
        return turn, self._no_pictures(reply) if waiting.extra.get("media") else reply

    def _begin(self, waiting: Waiting) -> Turn:
        conversation = waiting.conversation
        with self._database.read() as connection:
            held = grants.live_grant(connection, conversation.id)
            challenge = grants.open_challenge(connection, conversation.id)
        caller = self._services.identify.caller(conversation, held)
        return Turn(conversation, waiting.message_id, waiting.at, caller, challenge, self._services)

    # The steps of a message, in order (design: the road of a message). Each says whether it dealt with the message.

    def _alarm(self, turn: Turn, waiting: Waiting) -> tuple[bool, Reply | None]:
        """Red flags first, whatever the state. The journey waits as it is; a person is told."""
        alarm = screen(waiting.text)
        if alarm is None:
            return False, None
        turn.escalate(alarm, waiting.text, "urgent")
        turn.audit("safety.alarm", alarm)
        said = self._responses.say(f"utter_{alarm}")
        language = detect(waiting.text)
        if language is not None:
            said = self._responses.say(f"utter_passed_on_{language.code}") + f"\n\n{said}"
        return True, Reply(said, is_urgent=True)

    def _opt_out(self, turn: Turn, waiting: Waiting) -> tuple[bool, Reply | None]:
        if turn.channel != SMS:
            return False, None
        number = turn.conversation.address
        said = waiting.extra.get("opt_out") or _keyword(waiting.text)
        if said == "STOP":
            turn.work.add(contacts.set_opted_out, number, turn.now)
            turn.audit("texts.opt_out", "done")
            return True, None  # no text may follow
        if said == "START":
            turn.work.add(contacts.set_opted_out, number, None)
            turn.audit("texts.opt_in", "done")
        if said and waiting.extra.get("opt_out"):
            return True, None  # the provider has answered already
        if said == "START":
            return True, Reply(self._responses.say("utter_texts_on"))
        if said == "HELP" and turn.conversation.owner != "bot":
            return True, Reply(self._responses.say("utter_help"))
        if said == "HELP":
            return True, self._talk(turn, "/help")  # a journey's question is asked again after it
        return False, None

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
        if turn.challenge is None or waiting.extra.get("payload"):
            return False, None
        outcome = self._services.identify.answer(turn.work, turn.conversation, turn.challenge, waiting.text, turn.now)
        if not outcome.handled:
            return False, None
        turn.audit(
            "identity.answer", "passed" if outcome.passed else (outcome.response or "none").removeprefix("utter_")
        )
        if outcome.secret:
            turn.work.add(messages.hide_text, turn.conversation.id, turn.message_id, "••••••")
        if outcome.text_to and outcome.code:
            turn.work.add(self._text_code, outcome.text_to, outcome.code)
        if outcome.response:
            return True, Reply(self._responses.say(outcome.response))
        turn.caller, turn.challenge = outcome.caller or NOBODY, None
        return True, self._talk(turn, "/inform")  # the journey that asked goes on

    def _staff(self, turn: Turn, waiting: Waiting) -> tuple[bool, Reply | None]:
        """Staff own it: the message is theirs, and the assistant stays silent."""
        if turn.conversation.owner == "bot":
            return False, None
        turn.escalate("patient_wrote", waiting.text)
        return True, None

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
            is_first = not records.is_queued(connection, conversation_id, "other_language")
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

    def _give_up(self, claim: Claim) -> None:
        """After a failure: try again, and in the end apologise, name the phone number and ask for a person."""
        waiting = claim.waiting
        if waiting.attempts + 1 < MAX_ATTEMPTS:
            claim.note_failure()
            time.sleep(_PAUSE * (waiting.attempts + 1))
            return
        turn = Turn(waiting.conversation, waiting.message_id, waiting.at, NOBODY, None, self._services)
        turn.escalate("turn_failed", waiting.text, "urgent")
        turn.audit("turn.failed", "apologised")
        self._finish(claim, turn, Reply(self._responses.say("utter_failed"), author=SYSTEM))

    def _deliver(self, connection: Connection, conversation: Conversation, reply: Reply) -> None:
        """Keep the reply; by text it also goes to the outbox."""
        now = self._clock()
        message_id = messages.store_reply(connection, conversation.id, reply, now)
        if conversation.channel == SMS:
            most = MAX_SEGMENTS_URGENT if reply.is_urgent else MAX_SEGMENTS
            body, segments = compose_text(self._services.practice.name, reply.text, most)
            queue_text(connection, conversation.address, body, segments, now, conversation.id, message_id)

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
