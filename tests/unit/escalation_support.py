"""A surgery's conversations without an assistant: what is raised, and who takes it."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.backend.base import PracticeBackend
from bot.backend.local import LocalBackend
from bot.escalation.handover import Handover, Member
from bot.escalation.results import UntoldResults
from bot.escalation.timers import Timers
from bot.practice import Practice
from bot.responses import Responses
from bot.store import escalations, messages
from bot.store.conversations import SMS, get_conversation, open_conversation
from bot.store.database import Database
from bot.store.escalations import ROUTINE, Escalation, Event
from bot.store.notices import Notices
from bot.store.tables import audit, outbox
from tests.support import AMIRA, HandClock

SAM, ALEX = Member("staff-sam", "Sam"), Member("staff-alex", "Alex")


class Office:
    """Conversations, what staff do with them, and what becomes of them by itself."""

    def __init__(
        self, database: Database, practice: Practice, clock: HandClock, backend: PracticeBackend | None = None
    ) -> None:
        self.database, self.practice, self.clock = database, practice, clock
        self.notices = Notices(database)
        self.handover = Handover(database, practice, Responses(practice), self.notices, clock)
        records = backend or LocalBackend(database, practice, clock)
        self.timers = Timers(database, practice, [UntoldResults(database, records, clock)], self.notices, clock)

    def opens(self, channel: str = SMS, address: str = AMIRA) -> str:
        """The id of the conversation."""
        with self.database.write() as connection:
            return open_conversation(connection, channel, address, self.clock(), timedelta(hours=12)).id

    def raises(
        self, conversation_id: str, reason: str = "asked_for_person", urgency: str = ROUTINE, words: str = ""
    ) -> Escalation:
        with self.database.write() as connection:
            escalations.add_escalation(connection, conversation_id, reason, urgency, words, self.clock())
            held = escalations.live_escalation(connection, conversation_id)
        assert held
        return held

    def waiting(self, **raised: Any) -> Escalation:
        """Somebody who has asked for a person."""
        return self.raises(self.opens(), **raised)

    def hears(self, conversation_id: str, text: str = "hello?") -> int:
        """The patient writes; gives the message's id. Its turn is not run."""
        with self.database.write() as connection:
            stored = messages.store_received(
                connection, conversation_id, f"m{secrets.token_hex(8)}", text, {}, self.clock()
            )
        assert stored
        return stored

    def now(self, held: Escalation) -> Escalation:
        with self.database.read() as connection:
            found = escalations.find_escalation(connection, held.id)
        assert found
        return found

    def owner(self, held: Escalation) -> str:
        with self.database.read() as connection:
            return get_conversation(connection, held.conversation_id).owner

    def said(self, held: Escalation) -> list[tuple[str, str]]:
        """(author, text) of all that was said to the patient."""
        with self.database.read() as connection:
            kept = messages.messages_after(connection, held.conversation_id, 0)
        return [(each.author, each.text) for each in kept if each.author != messages.PATIENT]

    def texts(self) -> list[str]:
        with self.database.read() as connection:
            rows = connection.execute(select(outbox).order_by(outbox.c.id))
            return [row.body.open("outbox") for row in rows]

    def story(self, held: Escalation) -> list[str]:
        return [each.kind for each in self.events(held)]

    def events(self, held: Escalation) -> list[Event]:
        with self.database.read() as connection:
            return escalations.events_of(connection, held)

    def audited(self) -> list[tuple[str, str | None]]:
        """(action, who) of each entry."""
        with self.database.read() as connection:
            return [(row.action, row.actor_id) for row in connection.execute(select(audit).order_by(audit.c.id))]

    def passes(self, **length: float) -> None:
        """Time passes, and whatever is due by itself happens."""
        self.clock.forward(**length)
        while self.timers.work_once():
            pass
