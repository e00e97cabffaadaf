"""What the record holds, shown: results, the record by its sections, and who looked at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.record import MEDICINES, Entry, Result, Value
from bot.glossary import Explanation, explain
from bot.identity.activity import activity_of, twelve_months_before
from bot.identity.disclosure import visible_entries, visible_results, visible_sections
from bot.identity.policy import Access, Decision, Service
from connectors.secure.site import Site
from connectors.secure.trend import Trend, trend_of
from connectors.secure.trend_picture import draw
from connectors.secure.visitor import MISSING, Elsewhere, Guest

_MOST_ACTIVITIES = 300


@dataclass(frozen=True)
class Measured:
    """One value of a result, with what is known of its name and of the values before it."""

    value: Value
    reference_range: str
    explanation: Explanation | None
    trend: Trend | None
    picture: Markup | None


class ReadingPages:
    """Each page asks the gate first, and is noted in the audit trail before it is shown."""

    def __init__(self, site: Site) -> None:
        self._site, self._backend = site, site.program.backend

    def routes(self) -> list[BaseRoute]:
        site = self._site
        return [
            site.page("/secure/results", self.results),
            site.page("/secure/results/{result}", self.result),
            site.page("/secure/record", self.record),
            site.page("/secure/record/{section}", self.section),
            site.page("/secure/activity", self.activity),
        ]

    def results(self, guest: Guest) -> Response:
        shown = self._results(guest)
        self._site.note(guest, "results.view", "done")
        return self._site.render(guest, "results.html", results=shown)

    def result(self, guest: Guest) -> Response:
        """One of this patient's own that may be shown; whatever else is asked for is not here."""
        shown = self._results(guest)
        result = next((each for each in shown if each.id == guest.request.path_params["result"]), None)
        if result is None:
            self._site.note(guest, "result.view", "not_found")
            raise MISSING
        self._site.note(guest, "result.view", "done", subject=result.id)
        measured = [_measured(value, result, shown) for value in result.values]
        return self._site.render(guest, "result.html", result=result, measured=measured)

    def record(self, guest: Guest) -> Response:
        """All of it, to be read or printed. Whoever may see no more than their medicines is shown those."""
        decisions = [self._site.decide(guest, service) for service in (Service.SEE_RECORD, Service.SEE_MEDICINES)]
        if decisions == [Decision.REFUSED, Decision.ALLOWED]:
            raise Elsewhere(f"/secure/record/{MEDICINES}")
        patient, access = self._site.admit(guest, Service.SEE_RECORD)
        return self._record(guest, patient.id, access, visible_sections(access))

    def section(self, guest: Guest) -> Response:
        wanted = guest.request.path_params["section"]
        patient, access = self._site.admit(guest, Service.SEE_MEDICINES if wanted == MEDICINES else Service.SEE_RECORD)
        if wanted not in visible_sections(access):
            self._site.note(guest, "record.view", "not_found")
            raise MISSING
        return self._record(guest, patient.id, access, (wanted,))

    def activity(self, guest: Guest) -> Response:
        patient, _ = self._site.admit(guest, Service.SEE_ACTIVITY)
        now = self._site.program.clock()
        with self._site.program.database.read() as connection:
            done = activity_of(connection, patient.id, twelve_months_before(now))
        self._site.note(guest, "activity.view", "done")
        is_cut = len(done) > _MOST_ACTIVITIES
        return self._site.render(guest, "activity.html", done=done[:_MOST_ACTIVITIES], is_cut=is_cut)

    def _results(self, guest: Guest) -> list[Result]:
        patient, access = self._site.admit(guest, Service.SEE_RESULTS)
        return visible_results(self._backend.results(patient.id), access)

    def _record(self, guest: Guest, patient_id: str, access: Access, sections: tuple[str, ...]) -> Response:
        entries = visible_entries(self._backend.entries(patient_id), access)
        self._site.note(guest, "record.view", "done", subject=sections[0] if len(sections) == 1 else None)
        return self._site.render(
            guest,
            "record.html",
            held={section: _of(section, entries) for section in sections},
            sections=visible_sections(access),
            explain=explain,
            printed_at=self._site.program.clock(),
        )


def _of(section: str, entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.section == section]


def _measured(value: Value, result: Result, shown: Sequence[Result]) -> Measured:
    """The trend up to this result: what came after it belongs to that one."""
    earlier = [each for each in shown if each.taken_on <= result.taken_on]
    trend = trend_of(earlier, value.name)
    return Measured(value, value.reference_range, explain(value.name), trend, draw(trend) if trend else None)
