"""Pharmacies as they are looked for and chosen."""

from __future__ import annotations

from dataclasses import dataclass

from bot.backend.prescribing import NoSuchPharmacy, Pharmacy
from connectors.secure.site import Site
from connectors.secure.visitor import Guest

_MOST = 20
_LONGEST = 60  # characters of what is looked for


@dataclass(frozen=True)
class Search:
    """`text`: what was looked for, "" before anything was; `found` is cut off where `is_cut`."""

    text: str
    found: list[Pharmacy]
    is_cut: bool

    @property
    def choices(self) -> list[tuple[str, str, str]]:
        """(value, label, hint) of each."""
        return [(each.id, each.name, each.address) for each in self.found]


class Directory:
    """What is looked for rests with the visit: it stands in no address."""

    def __init__(self, site: Site) -> None:
        self._site, self._ordering = site, site.program.services.ordering

    def look_for(self, guest: Guest) -> str:
        """Keep what a form asks for; gives what is wrong with it, as a code, or ""."""
        text = guest.form.get("search", "").strip()[:_LONGEST]
        self._site.keep(guest, search=text)
        return "" if text else "empty"

    def search(self, guest: Guest) -> Search:
        text = guest.visit.pending.get("search", "")
        found = self._ordering.pharmacies(text) if text else []
        return Search(text, found[:_MOST], len(found) > _MOST)

    def picked(self, guest: Guest) -> Pharmacy | None:
        """The one a form names, if there is one and it is open."""
        return self.open_one(guest.form.get("pharmacy", ""))

    def open_one(self, pharmacy_id: str) -> Pharmacy | None:
        try:
            pharmacy = self._ordering.pharmacy(pharmacy_id)
        except NoSuchPharmacy:
            return None
        return None if self.is_closed(pharmacy) else pharmacy

    def chosen_for(self, patient_id: str, pharmacy_id: str | None) -> Pharmacy | None:
        """Where an order goes: the one chosen for it, or the usual one; None: it is fetched at the surgery."""
        return self._ordering.pharmacy(pharmacy_id) if pharmacy_id else self._ordering.nominated(patient_id)

    def is_open_for(self, patient_id: str, pharmacy_id: str | None) -> bool:
        """Whether an order can go there."""
        if pharmacy_id:
            return self.open_one(pharmacy_id) is not None
        usual = self._ordering.nominated(patient_id)
        return usual is None or not self.is_closed(usual)

    def is_closed(self, pharmacy: Pharmacy) -> bool:
        program = self._site.program
        return pharmacy.is_closed(program.clock().astimezone(program.practice.zone).date())
