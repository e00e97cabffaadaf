"""Whether a patient, or somebody who acts for one, may be texted without having asked for it, and to which number."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.backend.base import REGISTERED, NoSuchPatient, Patient, PracticeBackend
from bot.identity.policy import NO_TEXTS, UNDER_PRESSURE
from bot.store import contacts
from bot.store.access import find_access
from bot.store.database import Database
from bot.store.proxies import Proxy, proxies_with_mobile

_TRY_AGAIN = timedelta(days=2)  # after a text did not arrive: a phone may only have been off


class OutOfReach(Exception):
    """Nothing may be texted to them. `why`: "not_registered", "no_number", "flagged", "opted_out", "unreachable" (the
    last text did not arrive) or "not_trusted" (they do not act for the patient any more)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def number_to_text(connection: Connection, patient: Patient, now: datetime) -> str:
    """The E.164 number for texts that this patient has not just asked for.

    Raises:
        OutOfReach: none, or they do not want any, or it might not be safe.
    """
    check_patient(connection, patient)
    return check_number(connection, patient.mobile, now)


def number_of_trusted(connection: Connection, backend: PracticeBackend, held: Proxy, now: datetime) -> str:
    """The E.164 number for texts to somebody who acts for a patient: that of their own record or, if they are no
    patient here, of the entry that staff made. `check_patient` says whether anything may be texted about the patient.

    Raises:
        OutOfReach, Unavailable
    """
    if held.person_id == held.id:
        return check_number(connection, held.mobile, now)
    try:
        own = backend.patient(held.person_id)
    except NoSuchPatient:
        raise OutOfReach("not_registered") from None
    return number_to_text(connection, own, now)


def check_patient(connection: Connection, patient: Patient) -> None:
    """Raises OutOfReach if nothing about them may be texted, to whomever."""
    if patient.status != REGISTERED:
        raise OutOfReach("not_registered")
    access = find_access(connection, patient.id)
    if access is not None and access.flags & {NO_TEXTS, UNDER_PRESSURE}:
        raise OutOfReach("flagged")


def check_number(connection: Connection, number: str | None, now: datetime) -> str:
    """The number, if there is one and it takes texts. Raises OutOfReach."""
    if not number:
        raise OutOfReach("no_number")
    if contacts.has_opted_out(connection, number):
        raise OutOfReach("opted_out")
    if contacts.did_not_arrive(connection, number, now - _TRY_AGAIN):
        raise OutOfReach("unreachable")
    return number


def is_read_by_others(database: Database, backend: PracticeBackend, number: str | None) -> bool:
    """Whether somebody else, a patient or somebody trusted, reads the texts to this number too."""
    if number is None:
        return False
    with database.read() as connection:
        is_anothers = bool(proxies_with_mobile(connection, number))
    return is_anothers or len(backend.patients_with_mobile(number)) > 1
