"""What somebody writes along with an order is read at once: some of it is for a person, and cannot wait."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.escalation.handover import QUEUE
from bot.escalation.timing import say_when_answered
from bot.identity.policy import Service
from bot.prescribing.notes import DOSE_CHANGE, SOON, needs_a_person
from bot.safety.screen import KINDS, screen
from bot.store.escalations import ROUTINE, URGENT, add_escalation
from connectors.secure.begun import Begun
from connectors.secure.draft import LIST
from connectors.secure.site import Site
from connectors.secure.visitor import Elsewhere, Guest

_HEARD = f"{LIST}/heard"


class Hearing:
    """Tells staff, and the patient what that means for the order."""

    def __init__(self, site: Site) -> None:
        self._site, self._program = site, site.program

    def routes(self) -> list[BaseRoute]:
        return [self._site.page(_HEARD, self.heard)]

    def hear(self, begun: Begun, words: str) -> Response | None:
        """None if the words may go along with the order. With an alarm or a wish for another dose it waits where it is;
        a medicine that may do harm is not ordered before somebody has read why."""
        code = self._read(begun, words)
        if code is None:
            return None
        waits = code == DOSE_CHANGE or code in KINDS
        self._site.keep(begun.guest, order=begun.draft.as_json() if waits else None, heard=code)
        return self._site.go(_HEARD)

    def heard(self, guest: Guest) -> Response:
        self._site.admit(guest, Service.SEE_MEDICINES)
        code, now = guest.visit.pending.get("heard"), self._program.clock()
        if code is None:
            raise Elsewhere(LIST)
        if code in KINDS:
            return self._site.render(guest, "repeats_alarm.html", said=self._alarm(code))
        by = say_when_answered(self._program.practice, now)
        return self._site.render(guest, "repeats_heard.html", goes_on=code == DOSE_CHANGE, by=by)

    # What lies behind.

    def _read(self, begun: Begun, words: str) -> str | None:
        """A kind of `bot.safety.screen`, or a code of `bot.prescribing.notes`."""
        found = screen(words)
        if found is not None:
            kind, is_now = found.kind, found.certainty == "now"
            self._site.note(begun.guest, "safety.alarm" if is_now else "safety.ask", kind)
            reason = kind if is_now else f"{kind}_unclear"
            self._raise(begun.guest, reason, words, URGENT if is_now else ROUTINE)
            return kind
        code = needs_a_person(words)
        if code is not None:
            self._site.note(begun.guest, "prescription.note", "passed_on")
            urgency = URGENT if code in SOON else ROUTINE
            self._raise(begun.guest, f"order_{code}", f"{begun.names}: {words}", urgency)
        return code

    def _raise(self, guest: Guest, reason: str, words: str, urgency: str) -> None:
        visit = guest.visit
        with self._program.database.write() as connection:
            about = (visit.conversation_id, reason, urgency, words, self._program.clock(), visit.patient_id)
            add_escalation(connection, *about)
        self._program.notices.announce(QUEUE, visit.conversation_id)

    def _alarm(self, kind: str) -> list[str]:
        """The fixed words, by paragraphs."""
        is_closed = kind == "urgent_today" and not self._program.practice.is_open(self._program.clock())
        said = self._program.responses.say(f"utter_{kind}_closed" if is_closed else f"utter_{kind}")
        return said.split("\n\n")
