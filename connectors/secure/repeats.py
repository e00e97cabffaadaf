"""A patient's repeat medicines: the list, with the orders under way, and cancelling one. `ordering` has the rest."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import Patient
from bot.backend.prescribing import CANCELLED, PrescriptionRequest, TooLateToChange
from bot.identity.policy import Access, Service
from connectors.repeats import Repeats, is_cancellable
from connectors.secure.draft import LIST, draft_of, next_page
from connectors.secure.site import Site
from connectors.secure.visitor import MISSING, Guest

_CANCEL, _CANCELLED = f"{LIST}/cancel/{{request}}", f"{LIST}/cancelled"


class RepeatPages:
    """Each page asks the gate first, and is noted in the audit trail before it is shown."""

    def __init__(self, site: Site) -> None:
        self._site, self._repeats = site, Repeats(site.program)
        self._ordering, self._clock = site.program.services.ordering, site.program.clock

    def routes(self) -> list[BaseRoute]:
        page = self._site.page
        return [
            page(LIST, self.show),
            page(LIST, self.choose, "POST"),
            page(_CANCEL, self.ask_cancel),
            page(_CANCEL, self.cancel, "POST"),
            page(_CANCELLED, self.cancelled),
        ]

    def show(self, guest: Guest) -> Response:
        return self._listing(guest, draft_of(guest).repeat_ids)

    def choose(self, guest: Guest) -> Response:
        """What is ticked is ordered anew; what was written for an order before is kept."""
        patient, access = self._site.admit(guest, Service.SEE_MEDICINES)
        shown = self._repeats.medicines(patient, access, self._clock())
        ticked = [each for each in shown if f"want-{each.repeat.id}" in guest.form]
        if not ticked:
            return self._listing(guest, (), "empty")
        if not all(each.is_orderable for each in ticked):
            return self._listing(guest, [each.repeat.id for each in ticked])
        draft = draft_of(guest).changed(repeat_ids=tuple(each.repeat.id for each in ticked))
        self._site.keep(guest, order=draft.as_json())
        return self._site.go(next_page(draft, ticked))

    def ask_cancel(self, guest: Guest) -> Response:
        held = self._request(guest)[2]
        self._site.note(guest, "repeats.view", "done")
        return self._asking_cancel(guest, held)

    def cancel(self, guest: Guest) -> Response:
        """However often it is sent. Once the surgery has decided, only they can stop it."""
        patient, access, held = self._request(guest)
        try:
            self._ordering.cancel(patient.id, access, held.id, f"page:cancel:{held.id}")
        except TooLateToChange as refusal:
            self._site.note(guest, "prescription.cancel", refusal.code, held.id)
            return self._asking_cancel(guest, held)
        self._site.note(guest, "prescription.cancel", "done", held.id)
        return self._site.go(_CANCELLED)

    def cancelled(self, guest: Guest) -> Response:
        self._site.admit(guest, Service.SEE_MEDICINES)
        return self._site.render(guest, "repeats_cancelled.html")

    # What lies behind.

    def _listing(self, guest: Guest, ticked: Sequence[str], error: str = "") -> Response:
        """With what was ticked. Where some of that cannot be ordered any more, something has changed since."""
        patient, access = self._site.admit(guest, Service.SEE_MEDICINES)
        orders, medicines = self._repeats.listing(patient, access, self._clock())
        orderable = {each.repeat.id for each in medicines if each.is_orderable}
        errors = {"want": error or ("" if orderable.issuperset(ticked) else "changed")}
        self._site.note(guest, "repeats.view", "done")
        return self._site.form(
            guest,
            "repeats.html",
            errors,
            medicines=medicines,
            orders=orders,
            ticked=ticked,
            can_order=bool(orderable),
            run_out=self._run_out(),
        )

    def _run_out(self) -> str:
        """The practice's own words for whoever has none left."""
        practice = self._site.program.practice
        rules = practice.prescriptions
        return rules.run_out_open if practice.is_open(self._clock()) else rules.run_out_closed

    def _asking_cancel(self, guest: Guest, held: PrescriptionRequest) -> Response:
        template = "repeats_cancel.html" if is_cancellable(held) else "repeats_too_late.html"
        return self._site.render(guest, template, held=held)

    def _request(self, guest: Guest) -> tuple[Patient, Access, PrescriptionRequest]:
        """One of this patient's own; whatever else is asked for is not here."""
        patient, access = self._site.admit(guest, Service.SEE_MEDICINES)
        wanted = guest.request.path_params["request"]
        held = next((each for each in self._ordering.requests(patient.id, access) if each.id == wanted), None)
        if held is None or (held.status == CANCELLED and guest.request.method == "GET"):
            self._site.note(guest, "prescription.cancel", "not_found")
            raise MISSING
        return patient, access, held
