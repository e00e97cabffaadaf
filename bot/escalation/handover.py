"""What staff do with a conversation. Only its owner may send, and the owner changes only by compare-and-set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.escalation.reasons import BEGUN_BY_STAFF, UNDER_PRESSURE, is_promised
from bot.escalation.replies import send_held
from bot.practice import Practice
from bot.responses import Responses
from bot.store import escalations, held_replies, messages
from bot.store.audit import add_audit
from bot.store.conversations import BOT, DESK, STAFF_OWNS, THREAD, forget_tracker, get_conversation, set_owner
from bot.store.database import Database, Work
from bot.store.escalations import OPEN, RESOLVED, RETURNED, ROUTINE, SNOOZED, Escalation, Stale
from bot.store.messages import SYSTEM, Reply
from bot.store.notices import OUTBOX, Notices
from bot.store.saying import say

QUEUE = "queue"  # the topic of notices: something in the queue has changed
CONSOLE = "desk"  # the channel, in the audit trail


class NotYours(Exception):
    """Somebody else has taken it; to write in it, take it over first."""


class NewMessages(Exception):
    """The patient has written since this reply was begun. `count`: how many messages."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class Closed(Exception):
    """It was resolved or given back already."""


@dataclass(frozen=True)
class Member:
    """A member of staff, as far as handing over needs to know them."""

    id: str
    name: str


