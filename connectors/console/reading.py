"""What a conversation's page shows, gathered from the store and the clinical system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.backend.base import Patient
from bot.escalation.reasons import WHYS, say_reason
from bot.escalation.summary import Summary, say_earlier, summarise
from bot.identity.policy import Access, Assurance
from bot.program import Program
from bot.store import attachments, escalations, grants, held_replies, messages, outbox, sessions, threads
from bot.store.access import find_access
from bot.store.attachments import Attachment
from bot.store.conversations import SMS, THREAD, WEB, Conversation, find_conversation
from bot.store.escalations import Escalation, Event
from bot.store.messages import PATIENT, STAFF, SYSTEM, StoredMessage
from bot.store.private import CannotOpen
from bot.store.proxies import proxies_for
from bot.store.staff import names_of
from bot.store.tracker import load_tracker
from connectors.console import words
from connectors.console.people import CHANNELS, name_of, number_of, patient_of, say_ago, say_nhs_number
from connectors.console.reach import why_not_read
from connectors.console.view import Banner, Line, Step, View

MOST_MESSAGES = 200
_DELIVERY = {
    "waiting": "waiting to be sent",
    "claimed": "being sent",
    "accepted": "on its way",
    "scheduled": "on its way",
    "queued": "on its way",
    "sending": "on its way",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "suppressed": "not sent: they want no texts",
    "canceled": "not sent",
    "undelivered": "did not arrive",
    "failed": "did not arrive",
}
_LOST = ("suppressed", "canceled", "undelivered", "failed")
_HAPPENED = {
    "raised": "Asked for",
    "claimed": "taken over by",
    "transferred": "handed over by",
    "replied": "answered by",
    "taken_back": "reply taken back by",
    "noted": "note by",
    "snoozed": "put aside by",
    "woke": "back from being put aside",
    "overdue": "nobody had looked in time",
    "unanswered": "the patient has not answered",
    "unsaid": "the assistant kept back what it would have said",
    "asked_proof": "proof asked for by",
    "booked": "appointment booked by",
    "cancelled": "appointment cancelled by",
    "resolved": "resolved by",
    "returned": "given back to the assistant by",
}


class Reading:
    """Reads; nothing here changes anything."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def conversation(self, ref: str) -> Conversation | None:
        """By its own id, or by that of an escalation in it."""
        with self._program.database.read() as connection:
            if len(ref) == 32:
                return find_conversation(connection, ref)
            is_number = ref.isascii() and ref.isdigit() and len(ref) < 18
            held = escalations.find_escalation(connection, int(ref)) if is_number else None
            return find_conversation(connection, held.conversation_id) if held else None

    def escalation(self, conversation: Conversation) -> Escalation | None:
        """The live one, or the last."""
        with self._program.database.read() as connection:
            return escalations.escalation_of(connection, conversation.id)

    def find(self, ref: str, staff_id: str) -> View | None:
        conversation = self.conversation(ref)
        if conversation is None:
            return None
        held = self.escalation(conversation)
        patient = patient_of(self._program, held, conversation)
        with self._program.database.read() as connection:
            return self._view(connection, conversation, held, patient, staff_id)

    def _view(
        self,
        connection: Connection,
        conversation: Conversation,
        held: Escalation | None,
        patient: Patient | None,
        staff_id: str,
    ) -> View:
        now, zone = self._program.clock(), self._program.practice.zone
        story = escalations.events_of(connection, held) if held else []
        earlier = escalations.earlier_escalations(connection, patient.id, held.id if held else 0) if patient else []
        summary = self._summary(connection, conversation, held, story, earlier) if held else None
        said = messages.messages_after(connection, conversation.id, 0, MOST_MESSAGES)
        ids = {each.staff_id for each in story} | {each.extra.get("staff") for each in said}
        ids |= {held.assignee_id, *(each.reason for each in story if each.kind == "transferred")} if held else set()
        names = names_of(connection, [each for each in ids if each])
        return View(
            conversation=conversation,
            held=held,
            is_live=held is not None and held.closed_at is None,
            is_mine=held is not None and held.closed_at is None and held.assignee_id == staff_id,
            assignee=names.get(held.assignee_id or "", "") if held else "",
            patient=patient,
            who=name_of(patient, conversation),
            why=say_reason(held.reason) if held else "",
            channel=CHANNELS.get(conversation.channel, conversation.channel),
            waits=say_ago(held.waiting_since, now) if held else "",
            number=number_of(patient, conversation),
            banner=self._banner(connection, conversation, patient, now) if patient else None,
            summary=summary,
            earlier=tuple(say_earlier(each, zone) for each in earlier),
            lines=_lines(connection, conversation.id, said, names),
            on_hold=tuple(held_replies.held_replies(connection, conversation.id)),
            story=tuple(_step(each, names) for each in story),
            seen=said[-1].id if said else 0,
            unreachable=self._unreachable(connection, conversation, now),
            closed_why=WHYS.get(held.closed_why or "", "") if held else "",
        )

    def _summary(
        self,
        connection: Connection,
        conversation: Conversation,
        held: Escalation,
        story: Sequence[Event],
        earlier: Sequence[Escalation],
    ) -> Summary:
        try:
            tracker = load_tracker(connection, conversation).events
        except (CannotOpen, ValueError):  # staff read what there is
            tracker = []
        return summarise(held, story, tracker, earlier, self._program.practice.zone)

    def _banner(self, connection: Connection, conversation: Conversation, patient: Patient, now: datetime) -> Banner:
        row = find_access(connection, patient.id)
        access = Access(**vars(row)) if row else Access("none")
        flags = tuple(words.FLAGS[each] for each in sorted(access.flags) if each in words.FLAGS)
        today = now.astimezone(self._program.practice.zone).date()
        return Banner(
            patient.date_of_birth,
            patient.age_on(today),
            say_nhs_number(patient.nhs_number),
            number_of(patient, conversation),
            words.GIVEN.get(access.level, access.level),
            flags,
            tuple(proxies_for(connection, patient.id)),
            patient.communication_needs,
            self._proof(connection, conversation, patient, now),
        )

    def _proof(self, connection: Connection, conversation: Conversation, patient: Patient, now: datetime) -> str:
        """How sure it is, now, that it is they who write; of a thread, who wrote it."""
        thread = threads.thread_of(connection, conversation.id)
        if thread is not None:
            is_own = thread.person_id == thread.patient_id
            return "Was known when they wrote" if is_own else "Written by somebody trusted to act for them"
        held = grants.held_grants(connection, conversation.id)
        caller = self._program.services.callers.caller(conversation, held, now)
        if caller.patient is None or caller.patient.id != patient.id:
            return "Not proved"
        by = ", by somebody trusted to act for them" if caller.acts_for_another else ""
        if caller.assurance is Assurance.VERIFIED:
            return f"Proved who they are{by}"
        return f"Writes from a number on the record{by}"

    def _unreachable(self, connection: Connection, conversation: Conversation, now: datetime) -> str:
        thread = threads.thread_of(connection, conversation.id) if conversation.channel == THREAD else None
        if thread is not None:
            return why_not_read(self._program, connection, thread, now)
        if conversation.channel not in (SMS, WEB):
            return "There is no conversation to write in: call the patient."
        practice = self._program.practice
        idle = max(
            timedelta(minutes=practice.web_chat.idle_minutes), timedelta(hours=practice.conversation.quiet_hours)
        )
        if conversation.channel == WEB and not sessions.is_in_chat(connection, conversation.id, now - idle):
            return "They have left the chat, and would not see an answer here: call them."
        return ""


