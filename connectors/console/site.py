"""What all pages of the console share: who is there, what their role may do, and how a page is put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.program import Program
from bot.staff.roles import Task, may_do
from bot.staff.sessions import DESK, IDLE, Sessions
from bot.store.audit import AuditEntry
from bot.store.staff_sessions import StaffSession
from connectors.console.browser import ConsoleCookies
from connectors.console.visitor import NOT_OURS, REFUSED, Asker, Elsewhere, Visitor
from connectors.serving import Serving

HOME, SIGN_IN, LOCK = "/console", "/console/sign-in", "/console/lock"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# To another site not even the address; to our own whole, so that a browser names the origin of what a form sends.
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HERE = Path(__file__).parent
# What forms are made of is the secure pages': `{% from "secure/parts.html" import field %}`.
_LOADER = ChoiceLoader(
    [
        FileSystemLoader(_HERE / "templates"),
        PrefixLoader({"secure": FileSystemLoader(_HERE.parent / "secure" / "templates")}),
    ]
)
# The menu: who may do this finds it there, and the first of them is where they begin.
_MENU = (
    (HOME, "Queue", Task.SEE_QUEUE),
    ("/console/patients", "Patients", Task.SEE_RECORD_BANNER),
    ("/console/prescriptions", "Prescriptions", Task.SEE_PRESCRIPTIONS),
    ("/console/reminders", "Reminders", Task.SEE_REMINDERS),
    ("/console/desk", "Online services", Task.CHANGE_ACCESS),
    ("/console/details", "Details to check", Task.CHANGE_ACCESS),
    ("/console/broadcasts", "Texts to many", Task.SEE_BROADCASTS),
    ("/console/overview", "Overview", Task.SEE_OVERVIEW),
    ("/console/audit", "Audit", Task.READ_AUDIT),
    ("/console/staff", "Staff", Task.MANAGE_STAFF),
)


class ConsoleSite(Serving[Asker]):
    """Puts pages together. One for all of them."""

    def __init__(self, program: Program) -> None:
        super().__init__(program, "console", _HERE / "templates", HEADERS)
        self.templates.env.loader = _LOADER
        self.sessions = Sessions(program.database, program.clock)
        self.cookies = ConsoleCookies(program.settings.is_https, program.database.keyring)

    def page(
        self,
        path: str,
        page: Callable[[Visitor], Response],
        task: Task | None,
        method: str = "GET",
        is_use: bool = True,
    ) -> Route:
        """A page for whoever is signed in, is there, and whose role may do `task` (None: every role).

        Args:
            page: runs off the event loop; may raise Stop or Elsewhere.
            is_use: False for what a page asks by itself, such as a heartbeat: it keeps no session from locking.
                Nor does a GET by htmx; the script says, at a key or a touch, that somebody is there.
        """

        def let_in(asker: Asker) -> Response:
            visitor = self.visitor(asker, task, is_use)
            return self.within(visitor, lambda: page(visitor))

        return self.open(path, let_in, method)

    def render(self, asker: Asker, template: str, status: int = 200, **values: object) -> Response:
        practice = self.program.practice
        shared: dict[str, object] = {
            "surgery": practice.name,
            "path": asker.request.url.path,
            "token": self.tokens.of(asker.cookie) if asker.cookie and asker.session else "",
            "idle_seconds": int(IDLE.total_seconds()),
            "member": None,
            "menu": [],
            "draft": {},
            "may": lambda _task: False,
            "errors": {},
        }
        if isinstance(asker, Visitor):
            shared |= {"member": asker.member, "menu": self.menu(asker), "draft": asker.draft, "may": asker.may}
        return self.templates.TemplateResponse(
            asker.request, template, {**shared, **values}, status_code=status, headers=HEADERS
        )

    def note(
        self,
        visitor: Visitor,
        action: str,
        outcome: str = "done",
        patient_id: str | None = None,
        conversation_id: str | None = None,
        subject: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Into the audit trail, before anything is shown. Ids and codes only."""
        whom = (conversation_id, patient_id, subject, visitor.member.id, reason)
        self.keep_trail(AuditEntry(self.program.clock(), action, outcome, DESK, *whom))

    def menu(self, visitor: Visitor) -> list[tuple[str, str]]:
        """(path, name) of what this member finds in the menu."""
        return [(path, name) for path, name, task in _MENU if visitor.may(task)]

    def home_of(self, role: str) -> str:
        """Where somebody of this role begins."""
        return next((path for path, _, task in _MENU if may_do(role, task)), LOCK)

    def asker(self, request: Request, form: Mapping[str, str]) -> Asker:
        return Asker(request, form, self.cookies.session(request))

    def known(self, asker: Asker) -> Asker:
        """With the session, open or locked, if there is one."""
        return Asker(asker.request, asker.form, asker.cookie, self.sessions.find(asker.cookie))

    def visitor(self, asker: Asker, task: Task | None, is_use: bool = True) -> Visitor:
        """The one gate to the console, asked anew for each page.

        Raises:
            Elsewhere: they have to sign in, or to unlock it, first. What they typed is kept.
            Stop: the form was not made for this session, or their role may not do this.
        """
        known, is_post = self.known(asker), asker.request.method == "POST"
        if known.session is None or known.cookie is None:
            raise Elsewhere(SIGN_IN)
        if is_post and not self.is_own_form(known):
            raise NOT_OURS
        if self.sessions.is_locked(known.session):
            self.lock(known, _page_of(asker.request) if is_use else None)
            raise Elsewhere(lock_path(_page_of(asker.request)))
        visitor = Visitor(known.request, known.form, known.cookie, known.session)
        if is_use and (is_post or not asker.is_part):
            self.sessions.use(visitor.session)
        if task is not None and not visitor.may(task):
            if asker.request.url.path == HOME:
                raise Elsewhere(self.home_of(visitor.member.role))
            self.note(visitor, "console.page", "refused", subject=task.value)
            raise REFUSED
        if is_post and is_use:
            self.sessions.keep_draft(visitor.session, _page_of(visitor.request), {})
        return visitor

    def is_own_form(self, asker: Asker) -> bool:
        """Whether it carries this session's token, as a field or as the header X-CSRF-Token."""
        given = asker.form.get("token") or asker.request.headers.get("X-CSRF-Token", "")
        return asker.cookie is not None and self.tokens.fits(asker.cookie, {"token": given})

    def lock(self, asker: Asker, page: str | None) -> None:
        """Nobody is there. What somebody typed on `page`, and sent just now, is kept for it."""
        if asker.session is None:
            return
        fields = {name: value for name, value in asker.form.items() if name not in ("token", "next")}
        if page and fields:
            self.sessions.keep_draft(asker.session, page, fields)
        self.sessions.lock(asker.session)
        self.tell(asker.session)

    def tell(self, session: StaffSession) -> None:
        """Have this member's other open pages look whether they still may be."""
        self.program.notices.announce(session.member.id)

    # What lies behind.

    def _elsewhere(self, asker: Asker, path: str) -> Response:
        """htmx would put the other page into a part of this one; the header makes it go there."""
        if asker.is_part:
            return Response(status_code=401, headers={**HEADERS, "HX-Redirect": path})
        return self.go(path)


def lock_path(back: str) -> str:
    """The lock screen that leads back there."""
    return f"{LOCK}?next={quote(back)}"


def own_path(path: str) -> str:
    """`path` if it is one of the console; its front otherwise. Nobody is sent to another site."""
    parts = urlsplit(path)
    is_ours = not (parts.scheme or parts.netloc) and "\\" not in path and (parts.path + "/").startswith(f"{HOME}/")
    return path if is_ours else HOME


def _page_of(request: Request) -> str:
    """The path of the page that was looked at: what is asked for, or what a form, or a part, was asked from."""
    if request.method == "GET" and "HX-Request" not in request.headers:
        return own_path(request.url.path)
    return own_path(urlsplit(request.headers.get("Referer", "")).path)
