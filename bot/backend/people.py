"""Patients of the local practice, in and out of their sealed row."""

from __future__ import annotations

import json
import re
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection

from bot.backend import tables
from bot.backend.base import REGISTERED, NoSuchPatient, Patient
from bot.store.private import Private

# Ready-made, since building a statement costs more than running it.
_PATIENT = select(tables.patient).where(tables.patient.c.id == bindparam("patient_id"))
_PATIENT_LOCKED = _PATIENT.with_for_update()
WITH_MOBILE = (
    select(tables.patient)
    .where(tables.patient.c.mobile_index == bindparam("mobile"), tables.patient.c.status == REGISTERED)
    .order_by(tables.patient.c.id)
)
WITH_NHS_NUMBER = select(tables.patient).where(tables.patient.c.nhs_number_index == bindparam("nhs_number"))
EVERYBODY = select(tables.patient).order_by(tables.patient.c.id)


def patient(connection: Connection, patient_id: str) -> Patient:
    """Raises NoSuchPatient if there is none."""
    return _read(connection, patient_id, _PATIENT)


def lock_patient(connection: Connection, patient_id: str) -> Patient:
    """Two changes for one patient wait for each other. Raises NoSuchPatient also if they have left or died."""
    locked = _read(connection, patient_id, _PATIENT_LOCKED)
    if locked.status != REGISTERED:
        raise NoSuchPatient
    return locked


def _read(connection: Connection, patient_id: str, query: Any) -> Patient:
    row = connection.execute(query, {"patient_id": patient_id}).one_or_none()
    if row is None:
        raise NoSuchPatient
    return patient_from_row(row)


def find(connection: Connection, text: str, limit: int) -> list[Patient]:
    """By what the words look like: ten digits are an NHS number, a mobile number a mobile number, others a name.

    Names are sealed, so each is opened and read: of 20,000 patients in a quarter of a second, which is fine.
    """
    digits = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"\d{10}", digits):
        return [patient_from_row(row) for row in connection.execute(WITH_NHS_NUMBER, {"nhs_number": digits})]
    if re.fullmatch(r"(?:\+44|0044|0)\d{9,10}", digits):
        mobile = re.sub(r"^(?:\+44|0044|0)", "+44", digits)
        return [patient_from_row(row) for row in connection.execute(WITH_MOBILE, {"mobile": mobile})]
    words = _words(text)
    everybody = (patient_from_row(row) for row in connection.execute(EVERYBODY))
    named = (each for each in everybody if words and _is_named(each, words))
    return list(islice(named, limit))


def _words(text: str) -> list[str]:
    return text.casefold().replace("-", " ").split()


def _is_named(patient: Patient, words: list[str]) -> bool:
    names = _words(patient.name)
    return all(any(name.startswith(word) for name in names) for word in words)


def patient_to_row(patient: Patient) -> dict[str, Any]:
    details = {
        "first_name": patient.first_name,
        "last_name": patient.last_name,
        "date_of_birth": patient.date_of_birth.isoformat(),
        "sex": patient.sex,
        "nhs_number": patient.nhs_number,
        "mobile": patient.mobile,
        "general_practitioner": patient.general_practitioner,
        "communication_needs": patient.communication_needs,
        "address": patient.address,
        "email": patient.email,
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
    for lines in ("communication_needs", "address"):
        details[lines] = tuple(details.get(lines, ()))
    return Patient(id=row.id, status=row.status, **details)
