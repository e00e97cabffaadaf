"""What staff do for a patient from within their conversation; the patient is told in it."""

from __future__ import annotations

from bot.backend.base import Appointment, PracticeBackend
from bot.clock import Clock
from bot.escalation.handover import CONSOLE, Handover, Member
from bot.identity.step_up import StepUp
from bot.practice import Practice
from bot.responses import Responses
from bot.store import escalations, notifications
from bot.store.audit import AuditEntry
from bot.store.conversations import SMS, Conversation, get_conversation
from bot.store.database import Database, Work
from bot.store.escalations import Escalation
from bot.store.messages import SYSTEM, Reply
from bot.wording import say_slot


class Locked(Exception):
    """Their way to prove who they are is locked; the desk can open it again."""


class Acting:
    """Asks for proof, books and cancels. Each step takes what nobody has taken; raises as `Handover.tell`."""

    def __init__(
        self,
        database: Database,
        handover: Handover,
        backend: PracticeBackend,
        step_up: StepUp,
        responses: Responses,
        practice: Practice,
        clock: Clock,
    ) -> None:
        self._database, self._handover, self._backend = database, handover, backend
        self._step_up, self._responses = step_up, responses
        self._practice, self._clock = practice, clock

    def ask_for_proof(self, held: Escalation, member: Member, patient_id: str) -> None:
        """Send the link to the secure page; what the patient proves there holds for this conversation.

        Raises:
            Locked: no link would lead anywhere.
        """
        work = Work()
        conversation = self._conversation(held)
        link = self._step_up.offer(work, conversation, patient_id, "settings", self._clock())
        if link is None:
            raise Locked
        self._handover.tell(held.id, member, "asked_proof", self._link(conversation, link), work)

    def book(
        self, held: Escalation, member: Member, patient_id: str, slot_id: str, reason: str, key: str
    ) -> Appointment:
        """The same `key` again books nothing more. Raises Refused where the practice's rules, or somebody else's
        booking, stand against it."""
        made = self._backend.book(patient_id, slot_id, reason, f"desk:{key}")
        self._tell(held, member, "booked", "utter_staff_booked", made)
        return made

    def cancel(self, held: Escalation, member: Member, patient_id: str, appointment_id: str, key: str) -> Appointment:
        """As `book`."""
        ended = self._backend.cancel(patient_id, appointment_id, f"desk:{key}")
        self._tell(held, member, "cancelled", "utter_staff_cancelled", ended)
        return ended

    def _tell(self, held: Escalation, member: Member, kind: str, response: str, about: Appointment) -> None:
        with self._database.read() as connection:
            story = escalations.events_of(connection, held)
        if any((each.kind, each.summary) == (kind, about.id) for each in story):
            return  # sent twice by a key: it was done and said
        said = self._responses.say(response, slot=say_slot(about.slot, self._practice.zone), reference=about.reference)
        action = "appointment.book" if kind == "booked" else "appointment.cancel"
        work = Work()
        work.audit(
            AuditEntry(
                self._clock(),
                action,
                "done",
                CONSOLE,
                held.conversation_id,
                about.patient_id,
                about.id,
                actor_id=member.id,
            )
        )
        if kind == "cancelled":
            work.add(notifications.settle_about, about.id, kind, self._clock())
        self._handover.tell(held.id, member, kind, Reply(said, author=SYSTEM), work, summary=about.id)

    def _link(self, conversation: Conversation, link: str) -> Reply:
        minutes = self._practice.identity.link_minutes
        if conversation.channel == SMS:
            said = self._responses.say("utter_staff_asks_proof_link", link=link, minutes=minutes)
            return Reply(said, author=SYSTEM)
        said = self._responses.say("utter_staff_asks_proof", minutes=minutes)
        attachment = {"label": self._responses.say("utter_open_page"), "secure": link}
        return Reply(said, author=SYSTEM, attachment=attachment)

    def _conversation(self, held: Escalation) -> Conversation:
        with self._database.read() as connection:
            return get_conversation(connection, held.conversation_id)
