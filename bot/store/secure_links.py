"""Links to the secure pages, and the visits that begin by spending one. Tokens are kept only as hashes."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from bot.store.identity_tables import secure_link, secure_visit
from bot.store.private import Private

_BY_TOKEN = select(secure_link).where(secure_link.c.token_hash == bindparam("hash"))
_VISIT = select(secure_visit).where(secure_visit.c.token_hash == bindparam("hash"), secure_visit.c.ended_at.is_(None))


@dataclass(frozen=True)
class Link:
    """Attributes:
    handover_hash: on the web, what only the chat's own browser was given; None by text.
    """

    id: str
    handover_hash: str | None
    conversation_id: str
    patient_id: str
    purpose: str
    expires_at: datetime
    spent_at: datetime | None
    ended_at: datetime | None

    def is_live(self, now: datetime) -> bool:
        return self.spent_at is None and self.ended_at is None and now < self.expires_at


@dataclass(frozen=True)
class Visit:
    """One browser on the secure pages. `grant_id` is None until proof was given; `pending` as put by `set_pending`."""

    token_hash: str
    link_id: str
    conversation_id: str
    patient_id: str
    purpose: str
    grant_id: int | None
    pending: dict[str, Any] = field(repr=False)
    begun_at: datetime
    seen_at: datetime


def new_token() -> str:
    """128 bits, as it stands in an address."""
    return secrets.token_urlsafe(16)


def add_link(
    connection: Connection,
    conversation_id: str,
    patient_id: str,
    purpose: str,
    token: str | None,
    now: datetime,
    expires_at: datetime,
    link_id: str,
) -> None:
    """A new link; those that this conversation was given before and that were not used end. `token` is None until the
    chat asks for it (see `hand_over`)."""
    end_unspent_links(connection, conversation_id, now)
    connection.execute(
        insert(secure_link).values(
            id=link_id,
            token_hash=hash_token(token) if token else None,
            conversation_id=conversation_id,
            patient_id=patient_id,
            purpose=purpose,
            made_at=now,
            expires_at=expires_at,
        )
    )


def hand_over(
    connection: Connection, link_id: str, conversation_id: str, token: str, handover: str, now: datetime
) -> bool:
    """Give a link of the chat its token, to be spent only together with `handover`; False if it is no longer live."""
    given = connection.execute(
        update(secure_link)
        .where(
            secure_link.c.id == link_id,
            secure_link.c.conversation_id == conversation_id,
            secure_link.c.spent_at.is_(None),
            secure_link.c.ended_at.is_(None),
            secure_link.c.expires_at > now,
        )
        .values(token_hash=hash_token(token), handover_hash=hash_token(handover))
    )
    return bool(given.rowcount == 1)


def find_link(connection: Connection, token: str) -> Link | None:
    row = connection.execute(_BY_TOKEN, {"hash": hash_token(token)}).one_or_none()
    if row is None:
        return None
    return Link(
        row.id,
        row.handover_hash,
        row.conversation_id,
        row.patient_id,
        row.purpose,
        row.expires_at,
        row.spent_at,
        row.ended_at,
    )


def spend_link(connection: Connection, link_id: str, now: datetime) -> bool:
    """One of several tries at once wins."""
    spent = connection.execute(
        update(secure_link)
        .where(secure_link.c.id == link_id, secure_link.c.spent_at.is_(None), secure_link.c.ended_at.is_(None))
        .values(spent_at=now)
    )
    return bool(spent.rowcount == 1)


def end_unspent_links(connection: Connection, conversation_id: str, now: datetime) -> None:
    connection.execute(
        update(secure_link)
        .where(
            secure_link.c.conversation_id == conversation_id,
            secure_link.c.spent_at.is_(None),
            secure_link.c.ended_at.is_(None),
        )
        .values(ended_at=now)
    )


def begin_visit(connection: Connection, link: Link, token: str, now: datetime) -> None:
    connection.execute(
        insert(secure_visit).values(
            token_hash=hash_token(token),
            link_id=link.id,
            conversation_id=link.conversation_id,
            patient_id=link.patient_id,
            purpose=link.purpose,
            begun_at=now,
            seen_at=now,
        )
    )


def find_visit(connection: Connection, token: str) -> Visit | None:
    """The visit of this cookie, unless it was ended; whether it is too old is for its reader to say."""
    row = connection.execute(_VISIT, {"hash": hash_token(token)}).one_or_none()
    return _as_visit(row) if row else None


def touch_visit(connection: Connection, visit: Visit, now: datetime) -> None:
    _change(connection, visit, seen_at=now)


def set_purpose(connection: Connection, visit: Visit, purpose: str) -> None:
    _change(connection, visit, purpose=purpose)


def set_pending(connection: Connection, visit: Visit, pending: dict[str, Any] | None) -> None:
    """Keep what is half done, sealed: what an NHS login has to come back with or, after the proof, an order. None once
    it is done."""
    _change(connection, visit, pending=Private(json.dumps(pending), visit.token_hash) if pending else None)


def take_pending(connection: Connection, visit: Visit) -> bool:
    """Clear what was kept; False if there was nothing any more. One of several tries at once wins."""
    taken = connection.execute(
        update(secure_visit)
        .where(secure_visit.c.token_hash == visit.token_hash, secure_visit.c.pending.is_not(None))
        .values(pending=None)
    )
    return bool(taken.rowcount == 1)


def give_visit(connection: Connection, visit: Visit, grant_id: int, token: str, now: datetime) -> None:
    """Proof was given: the visit goes on under a new cookie, so that one set beforehand is worth nothing."""
    _change(connection, visit, grant_id=grant_id, token_hash=hash_token(token), pending=None, seen_at=now)


def end_visits(
    connection: Connection, now: datetime, *, conversation_id: str | None = None, patient_id: str | None = None
) -> None:
    """End all visits of a conversation, or all of a patient."""
    mine = (
        secure_visit.c.conversation_id == conversation_id
        if conversation_id
        else secure_visit.c.patient_id == patient_id
    )
    ended = update(secure_visit).where(mine, secure_visit.c.ended_at.is_(None))
    connection.execute(ended.values(ended_at=now, pending=None))


def hash_token(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _change(connection: Connection, visit: Visit, **values: Any) -> None:
    connection.execute(update(secure_visit).where(secure_visit.c.token_hash == visit.token_hash).values(**values))


def _as_visit(row: Any) -> Visit:
    return Visit(
        row.token_hash,
        row.link_id,
        row.conversation_id,
        row.patient_id,
        row.purpose,
        row.grant_id,
        json.loads(row.pending.open(row.token_hash)) if row.pending else {},
        row.begun_at,
        row.seen_at,
    )
