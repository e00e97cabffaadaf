"""The audit trail: who did what, when, by which channel and why. Ids and codes only; rows are only ever added.

Entries are numbered without gaps. Each carries an HMAC-SHA256 over the one before it and all of its own columns, so
that none can be changed, taken out or put in without the key: bot/store/audit_check.py finds it. The key rests in the
key file, outside the database. What was written before the chain began carries none.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.engine import Connection

from bot.store.tables import audit

_CHAIN_LOCK = 2  # the number of the advisory lock that is held while the chain grows
_INSTANT = "%Y-%m-%d %H:%M:%S.%f"  # in UTC, as SQLite keeps it
# A word, an id or several with punctuation between; never a phrase, and never a telephone number.
_CODE = re.compile(r"(?!\+\d)[\w.:\-+]*", re.ASCII)
_SEALED = "id at action outcome channel conversation_id patient_id actor_id subject reason".split()
_LENGTHS = {column.name: column.type.length for column in audit.c if hasattr(column.type, "length")}

# Ready-made, since building a statement costs more than running it.
_ONE_AT_A_TIME = select(func.pg_advisory_xact_lock(_CHAIN_LOCK))
_HEAD = select(audit.c.id, audit.c.chain).order_by(audit.c.id.desc()).limit(1)
_INSERT = insert(audit)
_OF_PATIENT = (
    select(audit)
    .where(audit.c.patient_id == bindparam("patient_id"), audit.c.at >= bindparam("since"))
    .order_by(audit.c.id.desc())
)


class NotACode(ValueError):
    """Something other than an id or a code was to be noted. Names the column, never the value."""


@dataclass(frozen=True)
class AuditEntry:
    """One thing that was done, or refused.

    Attributes:
        channel: "sms", "web", "page" (a secure page), "desk" (staff) or "system".
        patient_id: whom it concerns.
        actor_id: who did it, where that is not the patient.
        subject: what it was about.
        reason: why.

    Raises:
        NotACode: if a value is neither an id nor a code, or is longer than its column.
    """

    at: datetime
    action: str
    outcome: str
    channel: str
    conversation_id: str | None = None
    patient_id: str | None = None
    subject: str | None = None
    actor_id: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        for column, longest in _LENGTHS.items():
            value = getattr(self, column, None)
            if value is not None and not (_CODE.fullmatch(value) and len(value) <= longest):
                raise NotACode(f"audit.{column} takes an id or a code")


def add_audit(
    connection: Connection,
    now: datetime,
    action: str,
    outcome: str,
    channel: str,
    conversation_id: str | None = None,
    patient_id: str | None = None,
    subject: str | None = None,
    *,
    actor_id: str | None = None,
    reason: str | None = None,
) -> None:
    """Note one entry; see `add_entries` and `AuditEntry`."""
    entry = AuditEntry(now, action, outcome, channel, conversation_id, patient_id, subject, actor_id, reason)
    add_entries(connection, [entry])


def add_entries(connection: Connection, entries: Sequence[AuditEntry]) -> None:
    """Note entries in this order. To be the last writes of a transaction: until its end nobody else can note any."""
    if not entries:
        return
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(_ONE_AT_A_TIME)
    newest, chain = head(connection) or (0, "")
    key, rows = chain_key(connection), []
    for number, entry in enumerate(entries, start=newest + 1):
        row = {"id": number, **vars(entry)}
        chain = link(key, chain, row)
        rows.append({**row, "chain": chain})
    connection.execute(_INSERT, rows)


def head(connection: Connection) -> tuple[int, str] | None:
    """Number and chain of the newest entry."""
    row = connection.execute(_HEAD).first()
    return (row.id, row.chain) if row else None


def entries_of(connection: Connection, patient_id: str, since: datetime) -> list[Any]:
    """The entries that concern a patient, newest first."""
    return list(connection.execute(_OF_PATIENT, {"patient_id": patient_id, "since": since}))


def chain_key(connection: Connection) -> bytes:
    secret: str = connection.dialect.keyring.secret("audit")  # type: ignore[attr-defined]
    return secret.encode()


def link(key: bytes, previous: str, row: Mapping[str, Any]) -> str:
    """What an entry carries as its `chain`, given that of the entry before it ("" for the first)."""
    values = [say_instant(row[name]) if name == "at" else row[name] for name in _SEALED]
    return hmac.new(key, (previous + json.dumps(values, default=repr)).encode(), sha256).hexdigest()


def say_instant(at: datetime | str) -> str:
    """An instant as it is chained; what a tampered SQLite row holds may be any text and is left as it is."""
    return at.astimezone(timezone.utc).strftime(_INSTANT) if isinstance(at, datetime) else at


def read_instant(said: str) -> datetime:
    return datetime.strptime(said, _INSTANT).replace(tzinfo=timezone.utc)
