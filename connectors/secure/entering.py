"""From a link to a proof: the page behind the link, the ways to prove who you are, and the way out."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.identity.nhs_login import NhsLogin, NotProved, ProviderUnavailable
from bot.identity.policy import Assurance
from bot.identity.step_up import Judged, Verdict
from bot.store.secure_links import set_pending, take_pending
from connectors.secure.site import PROVE, Site
from connectors.secure.visitor import LOCKED, OVER, Elsewhere, Guest, Visitor

_NHS_LOGIN = "/secure/nhs-login"
_SOMEWHERE_ELSE = "https://www.bbc.co.uk/weather"  # as from the chat


class Entering:
    """`nhs_login` is None where the practice does not use it."""

    def __init__(self, site: Site, nhs_login: NhsLogin | None) -> None:
        self._site, self._step_up, self._nhs_login = site, site.step_up, nhs_login

    def routes(self) -> list[BaseRoute]:
        site = self._site
        nhs_login = [
            site.page(_NHS_LOGIN, self.to_nhs_login, "POST"),
            site.page(_NHS_LOGIN, self.from_nhs_login),
        ]
        return [
            site.page(PROVE, self.ask),
            site.page(PROVE, self.prove, "POST"),
            site.page("/secure/register", self.ask_key),
            site.page("/secure/register", self.register, "POST"),
            *(nhs_login if self._nhs_login else []),
            site.page("/secure/help", self.help),
            site.open("/secure/log-out", self.log_out, "POST"),
            site.open("/secure/leave", self.leave, "POST"),
            site.open("/secure/ended", self.ended),
        ]

    def link_routes(self) -> list[BaseRoute]:
        """To stand last: they take every address that no page has."""
        path = "/secure/{link}"
        return [self._site.open(path, self.look), self._site.open(path, self.spend, "POST")]

    # The link.

    def look(self, visitor: Visitor) -> Response:
        """Changes nothing, however often it is done and whoever does it."""
        if self._step_up.look(_link(visitor), visitor.cookie) is None:
            raise OVER
        return self._site.render(visitor, "continue.html", link=_link(visitor))

    def spend(self, visitor: Visitor) -> Response:
        cookie = self._step_up.spend(_link(visitor), visitor.form.get("handover"), visitor.cookie)
        visit = self._step_up.visit(cookie) if cookie else None
        if cookie is None or visit is None:
            raise OVER
        is_proved = visit.grant_id is not None
        response = self._site.go(f"/secure/{visit.purpose}" if is_proved else PROVE)
        self._site.cookies.set_visit(response, cookie)
        return response

    # The proof.

    def ask(self, guest: Guest) -> Response:
        _go_on_if_proved(guest)
        return self._asking(guest)

    def prove(self, guest: Guest) -> Response:
        _go_on_if_proved(guest)
        passcode, code = guest.form.get("passcode", ""), guest.form.get("code", "")
        if not passcode:
            return self._asking(guest, passcode="empty")
        judged = self._step_up.prove(guest.visit, passcode, code, self._site.proving(guest))
        if judged.verdict is Verdict.CODE_NEEDED:
            return self._asking(guest, asks_code=True)
        if judged.verdict is Verdict.WRONG:
            return self._asking(guest, passcode="wrong")
        return self._judged(guest, judged)

    def ask_key(self, guest: Guest) -> Response:
        _go_on_if_proved(guest)
        return self._asking_key(guest)

    def register(self, guest: Guest) -> Response:
        _go_on_if_proved(guest)
        key, new, again = (guest.form.get(name, "") for name in ("key", "new", "again"))
        errors = {"key": "" if key.strip() else "empty", "new": self._step_up.weakness(guest.visit, new)}
        errors["again"] = "" if errors["new"] or new == again else "different"
        if any(errors.values()):
            return self._asking_key(guest, **errors)
        judged = self._step_up.register(guest.visit, key, new, self._site.proving(guest))
        if judged.verdict is Verdict.WRONG:
            return self._asking_key(guest, key="wrong")
        if judged.verdict is Verdict.GUESSABLE:
            return self._asking_key(guest, new="guessable")
        return self._judged(guest, judged)

    def to_nhs_login(self, guest: Guest) -> Response:
        """By a page of its own: browsers hold a form that is answered with another address to the form-action policy
        at every step, and NHS login has several."""
        _go_on_if_proved(guest)
        try:
            begun = self._login().begin()
        except ProviderUnavailable:
            return self._asking(guest, nhs_login="down")
        with self._site.program.database.write() as connection:
            set_pending(connection, guest.visit, begun.pending)
        return self._site.render(guest, "to_nhs_login.html", address=begun.url)

    def from_nhs_login(self, guest: Guest) -> Response:
        """What NHS login answers counts once, whatever comes of it."""
        _go_on_if_proved(guest)
        with self._site.program.database.write() as connection:
            is_first = take_pending(connection, guest.visit)
        if not is_first:
            return self._asking(guest, nhs_login="not_proved")
        try:
            claims = self._login().finish(dict(guest.request.query_params), guest.visit.pending)
        except NotProved as error:
            return self._asking(guest, nhs_login="declined" if error.code == "declined" else "not_proved")
        except ProviderUnavailable:
            return self._asking(guest, nhs_login="down")
        proving = self._site.proving(guest)
        judged = self._step_up.prove_by_claims(guest.visit, claims.nhs_number, claims.date_of_birth, proving)
        if judged.verdict is Verdict.OTHER_PATIENT:
            return self._asking(guest, nhs_login="other")
        return self._judged(guest, judged)

    def help(self, guest: Guest) -> Response:
        return self._site.render(guest, "help.html")

    # The way out.

    def log_out(self, visitor: Visitor) -> Response:
        """Ends every page of this conversation, in every tab."""
        if self._site.known(visitor).visit:
            self._step_up.end(self._site.guest(visitor).visit)
        response = self._site.render(Visitor(visitor.request, {}), "logged_out.html")
        self._site.cookies.clear_visit(response)
        return response

    def leave(self, visitor: Visitor) -> Response:
        """In a hurry: logged out, and on a page that anybody may see. Going back shows nothing.

        Any page of ours may ask for it, however old: the token is not looked at, which is of the visit that a page was
        made for. It goes on by a page of its own, for the same reason as to NHS login.
        """
        known = self._site.known(visitor)
        if known.visit:
            self._step_up.end(known.visit, "left")
        response = self._site.render(Visitor(visitor.request, {}), "leaving.html", address=_SOMEWHERE_ELSE)
        self._site.cookies.clear_visit(response)
        return response

    def ended(self, visitor: Visitor) -> Response:
        known = self._site.known(visitor)
        home = f"/secure/{known.visit.purpose}" if known.visit else None
        return self._site.render(Visitor(visitor.request, {}), "ended.html", home=home)

    # What lies behind.

    def _asking(self, guest: Guest, asks_code: bool = False, **errors: str) -> Response:
        asks_code = asks_code or "code" in guest.form
        has_nhs_login = self._nhs_login is not None
        return self._site.form(guest, "prove.html", errors, asks_code=asks_code, has_nhs_login=has_nhs_login)

    def _asking_key(self, guest: Guest, **errors: str | None) -> Response:
        return self._site.form(guest, "register.html", errors, shortest=self._site.shortest_passcode)

    def _judged(self, guest: Guest, judged: Judged) -> Response:
        """Passed: the visit goes on under a new cookie, so that one that was known before is worth nothing."""
        if judged.verdict is Verdict.LOCKED:
            raise LOCKED
        if judged.verdict is not Verdict.PASSED:
            raise OVER
        response = self._site.go(guest.home)
        self._site.cookies.set_visit(response, judged.visit_token)
        self._site.cookies.set_device(response, judged.device_token)
        return response

    def _login(self) -> NhsLogin:
        if self._nhs_login is None:
            raise OVER
        return self._nhs_login


def _go_on_if_proved(guest: Guest) -> None:
    if guest.caller.assurance is Assurance.VERIFIED:
        raise Elsewhere(guest.home)


def _link(visitor: Visitor) -> str:
    link: str = visitor.request.path_params["link"]
    return link
