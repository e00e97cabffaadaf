"""The audit trail on a real PostgreSQL, where many write it at once: it stays one chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store import contacts
from bot.store.audit import AuditEntry, add_entries
from bot.store.audit_anchor import ANCHOR_FILE, Anchor, AnchorKeeper, read_anchors
from bot.store.audit_check import Fault, Verdict, check
from bot.store.conversations import SMS
from bot.store.database import Database, Work, open_database
from tests.faults.support import all_at_once
from tests.integration.postgresql_server import PostgresqlServer
from tests.support import AMIRA, MONDAY, HandClock

ENTRY = AuditEntry(MONDAY, "appointment.book", "done", SMS, "c" * 32, "patient-01")
WRITERS, TURNS = 24, 10


@pytest.fixture()
def databases(tmp_path: Path, url: str) -> Iterator[list[Database]]:
    """The same database twice, as two processes with one key file have it."""
    opened = [open_database(Settings(home=tmp_path, database_url=url, _env_file=None)) for _ in range(2)]
    opened[0].upgrade()
    yield opened
    for each in opened:
        each.close()


def verdict(database: Database, *anchors: Anchor) -> Verdict:
    with database.read() as connection:
        return check(connection, anchors)


def test_many_writers_at_once_make_one_chain_without_gaps(databases: list[Database]) -> None:
    def writer(number: int) -> Callable[[], None]:
        def write() -> None:
            for turn in range(TURNS):
                with databases[number % 2].write() as connection:
                    add_entries(connection, [ENTRY] * (1 + turn % 3))

        return write

    assert set(all_at_once([writer(number) for number in range(WRITERS)])) == {None}
    written = WRITERS * sum(1 + turn % 3 for turn in range(TURNS))
    assert verdict(databases[0]) == Verdict(entries=written, since=MONDAY)


def test_turns_that_fail_among_others_leave_no_gap(databases: list[Database]) -> None:
    def turn(number: int) -> Callable[[], None]:
        def write() -> None:
            with databases[0].write() as connection:
                add_entries(connection, [ENTRY])
                if number % 3 == 0:
                    raise RuntimeError

        return write

    came_to = all_at_once([turn(number) for number in range(18)])
    assert sum(each is None for each in came_to) == 12
    assert verdict(databases[0]) == Verdict(entries=12, since=MONDAY)


def test_turns_that_write_the_same_row_before_or_after_they_note_do_not_stop_each_other(
    databases: list[Database],
) -> None:
    """Entries are a turn's last writes: whoever holds the end of the chain waits for nothing more."""

    def turn(number: int) -> Callable[[], None]:
        work = Work()
        if number % 2:
            work.audit(ENTRY)
        work.add(contacts.set_opted_out, AMIRA, MONDAY)
        if not number % 2:
            work.audit(ENTRY)

        def write() -> None:
            with databases[number % 2].write() as connection:
                work.run(connection)

        return write

    assert set(all_at_once([turn(number) for number in range(20)])) == {None}
    assert verdict(databases[0]) == Verdict(entries=20, since=MONDAY)


def test_what_an_administrator_changes_is_noticed(
    databases: list[Database], server: PostgresqlServer, url: str
) -> None:
    for _ in range(5):
        with databases[0].write() as connection:
            add_entries(connection, [ENTRY])
    server.query(url, "UPDATE audit SET patient_id = 'patient-02' WHERE id = 4 RETURNING id")
    assert verdict(databases[0]).fault == Fault("changed", 4)
    server.query(url, "DELETE FROM audit WHERE id = 2 RETURNING id")
    assert verdict(databases[0]).fault == Fault("missing", 2)


def test_the_time_zone_of_the_session_does_not_matter(databases: list[Database]) -> None:
    with databases[0].write() as connection:
        add_entries(connection, [ENTRY])
    with databases[1].read() as connection:
        connection.exec_driver_sql("SET TIME ZONE 'Asia/Kolkata'")
        assert check(connection, ()) == Verdict(entries=1, since=MONDAY)


def test_anchors_of_two_processes_agree_with_the_chain(databases: list[Database], tmp_path: Path) -> None:
    keepers = [AnchorKeeper(each, tmp_path / ANCHOR_FILE, HandClock(), every=0.01) for each in databases]
    for keeper in keepers:
        keeper.start()
    for _ in range(30):
        with databases[0].write() as connection:
            add_entries(connection, [ENTRY])
    for keeper in keepers:
        keeper.stop()
    anchors = list(read_anchors(tmp_path / ANCHOR_FILE))
    assert anchors[-1].entry == 30
    assert verdict(databases[0], *anchors) == Verdict(entries=30, since=MONDAY, anchors=len(anchors))
