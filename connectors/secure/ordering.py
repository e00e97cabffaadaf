"""The end of an order: a look at all of it, sending it, and the reference."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import Unavailable
from bot.backend.prescribing import NewOrder, NoSuchPharmacy, PrescriptionRequest
from bot.backend.refused import Refused
from bot.identity.policy import Service
from connectors.secure.begun import Begun, Orders
from connectors.secure.directory import Directory
from connectors.secure.draft import CHECK, LIST, WHERE, next_page
from connectors.secure.site import Site
from connectors.secure.visitor import Elsewhere, Guest

_ORDERED = f"{LIST}/ordered"


class OrderPages:
    """Whatever stands against an order now is shown where it can be put right."""

    def __init__(self, site: Site, orders: Orders) -> None:
        self._site, self._orders, self._directory = site, orders, Directory(site)
        self._ordering, self._clock = site.program.services.ordering, site.program.clock

    def routes(self) -> list[BaseRoute]:
        page = self._site.page
        return [page(CHECK, self.check), page(CHECK, self.place, "POST"), page(_ORDERED, self.ordered)]

    def check(self, guest: Guest) -> Response:
        begun = self._complete(guest)
        self._site.note(guest, "repeats.view", "done")
        return self._site.render(
            guest,
            "repeats_check.html",
            begun=begun,
            pharmacy=self._directory.chosen_for(begun.patient.id, begun.draft.pharmacy_id),
            ready_on=self._ordering.ready_on(self._clock()),
        )

    def place(self, guest: Guest) -> Response:
        """Twice with the same key is once."""
        done = guest.visit.pending.get("ordered")
        if done and done["key"] == guest.form.get("key"):
            return self._site.go(_ORDERED)
        begun = self._complete(guest)
        if guest.form.get("key") != begun.draft.key:
            return self._site.go(CHECK)
        try:
            made = self._place(begun)
        except Unavailable:
            raise
        except Refused as refusal:
            self._site.note(guest, "prescription.order", refusal.code)
            return self._site.go(WHERE if isinstance(refusal, NoSuchPharmacy) else LIST)
        self._site.note(guest, "prescription.order", "done", made[0].id)
        self._site.keep(guest, order=None, ordered={"key": begun.draft.key, "reference": made[0].reference})
        return self._site.go(_ORDERED)

    def ordered(self, guest: Guest) -> Response:
        patient, access = self._site.admit(guest, Service.SEE_MEDICINES)
        reference = guest.visit.pending.get("ordered", {}).get("reference")
        made = [each for each in self._ordering.requests(patient.id, access) if each.reference == reference]
        if not made:
            raise Elsewhere(LIST)
        self._site.note(guest, "repeats.view", "done")
        pharmacy = self._directory.chosen_for(patient.id, made[0].pharmacy_id)
        return self._site.render(guest, "repeats_ordered.html", made=made, pharmacy=pharmacy)

    # What lies behind.

    def _complete(self, guest: Guest) -> Begun:
        """Raises Elsewhere while something is still to be said."""
        begun = self._orders.take_up(guest)
        following = next_page(begun.draft, begun.wanted)
        if following != CHECK:
            raise Elsewhere(following)
        if not self._directory.is_open_for(begun.patient.id, begun.draft.pharmacy_id):
            raise Elsewhere(WHERE)
        return begun

    def _place(self, begun: Begun) -> list[PrescriptionRequest]:
        draft = begun.draft
        order = NewOrder(
            repeat_ids=draft.repeat_ids,
            ready_on=self._ordering.ready_on(self._clock()),
            note=draft.note or "",
            early_reason=begun.early_reason,
            pharmacy_id=draft.pharmacy_id or None,
            requested_by=begun.guest.caller.person_id or "",
        )
        return self._ordering.place(begun.patient.id, begun.access, order, f"page:order:{draft.key}")
