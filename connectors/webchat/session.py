"""Which conversation a browser holds, for how long still, and who is known in it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.backend.base import Unavailable
from bot.identity.callers import NOBODY, Caller
from bot.program import Program
from bot.store import grants, messages, secure_links, sessions
from bot.store.conversations import WEB, close_conversation, get_conversation, open_conversation
from bot.store.messages import Reply
from connectors.webchat.browser import BUSY, EXPIRED, Refusal

_WARN_BEFORE = timedelta(minutes=5)
_NEW_SESSIONS_PER_MINUTE = 300  # all visitors together; more is no practice's traffic


@dataclass(frozen=True)
class Session:
    """A live session as it was looked at, `now`."""

    conversation_id: str
    now: datetime
    seen_at: datetime
    idle: timedelta


class ChatSessions:
    """Sessions of the web chat, by the token in the browser's cookie."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._idle = timedelta(minutes=program.practice.web_chat.idle_minutes)
        self._waiting = max(self._idle, timedelta(hours=program.practice.conversation.quiet_hours))

    def start(self) -> str:
        """A new conversation, greeted; gives the session's token. Raises BUSY."""
        program, now = self._program, self._program.clock()
        with program.database.write() as connection:
            if sessions.count_since(connection, now - timedelta(minutes=1)) >= _NEW_SESSIONS_PER_MINUTE:
                raise BUSY
            conversation = open_conversation(connection, WEB, secrets.token_hex(16), now, timedelta.max)
            greeting, buttons = program.responses.say("utter_welcome"), program.responses.quick_replies("utter_welcome")
            welcome = Reply(greeting, quick_replies=buttons)
            messages.store_reply(connection, conversation.id, welcome, now)
            return sessions.start_session(connection, conversation.id, now)

    def look(self, token: str | None) -> Session:
        """Raises EXPIRED."""
        now = self._program.clock()
        with self._program.database.read() as connection:
            held = sessions.find_session(connection, token, now, self._idle, self._waiting) if token else None
        if held is None:
            raise EXPIRED
        return Session(held.conversation_id, now, held.last_seen_at, held.idle)

    def touch(self, token: str | None) -> Session:
        """As `look`; the person is here, so the session starts to run anew."""
        session = self.look(token)
        with self._program.database.write() as connection:
            sessions.touch_session(connection, token or "", session.now)
        return replace(session, seen_at=session.now)

    def end(self, token: str | None) -> None:
        """Leaving nothing behind that this browser, or whoever uses it next, could go back to."""
        try:
            session = self.look(token)
        except Refusal:
            return
        conversation_id, now = session.conversation_id, session.now
        with self._program.database.write() as connection:
            sessions.end_sessions(connection, conversation_id, now)
            grants.end_grants(connection, now, "chat_ended", conversation_id=conversation_id)
            secure_links.end_unspent_links(connection, conversation_id, now)
            secure_links.end_visits(connection, now, conversation_id=conversation_id)
            grants.close_challenges(connection, conversation_id, now)
            close_conversation(connection, conversation_id, now)
        self._program.notices.announce(conversation_id)

    def caller(self, session: Session) -> Caller:
        """Who is known in this conversation, asked anew each time. Raises Unavailable."""
        with self._program.database.read() as connection:
            conversation = get_conversation(connection, session.conversation_id)
            held = grants.held_grants(connection, session.conversation_id)
        return self._program.services.callers.caller(conversation, held, session.now)

    def tell(self, session: Session) -> dict[str, str | None]:
        """What its page is told: when it ends, and since when a proof is held that opens the record."""
        ends = session.seen_at + session.idle
        proof = self._caller_if_known(session).grant
        return {
            "expires_at": ends.isoformat(),
            "warn_at": (ends - _WARN_BEFORE).isoformat(),
            "proved_at": proof.given_at.isoformat() if proof else None,
        }

    def _caller_if_known(self, session: Session) -> Caller:
        """The chat goes on while the clinical system does not answer; nothing of the record is open then."""
        try:
            return self.caller(session)
        except Unavailable:
            return NOBODY
