"""Where the online services desk begins: what patients have reported to it, and finding somebody."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import NoSuchPatient, Patient
from bot.escalation.reasons import say_reason
from bot.staff.roles import Task
from bot.store.escalations import Escalation, list_escalations
from connectors.console import words
from connectors.console.desk import DESK
from connectors.console.site import ConsoleSite
from connectors.console.visitor import Visitor

_MOST_FOUND, _MOST_REPORTS = 20, 500


@dataclass(frozen=True)
class Report:
    """Something a patient told the desk, and what to do next."""

    held: Escalation
    patient: Patient | None
    what: str
    advice: str


class DeskHome:
    """Every look at a patient is noted with who it was."""

    def __init__(self, site: ConsoleSite) -> None:
        self._site, self._program = site, site.program

    def routes(self) -> list[BaseRoute]:
        page, task = self._site.page, Task.CHANGE_ACCESS
        return [page(DESK, self.home, task), page(DESK, self.find, task, "POST")]

    def home(self, visitor: Visitor) -> Response:
        self._site.note(visitor, "desk.list")
        return self._site.render(visitor, "desk/home.html", reports=self._reports(), found=None, sought="")

    def find(self, visitor: Visitor) -> Response:
        """By POST, so that what is looked for stands in no address."""
        sought = visitor.form.get("sought", "").strip()[:80]
        found = self._program.backend.find_patients(sought, _MOST_FOUND) if sought else []
        for each in found:
            self._site.note(visitor, "patient.find", "done", each.id)
        if not found:
            self._site.note(visitor, "desk.search", "none")
        errors = {} if sought else {"sought": "empty"}
        return self._site.form(visitor, "desk/home.html", errors, reports=[], found=found, sought=sought)

    # What lies behind.

    def _reports(self) -> list[Report]:
        with self._program.database.read() as connection:
            live = list_escalations(connection, limit=_MOST_REPORTS)
        return [
            Report(each, self._find(each.patient_id), say_reason(each.reason), words.REPORTS[each.reason])
            for each in live
            if each.reason in words.REPORTS
        ]

    def _find(self, patient_id: str | None) -> Patient | None:
        try:
            return self._program.backend.patient(patient_id) if patient_id else None
        except NoSuchPatient:
            return None
