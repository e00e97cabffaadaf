"""Finding a patient, and every conversation with them. What is typed travels in no address."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import Patient, Unavailable
from bot.escalation.reasons import say_reason
from bot.identity.phone_numbers import read_mobile, spoken
from bot.staff.roles import Task
from bot.store.conversations import Conversation, find_conversations
from bot.store.escalations import Escalation, earlier_escalations, escalation_of
from connectors.console.people import CHANNELS, say_nhs_number
from connectors.console.site import ConsoleSite
from connectors.console.visitor import Visitor

HERE = "/console/patients"
_MOST = 20


@dataclass(frozen=True)
class Talk:
    """A conversation that was found."""

    id: str
    channel: str
    what: str


@dataclass(frozen=True)
class Found:
    """A patient, or a number of nobody's, with what was said with them."""

    patient: Patient | None
    number: str | None
    nhs_number: str | None
    talks: tuple[Talk, ...]


class PatientPages:
    """Search by name, number or NHS number."""

    def __init__(self, site: ConsoleSite) -> None:
        self._site, self._program = site, site.program

    def routes(self) -> list[BaseRoute]:
        page, task = self._site.page, Task.SEE_RECORD_BANNER
        return [page(HERE, self.ask, task), page(HERE, self.find, task, "POST")]

    def ask(self, visitor: Visitor) -> Response:
        return self._site.render(visitor, "patients.html", found=None, sought="", said="")

    def find(self, visitor: Visitor) -> Response:
        sought = visitor.form.get("sought", "").strip()[:80]
        try:
            patients = self._program.backend.find_patients(sought, _MOST + 1) if sought else []
        except Unavailable:
            said = "The clinical system does not answer just now. Try again soon."
            return self._site.render(visitor, "patients.html", 503, found=None, sought=sought, said=said)
        for each in patients[:_MOST]:
            self._site.note(visitor, "patient.find", "done", each.id)
        found = [self._found(each) for each in patients[:_MOST]]
        mobile = read_mobile(sought)
        if mobile and not found:
            talks = self._by_number(mobile)
            found = [Found(None, spoken(mobile), None, talks)] if talks else []
        said = "" if sought else "Type a name, a phone number or an NHS number."
        more = len(patients) > _MOST
        return self._site.render(
            visitor, "patients.html", found=found if sought else None, sought=sought, said=said, more=more
        )

    def _found(self, patient: Patient) -> Found:
        by_number = self._by_number(patient.mobile) if patient.mobile else ()
        with self._program.database.read() as connection:
            escalated = earlier_escalations(connection, patient.id, but=0)
        known = {each.id for each in by_number}
        talks = [Talk(each.conversation_id, "Escalation", say_reason(each.reason)) for each in escalated]
        fresh = {each.id: each for each in talks if each.id not in known}
        number = spoken(patient.mobile) if patient.mobile else None
        return Found(patient, number, say_nhs_number(patient.nhs_number), (*by_number, *fresh.values()))

    def _by_number(self, mobile: str) -> tuple[Talk, ...]:
        with self._program.database.read() as connection:
            found = find_conversations(connection, mobile, _MOST)
            return tuple(self._talk(each, escalation_of(connection, each.id)) for each in found)

    def _talk(self, conversation: Conversation, held: Escalation | None) -> Talk:
        what = say_reason(held.reason) if held else "With the assistant"
        return Talk(conversation.id, CHANNELS.get(conversation.channel, conversation.channel), what)
