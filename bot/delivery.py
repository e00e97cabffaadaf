"""The one road out: what is due is sent, retried, and its fate recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.store import contacts, outbox
from bot.store.audit import add_audit
from bot.store.conversations import SMS
from bot.store.database import Database
from bot.store.escalations import add_escalation
from bot.store.notices import Notices
from bot.store.outbox import FAILED, SUPPRESSED, Text

log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=60)
_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(minutes=15)
MAX_ATTEMPTS = 13  # with these waits a text outlasts an hour in which the provider cannot be reached


class SendRefused(Exception):
    """The provider will never send this. `opted_out`: because the number wants no texts."""

    def __init__(self, code: str, opted_out: bool = False) -> None:
        super().__init__(code)
        self.code, self.opted_out = code, opted_out


class SendFailed(Exception):
    """The provider could not be reached or was busy. `unsure`: it may have taken the text all the same."""

    def __init__(self, code: str, unsure: bool = False) -> None:
        super().__init__(code)
        self.code, self.unsure = code, unsure


@dataclass(frozen=True)
class Sent:
    """`sid`: the provider's id of the text; `status`: where it is on its way."""

    sid: str
    status: str


class TextSender(Protocol):
    """Hands texts to a network."""

    def send(self, number: str, body: str) -> Sent:
        """Raises SendRefused or SendFailed."""

    def find(self, number: str, body: str, since: datetime) -> Sent | None:
        """A text with these words that was taken since then. Raises SendFailed."""


class Delivery:
    """Sends what the outbox holds, in order for each number."""

    def __init__(self, database: Database, notices: Notices, sender: TextSender, clock: Clock) -> None:
        self._database, self._notices, self._sender, self._clock = database, notices, sender, clock

    def work_once(self) -> bool:
        """Send the next text that is due; False if there is none."""
        now = self._clock()
        with self._database.write() as connection:
            text = outbox.claim_due(connection, now, _LEASE)
            opted_out = text is not None and contacts.has_opted_out(connection, text.number)
        if text is None:
            return False
        if text.is_damaged:
            self._end(text, FAILED, "damaged", "not_delivered")
        elif opted_out:
            self._suppress(text, "opted_out")
        else:
            self._send(text)
        return True

    def record_status(self, sid: str, status: str, error_code: str | None) -> None:
        """Note a provider's report. One that a text never arrived asks for a person."""
        with self._database.write() as connection:
            moved = outbox.record_status(connection, sid, status, error_code, self._clock())
            conversation_id = self._note_fate(connection, sid) if moved else None
        if conversation_id:
            self._notices.announce(conversation_id)

    def _send(self, text: Text) -> None:
        try:
            sent = self._hand_over(text)
        except SendRefused as refusal:
            self._refused(text, refusal)
        except SendFailed as failure:
            self._failed(text, failure)
        else:
            with self._database.write() as connection:
                outbox.record_sent(connection, text.id, sent.sid, sent.status)
                self._note_fate(connection, sent.sid)
        if text.conversation_id:
            self._notices.announce(text.conversation_id)

    def _hand_over(self, text: Text) -> Sent:
        """Raises SendRefused or SendFailed, whatever else a provider's client may raise."""
        try:
            return self._already_sent(text) or self._sender.send(text.number, self._in_time(text))
        except (SendRefused, SendFailed, SQLAlchemyError):
            raise
        except Exception as error:
            log.error("text.unexpected", error=type(error).__name__, message=text.id)
            raise SendFailed("unexpected", unsure=True) from None

    def _already_sent(self, text: Text) -> Sent | None:
        """An earlier try was cut off half way: ask the provider before sending the same words again."""
        found = self._sender.find(text.number, text.body, text.created_at) if text.claimed_before else None
        if found is None:
            return None
        with self._database.read() as connection:
            is_another = outbox.find_text(connection, found.sid) is not None  # the same words, said before
        return None if is_another else found

    def _in_time(self, text: Text) -> str:
        """The words, unless it is too late for them: nobody is woken by what the network would not take before."""
        if text.expires_at is not None and text.expires_at <= self._clock():
            raise SendRefused("too_late")
        return text.body

    def _refused(self, text: Text, refusal: SendRefused) -> None:
        log.warning("text.refused", code=refusal.code, message=text.id)
        if refusal.opted_out:
            with self._database.write() as connection:
                contacts.set_opted_out(connection, text.number, self._clock())
            self._suppress(text, refusal.code)
        else:
            self._end(text, FAILED, refusal.code, "not_delivered")

    def _failed(self, text: Text, failure: SendFailed) -> None:
        log.warning("text.retry", code=failure.code, message=text.id, attempts=text.attempts + 1)
        if text.attempts + 1 >= MAX_ATTEMPTS:
            self._end(text, FAILED, failure.code, "not_delivered")
            return
        wait = min(_FIRST_WAIT * 2**text.attempts, _LONGEST_WAIT)
        with self._database.write() as connection:
            if failure.unsure or text.claimed_before:
                outbox.record_unsure(connection, text.id, self._clock() + max(wait, _LEASE), failure.code)
            else:
                outbox.record_retry(connection, text.id, self._clock() + wait, failure.code)

    def _note_fate(self, connection: Connection, sid: str) -> str | None:
        """If a text never arrived, ask for a person; gives the text's conversation."""
        text = outbox.find_text(connection, sid)
        if text is None:
            return None
        if text.state in ("undelivered", "failed"):
            contacts.set_unreachable(connection, text.number.open("outbox"), self._clock())
            self._ask_for_person(connection, text.conversation_id, "not_delivered")
        elif text.state == "delivered":
            contacts.set_reached(connection, text.number.open("outbox"))
        return str(text.conversation_id) if text.conversation_id else None

    def _suppress(self, text: Text, code: str) -> None:
        self._end(text, SUPPRESSED, code, "opted_out")

    def _end(self, text: Text, state: str, code: str, reason: str) -> None:
        with self._database.write() as connection:
            outbox.record_end(connection, text.id, state, code)
            self._ask_for_person(connection, text.conversation_id, reason)

    def _ask_for_person(self, connection: Connection, conversation_id: str | None, reason: str) -> None:
        if conversation_id is None:
            return
        now = self._clock()
        add_escalation(connection, conversation_id, reason, "routine", "", now)
        add_audit(connection, now, "text.delivery", reason, SMS, conversation_id)
