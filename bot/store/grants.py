"""Grants (proofs of identity held by a conversation) and challenges (open requests for proof)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from bot.store.private import Private
from bot.store.tables import challenge, grant

MOBILE, CODE, WHO = "mobile", "code", "who"

# Ready-made, since building a statement costs more than running it.
_LIVE = (
    select(grant)
    .where(grant.c.conversation_id == bindparam("conversation_id"), grant.c.ended_at.is_(None))
    .order_by(grant.c.id.desc())
    .limit(1)
)
_OPEN = (
    select(challenge)
    .where(challenge.c.conversation_id == bindparam("conversation_id"), challenge.c.closed_at.is_(None))
    .order_by(challenge.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Grant:
    """Who this conversation speaks for. `assurance` and `method` as in `bot.identity`."""

    patient_id: str
    assurance: str
    method: str
    given_at: datetime


@dataclass(frozen=True)
class Challenge:
    """An open request for proof: a MOBILE number, a CODE sent to one, or WHO of several patients on one number."""

    id: int
    kind: str
    number: str | None
    code_hash: str | None
    tries: int
    opened_at: datetime


def live_grant(connection: Connection, conversation_id: str) -> Grant | None:
    row = connection.execute(_LIVE, {"conversation_id": conversation_id}).first()
    return Grant(row.patient_id, row.assurance, row.method, row.given_at) if row else None


def give_grant(connection: Connection, conversation_id: str, given: Grant) -> None:
    end_grants(connection, conversation_id, given.given_at)
    connection.execute(
        insert(grant).values(
            conversation_id=conversation_id,
            patient_id=given.patient_id,
            assurance=given.assurance,
            method=given.method,
            given_at=given.given_at,
        )
    )


def end_grants(connection: Connection, conversation_id: str, now: datetime) -> None:
    connection.execute(
        update(grant).where(grant.c.conversation_id == conversation_id, grant.c.ended_at.is_(None)).values(ended_at=now)
    )


def open_challenge(connection: Connection, conversation_id: str) -> Challenge | None:
    row = connection.execute(_OPEN, {"conversation_id": conversation_id}).first()
    return _as_challenge(row, conversation_id) if row else None


def start_challenge(
    connection: Connection,
    conversation_id: str,
    kind: str,
    now: datetime,
    number: str | None = None,
    code_hash: str | None = None,
) -> None:
    """Open a challenge in place of any that was open."""
    close_challenges(connection, conversation_id, now)
    connection.execute(
        insert(challenge).values(
            conversation_id=conversation_id,
            kind=kind,
            number_index=number,
            number=Private(number, conversation_id) if number else None,
            code_hash=code_hash,
            opened_at=now,
        )
    )


def close_challenges(connection: Connection, conversation_id: str, now: datetime) -> None:
    connection.execute(
        update(challenge)
        .where(challenge.c.conversation_id == conversation_id, challenge.c.closed_at.is_(None))
        .values(closed_at=now)
    )


def count_try(connection: Connection, challenge_id: int) -> None:
    connection.execute(update(challenge).where(challenge.c.id == challenge_id).values(tries=challenge.c.tries + 1))


def count_codes_since(connection: Connection, number: str, since: datetime) -> int:
    """How many codes were asked for to this number since then, whoever asked."""
    query = select(func.count()).select_from(challenge)
    matching = query.where(challenge.c.number_index == number, challenge.c.kind == CODE, challenge.c.opened_at > since)
    return int(connection.execute(matching).scalar_one())


def _as_challenge(row: Any, owner: str) -> Challenge:
    number = row.number.open(owner) if row.number else None
    return Challenge(row.id, row.kind, number, row.code_hash, row.tries, row.opened_at)
