"""What happens to escalations by itself: held replies go out, the overdue is raised again, the snoozed wakes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.escalation.handover import QUEUE
from bot.escalation.looking import Looking
from bot.escalation.replies import send_held
from bot.escalation.timing import due_at
from bot.practice import Practice
from bot.store import escalations, held_replies
from bot.store.database import Database
from bot.store.escalations import OPEN, QUEUED, SNOOZED, WAITING, Escalation, Stale
from bot.store.notices import OUTBOX, Notices


class Timers:
    """Looked after by one worker in each process; of several, one wins."""

    def __init__(
        self, database: Database, practice: Practice, looking: Sequence[Looking], notices: Notices, clock: Clock
    ) -> None:
        self._database, self._practice, self._looking = database, practice, looking
        self._notices, self._clock = notices, clock

    def work_once(self) -> bool:
        """One thing that is due; False if there is none."""
        return self._send_held() or any(each.look() for each in self._looking) or self._raise_due()

    def _send_held(self) -> bool:
        now = self._clock()
        with self._database.read() as connection:
            held = held_replies.due_reply(connection, now)
        if held is None:
            return False
        with self._database.write() as connection:
            send_held(connection, held, self._practice, now)
        self._notices.announce(OUTBOX, QUEUE, held.conversation_id)
        return True

    def _raise_due(self) -> bool:
        now = self._clock()
        with self._database.read() as connection:
            undated = escalations.undated_escalations(connection)
            due = escalations.due_escalations(connection, now)
        if not undated and not due:
            return False
        with self._database.write() as connection:
            for each in undated:
                escalations.set_due(connection, each, due_at(each, self._practice, now))
            for each in due:
                self._raise(connection, each, now)
        # What is new, or urgent anew, has no date yet: so the queue hears of it here, whoever raised it.
        self._notices.announce(QUEUE, *{each.conversation_id for each in due})
        return True

    def _raise(self, connection: Connection, held: Escalation, now: datetime) -> None:
        if held.state in (SNOOZED, WAITING):
            self._wake(connection, held, now)
        elif escalations.note_overdue(connection, held):
            escalations.add_event(connection, held, "overdue", now, urgency=held.urgency)

    def _wake(self, connection: Connection, held: Escalation, now: datetime) -> None:
        """It was put aside until now, or the patient has not answered for so long: somebody has to look again."""
        state = OPEN if held.assignee_id else QUEUED
        waiting_since = held.waiting_since or now
        with suppress(Stale):  # whoever changed it meanwhile looks at it anyway
            escalations.change(
                connection, held, state=state, waiting_since=waiting_since, snoozed_until=None, due_at=None
            )
            escalations.add_event(connection, held, "woke" if held.state == SNOOZED else "unanswered", now)
