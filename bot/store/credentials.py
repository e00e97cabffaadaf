"""What people prove themselves with: passcodes, authenticator apps, registration keys, and the browsers they use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.store.conversations import insert_or_ignore
from bot.store.identity_tables import credential, known_device, registration_key
from bot.store.private import Private, SealedValue

_OF = select(credential).where(credential.c.person_id == bindparam("person_id"))


@dataclass(frozen=True)
class Credential:
    """Attributes:
    passcode: its argon2id hash; None until one was set.
    authenticator: the secret shared with an authenticator app, base32; None without one.
    last_step: the newest time step whose code was taken.
    locked_by: "not_me" or "staff" while it may not be used; None otherwise.
    """

    person_id: str
    passcode: str | None = field(default=None, repr=False)
    authenticator: str | None = field(default=None, repr=False)
    last_step: int | None = None
    locked_by: str | None = None


def find_credential(connection: Connection, person_id: str) -> Credential | None:
    row = connection.execute(_OF, {"person_id": person_id}).one_or_none()
    if row is None:
        return None
    return Credential(
        person_id, _open(row.passcode, person_id), _open(row.authenticator, person_id), row.last_step, row.locked_by
    )


def set_passcode(connection: Connection, person_id: str, passcode_hash: str, now: datetime) -> None:
    """In place of one that was set before; a lock is taken off with it, since only a key from staff leads here."""
    _change(
        connection, person_id, passcode=Private(passcode_hash, person_id), set_at=now, locked_at=None, locked_by=None
    )


def rehash_passcode(connection: Connection, person_id: str, passcode_hash: str) -> None:
    _change(connection, person_id, passcode=Private(passcode_hash, person_id))


def set_authenticator(connection: Connection, person_id: str, secret: str | None) -> None:
    _change(connection, person_id, authenticator=Private(secret, person_id) if secret else None, last_step=None)


def take_step(connection: Connection, person_id: str, step: int) -> bool:
    """Note that the code of this time step was used; False if it, or a later one, was used already."""
    is_newer = (credential.c.last_step.is_(None)) | (credential.c.last_step < step)
    taken = connection.execute(
        update(credential).where(credential.c.person_id == person_id, is_newer).values(last_step=step)
    )
    return bool(taken.rowcount == 1)


def lock(connection: Connection, person_id: str, by: str, now: datetime) -> None:
    """From now on it proves nothing, until staff give a new registration key."""
    _change(connection, person_id, locked_at=now, locked_by=by)


def unlock(connection: Connection, person_id: str) -> None:
    _change(connection, person_id, locked_at=None, locked_by=None)


def _change(connection: Connection, person_id: str, **values: Any) -> None:
    insert_or_ignore(connection, credential, person_id=person_id)
    connection.execute(update(credential).where(credential.c.person_id == person_id).values(**values))


def add_registration_key(
    connection: Connection, person_id: str, key: str, issued_by: str, now: datetime, expires_at: datetime
) -> None:
    """A new key; those given before no longer work."""
    end_registration_keys(connection, person_id, now)
    connection.execute(
        insert(registration_key).values(
            person_id=person_id, key_hash=_hash(key), issued_by=issued_by, issued_at=now, expires_at=expires_at
        )
    )


def holds_registration_key(connection: Connection, person_id: str, key: str, now: datetime) -> bool:
    """Whether it is this person's key, not used up and not too old."""
    held = select(registration_key.c.id).where(*_is_live_key(person_id, key, now))
    return connection.execute(held).first() is not None


def key_expires_at(connection: Connection, person_id: str, now: datetime) -> datetime | None:
    """Until when a key that was given can be used; None without one."""
    live = select(registration_key.c.expires_at).where(
        registration_key.c.person_id == person_id,
        registration_key.c.used_at.is_(None),
        registration_key.c.expires_at > now,
    )
    at: datetime | None = connection.execute(live.limit(1)).scalar_one_or_none()
    return at


def take_registration_key(connection: Connection, person_id: str, key: str, now: datetime) -> bool:
    """Use a key; False if it is not this person's, used up or too old. One of several tries at once wins."""
    used = connection.execute(update(registration_key).where(*_is_live_key(person_id, key, now)).values(used_at=now))
    return bool(used.rowcount == 1)


def end_registration_keys(connection: Connection, person_id: str, now: datetime) -> None:
    connection.execute(
        update(registration_key)
        .where(registration_key.c.person_id == person_id, registration_key.c.used_at.is_(None))
        .values(used_at=now)
    )


def is_known_device(connection: Connection, token: str, person_id: str) -> bool:
    found = select(known_device.c.token_hash).where(
        known_device.c.token_hash == _hash(token), known_device.c.person_id == person_id
    )
    return connection.execute(found).first() is not None


def add_device(connection: Connection, token: str, person_id: str, now: datetime) -> None:
    insert_or_ignore(connection, known_device, token_hash=_hash(token), person_id=person_id, first_seen_at=now)


def copy_device(connection: Connection, token: str, fresh: str) -> None:
    """Whoever was seen with this browser is known there under its fresh token, too."""
    seen = select(known_device).where(known_device.c.token_hash == _hash(token))
    for row in connection.execute(seen).all():
        add_device(connection, fresh, row.person_id, row.first_seen_at)


def forget_devices(connection: Connection, person_id: str) -> None:
    connection.execute(known_device.delete().where(known_device.c.person_id == person_id))


def _is_live_key(person_id: str, key: str, now: datetime) -> tuple[ColumnElement[Any], ...]:
    return (
        registration_key.c.key_hash == _hash(key),
        registration_key.c.person_id == person_id,
        registration_key.c.used_at.is_(None),
        registration_key.c.expires_at > now,
    )


def _open(value: SealedValue | None, owner: str) -> str | None:
    return value.open(owner) if value else None


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
