"""Repeat medicines, orders and pharmacies of the local practice, in and out of their rows; what is private sealed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection

from bot.backend import tables
from bot.backend.local_record import read_facts, to_row
from bot.backend.prescribing import Pharmacy, PrescriptionRequest, RepeatMedication

# Ready-made, since building a statement costs more than running it.
_REPEATS = (
    select(tables.repeat).where(tables.repeat.c.patient_id == bindparam("patient_id")).order_by(tables.repeat.c.id)
)
_REQUESTS = select(tables.prescription_request)
_PATIENTS = _REQUESTS.where(tables.prescription_request.c.patient_id == bindparam("patient_id"))
_CHANGED = _REQUESTS.where(tables.prescription_request.c.changed_at > bindparam("since")).order_by(
    tables.prescription_request.c.changed_at, tables.prescription_request.c.id
)
_ONE = _REQUESTS.where(tables.prescription_request.c.id == bindparam("request_id"))
_PHARMACIES = select(tables.pharmacy).order_by(tables.pharmacy.c.name, tables.pharmacy.c.id)
_PHARMACY = select(tables.pharmacy).where(tables.pharmacy.c.id == bindparam("pharmacy_id"))
_NOMINATED = (
    select(tables.pharmacy)
    .select_from(tables.nomination.join(tables.pharmacy))
    .where(tables.nomination.c.patient_id == bindparam("patient_id"))
)
_REVIEWS_DUE = select(tables.repeat).where(tables.repeat.c.review_on < bindparam("before"))

# What stands in columns of its own; the rest is sealed.
_REPEAT_COLUMNS = ("id", "review_on", "stopped_on")
_REQUEST_COLUMNS = ("id", "patient_id", "repeat_id", "reference", "status", "requested_at", "changed_at")


def read_repeats(connection: Connection, patient_id: str) -> list[RepeatMedication]:
    return [_as_repeat(row) for row in connection.execute(_REPEATS, {"patient_id": patient_id})]


def read_requests(connection: Connection, patient_id: str) -> list[PrescriptionRequest]:
    """Newest first; those of one order by name."""
    held = [_as_request(row) for row in connection.execute(_PATIENTS, {"patient_id": patient_id})]
    return sorted(sorted(held, key=lambda each: each.name), key=lambda each: each.requested_at, reverse=True)


def read_request(connection: Connection, request_id: str) -> PrescriptionRequest | None:
    row = connection.execute(_ONE, {"request_id": request_id}).one_or_none()
    return _as_request(row) if row else None


def read_requests_in(connection: Connection, statuses: Iterable[str], limit: int) -> list[PrescriptionRequest]:
    """Everybody's, oldest first."""
    request = tables.prescription_request.c
    query = _REQUESTS.where(request.status.in_(sorted(statuses))).order_by(request.requested_at, request.id)
    return [_as_request(row) for row in connection.execute(query.limit(limit))]


def read_changed(connection: Connection, since: Any) -> list[PrescriptionRequest]:
    return [_as_request(row) for row in connection.execute(_CHANGED, {"since": since})]


def read_reviews_due(connection: Connection, before: date) -> list[tuple[str, RepeatMedication]]:
    """(patient id, medicine)."""
    rows = connection.execute(_REVIEWS_DUE, {"before": before})
    return [(row.patient_id, _as_repeat(row)) for row in rows]


def read_pharmacies(connection: Connection) -> list[Pharmacy]:
    return [_as_pharmacy(row) for row in connection.execute(_PHARMACIES)]


def read_pharmacy(connection: Connection, pharmacy_id: str) -> Pharmacy | None:
    row = connection.execute(_PHARMACY, {"pharmacy_id": pharmacy_id}).one_or_none()
    return _as_pharmacy(row) if row else None


def read_nominated(connection: Connection, patient_id: str) -> Pharmacy | None:
    row = connection.execute(_NOMINATED, {"patient_id": patient_id}).one_or_none()
    return _as_pharmacy(row) if row else None


def repeat_to_row(patient_id: str, repeat: RepeatMedication) -> dict[str, Any]:
    return to_row(patient_id, asdict(repeat), _REPEAT_COLUMNS)


def request_to_row(request: PrescriptionRequest) -> dict[str, Any]:
    return to_row(request.patient_id, asdict(request), _REQUEST_COLUMNS)


def _as_repeat(row: Any) -> RepeatMedication:
    facts = read_facts(row, _REPEAT_COLUMNS)
    facts["last_issued_on"] = facts["last_issued_on"] and date.fromisoformat(facts["last_issued_on"])
    return RepeatMedication(**facts)


def _as_request(row: Any) -> PrescriptionRequest:
    facts = read_facts(row, _REQUEST_COLUMNS)
    facts["ready_on"] = date.fromisoformat(facts["ready_on"])
    return PrescriptionRequest(**facts)


def _as_pharmacy(row: Any) -> Pharmacy:
    return Pharmacy(row.id, row.name, row.address, row.phone, row.closed_on)
