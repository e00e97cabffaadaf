"""How often signing in may fail, for each login and each network address, whether or not somebody has the login."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.store.failed_proofs import add_failures, count_failures, forget_failures

_A_WHILE, _DAY = timedelta(minutes=15), timedelta(days=1)
_MOST = {  # within each span; after those of a day an administrator can let them in again
    "staff": ((_A_WHILE, 5), (_DAY, 10)),
    "staff-address": ((_A_WHILE, 20), (_DAY, 100)),  # a surgery's computers may share one
}


def is_limited(connection: Connection, login: str, address: str, now: datetime) -> bool:
    """Whether nothing may be tried now."""
    return any(
        count_failures(connection, key, now - span) >= most
        for key, kind in _counters(login, address).items()
        for span, most in _MOST[kind]
    )


def note_failure(connection: Connection, login: str, address: str, now: datetime) -> None:
    add_failures(connection, _counters(login, address), now)


def forgive(connection: Connection, login: str) -> None:
    forget_failures(connection, f"staff|{login}")


def _counters(login: str, address: str) -> dict[str, str]:
    return {f"staff|{login}": "staff", **({f"staff-address|{address}": "staff-address"} if address else {})}
