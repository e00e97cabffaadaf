"""What all secure pages share: who is there, what they may see, and how a page is put together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from pathlib import Path

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from bot.backend.base import Patient
from bot.identity.callers import NOBODY
from bot.identity.phone_numbers import spoken
from bot.identity.policy import Access, Decision, Service, may
from bot.identity.step_up import Proving
from bot.identity.visits import PAGE
from bot.program import Program
from bot.store.audit import add_audit
from bot.wording import say_date, say_time
from connectors.secure.browser import Cookies, FormTokens, NotOurForm, read_form
from connectors.secure.visitor import DOWN, NOT_OURS, OVER, REFUSED, Elsewhere, Guest, Stop, Visitor

log = structlog.get_logger(__name__)

PROVE = "/secure/prove"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# To another site not even the address; to our own whole, so that a browser names the origin of what a form sends.
_HEADERS = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "same-origin"}
_GRACE = 30  # seconds after a visit is over until its page is taken off the screen


class Site:
    """Puts pages together. One for all of them."""

    def __init__(self, program: Program) -> None:
        self.program, self.step_up = program, program.services.step_up
        self.cookies = Cookies(program.settings.is_https)
        self._tokens = FormTokens(program.database.keyring)
        self._templates = Jinja2Templates(Path(__file__).parent / "templates")
        self._templates.env.trim_blocks = self._templates.env.lstrip_blocks = True
        self._templates.env.filters |= {"date": say_date, "when": self._say_when}

    def open(self, path: str, page: Callable[[Visitor], Response], method: str = "GET") -> Route:
        """A page for whoever asks."""
        return Route(path, self._answering(page), methods=[method])

    def page(self, path: str, page: Callable[[Guest], Response], method: str = "GET") -> Route:
        """A page within a visit."""
        return self.open(path, lambda visitor: self._within(page, self.guest(visitor)), method)

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
        with self.program.database.write() as connection:
            add_audit(
                connection,
                self.program.clock(),
                action,
                outcome,
                PAGE,
                visit.conversation_id,
                visit.patient_id,
                subject,
                actor_id=person_id if person_id != visit.patient_id else None,
            )

    def render(self, visitor: Visitor | Guest, template: str, status: int = 200, **values: object) -> Response:
        practice, caller = self.program.practice, visitor.caller
        shared = {
            "surgery": practice.name,
            "phone": spoken(practice.phone),
            "phone_href": f"tel:{practice.phone_e164}",
            "text_number": spoken(practice.text_number),
            "token": self._tokens.of(visitor.cookie) if visitor.cookie else "",
            "patient": caller.patient,
            "for_another": caller.acts_for_another,
            "idle_minutes": practice.identity.idle_minutes,
            "refusal": self.program.responses.say("utter_refused_service"),
        }
        headers = {**_HEADERS, **(self._closing() if visitor.visit else {})}
        return self._templates.TemplateResponse(
            visitor.request, template, {**shared, **values}, status_code=status, headers=headers
        )

    def form(self, guest: Guest, template: str, errors: Mapping[str, str | None], **values: object) -> Response:
        """A page that asks for something. `errors`: for each field what is wrong with it, as a code."""
        found = {name: code for name, code in errors.items() if code}
        return self.render(guest, template, 400 if found else 200, errors=found, **values)

    def go(self, path: str) -> Response:
        return RedirectResponse(path, 303, _HEADERS)

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
        if visitor.request.method == "POST" and not self._tokens.fits(known.cookie, visitor.form):
            raise NOT_OURS
        return Guest(known.request, known.form, known.cookie, known.visit, known.caller)

    # What lies behind.

    def _answering(self, page: Callable[[Visitor], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                form = await read_form(request) if request.method == "POST" else {}
            except NotOurForm:
                return await run_in_threadpool(self._stopped, Visitor(request, {}), NOT_OURS)
            return await run_in_threadpool(self._serve, page, Visitor(request, form, self.cookies.visit(request)))

        return answer

    def _serve(self, page: Callable[[Visitor], Response], visitor: Visitor) -> Response:
        try:
            return page(visitor)
        except Elsewhere as elsewhere:
            return self.go(elsewhere.path)
        except Stop as stop:
            return self._stopped(visitor, stop)
        except Exception as error:  # whatever it was: nothing is shown, and the log learns its kind alone
            log.error("secure.failed", error=type(error).__name__)
            return self._stopped(visitor, DOWN)

    def _within(self, page: Callable[[Guest], Response], guest: Guest) -> Response:
        try:
            return page(guest)
        except Stop as stop:
            return self._stopped(guest, stop)

    def _stopped(self, visitor: Visitor | Guest, stop: Stop) -> Response:
        return self.render(visitor, stop.template, stop.status)

    def _closing(self) -> dict[str, str]:
        """Without script: a page left open goes when its visit does."""
        seconds = self.program.practice.identity.idle_minutes * 60 + _GRACE
        return {"Refresh": f"{seconds}; url=/secure/ended"}

    def _say_when(self, at: datetime) -> str:
        local = at.astimezone(self.program.practice.zone)
        day: date = local.date()
        return f"{say_date(day)} at {say_time(local.time())}"
