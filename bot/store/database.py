"""The database: SQLite in WAL mode by default, PostgreSQL when several processes share it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, func, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool

from bot.settings import Settings
from bot.store.audit import AuditEntry, add_entries
from bot.store.private import Keyring

_MIGRATIONS = Path(__file__).parent / "migrations"
_UPGRADE = 1  # the number of the advisory lock that is held while the tables are brought up


class Database:
    """An engine with the key ring on its dialect, and transactions that behave alike on both databases."""

    def __init__(self, url: str, keyring: Keyring) -> None:
        self.keyring = keyring
        self.is_postgresql = url.startswith("postgresql")
        self.engine = _engine(url, self.is_postgresql)
        self.engine.dialect.keyring = keyring  # type: ignore[attr-defined]

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for queries."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, committed on leaving, rolled back on any exception."""
        with self.engine.begin() as connection:
            if not self.is_postgresql:
                # Take the write lock now: a transaction that reads first could not be upgraded later.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    def upgrade(self) -> None:
        """Bring the tables to the newest revision."""
        with self.engine.connect() as connection:
            if self.is_postgresql:  # of several processes that start at once, one makes the tables
                connection.execute(select(func.pg_advisory_xact_lock(_UPGRADE)))
            config = _alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def is_current(self) -> bool:
        """Whether the tables are at the newest revision. Raises if the database cannot be reached."""
        with self.engine.connect() as connection:
            held = MigrationContext.configure(connection).get_current_revision()
        return held == ScriptDirectory.from_config(_alembic_config()).get_current_head()

    def close(self) -> None:
        self.engine.dispose()


def open_database(settings: Settings) -> Database:
    """The deployment's database with its key ring."""
    return Database(settings.database, Keyring.at(settings.home / "keys.json"))


class Work:
    """What one turn writes, kept until its end and then written in one transaction."""

    def __init__(self) -> None:
        self._writes: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []
        self._entries: list[AuditEntry] = []

    def add(self, write: Callable[..., Any], *arguments: Any) -> None:
        """Have `write(connection, *arguments)` called when the turn is committed."""
        self._writes.append((write, arguments))

    def audit(self, entry: AuditEntry) -> None:
        """Have this noted in the audit trail, after everything else is written."""
        self._entries.append(entry)

    def run(self, connection: Connection) -> None:
        for write, arguments in self._writes:
            write(connection, *arguments)
        add_entries(connection, self._entries)


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def _engine(url: str, is_postgresql: bool) -> Engine:
    if is_postgresql:
        return create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True, future=True)
    # A pool, since opening a file anew for each query costs more than the query.
    arguments = {"check_same_thread": False, "timeout": 30}
    engine = create_engine(
        url,
        connect_args=arguments,
        poolclass=QueuePool,
        pool_size=20,
        max_overflow=20,
        hide_parameters=True,
        future=True,
    )

    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by us, see Database.write
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # a message that was acknowledged survives a power cut
        connection.execute("PRAGMA foreign_keys=ON")

    event.listen(engine, "connect", set_up)
    return engine
