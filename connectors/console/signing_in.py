"""The ways into the console and out of it: sign in, set up an account, the lock screen, sign out."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import segno
from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.identity.authenticator import setup_uri
from bot.staff.sessions import Judged, Verdict
from connectors.console.site import HEADERS, LOCK, SIGN_IN, ConsoleSite, lock_path, own_path
from connectors.console.visitor import MISSING, NOT_OURS, Asker, Elsewhere, Visitor

_BY_SERVICE = ("service", "no_role", "unknown", "down")  # how the sign-in service can refuse
_SET_UP = "/console/set-up/{link}"


class SigningIn:
    """`demo_logins`: accounts of the demonstration, which anybody may enter; empty everywhere else."""

    def __init__(self, site: ConsoleSite, demo_logins: Sequence[tuple[str, str]] = ()) -> None:
        self._site, self._demo_logins = site, demo_logins
        self._accounts = site.program.accounts

    def routes(self) -> list[BaseRoute]:
        site = self._site
        demo = [site.open(f"{SIGN_IN}/demo", self.enter_demo, "POST")]
        return [
            site.open(SIGN_IN, self.ask),
            site.open(SIGN_IN, self.sign_in, "POST"),
            *(demo if self._demo_logins else []),
            site.open(_SET_UP, self.ask_set_up),
            site.open(_SET_UP, self.set_up, "POST"),
            site.open(LOCK, self.ask_unlock),
            site.open(LOCK, self.unlock, "POST"),
            site.open("/console/lock-now", self.lock, "POST"),
            site.page("/console/awake", self.awake, None, "POST"),
            site.page("/console/me", self.me, None),
            site.open("/console/sign-out", self.sign_out, "POST"),
            site.page("/console/sign-out-everywhere", self.sign_out_everywhere, None, "POST"),
        ]

    # In.

    def ask(self, asker: Asker) -> Response:
        known = self._site.known(asker)
        if known.session is not None and not self._site.sessions.is_locked(known.session):
            raise Elsewhere(self._site.home_of(known.session.member.role))
        refused = asker.request.query_params.get("refused", "")
        return self._asking(asker, refused if refused in _BY_SERVICE else "")

    def sign_in(self, asker: Asker) -> Response:
        login, passcode, code = (asker.form.get(name, "") for name in ("login", "passcode", "code"))
        before = self._site.known(asker).session
        judged = self._site.sessions.sign_in(login, passcode, code, asker.address, before)
        if judged.verdict is not Verdict.PASSED:
            return self._asking(asker, judged.verdict.value)
        return self._entered(judged)

    def enter_demo(self, asker: Asker) -> Response:
        """With one press; there is no such address outside the demonstration."""
        login = asker.form.get("login", "")
        if login not in (known for known, _ in self._demo_logins):
            raise MISSING
        return self._entered(self._site.sessions.enter(login, self._site.known(asker).session))

    # A new account.

    def ask_set_up(self, asker: Asker) -> Response:
        """Shows no secret and changes nothing: what follows links in mails finds nothing here."""
        if self._accounts.look(_link(asker)) is None:
            return self._over(asker)
        return self._site.render(asker, "set_up.html", account=None)

    def set_up(self, asker: Asker) -> Response:
        """First with nothing, to see the form; then with a passcode and a code of the app."""
        held = self._accounts.look(_link(asker))
        if held is None or held.authenticator is None:
            return self._over(asker)
        errors = self._accounts.set_up(_link(asker), *self._typed(asker)) if "passcode" in asker.form else {}
        if errors is None:
            return self._site.render(asker, "set_up_done.html", login=held.account.login)
        uri = setup_uri(held.authenticator, self._site.program.practice.name)
        qr = Markup(segno.make(uri, micro=False).svg_inline(scale=4, border=2, omitsize=True))  # noqa: S704
        return self._site.form(
            asker, "set_up.html", errors, account=held.account,
            secret=held.authenticator, qr=qr, shortest=self._accounts.shortest_passcode,
        )  # fmt: skip

    # The lock screen.

    def ask_unlock(self, asker: Asker) -> Response:
        known = self._known(asker)
        if known.session and not self._site.sessions.is_locked(known.session):
            raise Elsewhere(own_path(asker.request.query_params.get("next", "")))
        return self._asking_unlock(known)

    def unlock(self, asker: Asker) -> Response:
        session = self._site.known(asker).session
        if session is None:
            raise Elsewhere(SIGN_IN)
        if not self._site.sessions.is_locked(session):  # another tab was first; this one holds its old token
            raise Elsewhere(own_path(asker.form.get("next", "")))
        known = self._known(asker)
        judged = self._site.sessions.unlock(session, asker.form.get("passcode", ""), asker.address)
        if judged.verdict is Verdict.OVER:
            raise Elsewhere(SIGN_IN)
        if judged.verdict is not Verdict.PASSED:
            return self._asking_unlock(known, judged.verdict.value)
        response = self._site.go(own_path(asker.form.get("next", "")))
        self._site.cookies.set_session(response, judged.token)
        return response

    def lock(self, asker: Asker) -> Response:
        """By hand, or by the page where nobody was for a while; what was typed there comes along."""
        known = self._known(asker)
        back = own_path(asker.form.get("next", "") or urlsplit(asker.request.headers.get("Referer", "")).path)
        self._site.lock(known, urlsplit(back).path)
        return self._site.go(lock_path(back))

    def awake(self, _visitor: Visitor) -> Response:
        """Somebody is there."""
        return Response(status_code=204, headers=HEADERS)

    # Out.

    def me(self, visitor: Visitor) -> Response:
        return self._site.render(visitor, "me.html")

    def sign_out(self, asker: Asker) -> Response:
        """From the lock screen, too."""
        known = self._site.known(asker)
        if known.session is not None:
            if not self._site.is_own_form(known):
                raise NOT_OURS
            self._site.sessions.sign_out(known.session)
            self._site.tell(known.session)
        return self._out()

    def sign_out_everywhere(self, visitor: Visitor) -> Response:
        self._site.sessions.sign_out(visitor.session, everywhere=True)
        self._site.tell(visitor.session)
        return self._out()

    # What lies behind.

    def _asking(self, asker: Asker, code: str = "") -> Response:
        errors = {"login": code} if code else {}
        login = asker.form.get("login", "")
        plain = Asker(asker.request, asker.form)
        settings = self._site.program.settings
        return self._site.form(
            plain, "sign_in.html", errors, login=login, demo_logins=self._demo_logins,
            service=settings.staff_login_name if settings.has_staff_login else "",
        )  # fmt: skip

    def _entered(self, judged: Judged) -> Response:
        if judged.member is None:
            raise MISSING
        response = self._site.go(self._site.home_of(judged.member.role))
        self._site.cookies.set_session(response, judged.token)
        return response

    def _asking_unlock(self, known: Asker, code: str = "") -> Response:
        back = known.form.get("next") or known.request.query_params.get("next", "")
        errors = {"passcode": code} if code else {}
        name = known.session.member.name if known.session else ""
        return self._site.form(known, "lock.html", errors, name=name, next=own_path(back))

    def _known(self, asker: Asker) -> Asker:
        """Whoever has a session, open or locked. Raises Elsewhere, or Stop for a form of another."""
        known = self._site.known(asker)
        if known.session is None:
            raise Elsewhere(SIGN_IN)
        if asker.request.method == "POST" and not self._site.is_own_form(known):
            raise NOT_OURS
        return known

    def _out(self) -> Response:
        response = self._site.go(SIGN_IN)
        self._site.cookies.clear_session(response)
        return response

    def _over(self, asker: Asker) -> Response:
        return self._site.render(Asker(asker.request, {}), "set_up_over.html", 404)

    def _typed(self, asker: Asker) -> tuple[str, str, str]:
        passcode, again, code = (asker.form.get(name, "") for name in ("passcode", "again", "code"))
        return passcode, again, code


def _link(asker: Asker) -> str:
    link: str = asker.request.path_params["link"]
    return link
