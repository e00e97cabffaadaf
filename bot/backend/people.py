"""Patients of the local practice, in and out of their sealed row."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from bot.backend.base import Patient
from bot.store.private import Private


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
        "access": patient.access,
    }


def patient_from_row(row: Any) -> Patient:
    details = json.loads(row.details.open(row.id))
    details["date_of_birth"] = date.fromisoformat(details["date_of_birth"])
    return Patient(id=row.id, access=row.access, **details)
