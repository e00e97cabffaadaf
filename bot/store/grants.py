"""Grants (proofs of identity held by a conversation) and challenges (open requests for proof)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, func, insert, select, type_coerce, update
from sqlalchemy.engine import Connection

from bot.store.identity_tables import challenge, grant
from bot.store.private import Private

MOBILE, CODE, WHO = "mobile", "code", "who"

# Ready-made, since building a statement costs more than running it.
_LIVE = (
    select(grant)
    .where(grant.c.conversation_id == bindparam("conversation_id"), grant.c.ended_at.is_(None))
    .order_by(grant.c.id.desc())
)
_BY_ID = select(grant).where(grant.c.id == bindparam("grant_id"), grant.c.ended_at.is_(None))
_USED = update(grant).where(grant.c.id == bindparam("grant_id")).values(used_at=bindparam("now"))
_OPEN = (
    select(challenge)
    .where(challenge.c.conversation_id == bindparam("conversation_id"), challenge.c.closed_at.is_(None))
    .order_by(challenge.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Grant:
    """Who this conversation speaks for. `assurance` and `method` as in `bot.identity`.

    Attributes:
        person_id: who proved it: the patient, or somebody trusted to act for them.
        number: the number it rests on, if any; read back, it is the number's blind index.
    """

    patient_id: str
    person_id: str
    assurance: str
    method: str
    given_at: datetime
    used_at: datetime
    number: str | None = None
    id: int = 0


@dataclass(frozen=True)
class Challenge:
    """An open request for proof: a MOBILE number, a CODE sent to one, or WHO of several patients on one number."""

    id: int
    kind: str
    number: str | None
    code_hash: str | None
    tries: int
    opened_at: datetime


def held_grants(connection: Connection, conversation_id: str) -> list[Grant]:
    """Those that were not ended, newest first. Whether one is too old is for `bot.identity` to say."""
    return [_as_grant(row) for row in connection.execute(_LIVE, {"conversation_id": conversation_id})]


def find_grant(connection: Connection, grant_id: int) -> Grant | None:
    row = connection.execute(_BY_ID, {"grant_id": grant_id}).one_or_none()
    return _as_grant(row) if row else None


def give_grant(connection: Connection, conversation_id: str, given: Grant) -> int:
    """In place of one of the same assurance; gives its id."""
    end_grants(connection, given.given_at, "replaced", conversation_id=conversation_id, assurance=given.assurance)
    stored = connection.execute(
        insert(grant).values(
            conversation_id=conversation_id,
            patient_id=given.patient_id,
            person_id=given.person_id,
            assurance=given.assurance,
            method=given.method,
            number_index=given.number,
            given_at=given.given_at,
            used_at=given.used_at,
        )
    )
    return int(stored.inserted_primary_key[0])


def was_given_since(connection: Connection, patient_id: str, since: datetime) -> bool:
    """Whether proof was given for this patient since then, however it ended."""
    given = select(grant.c.id).where(
        grant.c.patient_id == patient_id, grant.c.assurance == "VERIFIED", grant.c.given_at > since
    )
    return connection.execute(given.limit(1)).first() is not None


def rest_on(connection: Connection, grant_id: int, number_index: str | None) -> None:
    """Tie a grant to a number that is known only by its blind index."""
    connection.execute(
        update(grant).where(grant.c.id == grant_id).values(number_index=type_coerce(number_index, String))
    )


def use_grant(connection: Connection, grant_id: int, now: datetime) -> None:
    """It was used: the time without use begins anew."""
    connection.execute(_USED, {"grant_id": grant_id, "now": now})


def end_grants(
    connection: Connection,
    now: datetime,
    by: str,
    *,
    conversation_id: str | None = None,
    patient_id: str | None = None,
    person_id: str | None = None,
    assurance: str | None = None,
) -> None:
    """End those that fit every condition given. `by`: what ended them, as a code."""
    fits = {
        "conversation_id": conversation_id,
        "patient_id": patient_id,
        "person_id": person_id,
        "assurance": assurance,
    }
    conditions = [grant.c[name] == value for name, value in fits.items() if value is not None]
    if not conditions:
        raise ValueError("which grants to end must be said")
    connection.execute(update(grant).where(grant.c.ended_at.is_(None), *conditions).values(ended_at=now, ended_by=by))


def end_others(connection: Connection, now: datetime, by: str, person_id: str, but: int | None) -> None:
    """End every VERIFIED grant that this person gave, except one."""
    connection.execute(
        update(grant)
        .where(
            grant.c.person_id == person_id,
            grant.c.assurance == "VERIFIED",
            grant.c.ended_at.is_(None),
            grant.c.id != (but or 0),
        )
        .values(ended_at=now, ended_by=by)
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


def _as_grant(row: Any) -> Grant:
    return Grant(
        row.patient_id,
        row.person_id,
        row.assurance,
        row.method,
        row.given_at,
        row.used_at,
        row.number_index,
        row.id,
    )


def _as_challenge(row: Any, owner: str) -> Challenge:
    number = row.number.open(owner) if row.number else None
    return Challenge(row.id, row.kind, number, row.code_hash, row.tries, row.opened_at)
