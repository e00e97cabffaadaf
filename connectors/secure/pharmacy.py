"""The nominated pharmacy: where prescriptions go from now on."""

from __future__ import annotations

import secrets

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.prescribing import NoSuchPharmacy
from bot.identity.policy import Service
from connectors.secure.directory import Directory
from connectors.secure.site import Site
from connectors.secure.visitor import Elsewhere, Guest

_HERE = "/secure/pharmacy"
_CONFIRM, _CHANGED = f"{_HERE}/confirm", f"{_HERE}/changed"


class PharmacyPages:
    """Changed after a question; it may have closed by then."""

    def __init__(self, site: Site) -> None:
        self._site, self._directory, self._ordering = site, Directory(site), site.program.services.ordering

    def routes(self) -> list[BaseRoute]:
        page = self._site.page
        return [
            page(_HERE, self.show),
            page(f"{_HERE}/find", self.find),
            page(f"{_HERE}/find", self.look_for, "POST"),
            page(f"{_HERE}/find/choose", self.choose, "POST"),
            page(_CONFIRM, self.ask),
            page(_CONFIRM, self.change, "POST"),
            page(_CHANGED, self.changed),
        ]

    def show(self, guest: Guest) -> Response:
        return self._showing(guest, "pharmacy.html")

    def find(self, guest: Guest) -> Response:
        return self._finding(guest)

    def look_for(self, guest: Guest) -> Response:
        self._site.admit(guest, Service.SEE_MEDICINES)
        error = self._directory.look_for(guest)
        return self._finding(guest, search=error) if error else self._site.go(f"{_HERE}/find")

    def choose(self, guest: Guest) -> Response:
        self._site.admit(guest, Service.SEE_MEDICINES)
        picked = self._directory.picked(guest)
        if picked is None:
            return self._finding(guest, pharmacy="closed" if guest.form.get("pharmacy") else "empty")
        self._site.keep(guest, nominate={"id": picked.id, "key": secrets.token_hex(16)})
        return self._site.go(_CONFIRM)

    def ask(self, guest: Guest) -> Response:
        patient, _ = self._site.admit(guest, Service.SEE_MEDICINES)
        wanted = self._wanted(guest)
        picked = self._directory.open_one(wanted["id"])
        if picked is None:
            return self._finding(guest, pharmacy="closed")
        usual = self._ordering.nominated(patient.id)
        return self._site.render(guest, "pharmacy_confirm.html", picked=picked, usual=usual, key=wanted["key"])

    def change(self, guest: Guest) -> Response:
        """Twice with the same key is once. It may have closed since it was chosen."""
        patient, _ = self._site.admit(guest, Service.SEE_MEDICINES)
        wanted = self._wanted(guest)
        if guest.form.get("key") != wanted["key"]:
            return self._site.go(_CONFIRM)
        try:
            self._ordering.nominate(patient.id, wanted["id"], f"page:nominate:{wanted['key']}")
        except NoSuchPharmacy as refusal:
            self._site.note(guest, "pharmacy.nominate", refusal.code)
            return self._finding(guest, pharmacy="closed")
        self._site.note(guest, "pharmacy.nominate", "done", wanted["id"])
        return self._site.go(_CHANGED)

    def changed(self, guest: Guest) -> Response:
        return self._showing(guest, "pharmacy_changed.html")

    def _showing(self, guest: Guest, template: str) -> Response:
        patient, _ = self._site.admit(guest, Service.SEE_MEDICINES)
        usual = self._ordering.nominated(patient.id)
        self._site.note(guest, "pharmacy.view", "done")
        is_closed = usual is not None and self._directory.is_closed(usual)
        return self._site.render(guest, template, usual=usual, is_closed=is_closed)

    def _finding(self, guest: Guest, **errors: str) -> Response:
        self._site.admit(guest, Service.SEE_MEDICINES)
        self._site.step_up.use(guest.visit)
        search = self._directory.search(guest)
        return self._site.form(guest, "pharmacy_find.html", errors, search=search, here=f"{_HERE}/find", back=_HERE)

    def _wanted(self, guest: Guest) -> dict[str, str]:
        wanted: dict[str, str] | None = guest.visit.pending.get("nominate")
        if wanted is None:
            raise Elsewhere(_HERE)
        return wanted
