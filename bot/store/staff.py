"""Staff accounts, and the links that set them up. Tokens are kept only as hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from bot.store.private import Private, SealedValue
from bot.store.secure_links import hash_token
from bot.store.staff_tables import staff, staff_setup

_BY_LOGIN = select(staff).where(staff.c.login == bindparam("login"))


@dataclass(frozen=True)
class Account:
    """A member of staff. `role`: see `bot.staff.roles`."""

    id: str
    login: str
    name: str
    role: str


@dataclass(frozen=True)
class Credentials:
    """What an account is proved with.

    Attributes:
        passcode: its argon2id hash; None until one was set.
        authenticator: the secret shared with an authenticator app, base32.
        last_step: the newest time step whose code was taken.
        subject: who they are to a sign-in service.
    """

    account: Account
    is_disabled: bool
    passcode: str | None = field(default=None, repr=False)
    authenticator: str | None = field(default=None, repr=False)
    last_step: int | None = None
    subject: str | None = field(default=None, repr=False)

    @property
    def is_set_up(self) -> bool:
        return self.passcode is not None

    @property
    def state(self) -> str:
        """ "disabled", "ready", or "not set up"."""
        if self.is_disabled:
            return "disabled"
        return "ready" if self.is_set_up or self.subject else "not set up"


def add_staff(connection: Connection, account: Account, now: datetime, subject: str | None = None) -> None:
    """Raises IntegrityError if the login, or the subject, is somebody's already."""
    connection.execute(insert(staff).values(**vars(account), subject=subject, made_at=now))


def find_by_login(connection: Connection, login: str) -> Credentials | None:
    row = connection.execute(_BY_LOGIN, {"login": login}).one_or_none()
    return _as_credentials(row) if row else None


def find_by_subject(connection: Connection, subject: str) -> Credentials | None:
    row = connection.execute(select(staff).where(staff.c.subject == subject)).one_or_none()
    return _as_credentials(row) if row else None


def find_staff(connection: Connection, staff_id: str) -> Credentials | None:
    row = connection.execute(select(staff).where(staff.c.id == staff_id)).one_or_none()
    return _as_credentials(row) if row else None


def all_staff(connection: Connection) -> list[Credentials]:
    """By name, with those who may no longer sign in."""
    return [_as_credentials(row) for row in connection.execute(select(staff).order_by(staff.c.name, staff.c.login))]


def change_staff(connection: Connection, staff_id: str, **values: Any) -> None:
    """Set columns that hold nothing secret: role, subject, disabled_at."""
    connection.execute(update(staff).where(staff.c.id == staff_id).values(**values))


def set_passcode(connection: Connection, staff_id: str, passcode_hash: str | None) -> None:
    change_staff(connection, staff_id, passcode=Private(passcode_hash, staff_id) if passcode_hash else None)


def set_authenticator(connection: Connection, staff_id: str, secret: str) -> None:
    change_staff(connection, staff_id, authenticator=Private(secret, staff_id), last_step=None)


def take_step(connection: Connection, staff_id: str, step: int) -> bool:
    """Note that the code of this time step was used; False if it, or a later one, was used already."""
    is_newer = (staff.c.last_step.is_(None)) | (staff.c.last_step < step)
    taken = connection.execute(update(staff).where(staff.c.id == staff_id, is_newer).values(last_step=step))
    return bool(taken.rowcount == 1)


def names_of(connection: Connection, staff_ids: Sequence[str]) -> dict[str, str]:
    """The names of these members of staff, by id."""
    found = select(staff.c.id, staff.c.name).where(staff.c.id.in_(staff_ids))
    return {row.id: row.name for row in connection.execute(found)}


# The links that set an account up.


def add_setup(connection: Connection, staff_id: str, token: str, now: datetime, expires_at: datetime) -> None:
    """A new link; those given before no longer work."""
    end_setups(connection, staff_id, now)
    connection.execute(
        insert(staff_setup).values(token_hash=hash_token(token), staff_id=staff_id, expires_at=expires_at)
    )


def find_setup(connection: Connection, token: str, now: datetime) -> Credentials | None:
    """Whose link it is, while it can be used."""
    found = select(staff).join(staff_setup).where(*_is_live(token, now), staff.c.disabled_at.is_(None))
    row = connection.execute(found).one_or_none()
    return _as_credentials(row) if row else None


def take_setup(connection: Connection, token: str, now: datetime) -> bool:
    """Use a link up; False if it was, or is too old. One of several tries at once wins."""
    used = connection.execute(update(staff_setup).where(*_is_live(token, now)).values(used_at=now))
    return bool(used.rowcount == 1)


def end_setups(connection: Connection, staff_id: str, now: datetime) -> None:
    unused = (staff_setup.c.staff_id == staff_id, staff_setup.c.used_at.is_(None))
    connection.execute(update(staff_setup).where(*unused).values(used_at=now))


def _is_live(token: str, now: datetime) -> tuple[Any, ...]:
    return (
        staff_setup.c.token_hash == hash_token(token),
        staff_setup.c.used_at.is_(None),
        staff_setup.c.expires_at > now,
    )


def _as_credentials(row: Any) -> Credentials:
    return Credentials(
        Account(row.id, row.login, row.name, row.role),
        row.disabled_at is not None,
        _open(row.passcode, row.id),
        _open(row.authenticator, row.id),
        row.last_step,
        row.subject,
    )


def _open(value: SealedValue | None, owner: str) -> str | None:
    return value.open(owner) if value else None
