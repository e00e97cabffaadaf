"""The one road in: a received message becomes one finished turn.

A door stores a message and returns. A worker takes the conversation, in order, and runs the turn; everything the turn
writes is one transaction. A process killed anywhere leaves the turn whole, or to be run again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.engine import Connection
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.actions.turn import Services, Turn
from bot.clock import Clock
from bot.dialogue import Dialogue
from bot.identity.callers import NOBODY
from bot.responses import Responses
from bot.steps import Steps
from bot.store import grants, messages
from bot.store.conversations import BOT, Conversation, open_conversation, owner_for_sending
from bot.store.database import Database
from bot.store.escalations import add_event, live_escalation
from bot.store.messages import SYSTEM, Reply
from bot.store.notices import INBOX, OUTBOX, Notices
from bot.store.private import CannotOpen
from bot.store.saying import say
from bot.store.turn_queue import Claim, TurnAlreadyDone, TurnQueue, Waiting

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 3
_PAUSE = 0.25  # seconds before a failed turn is tried again, and twice that the next time
_DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)


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
        self._database, self._notices = database, notices
        self._services, self._responses, self._clock = services, responses, clock
        self._queue = TurnQueue(database)
        self._steps = Steps(database, dialogue, services, responses, clock)
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
        return turn, self._steps.take(turn, waiting)

    def _begin(self, waiting: Waiting) -> Turn:
        conversation = waiting.conversation
        with self._database.read() as connection:
            held = grants.held_grants(connection, conversation.id)
            challenge = grants.open_challenge(connection, conversation.id)
        caller = self._services.callers.caller(conversation, held, waiting.at)
        turn = Turn(conversation, waiting.message_id, waiting.at, caller, challenge, self._services)
        if caller.grant is not None:
            turn.work.add(grants.use_grant, caller.grant.id, waiting.at)
        return turn

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
        """Keep the reply, and send it. Only the owner speaks: where staff have it, or have taken it while the turn was
        running, they are told what would have been said; what to do in an emergency is said all the same."""
        now = self._clock()
        if reply.is_urgent or owner_for_sending(connection, conversation.id) == BOT or reply.is_said_regardless:
            say(connection, conversation, reply, self._services.practice.name, now)
            return
        held = live_escalation(connection, conversation.id)
        if held is not None:
            add_event(connection, held, "unsaid", now, summary=reply.text)
