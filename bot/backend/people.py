"""Patients of the local practice, in and out of their sealed row."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from bot.backend import tables
from bot.backend.base import REGISTERED, Patient
from bot.store.private import Private

# Ready-made, since building a statement costs more than running it.
PATIENT = select(tables.patient).where(tables.patient.c.id == bindparam("patient_id"))
PATIENT_LOCKED = PATIENT.with_for_update()
WITH_MOBILE = (
    select(tables.patient)
    .where(tables.patient.c.mobile_index == bindparam("mobile"), tables.patient.c.status == REGISTERED)
    .order_by(tables.patient.c.id)
)


def patient_to_row(patient: Patient) -> dict[str, Any]:
    details = {
        "first_name": patient.first_name,
        "last_name": patient.last_name,
        "date_of_birth": patient.date_of_birth.isoformat(),
        "sex": patient.sex,
        "nhs_number": patient.nhs_number,
        "mobile": patient.mobile,
        "general_practitioner": patient.general_practitioner,
    }
    return {
        "id": patient.id,
        "details": Private(json.dumps(details), patient.id),
        "mobile_index": patient.mobile,
        "nhs_number_index": patient.nhs_number,
        "status": patient.status,
    }


def patient_from_row(row: Any) -> Patient:
    details = json.loads(row.details.open(row.id))
    details["date_of_birth"] = date.fromisoformat(details["date_of_birth"])
    return Patient(id=row.id, status=row.status, **details)
