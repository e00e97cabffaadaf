"""Failed proofs of identity, counted for each thing that a limit is kept for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from bot.store.identity_tables import failed_proof


def add_failures(connection: Connection, limited: Iterable[str], now: datetime) -> None:
    """Count one failure for each, such as "patient|…" or "address|…"; kept only as keyed hashes."""
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


def forget_failures_before(connection: Connection, before: datetime) -> None:
    connection.execute(delete(failed_proof).where(failed_proof.c.at < before))
