"""Looking things up in the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from bot.store.tables import audit


@dataclass(frozen=True)
class Sought:
    """What an entry must fit; None or "" fits all.

    Attributes:
        actions: how the action may begin.
        since, until: instants; `until` is not included.
        before: only entries with a lower number.
    """

    patient_id: str = ""
    actor_id: str = ""
    actions: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def search_entries(connection: Connection, sought: Sought, limit: int) -> list[Any]:
    """Newest first."""
    query = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if sought.patient_id:
        query = query.where(audit.c.patient_id == sought.patient_id)
    if sought.actor_id:
        query = query.where(audit.c.actor_id == sought.actor_id)
    if sought.actions:
        query = query.where(or_(*(audit.c.action.startswith(each, autoescape=True) for each in sought.actions)))
    if sought.since:
        query = query.where(audit.c.at >= sought.since)
    if sought.until:
        query = query.where(audit.c.at < sought.until)
    if sought.before:
        query = query.where(audit.c.id < sought.before)
    return list(connection.execute(query))
