"""What the tests of the console are told in: members of staff, and the computers they sit at."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import pyotp
from starlette.testclient import TestClient

from bot.identity.passcodes import hash_passcode
from bot.store import staff
from bot.store.staff import Account
from tests.doors.reading import Reader
from tests.doors.secure import FORM
from tests.doors.support import Doors

PASSCODE = "gravel-lantern-sixpence"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_numbers = itertools.count(1)


def hire(doors: Doors, role: str = "reception", name: str = "Jo Reed", login: str = "") -> Account:
    """A member of staff whose account is set up, with PASSCODE and an app that holds SECRET."""
    number = next(_numbers)
    account = Account(f"staff-{number}", login or f"login-{number}", name, role)
    with doors.surgery.program.database.write() as connection:
        staff.add_staff(connection, account, doors.clock())
        staff.set_passcode(connection, account.id, _hashed(PASSCODE))
        staff.set_authenticator(connection, account.id, SECRET)
    return account


def sign_in(doors: Doors, member: Account | None = None, role: str = "reception", name: str = "Jo Reed") -> Computer:
    """A computer at which a member of staff has signed in."""
    computer = Computer(doors)
    signed_in = computer.signs_in((member or hire(doors, role, name)).login)
    assert signed_in.status_code == 303, signed_in.text
    return computer


class Computer(Reader):
    """A browser at the surgery: keeps cookies, follows nothing by itself, sends forms as they stand on a page."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        self.client = TestClient(doors.app, base_url=doors.settings.public_url, follow_redirects=False)
        self.token = ""

    def opens(self, path: str, **headers: str) -> str:
        """The page's text, whatever its status."""
        self._took(self.client.get(path, headers=headers), path)
        return str(self.page.text)

    def sends(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> Any:
        """Sends a form with the hidden token of the page that was opened last."""
        url = self.doors.settings.public_url
        own = {"Origin": url, "Content-Type": FORM, "Referer": f"{url}{self.path}"}
        given = {"token": self.token, **(fields or {})}
        answer = self.client.post(path, data=given, headers={**own, **headers})
        if answer.status_code != 303:
            self._took(answer, self.path)
        return answer

    def signs_in(self, login: str, passcode: str = PASSCODE, code: str = "") -> Any:
        """With the code that the app shows now, which is waited for where it was used."""
        self.doors.clock.forward(seconds=30)
        self.opens("/console/sign-in")
        fields = {"login": login, "passcode": passcode, "code": code or self.code}
        signed_in = self.sends("/console/sign-in", fields)
        if signed_in.status_code == 303:
            self.opens("/console/me")
        return signed_in

    def asks_for_part(self, path: str) -> Any:
        """As htmx does."""
        headers = {"HX-Request": "true", "Referer": f"{self.doors.settings.public_url}{self.path}"}
        return self.client.get(path, headers=headers)

    @property
    def code(self) -> str:
        return pyotp.TOTP(SECRET).at(self.doors.clock())

    def cookie(self) -> str | None:
        return self.client.cookies.get("__Host-console") or self.client.cookies.get("console")

    def _took(self, answer: Any, path: str) -> None:
        self.page, self.path = answer, path
        self.token = self.hidden("token")

    path = ""


@cache
def _hashed(passcode: str) -> str:
    return hash_passcode(passcode)
