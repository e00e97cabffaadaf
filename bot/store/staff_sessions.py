"""Sessions in the console, kept on the server. Their tokens (256 bits) are kept only as hashes."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection

from bot.store.private import Private
from bot.store.secure_links import hash_token
from bot.store.staff import Account
from bot.store.staff_tables import staff, staff_session

_LIVE = (
    select(staff_session, staff.c.login, staff.c.name, staff.c.role)
    .join(staff)
    .where(
        staff_session.c.token_hash == bindparam("hash"),
        staff_session.c.ended_at.is_(None),
        staff.c.disabled_at.is_(None),
    )
)


Drafts = dict[str, dict[str, str]]


@dataclass(frozen=True)
class StaffSession:
    """Attributes:
    locked_at: since when it waits for its member's passcode; None while it is open.
    drafts: what was typed and not sent when it was locked: by the page's path, the fields by name.
    """

    token_hash: str
    member: Account
    begun_at: datetime
    seen_at: datetime
    locked_at: datetime | None
    drafts: Drafts = field(repr=False)


def new_token() -> str:
    """256 bits, as it stands in a cookie."""
    return secrets.token_urlsafe(32)


def begin(connection: Connection, staff_id: str, token: str, now: datetime) -> None:
    connection.execute(
        insert(staff_session).values(token_hash=hash_token(token), staff_id=staff_id, begun_at=now, seen_at=now)
    )


def find(connection: Connection, token: str) -> StaffSession | None:
    """A session that has not ended, of somebody who may still sign in; however old it is."""
    return _find(connection, hash_token(token))


def see(connection: Connection, session: StaffSession, now: datetime) -> None:
    """It was used."""
    _change(connection, session, seen_at=now)


def lock(connection: Connection, session: StaffSession, now: datetime) -> None:
    _change(connection, session, locked_at=now)


def unlock(connection: Connection, session: StaffSession, token: str, now: datetime) -> bool:
    """Open it again under a fresh token; False if it has ended, or somebody was first."""
    held = _find(connection, session.token_hash)
    fresh = hash_token(token)
    opened = {"token_hash": fresh, "locked_at": None, "seen_at": now}
    return held is not None and _change(connection, held, **opened, pending=_sealed(held.drafts, fresh))


def keep_draft(connection: Connection, session: StaffSession, path: str, fields: dict[str, str]) -> None:
    """What was typed on a page and not sent, so that a lock loses nothing. {} forgets it."""
    held = _find(connection, session.token_hash)
    if held is not None:
        drafts = {**held.drafts, path: fields}
        kept = {at: typed for at, typed in drafts.items() if typed}
        _change(connection, held, pending=_sealed(kept, held.token_hash))


def hand_on_drafts(connection: Connection, session: StaffSession, token: str) -> None:
    """To the session that the same member goes on in."""
    pending = _sealed(session.drafts, hash_token(token))
    connection.execute(
        update(staff_session).where(staff_session.c.token_hash == hash_token(token)).values(pending=pending)
    )


def end(connection: Connection, session: StaffSession, now: datetime) -> None:
    _change(connection, session, ended_at=now, pending=None)


def end_all(connection: Connection, staff_id: str, now: datetime) -> None:
    """Everywhere."""
    live = (staff_session.c.staff_id == staff_id, staff_session.c.ended_at.is_(None))
    connection.execute(update(staff_session).where(*live).values(ended_at=now, pending=None))


def forget_before(connection: Connection, before: datetime) -> None:
    """Those that began so long ago that they are over."""
    connection.execute(delete(staff_session).where(staff_session.c.begun_at < before))


def _change(connection: Connection, session: StaffSession, **values: Any) -> bool:
    same = (staff_session.c.token_hash == session.token_hash, staff_session.c.ended_at.is_(None))
    return bool(connection.execute(update(staff_session).where(*same).values(**values)).rowcount == 1)


def _find(connection: Connection, token_hash: str) -> StaffSession | None:
    row = connection.execute(_LIVE, {"hash": token_hash}).one_or_none()
    if row is None:
        return None
    drafts = json.loads(row.pending.open(row.token_hash)) if row.pending else {}
    member = Account(row.staff_id, row.login, row.name, row.role)
    return StaffSession(row.token_hash, member, row.begun_at, row.seen_at, row.locked_at, drafts)


def _sealed(drafts: Drafts, owner: str) -> Private | None:
    return Private(json.dumps(drafts), owner) if drafts else None
