"""Who is who in the demo practice: clinicians, patients, and the people trusted to act for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import nhs_number

from bot.backend.base import DIED, LEFT, REGISTERED, Clinician, Patient
from bot.identity.policy import NO_ACCESS, NO_TEXTS, UNDER_PRESSURE, UNDER_REVIEW, Access


@dataclass(frozen=True)
class DemoPatient:
    """A patient and what they are there to show.

    Attributes:
        has: how many appointments are kept booked for them.
        access: what staff have switched on for them.
        passcode: what they prove themselves with; None: they have set none yet.
    """

    patient: Patient
    shows: str
    has: int = 0
    access: Access = NO_ACCESS
    passcode: str | None = None


@dataclass(frozen=True)
class DemoProxy:
    """Somebody trusted to act for a demo patient: `bot.store.proxies.Proxy`, dated relative to today.

    Attributes:
        person_id: their own patient id, or `id` if they are not registered here.
        passcode: of somebody not registered here; a patient has the one of `DemoPatient`.
    """

    id: str
    patient_id: str
    person_id: str
    name: str
    mobile: str | None
    level: str
    basis: str
    given_days_ago: int
    reviewed_days_ago: int | None = None
    ends_on: date | None = None
    passcode: str | None = None


CLINICIANS = (
    Clinician("dr-patel", "Dr Anjali Patel", "GP", "female"),
    Clinician("dr-hughes", "Dr James Hughes", "GP", "male"),
    Clinician("dr-okafor", "Dr Ngozi Okafor", "GP", "female"),
    Clinician("nurse-byrne", "Nurse Kelly Byrne", "nurse", "female"),
    Clinician("whitaker", "Sam Whitaker", "pharmacist", "male"),
    Clinician("chen", "Mei Chen", "healthcare assistant", "female"),
)

# The record is shown from the day on which GPs in England had to show new entries to everyone (GP contract 2023/24).
_FULL = Access("full", record_from=date(2023, 11, 1), verified_by="documents", set_by="reception")
_WHOLE = replace(_FULL, full_history=True)
_CODED = replace(_FULL, level="coded")
_SUMMARY = replace(_FULL, level="summary", verified_by="vouching")


def _patient(
    number: int,
    first: str,
    last: str,
    born: str,
    sex: str,
    mobile: str | None,
    gp: str | None = None,
    status: str = REGISTERED,
) -> Patient:
    return Patient(
        id=f"patient-{number:02}",
        first_name=first,
        last_name=last,
        date_of_birth=date.fromisoformat(born),
        sex=sex,
        nhs_number=_nhs_number(number),
        mobile=mobile,
        general_practitioner=gp,
        status=status,
    )


def _nhs_number(index: int) -> str:
    """The index-th valid number of the range kept for tests, 999 000 0000 up."""
    stems = (f"9990000{stem:02}" for stem in range(100))
    whole = (stem + str(nhs_number.calculate_checksum(stem)) for stem in stems)
    valid = [number for number in whole if len(number) == 10 and nhs_number.is_valid(number)]
    return valid[index - 1]


PATIENTS = (
    DemoPatient(
        _patient(1, "Amira", "Khan", "1991-04-18", "female", "+447700900001", gp="dr-okafor"),
        "nothing booked: the ordinary case; results and a full record to see",
        access=_WHOLE,
        passcode="copper-lantern-42",
    ),
    DemoPatient(
        _patient(2, "Tom", "Barker", "1967-09-02", "male", "+447700900002", gp="dr-hughes"),
        "one appointment, to move or cancel; sees the record from November 2023 on",
        has=1,
        access=_FULL,
        passcode="walnut-harbour-17",
    ),
    DemoPatient(
        _patient(3, "Grace", "Mensah", "1979-12-11", "female", "+447700900003"),
        "shares a phone with Daniel Mensah",
        access=_FULL,
        passcode="meadow-button-63",
    ),
    DemoPatient(
        _patient(4, "Daniel", "Mensah", "1976-03-30", "male", "+447700900003"),
        "shares a phone with Grace Mensah",
        has=1,
        access=_FULL,
        passcode="granite-teapot-28",
    ),
    DemoPatient(
        _patient(5, "Eva", "Novak", "1988-07-21", "female", "+447700900004"),
        "her son's record holds her number; trusted to act for him",
        access=_FULL,
        passcode="orchard-violin-51",
    ),
    DemoPatient(_patient(6, "Leo", "Novak", "2019-05-14", "male", "+447700900004"), "a child", access=_FULL),
    DemoPatient(
        _patient(7, "George", "Whitfield", "1945-01-26", "male", None),
        "no mobile: has to call or visit; Carol Whitfield is trusted to act for him",
        access=_FULL,
    ),
    DemoPatient(
        _patient(8, "Priya", "Sharma", "1995-10-05", "female", "+447700900005"),
        "the most appointments one may have",
        has=2,
        access=_FULL,
        passcode="saffron-ladder-39",
    ),
    DemoPatient(
        _patient(9, "Michael", "Connor", "1983-02-17", "male", "+447700900006"),
        "an appointment too near to cancel",
        has=1,
        access=_FULL,
        passcode="pebble-compass-84",
    ),
    DemoPatient(
        _patient(10, "Sofia", "Rossi", "1972-08-08", "female", "+447700900007"), "online services not switched on"
    ),
    DemoPatient(
        _patient(11, "Hannah", "Lewis", "1958-11-29", "female", "+447700900008"),
        "older: too old for the screening clinic",
        access=_FULL,
        passcode="marble-thistle-26",
    ),
    DemoPatient(
        _patient(12, "Zainab", "Hussain", "2003-06-03", "female", "+447700900009"),
        "one appointment: the same-day warning",
        has=1,
        access=_FULL,
        passcode="velvet-anchor-75",
    ),
    DemoPatient(
        _patient(13, "Maya", "Osei", "2014-03-09", "female", "+447700900010"),
        "a child old enough to have a say: her mother's access waits for a review",
        access=_CODED,
    ),
    DemoPatient(
        _patient(14, "Jade", "Osei", "2011-08-21", "female", "+447700900012"),
        "a teenager: her mother does not see what is sensitive",
        access=_CODED,
        passcode="juniper-kettle-58",
    ),
    DemoPatient(
        _patient(15, "Callum", "Reid", "1990-01-15", "male", "+447700900013", status=LEFT),
        "has moved to another surgery",
        access=_FULL,
        passcode="cobalt-feather-31",
    ),
    DemoPatient(
        _patient(16, "Margaret", "Ellis", "1938-05-02", "female", "+447700900014", status=DIED),
        "has died: whoever has her phone sees nothing",
        access=_FULL,
        passcode="amber-cottage-92",
    ),
    DemoPatient(
        _patient(17, "Aisha", "Begum", "1986-10-12", "female", "+447700900015"),
        "her record is under review: it is not shown online",
        access=replace(_FULL, flags=frozenset({UNDER_REVIEW})),
        passcode="tulip-engine-47",
    ),
    DemoPatient(
        _patient(18, "Laura", "Finch", "1993-02-24", "female", "+447700900016"),
        "may be under pressure to show her record: it is not shown online",
        access=replace(_FULL, flags=frozenset({UNDER_PRESSURE})),
        passcode="willow-saddle-66",
    ),
    DemoPatient(
        _patient(19, "Peter", "Doyle", "1979-07-07", "male", "+447700900017"),
        "is texted nothing he has not asked for",
        access=replace(_CODED, flags=frozenset({NO_TEXTS})),
        passcode="harvest-mirror-19",
    ),
    DemoPatient(
        _patient(20, "Nia", "Roberts", "1998-12-30", "female", "+447700900018"),
        "has no passcode yet: reception gives her a key to set one",
        access=_SUMMARY,
    ),
)

_ABENA = "proxy-osei"
PROXIES = (
    DemoProxy(
        "proxy-novak", "patient-06", "patient-05", "Eva Novak", "+447700900004", "full", "parental_responsibility", 400
    ),
    DemoProxy(
        "proxy-whitfield",
        "patient-07",
        "proxy-whitfield",
        "Carol Whitfield",
        "+447700900019",
        "summary",
        "consent",
        given_days_ago=120,
        ends_on=date(2030, 12, 31),
        passcode="barley-window-37",
    ),
    DemoProxy(
        _ABENA,
        "patient-13",
        _ABENA,
        "Abena Osei",
        "+447700900011",
        "coded",
        "parental_responsibility",
        given_days_ago=1100,
        passcode="lavender-bridge-73",
    ),
    DemoProxy(
        "proxy-osei-jade",
        "patient-14",
        _ABENA,
        "Abena Osei",
        "+447700900011",
        "coded",
        "parental_responsibility",
        given_days_ago=1100,
        reviewed_days_ago=60,
    ),
)


def find_patient(patient_id: str) -> DemoPatient:
    return next(each for each in PATIENTS if each.patient.id == patient_id)


def passcodes() -> dict[str, str]:
    """By person id: of everybody who has set one, patients and those trusted to act for them."""
    held = [(each.patient.id, each.passcode) for each in PATIENTS]
    held += [(each.person_id, each.passcode) for each in PROXIES]
    return {person_id: passcode for person_id, passcode in held if passcode}
