"""What a patient writes along with an order: why it is early, and a note to whoever prescribes."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from connectors.secure.begun import Begun, Orders
from connectors.secure.draft import EARLY, NOTE
from connectors.secure.hearing import Hearing
from connectors.secure.site import Site
from connectors.secure.visitor import Guest

_EARLY_PAGE, _NOTE_PAGE = "repeats_early.html", "repeats_note.html"


class NotePages:
    """Each on a page of its own."""

    def __init__(self, site: Site, orders: Orders, hearing: Hearing) -> None:
        self._site, self._orders, self._hearing = site, orders, hearing
        self._limit = site.program.practice.prescriptions.note_max_length

    def routes(self) -> list[BaseRoute]:
        page = self._site.page
        return [
            page(EARLY, self.ask_early),
            page(EARLY, self.take_early, "POST"),
            page(NOTE, self.ask_note),
            page(NOTE, self.take_note, "POST"),
        ]

    def ask_early(self, guest: Guest) -> Response:
        begun = self._orders.take_up(guest)
        self._site.note(guest, "repeats.view", "done")
        return self._asking(begun, _EARLY_PAGE, begun.draft.early_reason)

    def take_early(self, guest: Guest) -> Response:
        begun, words = self._orders.take_up(guest), _words(guest)
        error = "" if words else "empty"
        if error or len(words) > self._limit:
            return self._asking(begun, _EARLY_PAGE, words, error or "long")
        return self._hearing.hear(begun, words) or self._orders.go_on(begun, early_reason=words)

    def ask_note(self, guest: Guest) -> Response:
        begun = self._orders.take_up(guest)
        return self._asking(begun, _NOTE_PAGE, begun.draft.note or "")

    def take_note(self, guest: Guest) -> Response:
        begun, words = self._orders.take_up(guest), _words(guest)
        if len(words) > self._limit:
            return self._asking(begun, _NOTE_PAGE, words, "long")
        return self._hearing.hear(begun, words) or self._orders.go_on(begun, note=words)

    def _asking(self, begun: Begun, template: str, words: str, error: str = "") -> Response:
        values = {"written": words, "limit": self._limit, "early": begun.early}
        return self._site.form(begun.guest, template, {"words": error}, **values)


def _words(guest: Guest) -> str:
    return guest.form.get("words", "").replace("\r\n", "\n").strip()
