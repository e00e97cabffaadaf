"""A patient's contact details as the practice holds them, mostly hidden, and asking for new ones. Staff decide."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import Patient
from bot.escalation.handover import QUEUE
from bot.identity.policy import Service
from bot.store import contact_changes
from bot.store.contact_changes import EMAIL, KINDS, MOBILE
from bot.writing import details
from connectors.secure.site import Site
from connectors.secure.visitor import MISSING, Guest

_HERE = "/secure/details"
_LONGEST = 500  # characters


class DetailsPages:
    """Whoever got in with a stolen login learns no number from here, and changes none: staff decide."""

    def __init__(self, site: Site) -> None:
        self._site, self._program = site, site.program

    def routes(self) -> list[BaseRoute]:
        page, one = self._site.page, f"{_HERE}/{{kind}}"
        return [page(_HERE, self.show), page(one, self.ask), page(one, self.take, "POST")]

    def show(self, guest: Guest) -> Response:
        patient = self._admit(guest)
        with self._program.database.read() as connection:
            asked = {each.kind for each in contact_changes.open_changes(connection, patient.id)}
        self._site.note(guest, "details.view", "done")
        held = {kind: mask(kind, details.value_of(patient, kind)) for kind in KINDS}
        return self._site.render(guest, "details.html", held=held, asked=asked)

    def ask(self, guest: Guest) -> Response:
        self._admit(guest)
        return self._asking(guest, self._kind(guest), {})

    def take(self, guest: Guest) -> Response:
        patient, kind = self._admit(guest), self._kind(guest)
        text = guest.form.get("value", "")[:_LONGEST]
        value = details.read_value(kind, text)
        if value is None or value == details.value_of(patient, kind):
            return self._asking(guest, kind, {"value": "same" if value else "wrong" if text.strip() else "empty"})
        program, now = self._program, self._program.clock()
        with program.database.write() as connection:
            details.ask(connection, patient.id, kind, value, guest.visit.conversation_id, now)
        self._site.note(guest, "details.ask", kind)
        program.notices.announce(QUEUE)
        return self._site.render(guest, "details_asked.html", kind=kind)

    # What lies behind.

    def _admit(self, guest: Guest) -> Patient:
        return self._site.admit(guest, Service.CHANGE_DETAILS)[0]

    def _kind(self, guest: Guest) -> str:
        kind = str(guest.request.path_params["kind"])
        if kind not in KINDS:
            raise MISSING
        return kind

    def _asking(self, guest: Guest, kind: str, errors: dict[str, str | None]) -> Response:
        return self._site.form(
            guest, "details_ask.html", errors, kind=kind, value=guest.form.get("value", "")[:_LONGEST]
        )


def mask(kind: str, value: str) -> str:
    """Enough to know it again, and no more; "" stays so."""
    if not value:
        return ""
    if kind == MOBILE:
        return f"ends in {value[-3:]}"
    if kind == EMAIL:
        name, _, domain = value.partition("@")
        return f"{name[:1]}…@{domain}"
    return f"ends in {value.splitlines()[-1]}"
