"""Wake-up calls: "something is waiting", "this conversation has a new message". Losing one only costs a short wait."""

from __future__ import annotations

import select
import threading
from collections.abc import Callable
from typing import Any

import psycopg2
import structlog
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.store.database import Database

log = structlog.get_logger(__name__)

INBOX, OUTBOX, SCHEDULE = "inbox", "outbox", "schedule"
_CHANNEL = "bot_notices"


class Notices:
    """Calls listeners when a topic is announced: here at once, and through PostgreSQL in every other process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: dict[str, list[Callable[[], object]]] = {}
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def listen(self, topic: str, wake: Callable[[], object]) -> Callable[[], None]:
        """Have `wake` called at each announcement; gives the function that ends it. `wake` must not block."""
        with self._guard:
            self._listeners.setdefault(topic, []).append(wake)
        return lambda: self._forget(topic, wake)

    def announce(self, *topics: str) -> None:
        """To be called after the transaction that wrote the news has committed."""
        for topic in topics:
            self._call(topic)
        if self._database.is_postgresql:
            with self._database.write() as connection:
                for topic in topics:
                    connection.execute(
                        text("SELECT pg_notify(:channel, :topic)"), {"channel": _CHANNEL, "topic": topic}
                    )

    def start(self) -> None:
        if self._database.is_postgresql:
            self._thread = threading.Thread(target=self._follow, name="notices", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread:
            self._thread.join(5)

    def _forget(self, topic: str, wake: Callable[[], object]) -> None:
        with self._guard:
            self._listeners[topic].remove(wake)
            if not self._listeners[topic]:
                del self._listeners[topic]

    def _call(self, topic: str) -> None:
        with self._guard:
            listeners = list(self._listeners.get(topic, ()))
        for wake in listeners:
            wake()

    def _follow(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._database.engine.connect() as connection:
                    connection.detach()  # not for the pool again: it goes on listening for as long as it is open
                    self._follow_on(connection)
            except (SQLAlchemyError, psycopg2.Error, OSError):
                log.warning("notices.connection_lost")
                self._stopping.wait(1)

    def _follow_on(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"LISTEN {_CHANNEL}")
        connection.commit()  # type: ignore[attr-defined]
        raw: Any = connection.connection.dbapi_connection
        while not self._stopping.is_set():
            if select.select([raw], [], [], 1.0)[0]:
                raw.poll()
                while raw.notifies:
                    self._call(raw.notifies.pop(0).payload)
