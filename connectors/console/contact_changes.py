"""Contact details that patients want changed: what the record holds and what they ask for, to be approved or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import NoSuchPatient, Patient, Unavailable
from bot.backend.refused import Refused
from bot.escalation.handover import Member
from bot.identity.phone_numbers import spoken
from bot.staff.roles import Task
from bot.store import contact_changes
from bot.store.contact_changes import MOBILE, ContactChange
from bot.writing.details import WHYS, Decisions, NotAsked, value_of
from connectors.console.site import HOME, ConsoleSite
from connectors.console.visitor import MISSING, Visitor

HERE = f"{HOME}/details"


@dataclass(frozen=True)
class Request:
    """One request as staff read it. `shared`: how many other patients have the new number."""

    change: ContactChange
    patient: Patient
    old: str
    new: str
    shared: int


class ContactChangePages:
    """A list of what waits. Each decision names the request as it was on the screen."""

    def __init__(self, site: ConsoleSite) -> None:
        self._site, self._program = site, site.program
        program = site.program
        self._decisions = Decisions(
            program.database,
            program.backend,
            program.practice,
            program.responses,
            program.handover,
            program.notices,
            program.clock,
        )

    def routes(self) -> list[BaseRoute]:
        page, task = self._site.page, Task.CHANGE_ACCESS
        return [
            page(HERE, self.show, task),
            page(f"{HERE}/{{id}}/approve", self.approve, task, "POST"),
            page(f"{HERE}/{{id}}/decline", self.decline, task, "POST"),
        ]

    def show(self, visitor: Visitor) -> Response:
        return self._showing(visitor)

    def approve(self, visitor: Visitor) -> Response:
        change_id, asked_at, member = self._named(visitor)
        try:
            self._decisions.approve(change_id, asked_at, member)
        except NotAsked:
            return self._showing(visitor, "stale", 409)
        except Unavailable:
            return self._showing(visitor, "unavailable", 503)
        except Refused:
            return self._showing(visitor, "refused", 409)
        return self._site.go(HERE)

    def decline(self, visitor: Visitor) -> Response:
        change_id, asked_at, member = self._named(visitor)
        why = visitor.form.get("why", "")
        if why not in WHYS:
            return self._showing(visitor, "no_reason", 400)
        try:
            self._decisions.decline(change_id, asked_at, member, why)
        except NotAsked:
            return self._showing(visitor, "stale", 409)
        return self._site.go(HERE)

    # What lies behind.

    def _named(self, visitor: Visitor) -> tuple[int, datetime, Member]:
        asked = visitor.request.path_params["id"]
        try:
            asked_at = datetime.fromisoformat(visitor.form.get("asked_at", ""))
        except ValueError:
            raise MISSING from None
        if not (asked.isascii() and asked.isdigit() and len(asked) < 18) or asked_at.tzinfo is None:
            raise MISSING
        return int(asked), asked_at, Member(visitor.member.id, visitor.member.name)

    def _showing(self, visitor: Visitor, said: str = "", status: int = 200) -> Response:
        with self._program.database.read() as connection:
            waiting = contact_changes.open_changes(connection)
        requests = [request for request in map(self._request, waiting) if request]
        self._site.note(visitor, "details.list")
        for each in requests:
            self._site.note(visitor, "details.read", "done", each.patient.id, subject=str(each.change.id))
        return self._site.render(visitor, "contact_changes.html", status, requests=requests, said=said)

    def _request(self, change: ContactChange) -> Request | None:
        """None of somebody who is not in the clinical system any more: there is nothing to change."""
        try:
            patient = self._program.backend.patient(change.patient_id)
        except NoSuchPatient:
            return None
        old, new, shared = value_of(patient, change.kind), change.value, 0
        if change.kind == MOBILE:
            others = self._program.backend.patients_with_mobile(new)
            old, new, shared = (
                spoken(old) if old else "",
                spoken(new),
                len([each for each in others if each != patient]),
            )
        return Request(change, patient, old, new, shared)
