"""The demo patients' repeat medicines, dated relative to today: everything that may be ordered, and all that may not.
Their names are those of the record, see `bot.backend.demo_record`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlalchemy.engine import Connection

from bot.backend import tables
from bot.backend.local_medicines import repeat_to_row, request_to_row
from bot.backend.prescribing import (
    ACUTE,
    REPEAT,
    REPEAT_DISPENSING,
    REQUESTED,
    Pharmacy,
    PrescriptionRequest,
    RepeatMedication,
)
from bot.practice import Practice
from bot.prescribing.rules import ready_on
from bot.store.conversations import insert_or_ignore

_AMIRA, _TOM, _GRACE, _DANIEL, _EVA, _LEO, _GEORGE = (f"patient-{number:02}" for number in range(1, 8))
_PRIYA, _HANNAH, _ZAINAB, _MAYA, _JADE, _CALLUM, _AISHA, _LAURA, _PETER, _NIA = (
    f"patient-{number:02}" for number in (8, 11, 12, 13, 14, 15, 17, 18, 19, 20)
)

PHARMACIES = (
    Pharmacy("FZZ01", "Riverside Pharmacy", "3 Mill Lane, Riverside, Westshire, WS1 2AD", "020 7946 0201"),
    Pharmacy("FZZ02", "Harbour Chemist", "18 Quay Street, Riverside, Westshire, WS1 4QT", "020 7946 0202"),
    Pharmacy("FZZ03", "Oakfield Pharmacy", "Unit 2, Oakfield Parade, Oakfield, Westshire, WS3 1RB", "020 7946 0203"),
    Pharmacy("FZZ04", "St Anne's Pharmacy", "77 Church Road, Little Marling, Westshire, WS5 9LN", "020 7946 0204"),
    Pharmacy("FZZ05", "Market Square Pharmacy", "1 Market Square, Marling, Westshire, WS5 1AA", "020 7946 0205"),
    Pharmacy(
        "FZZ06", "Millbrook Late Night Chemist", "40 Station Road, Millbrook, Westshire, WS7 6HJ", "020 7946 0206"
    ),
)
_CLOSED = Pharmacy("FZZ07", "Bridge Street Pharmacy", "9 Bridge Street, Riverside, Westshire, WS1 3NP", "020 7946 0207")
_CLOSED_FOR = 30  # days
# Peter's has closed since he chose it; Zainab and Nia have chosen none.
NOMINATIONS = {
    **dict.fromkeys((_AMIRA, _TOM, _EVA, _LEO, _HANNAH, _CALLUM), "FZZ01"),
    **dict.fromkeys((_GRACE, _DANIEL, _PRIYA), "FZZ02"),
    **dict.fromkeys((_GEORGE, _MAYA, _JADE), "FZZ04"),
    **dict.fromkeys((_AISHA, _LAURA), "FZZ05"),
    _PETER: _CLOSED.id,
}


@dataclass(frozen=True)
class _Given:
    """A repeat to be.

    Attributes:
        issued: so many days ago; None: not yet.
        review: so many days from now; negative: it was due.
        stopped: so many days ago.
        shows: what it is there to show.
    """

    patient_id: str
    name: str
    dose: str
    quantity: str
    issued: int | None
    shows: str
    days: int | None = 28
    left: int | None = 5
    review: int | None = 150
    stopped: int | None = None
    prescribed_as: str = REPEAT
    is_controlled: bool = False
    is_sensitive: bool = False
    ask_surgery: bool = False
    redacted: bool = False


def add_prescribing(connection: Connection, practice: Practice, now: datetime) -> None:
    """What is not there yet; what was changed since stays."""
    today = now.astimezone(practice.zone).date()
    for pharmacy in (*PHARMACIES, _closed(today)):
        insert_or_ignore(connection, tables.pharmacy, **pharmacy.__dict__)
    for patient_id, pharmacy_id in NOMINATIONS.items():
        insert_or_ignore(connection, tables.nomination, patient_id=patient_id, pharmacy_id=pharmacy_id)
    for patient_id, repeat in demo_repeats(today):
        insert_or_ignore(connection, tables.repeat, **repeat_to_row(patient_id, repeat))
    insert_or_ignore(connection, tables.prescription_request, **request_to_row(_requested(practice, now)))


def demo_repeats(today: date) -> list[tuple[str, RepeatMedication]]:
    """(patient id, medicine); the ids are the same whatever the day."""
    return [(given.patient_id, _as_repeat(given, today)) for given in _GIVEN]


def _as_repeat(given: _Given, today: date) -> RepeatMedication:
    return RepeatMedication(
        id=_opaque(f"repeat {given.patient_id} {given.name}"),
        name=given.name,
        dose=given.dose,
        quantity=given.quantity,
        prescribed_as=given.prescribed_as,
        issue_days=given.days,
        last_issued_on=None if given.issued is None else today - timedelta(days=given.issued),
        issues_left=given.left,
        review_on=None if given.review is None else today + timedelta(days=given.review),
        stopped_on=None if given.stopped is None else today - timedelta(days=given.stopped),
        is_controlled=given.is_controlled,
        is_sensitive=given.is_sensitive,
        ask_surgery=given.ask_surgery,
        redacted=given.redacted,
    )


def _closed(today: date) -> Pharmacy:
    return Pharmacy(**{**_CLOSED.__dict__, "closed_on": today - timedelta(days=_CLOSED_FOR)})


def _requested(practice: Practice, now: datetime) -> PrescriptionRequest:
    """Tom's order of yesterday, which nobody has decided yet."""
    name, yesterday = "Atorvastatin 20mg tablets", now - timedelta(days=1)
    return PrescriptionRequest(
        id=_opaque("request 1"),
        patient_id=_TOM,
        reference="KTR7M4",
        repeat_id=_opaque(f"repeat {_TOM} {name}"),
        name=name,
        status=REQUESTED,
        requested_at=yesterday,
        changed_at=yesterday,
        ready_on=ready_on(practice, yesterday),
        requested_by=_TOM,
    )


