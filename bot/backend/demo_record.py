"""What the demo patients' records hold, dated back from today: all that may be shown, and all that must not be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from bot.backend.record import (
    ALLERGIES,
    DOCUMENTS,
    IMMUNISATIONS,
    MEASUREMENTS,
    MEDICINES,
    PROBLEMS,
    Entry,
    Result,
    Value,
)
from bot.clock import LONDON

_AMIRA, _TOM, _GRACE, _DANIEL, _EVA, _LEO, _GEORGE = (f"patient-{number:02}" for number in range(1, 8))
_HANNAH, _MAYA, _JADE, _CALLUM, _MARGARET, _AISHA, _LAURA, _PETER, _NIA = (
    f"patient-{number:02}" for number in (11, 13, 14, 15, 16, 17, 18, 19, 20)
)
_OKAFOR, _HUGHES, _PATEL = "Dr Ngozi Okafor", "Dr James Hughes", "Dr Anjali Patel"
_LONG_AGO = 3650  # days: before anybody's access began, unless they see the whole of their record


@dataclass(frozen=True)
class _Tested:
    """A result to be: taken so many days ago, filed two days later unless `filed_by` is empty."""

    patient_id: str
    days: int
    title: str
    values: tuple[Value, ...]
    outcome: str = "Normal"
    comment: str = ""
    filed_by: str = _OKAFOR
    released: bool = True
    told: bool = False
    redacted: bool = False
    sensitive: bool = False


@dataclass(frozen=True)
class _Noted:
    """An entry to be, recorded so many days ago."""

    patient_id: str
    days: int
    section: str
    title: str
    detail: str = ""
    value: str = ""
    unit: str = ""
    note: str = ""
    redacted: bool = False
    sensitive: bool = False


def demo_results(today: date) -> Iterator[tuple[str, Result]]:
    """(patient id, result); the ids are the same whatever the day."""
    for number, tested in enumerate(_TESTED):
        yield tested.patient_id, _as_result(tested, _opaque(f"result {number}"), today - timedelta(days=tested.days))


def demo_entries(today: date) -> Iterator[tuple[str, Entry]]:
    """(patient id, entry); the ids are the same whatever the day."""
    for number, noted in enumerate(_NOTED):
        yield noted.patient_id, _as_entry(noted, _opaque(f"entry {number}"), today - timedelta(days=noted.days))


def _as_result(tested: _Tested, result_id: str, taken_on: date) -> Result:
    filed_at = datetime.combine(taken_on + timedelta(days=2), time(12, 30), LONDON)
    return Result(
        id=result_id,
        title=tested.title,
        taken_on=taken_on,
        values=tested.values,
        outcome=tested.outcome if tested.filed_by else "",
        comment=tested.comment,
        filed_by=tested.filed_by,
        filed_at=filed_at if tested.filed_by else None,
        released=tested.released,
        told_at=filed_at + timedelta(hours=3) if tested.told else None,
        redacted=tested.redacted,
        sensitive=tested.sensitive,
    )


def _as_entry(noted: _Noted, entry_id: str, recorded_on: date) -> Entry:
    return Entry(
        id=entry_id,
        section=noted.section,
        title=noted.title,
        recorded_on=recorded_on,
        detail=noted.detail,
        value=noted.value,
        unit=noted.unit,
        note=noted.note,
        redacted=noted.redacted,
        sensitive=noted.sensitive,
    )


def _opaque(name: str) -> str:
    """An id from which nobody can tell that there is another before it."""
    return sha256(name.encode()).hexdigest()[:16]


def _hba1c(value: str) -> tuple[Value, ...]:
    return (Value("HbA1c", value, "mmol/mol", 20, 41),)


def _cholesterol(total: str, hdl: str, non_hdl: str, triglycerides: str) -> tuple[Value, ...]:
    return (
        Value("Total cholesterol", total, "mmol/L"),
        Value("HDL cholesterol", hdl, "mmol/L"),
        Value("Non-HDL cholesterol", non_hdl, "mmol/L"),
        Value("Triglycerides", triglycerides, "mmol/L"),
    )


_BLOOD_COUNT = (
    Value("Haemoglobin", "128", "g/L", 115, 165),
    Value("White cell count", "6.4", "10*9/L", 4.0, 11.0),
    Value("Platelets", "247", "10*9/L", 150, 400),
    Value("Red cell count", "4.41", "10*12/L", 3.8, 5.8),
    Value("Haematocrit", "0.39", "L/L", 0.37, 0.47),
    Value("MCV", "88", "fL", 80, 100),
    Value("MCH", "29.0", "pg", 27, 32),
    Value("Neutrophils", "3.6", "10*9/L", 2.0, 7.5),
    Value("Lymphocytes", "2.1", "10*9/L", 1.0, 4.0),
    Value("Monocytes", "0.5", "10*9/L", 0.2, 1.0),
    Value("Eosinophils", "0.1", "10*9/L", 0.0, 0.5),
    Value("Basophils", "0.0", "10*9/L", 0.0, 0.1),
)
_KIDNEYS = (
    Value("Sodium", "140", "mmol/L", 133, 146),
    Value("Potassium", "4.2", "mmol/L", 3.5, 5.3),
    Value("Urea", "5.1", "mmol/L", 2.5, 7.8),
    Value("Creatinine", "68", "umol/L", 45, 84),
    Value("eGFR", ">90", "mL/min/1.73m2"),
)

_TESTED = (
    _Tested(_AMIRA, 545, "HbA1c", _hba1c("51"), "Satisfactory", "Thank you for coming in. Please repeat in 3 months."),
    _Tested(_AMIRA, 450, "HbA1c", _hba1c("53"), "Satisfactory"),
    _Tested(_AMIRA, 350, "HbA1c", _hba1c("50"), "Satisfactory", "Please carry on with metformin as before."),
    _Tested(_AMIRA, 215, "HbA1c", _hba1c("48"), "Satisfactory"),
    _Tested(_AMIRA, 40, "HbA1c", _hba1c("47"), "Satisfactory", "Please repeat in 6 months."),
    _Tested(_AMIRA, 40, "Full blood count", _BLOOD_COUNT, comment="No further tests needed."),
    _Tested(_AMIRA, 40, "Kidney function", _KIDNEYS),
    _Tested(_AMIRA, 350, "Cholesterol", _cholesterol("5.1", "1.4", "3.7", "1.6"), "Satisfactory"),
    _Tested(_AMIRA, 41, "Cholesterol", _cholesterol("4.6", "1.5", "3.1", "1.3"), "Satisfactory"),
    _Tested(
        _AMIRA,
        95,
        "Vitamin D",
        (Value("Vitamin D", "31", "nmol/L", 50, 175),),
        "Action needed",
        "We spoke on the phone. Please take the vitamin D tablets for 7 weeks.",
        told=True,
    ),
    _Tested(_AMIRA, 8, "Ferritin", (Value("Ferritin", "9", "ug/L", 13, 150),), "Action needed", "Please call her in."),
    _Tested(_AMIRA, 4, "Thyroid function", (Value("TSH", "2.6", "mU/L", 0.27, 4.2),), filed_by=""),
    _Tested(_AMIRA, 20, "Liver function", (Value("ALT", "24", "U/L", 0, 34),), released=False),
    _Tested(
        _AMIRA, 160, "Urine culture", (Value("Urine culture", "No growth"),), comment="Names a relative.", redacted=True
    ),
    _Tested(_TOM, 30, "Cholesterol", _cholesterol("4.9", "1.2", "3.7", "1.9"), "Satisfactory", filed_by=_HUGHES),
    _Tested(_TOM, 400, "Cholesterol", _cholesterol("5.6", "1.1", "4.5", "2.2"), "Satisfactory", filed_by=_HUGHES),
    _Tested(_TOM, _LONG_AGO, "PSA", (Value("PSA", "1.1", "ug/L", 0, 3.5),), filed_by=_HUGHES),
    _Tested(_GRACE, 70, "Thyroid function", (Value("TSH", "3.1", "mU/L", 0.27, 4.2),), filed_by=_PATEL),
    _Tested(_EVA, 25, "Full blood count", _BLOOD_COUNT, filed_by=_PATEL),
    _Tested(_LEO, 90, "Coeliac screen", (Value("Tissue transglutaminase", "<1", "U/mL", 0, 7),), filed_by=_PATEL),
    _Tested(_HANNAH, 55, "Kidney function", _KIDNEYS, filed_by=_HUGHES),
    _Tested(_JADE, 35, "Full blood count", _BLOOD_COUNT),
    _Tested(_JADE, 33, "Chlamydia test", (Value("Chlamydia", "Not detected"),), sensitive=True),
    _Tested(_AISHA, 45, "HbA1c", _hba1c("39")),
    _Tested(_LAURA, 28, "Full blood count", _BLOOD_COUNT),
    _Tested(_PETER, 15, "Cholesterol", _cholesterol("5.2", "1.3", "3.9", "1.7"), "Satisfactory", filed_by=_HUGHES),
    _Tested(_CALLUM, 300, "Full blood count", _BLOOD_COUNT, filed_by=_HUGHES),
    _Tested(_MARGARET, 200, "Kidney function", _KIDNEYS, filed_by=_PATEL),
)

_NOTED = (
    _Noted(_AMIRA, 730, MEDICINES, "Metformin 500mg tablets", "Take 1 tablet twice a day with food. Repeat."),
    _Noted(_AMIRA, 95, MEDICINES, "Colecalciferol 40,000 unit capsules", "Take 1 capsule a week for 7 weeks."),
    _Noted(_AMIRA, 1200, MEDICINES, "Salbutamol 100 micrograms inhaler", "2 puffs when needed. Repeat."),
    _Noted(_AMIRA, 4000, ALLERGIES, "Penicillin", "Rash"),
    _Noted(_AMIRA, 740, PROBLEMS, "Type 2 diabetes mellitus", "Active", note="Found at the NHS Health Check."),
    _Noted(_AMIRA, 5200, PROBLEMS, "Asthma", "Active"),
    _Noted(_AMIRA, 610, PROBLEMS, "Bereavement", "Past", note="Her aunt told us in confidence.", redacted=True),
    _Noted(_AMIRA, 400, IMMUNISATIONS, "Seasonal influenza vaccination", "Left arm"),
    _Noted(_AMIRA, 42, IMMUNISATIONS, "Seasonal influenza vaccination", "Left arm"),
    _Noted(_AMIRA, 350, MEASUREMENTS, "Blood pressure", value="134/86", unit="mmHg"),
    _Noted(_AMIRA, 215, MEASUREMENTS, "Blood pressure", value="130/82", unit="mmHg"),
    _Noted(_AMIRA, 40, MEASUREMENTS, "Blood pressure", value="126/80", unit="mmHg"),
    _Noted(_AMIRA, 350, MEASUREMENTS, "Weight", value="74.2", unit="kg"),
    _Noted(_AMIRA, 215, MEASUREMENTS, "Weight", value="72.8", unit="kg"),
    _Noted(_AMIRA, 40, MEASUREMENTS, "Weight", value="71.5", unit="kg"),
    _Noted(_AMIRA, 350, MEASUREMENTS, "Height", value="163", unit="cm"),
    _Noted(_AMIRA, 120, DOCUMENTS, "Eye screening letter", "From the diabetic eye screening service"),
    _Noted(_AMIRA, 700, DOCUMENTS, "Clinic letter", "From the diabetes education course"),
    _Noted(_TOM, 2900, MEDICINES, "Amlodipine 5mg tablets", "Take 1 tablet once a day. Repeat."),
    _Noted(_TOM, 400, MEDICINES, "Atorvastatin 20mg tablets", "Take 1 tablet at night. Repeat."),
    _Noted(_TOM, _LONG_AGO, PROBLEMS, "Fracture of wrist", "Past"),
    _Noted(_TOM, 300, PROBLEMS, "Hypertension", "Active"),
    _Noted(_TOM, 30, MEASUREMENTS, "Blood pressure", value="138/84", unit="mmHg"),
    _Noted(_TOM, _LONG_AGO, DOCUMENTS, "Discharge letter", "From the fracture clinic"),
    _Noted(_GRACE, 800, MEDICINES, "Levothyroxine 75microgram tablets", "Take 1 tablet each morning. Repeat."),
    _Noted(_EVA, 500, MEDICINES, "Sertraline 50mg tablets", "Take 1 tablet once a day. Repeat."),
    _Noted(_LEO, 150, MEDICINES, "Salbutamol 100 micrograms inhaler", "2 puffs by spacer when needed. Repeat."),
    _Noted(_LEO, 900, ALLERGIES, "Peanut", "Hives"),
    _Noted(_LEO, 1100, IMMUNISATIONS, "MMR vaccination", "Second dose"),
    _Noted(_LEO, 150, MEASUREMENTS, "Weight", value="23.1", unit="kg"),
    _Noted(_GEORGE, 1500, MEDICINES, "Apixaban 5mg tablets", "Take 1 tablet twice a day. Repeat."),
    _Noted(_GEORGE, 1500, MEDICINES, "Bisoprolol 2.5mg tablets", "Take 1 tablet each morning. Repeat."),
    _Noted(_GEORGE, 2000, ALLERGIES, "Trimethoprim", "Sickness"),
    _Noted(_GEORGE, 700, PROBLEMS, "Atrial fibrillation", "Active"),
    _Noted(_HANNAH, 600, MEDICINES, "Ramipril 5mg capsules", "Take 1 capsule once a day. Repeat."),
    _Noted(_MAYA, 300, MEDICINES, "Cetirizine 10mg tablets", "Take 1 tablet once a day in summer. Repeat."),
    _Noted(_MAYA, 80, IMMUNISATIONS, "HPV vaccination", "At school"),
    _Noted(_JADE, 200, MEDICINES, "Adapalene 0.1% gel", "Put on a thin layer at night. Repeat."),
    _Noted(_JADE, 100, MEDICINES, "Desogestrel 75microgram tablets", "Take 1 tablet a day. Repeat.", sensitive=True),
    _Noted(_JADE, 100, PROBLEMS, "Contraception advice", "Active", sensitive=True),
    _Noted(_JADE, 250, PROBLEMS, "Acne", "Active"),
    _Noted(_AISHA, 900, MEDICINES, "Omeprazole 20mg capsules", "Take 1 capsule each morning. Repeat."),
    _Noted(_LAURA, 400, MEDICINES, "Propranolol 40mg tablets", "Take 1 tablet when needed. Repeat."),
    _Noted(_PETER, 365, MEDICINES, "Simvastatin 40mg tablets", "Take 1 tablet at night. Repeat."),
    _Noted(_NIA, 180, MEDICINES, "Fexofenadine 120mg tablets", "Take 1 tablet once a day. Repeat."),
    _Noted(_NIA, 180, ALLERGIES, "Latex", "Itchy skin"),
    _Noted(_AMIRA, 330, MEDICINES, "Omeprazole 20mg capsules", "Take 1 capsule each morning. Repeat."),
    _Noted(_AMIRA, 300, MEDICINES, "Cetirizine 10mg tablets", "Take 1 tablet once a day. Repeat."),
    _Noted(_DANIEL, 420, MEDICINES, "Methotrexate 2.5mg tablets", "Take 4 tablets on Mondays. Repeat."),
    _Noted(_HANNAH, 60, MEDICINES, "Zopiclone 7.5mg tablets", "Take 1 tablet at night when needed. Repeat."),
)