class Handover:
    """Takes conversations over and gives them back."""

    def __init__(
        self, database: Database, practice: Practice, responses: Responses, notices: Notices, clock: Clock
    ) -> None:
        self._database, self._practice = database, practice
        self._responses, self._notices, self._clock = responses, notices, clock

    def claim(self, escalation_id: int, member: Member, taken_from: str | None = None) -> Escalation:
        """Take it, and the patient is told that a person has joined.

        Args:
            taken_from: the id of the colleague who has it, as far as `member` knows; None while nobody has.

        Raises:
            Stale: somebody else was first.
            Closed: there is nothing to take any more.
        """
        with self._database.write() as connection:
            held = self._held(connection, escalation_id)
            if held.assignee_id not in (taken_from, member.id):
                raise Stale
            changed = self._take(connection, held, member)
        self._announce(changed)
        return changed

    def begin(self, conversation_id: str, member: Member) -> Escalation:
        """Take a conversation that nobody has asked staff to look at.

        Raises:
            Stale: a colleague has it.
        """
        now = self._clock()
        with self._database.write() as connection:
            live = escalations.live_escalation(connection, conversation_id)
            if live is None:
                earlier = escalations.escalation_of(connection, conversation_id)
                patient_id = earlier.patient_id if earlier else None
                escalations.add_escalation(connection, conversation_id, BEGUN_BY_STAFF, ROUTINE, "", now, patient_id)
                live = escalations.live_escalation(connection, conversation_id)
            if live is None or live.assignee_id not in (None, member.id):
                raise Stale
            changed = self._take(connection, self._held(connection, live.id), member)
        self._announce(changed)
        return changed

    def transfer(self, escalation_id: int, member: Member, to: Member, version: int) -> Escalation:
        """Hand it to a colleague. Raises as `resolve`."""
        with self._database.write() as connection:
            held = self._held(connection, escalation_id, version)
            changed = self._take(connection, held, member, to)
        self._announce(changed)
        return changed

    def reply(self, escalation_id: int, member: Member, text: str, seen: int) -> int:
        """Write to the patient. What nobody has taken is taken by it, in the same step.

        Args:
            seen: id of the newest message that was on the screen when the reply was written.

        Returns:
            Its id while it can be taken back.

        Raises:
            NotYours: a colleague has it.
            NewMessages: the patient has written since.
            Closed: it was resolved or given back meanwhile.
        """
        now = self._clock()
        with self._database.write() as connection:
            held = self._not_anothers(connection, escalation_id, member)
            newer = messages.count_from_patient_after(connection, held.conversation_id, seen)
            if newer:
                raise NewMessages(newer)
            held = self._own(connection, held, member)
            send_at = now + timedelta(seconds=self._practice.staff.undo_seconds)
            reply_id = held_replies.hold_reply(connection, held.id, held.conversation_id, member.id, text, now, send_at)
            self._tell_of(connection, held, "replied", member)
        self._announce(held)
        return reply_id

    def tell(self, escalation_id: int, member: Member, kind: str, said: Reply, also: Work, summary: str = "") -> None:
        """Something that was done for the patient, said at once. What nobody has taken is taken by it.

        Args:
            kind, summary: of the event in its story.
            also: written along with it.

        Raises:
            NotYours, Closed: as `reply`.
        """
        now = self._clock()
        with self._database.write() as connection:
            held = self._own(connection, self._not_anothers(connection, escalation_id, member), member)
            conversation = get_conversation(connection, held.conversation_id)
            if conversation.channel != DESK:
                say(connection, conversation, said, self._practice.name, now)
            also.run(connection)
            self._tell_of(connection, held, kind, member, summary=summary)
        self._announce(held)

    def take_back(self, reply_id: int, member: Member) -> str | None:
        """The words of a reply that nobody has seen yet; None if it has gone. The patient goes on waiting."""
        with self._database.write() as connection:
            taken = held_replies.take_back(connection, reply_id, member.id, self._clock())
            held = escalations.find_escalation(connection, taken.escalation_id) if taken else None
            if held is not None:
                self._tell_of(connection, held, "taken_back", member)
        if held is not None:
            self._announce(held)
        return taken.text if taken else None

    def keep_note(self, escalation_id: int, member: Member, text: str) -> None:
        """Something for colleagues. There is no way from here to a patient."""
        with self._database.write() as connection:
            held = self._held(connection, escalation_id)
            self._tell_of(connection, held, "noted", member, summary=text)
        self._announce(held)

    def snooze(self, escalation_id: int, member: Member, until: datetime, version: int) -> Escalation:
        """Put aside until a moment; what the patient asks of staff before brings it back. Raises as `resolve`."""
        with self._database.write() as connection:
            held = self._held(connection, escalation_id, version)
            changed = escalations.change(connection, held, state=SNOOZED, snoozed_until=until, due_at=None)
            self._tell_of(connection, changed, "snoozed", member)
        self._announce(changed)
        return changed

    def resolve(self, escalation_id: int, member: Member, why: str, version: int) -> Escalation:
        """Done. What the patient writes next is read by the assistant again; in a thread it is raised anew.

        Args:
            why: of `reasons.WHYS`.
            version: of the escalation as it was on the screen.

        Raises:
            Stale: something has happened since.
            Closed: a colleague was first.
        """
        return self._close(escalation_id, member, RESOLVED, why, version, "utter_staff_done")

    def give_back(self, escalation_id: int, member: Member, version: int) -> Escalation:
        """Back to the assistant, which begins afresh; the patient is told. Raises as `resolve`."""
        return self._close(escalation_id, member, RETURNED, "returned", version, "utter_bot_is_back")

    # What lies behind.

    def _held(self, connection: Connection, escalation_id: int, version: int | None = None) -> Escalation:
        """As it is now, and stays until the transaction ends."""
        held = escalations.hold_escalation(connection, escalation_id)
        if held is None or held.closed_at is not None:
            raise Closed
        if version is not None and held.version != version:
            raise Stale
        return held

    def _not_anothers(self, connection: Connection, escalation_id: int, member: Member) -> Escalation:
        held = self._held(connection, escalation_id)
        if held.assignee_id not in (None, member.id):
            raise NotYours
        return held

    def _own(self, connection: Connection, held: Escalation, member: Member) -> Escalation:
        """Taken by this member, if it is not yet."""
        is_ours = get_conversation(connection, held.conversation_id).owner == STAFF_OWNS
        return held if held.assignee_id and is_ours else self._take(connection, held, member)

    def _take(self, connection: Connection, held: Escalation, member: Member, to: Member | None = None) -> Escalation:
        """Owner and assignee change in one transaction; the patient is told when it was the assistant's before."""
        assignee_id = to.id if to else member.id
        changed = escalations.change(
            connection, held, assignee_id=assignee_id, state=OPEN, snoozed_until=None, due_at=None
        )
        if set_owner(connection, held.conversation_id, STAFF_OWNS):
            self._say(connection, held, "utter_person_joined")
        self._tell_of(connection, changed, "transferred" if to else "claimed", member, reason=to.id if to else "")
        return changed

    def _close(self, escalation_id: int, member: Member, state: str, why: str, version: int, said: str) -> Escalation:
        now = self._clock()
        with self._database.write() as connection:
            held = self._held(connection, escalation_id, version)
            for reply in held_replies.held_replies(connection, held.conversation_id):
                send_held(connection, reply, self._practice, now)  # before the patient reads that it is over
            changed = escalations.change(
                connection, held, state=state, closed_at=now, closed_why=why, waiting_since=None, due_at=None
            )
            is_thread = get_conversation(connection, held.conversation_id).channel == THREAD
            was_ours = not is_thread and set_owner(connection, held.conversation_id, BOT)
            if was_ours:
                forget_tracker(connection, held.conversation_id)
            if was_ours or is_promised(held.reason):
                self._say(connection, held, said)
            self._tell_of(connection, changed, state, member, reason=why)
        self._announce(changed)
        return changed

    def _tell_of(
        self, connection: Connection, held: Escalation, kind: str, member: Member, reason: str = "", summary: str = ""
    ) -> None:
        """Into the story, and into the audit trail."""
        now = self._clock()
        escalations.add_event(connection, held, kind, now, staff_id=member.id, reason=reason[:24], summary=summary)
        add_audit(
            connection,
            now,
            f"escalation.{kind}",
            "done",
            CONSOLE,
            held.conversation_id,
            held.patient_id,
            str(held.id),
            actor_id=member.id,
            reason=reason or None,
        )

    def _say(self, connection: Connection, held: Escalation, response: str) -> None:
        """Said by the surgery, not by a person. Nothing where somebody may be looking over the patient's shoulder, nor
        where there is no assistant that would be silent, or speak again."""
        conversation = get_conversation(connection, held.conversation_id)
        if conversation.channel in (DESK, THREAD) or escalations.was_raised(connection, held, UNDER_PRESSURE):
            return
        said = Reply(self._responses.say(response), author=SYSTEM)
        say(connection, conversation, said, self._practice.name, self._clock())

    def _announce(self, held: Escalation) -> None:
        self._notices.announce(OUTBOX, QUEUE, held.conversation_id)
