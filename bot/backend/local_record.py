"""Results and entries of the local practice's records, in and out of their sealed rows."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection

from bot.backend import tables
from bot.backend.record import Entry, Result, Value
from bot.store.private import Private

# Ready-made, since building a statement costs more than running it.
_RESULTS = select(tables.result).where(tables.result.c.patient_id == bindparam("patient_id"))
_ENTRIES = select(tables.entry).where(tables.entry.c.patient_id == bindparam("patient_id"))
_FILED = select(tables.result).where(tables.result.c.filed_at >= bindparam("at")).order_by(tables.result.c.filed_at)
_UNTOLD = select(tables.result).where(
    tables.result.c.filed_at < bindparam("filed_before"), tables.result.c.told_at.is_(None)
)

# What stands in columns of its own; the rest is sealed.
_RESULT_COLUMNS = ("id", "taken_on", "filed_at", "released", "told_at", "redacted")
_ENTRY_COLUMNS = ("id", "section", "recorded_on", "redacted", "sensitive")


def read_results(connection: Connection, patient_id: str) -> list[Result]:
    return [_as_result(row) for row in connection.execute(_RESULTS, {"patient_id": patient_id})]


def read_entries(connection: Connection, patient_id: str) -> list[Entry]:
    return [_as_entry(row) for row in connection.execute(_ENTRIES, {"patient_id": patient_id})]


def read_filed_since(connection: Connection, at: datetime) -> list[tuple[str, Result]]:
    return [(row.patient_id, _as_result(row)) for row in connection.execute(_FILED, {"at": at})]


def read_untold(connection: Connection, filed_before: datetime) -> list[tuple[str, Result]]:
    rows = connection.execute(_UNTOLD, {"filed_before": filed_before})
    read = ((row.patient_id, _as_result(row)) for row in rows)
    return [(patient_id, result) for patient_id, result in read if result.needs_action]


def result_to_row(patient_id: str, result: Result) -> dict[str, Any]:
    return to_row(patient_id, asdict(result), _RESULT_COLUMNS)


def entry_to_row(patient_id: str, entry: Entry) -> dict[str, Any]:
    return to_row(patient_id, asdict(entry), _ENTRY_COLUMNS)


def to_row(patient_id: str, facts: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    """What has a column of its own in it, and the rest sealed, dates as ISO 8601."""
    row = {name: facts.pop(name) for name in columns}
    return {
        **row,
        "patient_id": patient_id,
        "details": Private(json.dumps(facts, default=date.isoformat), _owner(patient_id, row["id"])),
    }


def _as_result(row: Any) -> Result:
    facts = read_facts(row, _RESULT_COLUMNS)
    facts["values"] = tuple(Value(**value) for value in facts["values"])
    return Result(**facts)


def _as_entry(row: Any) -> Entry:
    return Entry(**read_facts(row, _ENTRY_COLUMNS))


def read_facts(row: Any, columns: tuple[str, ...]) -> dict[str, Any]:
    sealed: dict[str, Any] = json.loads(row.details.open(_owner(row.patient_id, row.id)))
    return {**sealed, **{name: getattr(row, name) for name in columns}}


def _owner(patient_id: str, row_id: str) -> str:
    """Bound to both, so that a row given to another patient does not open."""
    return f"{patient_id}|{row_id}"
