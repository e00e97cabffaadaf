"""What all secure pages share: who is there, what they may see, and how a page is put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.backend.base import Patient
from bot.identity.callers import NOBODY
from bot.identity.phone_numbers import spoken
from bot.identity.policy import Access, Decision, Service, may
from bot.identity.step_up import Proving
from bot.identity.visits import PAGE
from bot.program import Program
from bot.store.audit import AuditEntry
from bot.store.secure_links import set_pending
from connectors.forms import read_form
from connectors.secure.browser import Cookies
from connectors.secure.visitor import NOT_OURS, OVER, REFUSED, Elsewhere, Guest, Visitor
from connectors.serving import ReadForm, Serving
from connectors.uploads import Upload, read_upload

PROVE = "/secure/prove"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# To another site not even the address; to our own whole, so that a browser names the origin of what a form sends.
_HEADERS = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "same-origin"}
_GRACE = 30  # seconds after a visit is over until its page is taken off the screen


class Site(Serving[Visitor]):
    """Puts pages together. One for all of them."""

    def __init__(self, program: Program) -> None:
        super().__init__(program, "secure", Path(__file__).parent / "templates", _HEADERS)
        self.step_up = program.services.step_up
        self.cookies = Cookies(program.settings.is_https)

    def page(
        self, path: str, page: Callable[[Guest], Response], method: str = "GET", read: ReadForm = read_form
    ) -> Route:
        """A page within a visit."""

        def let_in(visitor: Visitor) -> Response:
            guest = self.guest(visitor)
            return self.within(guest, lambda: page(guest))

        return self.open(path, let_in, method, read)

    def takes_files(self, path: str, page: Callable[[Guest], Response], largest: int) -> Route:
        """A page within a visit that a form with files is sent to: `guest.form` is an `Upload`. `largest` in bytes."""

        async def read(request: Request) -> Upload:
            cookie = self.cookies.visit(request) or ""
            return await read_upload(request, largest, lambda token: self.tokens.fits(cookie, {"token": token}))

        return self.page(path, page, "POST", read)

    def admit(self, guest: Guest, service: Service) -> tuple[Patient, Access]:
        """The one gate to what a record holds, asked anew for each page.

        Raises:
            Elsewhere: proof is needed first.
            Stop: it is not offered here or not to this patient.
        """
        caller, decision = guest.caller, self.decide(guest, service)
        if decision is Decision.REFUSED:
            self.note(guest, service.value, decision.value)
            raise REFUSED
        if decision is Decision.PROVE or caller.patient is None or caller.access is None:
            raise Elsewhere(PROVE)
        return caller.patient, caller.access

    def decide(self, guest: Guest, service: Service) -> Decision:
        return may(service, guest.caller.access, guest.caller.assurance, self.program.practice)

    def note(self, guest: Guest, action: str, outcome: str, subject: str | None = None) -> None:
        """Into the audit trail, before anything is shown; and the time without use begins anew."""
        visit, person_id = guest.visit, guest.caller.person_id
        self.step_up.use(visit)
        actor_id = person_id if person_id != visit.patient_id else None
        whom = (visit.conversation_id, visit.patient_id, subject, actor_id)
        self.keep_trail(AuditEntry(self.program.clock(), action, outcome, PAGE, *whom))

    def render(self, asker: Visitor, template: str, status: int = 200, **values: object) -> Response:
        practice, caller = self.program.practice, asker.caller
        shared = {
            "surgery": practice.name,
            "phone": spoken(practice.phone),
            "phone_href": f"tel:{practice.phone_e164}",
            "text_number": spoken(practice.text_number),
            "token": self.tokens.of(asker.cookie) if asker.cookie else "",
            "patient": caller.patient,
            "for_another": caller.acts_for_another,
            "idle_minutes": practice.identity.idle_minutes,
            "refusal": self.program.responses.say("utter_refused_service"),
        }
        headers = {**_HEADERS, **(self._closing() if asker.visit else {})}
        return self.templates.TemplateResponse(
            asker.request, template, {**shared, **values}, status_code=status, headers=headers
        )

    def keep(self, guest: Guest, **changes: Any) -> None:
        """Put something half done aside with the visit, sealed; None lets go of it. Once for each page."""
        held = {**guest.visit.pending, **changes}
        with self.program.database.write() as connection:
            set_pending(connection, guest.visit, {name: value for name, value in held.items() if value is not None})

    def proving(self, guest: Guest) -> Proving:
        client = guest.request.client
        return Proving(client.host if client else "", self.cookies.device(guest.request))

    @property
    def shortest_passcode(self) -> int:
        return self.program.practice.identity.passcode_length

    def known(self, visitor: Visitor) -> Visitor:
        """With the visit and the caller, if there are any."""
        visit = self.step_up.visit(visitor.cookie) if visitor.cookie else None
        caller = self.step_up.caller(visit) if visit else NOBODY
        return Visitor(visitor.request, visitor.form, visitor.cookie, visit, caller)

    def guest(self, visitor: Visitor) -> Guest:
        """Raises Stop without a visit, or if the form was not made for this one."""
        known = self.known(visitor)
        if known.visit is None or known.cookie is None:
            raise OVER
        if visitor.request.method == "POST" and not self.tokens.fits(known.cookie, visitor.form):
            raise NOT_OURS
        return Guest(known.request, known.form, known.cookie, known.visit, known.caller)

    def asker(self, request: Request, form: Mapping[str, str]) -> Visitor:
        return Visitor(request, form, self.cookies.visit(request))

    def _closing(self) -> dict[str, str]:
        """Without script: a page left open goes when its visit does."""
        seconds = self.program.practice.identity.idle_minutes * 60 + _GRACE
        return {"Refresh": f"{seconds}; url=/secure/ended"}
