"""What people change about their own way in: passcode, authenticator app, turning it off, "that was not me"."""

from __future__ import annotations

import segno
from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.identity.authenticator import setup_uri
from bot.identity.own_login import OwnLogin
from bot.identity.policy import Service
from bot.identity.step_up import Verdict
from connectors.secure.site import Site
from connectors.secure.visitor import LOCKED, MISSING, OVER, Guest, Visitor

_HERE = "/secure/settings"
_PASSCODE, _APP = f"{_HERE}/passcode", f"{_HERE}/app"
_TURN_OFF, _NOT_ME = f"{_HERE}/turn-off", f"{_HERE}/not-me"


class SettingsPages:
    """Open to whoever has proved who they are, whatever of the record they may see."""

    def __init__(self, site: Site) -> None:
        program = site.program
        self._site, self._step_up = site, site.step_up
        self._own = OwnLogin(program.database, site.step_up, program.practice, program.notices, program.clock)

    def routes(self) -> list[BaseRoute]:
        page = self._site.page
        return [
            page(_HERE, self.settings),
            page(_PASSCODE, self.ask_passcode),
            page(_PASSCODE, self.change_passcode, "POST"),
            page(_APP, self.app),
            page(_APP, self.add_app, "POST"),
            page(f"{_APP}/start", self.start_app, "POST"),
            page(f"{_APP}/remove", self.remove_app, "POST"),
            page(_TURN_OFF, self.ask_turn_off),
            page(_TURN_OFF, self.turn_off, "POST"),
            page(_NOT_ME, self.ask_not_me),
            page(_NOT_ME, self.not_me, "POST"),
        ]

    def settings(self, guest: Guest) -> Response:
        self._admit(guest)
        self._site.note(guest, "settings.view", "done")
        return self._site.render(guest, "settings.html", held=self._own.credential(guest.caller))

    def ask_passcode(self, guest: Guest) -> Response:
        self._admit(guest)
        return self._asking_passcode(guest)

    def change_passcode(self, guest: Guest) -> Response:
        self._admit(guest)
        old, new, again = (guest.form.get(name, "") for name in ("old", "new", "again"))
        errors = {"old": "" if old else "empty", "new": self._step_up.weakness(guest.visit, new)}
        errors["again"] = "" if errors["new"] or new == again else "different"
        if any(errors.values()):
            return self._asking_passcode(guest, **errors)
        verdict = self._step_up.change_passcode(guest.visit, old, new, self._site.proving(guest))
        if verdict is Verdict.WRONG:
            return self._asking_passcode(guest, old="wrong")
        return self._done(guest, verdict, "passcode")

    def app(self, guest: Guest) -> Response:
        self._admit(guest)
        return self._showing_app(guest)

    def start_app(self, guest: Guest) -> Response:
        self._admit(guest)
        self._own.offer_app(guest.visit)
        return self._site.go(_APP)

    def add_app(self, guest: Guest) -> Response:
        self._admit(guest)
        if not self._own.add_app(guest.visit, guest.caller, guest.form.get("code", "")):
            return self._showing_app(guest, code="wrong")
        return self._done(guest, Verdict.PASSED, "app_on")

    def remove_app(self, guest: Guest) -> Response:
        self._admit(guest)
        address = self._site.proving(guest).address
        verdict = self._own.remove_app(guest.visit, guest.caller, guest.form.get("code", ""), address)
        if verdict is Verdict.WRONG:
            return self._showing_app(guest, code="wrong")
        return self._done(guest, verdict, "app_off")

    def ask_turn_off(self, guest: Guest) -> Response:
        self._admit_patient(guest)
        return self._site.render(guest, "turn_off.html")

    def turn_off(self, guest: Guest) -> Response:
        self._admit_patient(guest)
        self._own.turn_off(guest.visit)
        return self._leaving(guest, "turned_off.html")

    def ask_not_me(self, guest: Guest) -> Response:
        self._admit(guest)
        return self._site.render(guest, "not_me.html")

    def not_me(self, guest: Guest) -> Response:
        self._admit(guest)
        self._own.not_me(guest.visit, guest.caller)
        return self._leaving(guest, "not_me_done.html")

    # What lies behind.

    def _admit(self, guest: Guest) -> None:
        self._site.admit(guest, Service.MANAGE_LOGIN)

    def _admit_patient(self, guest: Guest) -> None:
        """Somebody acting for a patient does not decide this for them."""
        self._admit(guest)
        if guest.caller.acts_for_another:
            raise MISSING

    def _asking_passcode(self, guest: Guest, **errors: str | None) -> Response:
        return self._site.form(guest, "passcode.html", errors, shortest=self._site.shortest_passcode)

    def _showing_app(self, guest: Guest, **errors: str) -> Response:
        secret = self._own.offered_secret(guest.visit)
        held = self._own.credential(guest.caller)
        uri = setup_uri(secret, self._site.program.practice.name) if secret else ""
        values = {"secret": _in_groups(secret or ""), "picture": _picture(uri) if uri else None}
        return self._site.form(guest, "app.html", errors, is_on=bool(held.authenticator), held=held, **values)

    def _done(self, guest: Guest, verdict: Verdict, what: str) -> Response:
        if verdict is Verdict.LOCKED:
            raise LOCKED
        if verdict is not Verdict.PASSED:
            raise OVER
        return self._site.render(guest, "changed.html", what=what)

    def _leaving(self, guest: Guest, template: str) -> Response:
        """The visit is over, and its cookie goes."""
        response = self._site.render(Visitor(guest.request, {}), template)
        self._site.cookies.clear_visit(response)
        return response


def _picture(uri: str) -> Markup:
    """The QR code, as SVG without style or script. Its text alternative is the secret beside it."""
    drawn = segno.make(uri, error="m").svg_inline(scale=4, border=4, light="#fff", omitsize=True)
    return Markup(drawn)  # noqa: S704 - made of squares


def _in_groups(secret: str) -> str:
    """To be typed: four letters at a time."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
