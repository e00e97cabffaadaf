"""Where one order goes: to the usual pharmacy, or to another one this time."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from connectors.secure.begun import Orders
from connectors.secure.directory import Directory
from connectors.secure.draft import FIND, WHERE
from connectors.secure.site import Site
from connectors.secure.visitor import Guest


class WherePages:
    """This time only. It is asked for with every order, so that nobody has to remember where the last one went."""

    def __init__(self, site: Site, orders: Orders) -> None:
        self._site, self._orders, self._directory = site, orders, Directory(site)
        self._ordering = site.program.services.ordering

    def routes(self) -> list[BaseRoute]:
        page = self._site.page
        return [
            page(WHERE, self.ask),
            page(WHERE, self.take, "POST"),
            page(FIND, self.find),
            page(FIND, self.look_for, "POST"),
            page(f"{FIND}/choose", self.choose, "POST"),
        ]

    def ask(self, guest: Guest) -> Response:
        return self._asking(guest)

    def take(self, guest: Guest) -> Response:
        begun, where = self._orders.take_up(guest), guest.form.get("where", "")
        if where == "other":
            return self._site.go(FIND)
        if where != "usual" or not self._directory.is_open_for(begun.patient.id, None):
            return self._asking(guest, "empty")
        return self._orders.go_on(begun, pharmacy_id="")

    def find(self, guest: Guest) -> Response:
        return self._finding(guest)

    def look_for(self, guest: Guest) -> Response:
        self._orders.take_up(guest)
        error = self._directory.look_for(guest)
        return self._finding(guest, search=error) if error else self._site.go(FIND)

    def choose(self, guest: Guest) -> Response:
        begun, picked = self._orders.take_up(guest), self._directory.picked(guest)
        if picked is None:
            return self._finding(guest, pharmacy="closed" if guest.form.get("pharmacy") else "empty")
        return self._orders.go_on(begun, pharmacy_id=picked.id)

    def _asking(self, guest: Guest, error: str = "") -> Response:
        begun = self._orders.take_up(guest)
        usual, chosen = self._ordering.nominated(begun.patient.id), begun.draft.pharmacy_id
        self._site.note(guest, "pharmacy.view", "done")
        is_closed = usual is not None and self._directory.is_closed(usual)
        if chosen and self._directory.open_one(chosen) is None:
            error = error or "closed"
        values = {"usual": usual, "is_closed": is_closed, "chosen": chosen}
        return self._site.form(guest, "repeats_where.html", {"where": error}, **values)

    def _finding(self, guest: Guest, **errors: str) -> Response:
        self._orders.take_up(guest)
        search = self._directory.search(guest)
        return self._site.form(guest, "pharmacy_find.html", errors, search=search, here=FIND, back=WHERE)