def _opaque(name: str) -> str:
    """An id from which nobody can tell that there is another before it."""
    return sha256(name.encode()).hexdigest()[:16]


_GIVEN = (
    _Given(_AMIRA, "Metformin 500mg tablets", "One tablet twice a day with food", "56 tablets", 24, "due"),
    _Given(_AMIRA, "Omeprazole 20mg capsules", "One capsule each morning", "28 capsules", 25, "due"),
    _Given(_AMIRA, "Cetirizine 10mg tablets", "One tablet once a day", "28 tablets", 9, "early: needs a reason"),
    _Given(
        _AMIRA,
        "Salbutamol 100 micrograms inhaler",
        "Two puffs when needed",
        "1 inhaler",
        12,
        "too soon",
        days=84,
    ),
    _Given(
        _AMIRA,
        "Colecalciferol 40,000 unit capsules",
        "One capsule a week for 7 weeks",
        "7 capsules",
        95,
        "acute",
        days=49,
        left=None,
        review=None,
        prescribed_as=ACUTE,
    ),
    _Given(_TOM, "Amlodipine 5mg tablets", "One tablet once a day", "28 tablets", 23, "due"),
    _Given(_TOM, "Atorvastatin 20mg tablets", "One tablet at night", "28 tablets", 23, "already ordered"),
    _Given(_GRACE, "Levothyroxine 75microgram tablets", "One tablet each morning", "28 tablets", 10, "early"),
    _Given(
        _DANIEL, "Methotrexate 2.5mg tablets", "Four tablets on Mondays", "16 tablets", 25, "ask us", ask_surgery=True
    ),
    _Given(_EVA, "Sertraline 50mg tablets", "One tablet once a day", "28 tablets", 26, "review overdue", review=-45),
    _Given(_LEO, "Salbutamol 100 micrograms inhaler", "Two puffs by spacer when needed", "1 inhaler", 80, "due", 84),
    _Given(_GEORGE, "Bisoprolol 2.5mg tablets", "One tablet each morning", "28 tablets", 24, "due"),
    _Given(
        _GEORGE,
        "Apixaban 5mg tablets",
        "One tablet twice a day",
        "56 tablets",
        24,
        "repeat dispensing",
        prescribed_as=REPEAT_DISPENSING,
    ),
    _Given(_HANNAH, "Ramipril 5mg capsules", "One capsule once a day", "28 capsules", 26, "no issues left", left=0),
    _Given(
        _HANNAH,
        "Zopiclone 7.5mg tablets",
        "One tablet at night when needed",
        "14 tablets",
        5,
        "controlled: no reason makes it sooner",
        days=14,
        is_controlled=True,
    ),
    _Given(_MAYA, "Cetirizine 10mg tablets", "One tablet once a day in summer", "30 tablets", 40, "stopped", stopped=1),
    _Given(_JADE, "Adapalene 0.1% gel", "A thin layer at night", "45g", 50, "due", 56),
    _Given(
        _JADE,
        "Desogestrel 75microgram tablets",
        "One tablet a day",
        "84 tablets",
        80,
        "sensitive: her mother does not see it",
        days=84,
        is_sensitive=True,
    ),
    _Given(_AISHA, "Omeprazole 20mg capsules", "One capsule each morning", "28 capsules", 24, "due; record closed"),
    _Given(_LAURA, "Propranolol 40mg tablets", "One tablet when needed", "28 tablets", 24, "due; record closed"),
    _Given(
        _PETER, "Simvastatin 40mg tablets", "One tablet at night", "28 tablets", 24, "review due lately", review=-10
    ),
    _Given(_NIA, "Fexofenadine 120mg tablets", "One tablet once a day", "30 tablets", None, "not issued yet", None),
)
