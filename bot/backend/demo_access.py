"""What staff of the demo practice have switched on: access, passcodes, and people trusted to act for patients."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy.engine import Connection

from bot.backend.demo_people import PATIENTS, PROXIES, DemoProxy, passcodes
from bot.identity.desk import Desk
from bot.identity.passcodes import hash_passcode
from bot.practice import Practice
from bot.store.access import find_access
from bot.store.credentials import find_credential, set_passcode
from bot.store.proxies import Proxy, proxies_for

_STAFF = "reception"


def add_access(connection: Connection, practice: Practice, now: datetime) -> None:
    """For whom nothing is known yet; what was changed since stays."""
    desk = Desk(practice)
    today = now.astimezone(practice.zone).date()
    for demo in PATIENTS:
        if find_access(connection, demo.patient.id) is None:
            desk.set_access(connection, demo.patient.id, demo.access, _STAFF, now)
    for given in PROXIES:
        if given.id not in {each.id for each in proxies_for(connection, given.patient_id)}:
            desk.trust(connection, _as_proxy(given, today), now)
    for person_id, passcode in passcodes().items():
        if find_credential(connection, person_id) is None:
            set_passcode(connection, person_id, _hashed(passcode), now)


def _as_proxy(given: DemoProxy, today: date) -> Proxy:
    reviewed = given.reviewed_days_ago
    return Proxy(
        given.id,
        given.patient_id,
        given.person_id,
        given.name,
        given.mobile,
        given.level,
        given.basis,
        _STAFF,
        today - timedelta(days=given.given_days_ago),
        given.ends_on,
        None if reviewed is None else today - timedelta(days=reviewed),
    )


@lru_cache(maxsize=64)
def _hashed(passcode: str) -> str:
    """Hashing takes long on purpose; the demo practice is made anew for many a test."""
    return hash_passcode(passcode)
