"""Failed proofs of identity, counted for each thing that a limit is kept for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from bot.store.identity_tables import failed_proof

_COUNTED = timedelta(days=1)  # no limit looks further back


def add_failures(connection: Connection, limited: Iterable[str], now: datetime) -> None:
    """Count one failure for each, such as "patient|…" or "address|…"; kept only as keyed hashes, for a day."""
    connection.execute(delete(failed_proof).where(failed_proof.c.at < now - _COUNTED))
    connection.execute(insert(failed_proof), [{"limited_index": each, "at": now} for each in limited])


def count_failures(connection: Connection, limited: str, since: datetime) -> int:
    counted = select(func.count()).select_from(failed_proof)
    return int(
        connection.execute(
            counted.where(failed_proof.c.limited_index == limited, failed_proof.c.at > since)
        ).scalar_one()
    )


def forget_failures(connection: Connection, limited: str) -> None:
    connection.execute(delete(failed_proof).where(failed_proof.c.limited_index == limited))
