"""The staff of the demonstration, whose passcodes everybody may know. They exist only while it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.identity.passcodes import hash_passcode
from bot.store import staff, staff_sessions
from bot.store.database import Database
from bot.store.staff import Account


@dataclass(frozen=True)
class DemoMember:
    """`authenticator`: the secret of their app, base32."""

    account: Account
    passcode: str
    authenticator: str


STAFF = (
    DemoMember(
        Account("staff-demo-1", "rosa", "Rosa Lindqvist", "reception"),
        "teapot-harbour-velvet",
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    ),
    DemoMember(
        Account("staff-demo-2", "samir", "Samir Haddad", "supervisor"),
        "lantern-orchard-nimble",
        "KRUGKIDROVUWG2ZAMJZG653OEBTG66BA",
    ),
    DemoMember(
        Account("staff-demo-3", "ngozi", "Dr Ngozi Okafor", "clinician"),
        "compass-marigold-ladder",
        "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U",
    ),
)


def ensure_demo_staff(database: Database, clock: Clock) -> None:
    """Make the accounts, or open them again. Doing it again changes nothing."""
    now = clock()
    with database.write() as connection:
        for member in STAFF:
            if staff.find_by_login(connection, member.account.login) is None:
                _add(connection, member, now)
            staff.change_staff(connection, member.account.id, disabled_at=None)


def end_demo_staff(database: Database, clock: Clock) -> None:
    """Where a store was once shown as the demonstration, nobody gets in by what everybody knows."""
    now = clock()
    with database.write() as connection:
        for member in STAFF:
            staff.change_staff(connection, member.account.id, disabled_at=now)
            staff_sessions.end_all(connection, member.account.id, now)


def _add(connection: Connection, member: DemoMember, now: datetime) -> None:
    staff.add_staff(connection, member.account, now)
    staff.set_passcode(connection, member.account.id, _hashed(member.passcode))
    staff.set_authenticator(connection, member.account.id, member.authenticator)


@lru_cache(maxsize=8)
def _hashed(passcode: str) -> str:
    """Hashing takes long on purpose."""
    return hash_passcode(passcode)
