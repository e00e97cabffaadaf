"""The audit trail, for whoever checks what was done: searched, downloaded, and tried for changes.

Reading it is noted in it, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import NoSuchPatient
from bot.staff.roles import Task
from bot.store.audit_anchor import ANCHOR_FILE, last_anchor, read_anchors
from bot.store.audit_check import Verdict, check
from bot.store.audit_search import Sought, search_entries
from bot.store.staff import all_staff
from connectors.console.desk import read_day
from connectors.console.download import as_csv
from connectors.console.site import ConsoleSite
from connectors.console.visitor import Visitor

_HERE = "/console/audit"
_PAGE, _MOST = 100, 5000
_COLUMNS = "id at action outcome channel conversation_id patient_id actor_id subject reason".split()


class AuditPages:
    """Ids and codes alone: whoever reads them sees no record and no message."""

    def __init__(self, site: ConsoleSite) -> None:
        self._site, self._program = site, site.program
        self._anchors = site.program.settings.home / ANCHOR_FILE

    def routes(self) -> list[BaseRoute]:
        page = self._site.page
        return [
            page(_HERE, self.search, Task.READ_AUDIT),
            page(f"{_HERE}.csv", self.download, Task.READ_AUDIT),
            page(f"{_HERE}/check", self.check, Task.READ_AUDIT, "POST"),
        ]

    def search(self, visitor: Visitor) -> Response:
        asked = visitor.request.query_params
        found = self._found(asked, _PAGE + 1)
        self._note(visitor, "audit.view")
        return self._showing(visitor, found[:_PAGE], is_more=len(found) > _PAGE)

    def download(self, visitor: Visitor) -> Response:
        found = self._found(visitor.request.query_params, _MOST)
        self._note(visitor, "audit.download")
        rows = [[row[column] for column in _COLUMNS] for row in found]
        return as_csv("audit", [_COLUMNS, *([_said(value) for value in row] for row in rows)])

    def check(self, visitor: Visitor) -> Response:
        """Read the whole trail, from its first entry to its last."""
        with self._program.database.read() as connection:
            verdict = check(connection, read_anchors(self._anchors))
        self._site.note(visitor, "audit.check", "fault" if verdict.fault else "whole")
        return self._showing(visitor, [], verdict=verdict)

    # What lies behind.

    def _found(self, asked: Mapping[str, str], limit: int) -> list[Any]:
        with self._program.database.read() as connection:
            return search_entries(connection, self._sought(asked), limit)

    def _sought(self, asked: Mapping[str, str]) -> Sought:
        day, before = read_day(asked.get("day", "")), asked.get("before", "")
        begins = datetime.combine(day, time.min, self._program.practice.zone) if day else None
        ends = datetime.combine(day + timedelta(days=1), time.min, self._program.practice.zone) if day else None
        return Sought(
            asked.get("patient", "").strip(),
            asked.get("staff", "").strip(),
            [action] if (action := asked.get("action", "").strip()) else (),
            begins,
            ends,
            int(before) if before.isdecimal() and len(before) < 18 else None,
        )

    def _note(self, visitor: Visitor, action: str) -> None:
        """With the patient it was about, so that they can see it."""
        asked = visitor.request.query_params.get("patient", "").strip()
        try:
            patient_id = self._program.backend.patient(asked).id if asked else None
        except NoSuchPatient:
            patient_id = None
        self._site.note(visitor, action, patient_id=patient_id)

    def _showing(
        self, visitor: Visitor, entries: list[Any], is_more: bool = False, verdict: Verdict | None = None
    ) -> Response:
        with self._program.database.read() as connection:
            staff = [each.account for each in all_staff(connection)]
        asked = {
            name: value
            for name, value in visitor.request.query_params.items()
            if name in ("patient", "staff", "day", "action")
        }
        return self._site.render(
            visitor,
            "audit.html",
            asked=asked,
            entries=entries,
            is_more=is_more,
            verdict=verdict,
            anchor=last_anchor(self._anchors),
            staff=staff,
            names={each.id: each.name for each in staff},
        )


def _said(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
