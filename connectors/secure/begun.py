"""An order under way, as each of its pages takes it up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from bot.backend.base import Patient
from bot.identity.policy import Access, Service
from bot.wording import say_list
from connectors.repeats import Repeats, Shown
from connectors.secure.draft import LIST, Draft, draft_of, next_page
from connectors.secure.site import Site
from connectors.secure.visitor import Elsewhere, Guest


@dataclass(frozen=True)
class Begun:
    """Of what, and for whom. All of `wanted` can be ordered now."""

    guest: Guest
    patient: Patient
    access: Access
    draft: Draft
    wanted: list[Shown]

    @property
    def early(self) -> list[Shown]:
        return [each for each in self.wanted if each.needs_reason]

    @property
    def early_reason(self) -> str:
        """Only where something is early still."""
        return self.draft.early_reason if self.early else ""

    @property
    def names(self) -> str:
        return say_list([each.repeat.name for each in self.wanted])


class Orders:
    """Shared by the pages. Nothing that comes with a form is trusted: what may be ordered is judged anew on each page
    and, with the order, by the clinical system."""

    def __init__(self, site: Site) -> None:
        self._site, self._repeats = site, Repeats(site.program)

    def take_up(self, guest: Guest) -> Begun:
        """Raises Elsewhere if nothing is being ordered, or not all of it can be ordered any more: the list says so."""
        patient, access = self._site.admit(guest, Service.SEE_MEDICINES)
        draft = draft_of(guest)
        shown = self._repeats.medicines(patient, access, self._site.program.clock())
        wanted = [each for each in shown if each.is_orderable and each.repeat.id in draft.repeat_ids]
        if not wanted or len(wanted) < len(draft.repeat_ids):
            raise Elsewhere(LIST)
        self._site.step_up.use(guest.visit)
        return Begun(guest, patient, access, draft, wanted)

    def go_on(self, begun: Begun, **changes: Any) -> Response:
        """With what was just said, to whatever comes next."""
        draft = begun.draft.changed(**changes)
        self._site.keep(begun.guest, order=draft.as_json())
        return self._site.go(next_page(draft, begun.wanted))
