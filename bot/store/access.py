"""What staff have switched on for each patient. A patient without a row has no access."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.engine import Connection

from bot.store.identity_tables import patient_access

# Ready-made, since building a statement costs more than running it.
_OF = select(patient_access).where(patient_access.c.patient_id == bindparam("patient_id"))


@dataclass(frozen=True)
class AccessRow:
    """As `bot.identity.policy.Access`, which says what each means; kept here by its columns."""

    level: str
    record_from: date | None
    full_history: bool
    flags: frozenset[str]
    verified_by: str | None
    set_by: str | None
    review_on: date | None


def find_access(connection: Connection, patient_id: str) -> AccessRow | None:
    row = connection.execute(_OF, {"patient_id": patient_id}).one_or_none()
    return _as_access(row) if row else None


def when_set(connection: Connection, patient_id: str) -> datetime | None:
    """When staff last changed it."""
    row = connection.execute(_OF, {"patient_id": patient_id}).one_or_none()
    return row.set_at if row else None


def reviews_due(connection: Connection, today: date) -> list[tuple[str, date]]:
    """(patient id, day) of each access that was to be looked at again by now."""
    due = select(patient_access.c.patient_id, patient_access.c.review_on).where(patient_access.c.review_on <= today)
    return [(row.patient_id, row.review_on) for row in connection.execute(due.order_by(patient_access.c.patient_id))]


def save_access(connection: Connection, patient_id: str, access: AccessRow, now: datetime) -> None:
    """Put this in place of what was switched on before."""
    connection.execute(delete(patient_access).where(patient_access.c.patient_id == patient_id))
    connection.execute(
        insert(patient_access).values(
            patient_id=patient_id,
            level=access.level,
            record_from=access.record_from,
            full_history=access.full_history,
            flags=",".join(sorted(access.flags)),
            verified_by=access.verified_by,
            set_by=access.set_by,
            set_at=now,
            review_on=access.review_on,
        )
    )


def _as_access(row: Any) -> AccessRow:
    flags = frozenset(row.flags.split(",")) - {""}
    return AccessRow(row.level, row.record_from, row.full_history, flags, row.verified_by, row.set_by, row.review_on)
