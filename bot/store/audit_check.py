"""Whether the audit trail is as it was written: every entry follows from the one before, and every anchor is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Literal

from sqlalchemy import bindparam, select, type_coerce
from sqlalchemy.engine import Connection
from sqlalchemy.types import NullType

from bot.store.audit import chain_key, link, read_instant, say_instant
from bot.store.audit_anchor import Anchor, UnreadableAnchor
from bot.store.tables import audit

_BATCH = 1000  # entries, or anchors, that are in memory at a time

# Instants as the database gives them: one that was tampered with may be none.
_AFTER = (
    select([type_coerce(column, NullType).label("at") if column is audit.c.at else column for column in audit.c])
    .where(audit.c.id > bindparam("number"))
    .order_by(audit.c.id)
    .limit(bindparam("most"))
)
_BELOW_ONE = select(audit.c.id).where(audit.c.id < 1).order_by(audit.c.id)
_CHAINS = select(audit.c.id, audit.c.chain).where(audit.c.id.in_(bindparam("numbers", expanding=True)))

What = Literal["changed", "missing", "inserted", "anchor", "anchor_unreadable"]


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: the number of an entry; of a line for "anchor_unreadable"."""

    what: What
    number: int


@dataclass
class Verdict:
    """Attributes:
    entries: how many were checked, up to the fault if there is one.
    older: how many were written before the chain began, which nothing protects.
    since: when the chain began.
    anchors: how many heads kept outside the database agree.
    fault: the first thing that is wrong.
    """

    entries: int = 0
    older: int = 0
    since: datetime | None = None
    anchors: int = 0
    fault: Fault | None = None


def check(connection: Connection, anchors: Iterable[Anchor]) -> Verdict:
    """Read the whole trail, however long, in little memory."""
    verdict = Verdict()
    verdict.fault = _check_chain(connection, verdict)
    if verdict.fault is None:
        verdict.fault = _check_anchors(connection, iter(anchors), verdict)
    return verdict


def _check_chain(connection: Connection, verdict: Verdict) -> Fault | None:
    key, number, chain = chain_key(connection), 0, ""
    stray = connection.execute(_BELOW_ONE).scalars().first()
    if stray is not None:
        return Fault("inserted", stray)
    for row in _rows(connection):
        if not (row["chain"] or chain):
            verdict.older += 1
        else:
            what = _look_at(connection, key, number, chain, row)
            if what:
                return Fault(what, number + 1 if what == "missing" else row["id"])
            verdict.entries += 1
            verdict.since = verdict.since or read_instant(say_instant(row["at"]))
        number, chain = row["id"], row["chain"] or ""
    return None


def _rows(connection: Connection) -> Iterator[Any]:
    number = 0
    while True:
        batch = connection.execute(_AFTER, {"number": number, "most": _BATCH}).mappings().all()
        yield from batch
        if len(batch) < _BATCH:
            return
        number = batch[-1]["id"]


def _look_at(connection: Connection, key: bytes, number: int, chain: str, row: Any) -> What | None:
    """What is wrong with an entry, given number and chain of the one before it."""
    if row["id"] != number + 1:
        return "missing"
    if row["chain"] == link(key, chain, row):
        return None
    # Put in between others, which were numbered anew to make room: the next one still follows the last good one.
    after = connection.execute(_AFTER, {"number": row["id"], "most": 1}).mappings().first()
    is_pushed_on = after is not None and after["chain"] == link(key, chain, {**after, "id": row["id"]})
    return "inserted" if is_pushed_on or not row["chain"] else "changed"


def _check_anchors(connection: Connection, anchors: Iterator[Anchor], verdict: Verdict) -> Fault | None:
    try:
        while batch := list(islice(anchors, _BATCH)):
            found = connection.execute(_CHAINS, {"numbers": [anchor.entry for anchor in batch]})
            held = {row.id: row.chain for row in found}
            for anchor in batch:
                if held.get(anchor.entry) != anchor.chain:
                    return Fault("anchor", anchor.entry)
                verdict.anchors += 1
    except UnreadableAnchor as error:
        return Fault("anchor_unreadable", error.line)
    return None
