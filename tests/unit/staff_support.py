"""What the tests of staff accounts are told in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyotp
from sqlalchemy import select

from bot.practice import Practice
from bot.staff.accounts import Accounts
from bot.staff.sessions import Judged, Sessions
from bot.store.database import Database
from bot.store.tables import audit
from tests.support import HandClock

PASSCODE = "gravel-lantern-sixpence"
HERE = "192.0.2.7"


class Office:
    """A surgery's accounts, and somebody who types."""

    def __init__(self, database: Database, practice: Practice, clock: HandClock) -> None:
        self.database, self.clock = database, clock
        self.accounts, self.sessions = Accounts(database, practice, clock), Sessions(database, clock)
        self._secrets: dict[str, str] = {}

    def hires(self, login: str = "jo.reed", name: str = "Jo Reed", role: str = "reception", **more: str) -> str:
        """An account that is set up; gives its login."""
        self.sets_up(self.accounts.add(login, name, role, "boss", **more))
        return login

    def sets_up(self, link: str, passcode: str = PASSCODE) -> None:
        held = self.accounts.look(link)
        assert held is not None and held.authenticator is not None
        self._secrets[held.account.login] = held.authenticator
        assert self.accounts.set_up(link, passcode, passcode, self.code(held.account.login)) is None
        self.clock.forward(seconds=30)

    def code(self, login: str) -> str:
        return pyotp.TOTP(self._secrets[login]).at(self.clock())

    def signs_in(self, login: str = "jo.reed", passcode: str = PASSCODE, **typed: Any) -> Judged:
        """With the next code, unless told otherwise."""
        self.clock.forward(seconds=30)
        code = typed.pop("code", None) or (self.code(login) if login in self._secrets else "123456")
        return self.sessions.sign_in(login, passcode, code, typed.pop("address", HERE), **typed)

    def noted(self) -> list[tuple[str, str, str | None]]:
        """(action, outcome, who did it), oldest first."""
        with self.database.read() as connection:
            rows = connection.execute(select(audit).order_by(audit.c.id)).all()
        return [(row.action, row.outcome, row.actor_id) for row in rows]


def trying(office: Office, times: int, **typed: Any) -> Iterator[Judged]:
    """So many wrong tries."""
    for _ in range(times):
        yield office.signs_in(**{"passcode": "not-the-passcode", **typed})
