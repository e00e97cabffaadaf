"""Accounts of staff: made by somebody in charge, set up by their owner with a link that works once."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.clock import Clock
from bot.identity import authenticator, passcodes
from bot.practice import Practice
from bot.staff.limits import forgive
from bot.staff.roles import ROLES
from bot.staff.sessions import DESK, normal_login
from bot.store import staff, staff_sessions
from bot.store.audit import add_audit
from bot.store.database import Database
from bot.store.staff import Account, Credentials

__all__ = ["Account", "Accounts", "NotPossible"]

_SETUP_LASTS = timedelta(hours=24)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")
_NAME_LENGTH = 80


class NotPossible(ValueError):
    """`code`: "taken", "unknown_login", "unknown_role", "bad_login", "bad_name"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Accounts:
    """The accounts of one surgery. `by` is who does it: an id or a login, for the audit trail."""

    def __init__(self, database: Database, practice: Practice, clock: Clock) -> None:
        self._database, self._practice, self._clock = database, practice, clock

    @property
    def shortest_passcode(self) -> int:
        return self._practice.identity.passcode_length

    def add(self, login: str, name: str, role: str, by: str, subject: str | None = None) -> str:
        """A new account; gives the token of its set-up link. `subject`: who they are to the sign-in service.

        Raises:
            NotPossible: "bad_login", "bad_name", "unknown_role"; "taken" if the login, or subject, is somebody's.
        """
        account, now = Account(f"staff-{secrets.token_hex(6)}", normal_login(login), name.strip(), role), self._clock()
        _check(account)
        try:
            with self._database.write() as connection:
                staff.add_staff(connection, account, now, subject)
                token = self._offer_setup(connection, account)
                self._note(connection, "staff.added", role, account, by)
        except IntegrityError:
            raise NotPossible("taken") from None
        return token

    def reset(self, login: str, by: str) -> str:
        """The way back in for whoever lost passcode or app, or was locked out: a new set-up link. Until it is used
        nothing signs them in; what was open ends. Raises NotPossible: "unknown_login"."""
        with self._database.write() as connection:
            held = self._held(connection, login)
            staff_sessions.end_all(connection, held.account.id, self._clock())
            staff.change_staff(connection, held.account.id, disabled_at=None)
            staff.set_passcode(connection, held.account.id, None)
            forgive(connection, held.account.login)
            token = self._offer_setup(connection, held.account)
            self._note(connection, "staff.reset", "done", held.account, by)
        return token

    def disable(self, login: str, by: str) -> None:
        """From now on nothing signs them in, and what was open ends. Raises NotPossible: "unknown_login"."""
        now = self._clock()
        with self._database.write() as connection:
            held = self._held(connection, login)
            staff.change_staff(connection, held.account.id, disabled_at=now)
            staff.end_setups(connection, held.account.id, now)
            staff_sessions.end_all(connection, held.account.id, now)
            self._note(connection, "staff.disabled", "done", held.account, by)

    def change_role(self, login: str, role: str, by: str) -> None:
        """From their next page on. Raises NotPossible: "unknown_login", "unknown_role"."""
        if role not in ROLES:
            raise NotPossible("unknown_role")
        with self._database.write() as connection:
            held = self._held(connection, login)
            staff.change_staff(connection, held.account.id, role=role)
            self._note(connection, "staff.role", role, held.account, by)

    def all(self) -> list[Credentials]:
        """By name, with those who may no longer sign in."""
        with self._database.read() as connection:
            return staff.all_staff(connection)

    # Setting up.

    def look(self, token: str) -> Credentials | None:
        """Whose link it is, while it can be used. Changes nothing."""
        with self._database.read() as connection:
            return staff.find_setup(connection, token, self._clock())

    def set_up(self, token: str, passcode: str, again: str, code: str) -> dict[str, str] | None:
        """Set a passcode, with a code that shows that the app works: None if it is done, and the link is spent.

        Otherwise what is wrong with "passcode" ("short", "long", "guessable"), "again" ("different"), "code" ("wrong")
        or "link" ("over").
        """
        now, held = self._clock(), self.look(token)
        if held is None:
            return {"link": "over"}
        errors, step = self._wrong(held, passcode, again), authenticator.is_right(held.authenticator or "", code, now)
        if step is None:
            errors["code"] = "wrong"
        if errors or step is None:
            return errors
        passcode_hash, account = passcodes.hash_passcode(passcode), held.account
        with self._database.write() as connection:
            if not staff.take_setup(connection, token, now):
                return {"link": "over"}
            staff.set_passcode(connection, account.id, passcode_hash)
            staff.take_step(connection, account.id, step)
            self._note(connection, "staff.set_up", "done", account, account.id)
        return None

    # What lies behind.

    def _wrong(self, held: Credentials, passcode: str, again: str) -> dict[str, str]:
        own_words = (held.account.login, *held.account.name.split(), *self._practice.name.split())
        weakness = passcodes.weakness(passcode, self.shortest_passcode, own_words)
        if weakness:
            return {"passcode": weakness}
        return {} if passcode == again else {"again": "different"}

    def _offer_setup(self, connection: Connection, account: Account) -> str:
        """A link, and the secret that the app will be given by it."""
        token, now = staff_sessions.new_token(), self._clock()
        staff.set_authenticator(connection, account.id, authenticator.new_secret())
        staff.add_setup(connection, account.id, token, now, now + _SETUP_LASTS)
        return token

    def _held(self, connection: Connection, login: str) -> Credentials:
        held = staff.find_by_login(connection, normal_login(login))
        if held is None:
            raise NotPossible("unknown_login")
        return held

    def _note(self, connection: Connection, action: str, outcome: str, about: Account, by: str) -> None:
        add_audit(connection, self._clock(), action, outcome, DESK, subject=about.id, actor_id=by)


def _check(account: Account) -> None:
    if not _LOGIN.fullmatch(account.login):
        raise NotPossible("bad_login")
    if not account.name or len(account.name) > _NAME_LENGTH:
        raise NotPossible("bad_name")
    if account.role not in ROLES:
        raise NotPossible("unknown_role")
