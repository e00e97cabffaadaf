"""Changes of the local practice that are made once, however often they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.backend import tables
from bot.backend.base import Unavailable
from bot.backend.refused import Refused
from bot.clock import Clock
from bot.store.database import Database

Outcome = TypeVar("Outcome")


class Once:
    """Runs changes by their idempotency key."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def run(
        self,
        key: str,
        change: Callable[[Connection], str],
        read: Callable[[Connection, str], Outcome],
        beaten: Refused,
    ) -> Outcome:
        """Run a change in one transaction, or give what it came to the first time.

        Args:
            change: gives an id of what it came to; `read` finds that by it.
            beaten: raised if somebody else was quicker twice.
        """
        try:
            return self._attempt(key, change, read)
        except (IntegrityError, OperationalError):
            # Somebody was quicker, with the same key or for the same thing; or the connection broke, perhaps after the
            # change was made. A second look tells which.
            pass
        try:
            return self._attempt(key, change, read)
        except IntegrityError:
            raise beaten from None
        except OperationalError:
            raise Unavailable from None

    def _attempt(
        self, key: str, change: Callable[[Connection], str], read: Callable[[Connection, str], Outcome]
    ) -> Outcome:
        known = select(tables.request.c.outcome_id).where(tables.request.c.key == key)
        with self._database.write() as connection:
            done = connection.execute(known).scalar()
            if done is None:
                done = change(connection)
                connection.execute(insert(tables.request).values(key=key, outcome_id=done, at=self._clock()))
            return read(connection, done)