def _lines(
    connection: Connection, conversation_id: str, said: Sequence[StoredMessage], names: Mapping[str, str]
) -> tuple[Line, ...]:
    states = outbox.states_of(connection, [each.id for each in said if each.author != PATIENT])
    files = attachments.files_of(connection, conversation_id)
    return tuple(_line(each, states.get(each.id), names, files.get(each.id, ())) for each in said)


def _line(said: StoredMessage, state: str | None, names: Mapping[str, str], files: Sequence[Attachment]) -> Line:
    author = {PATIENT: "Patient", STAFF: "Staff", SYSTEM: "The surgery"}.get(said.author, "Assistant")
    name = names.get(said.extra.get("staff") or "", author)
    media = int(said.extra.get("media") or 0)
    return Line(said, name, _DELIVERY.get(state or "", ""), state in _LOST, media, tuple(files))


def _step(event: Event, names: Mapping[str, str]) -> Step:
    what = _HAPPENED.get(event.kind, event.kind)
    by = names.get(event.staff_id or "", "")
    if event.kind == "raised":
        what = say_reason(event.reason)
    elif by:
        what = f"{what} {by}"
    if event.kind == "transferred":
        what += f" to {names.get(event.reason, 'a colleague')}"
    if event.kind == "resolved" and event.reason in WHYS:
        what += f": {WHYS[event.reason].lower()}"
    return Step(what[0].upper() + what[1:], event.at, event.summary if event.kind == "noted" else "")
