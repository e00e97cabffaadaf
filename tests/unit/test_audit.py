"""The audit trail: what may be noted, and that nothing that was done to it afterwards goes unnoticed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.settings import Settings
from bot.store import audit as trail
from bot.store import audit_check
from bot.store.audit import NotACode, add_audit, add_entries, entries_of
from bot.store.audit_check import Fault, Verdict
from bot.store.database import Database, Work, open_database
from bot.store.tables import audit
from tests.support import AMIRA, MONDAY
from tests.unit.audit_support import COLUMNS, ENTRY, fault, head, note, put_in, rows, tamper, verdict

# What may be noted.


def test_an_entry_keeps_what_it_was_given(database: Database) -> None:
    with database.write() as connection:
        add_audit(
            connection, MONDAY, "proxy.given", "done", "desk", None, "patient-02", "proxy-7",
            actor_id="staff-1", reason="consent",
        )  # fmt: skip
    (row,) = rows(database)
    assert (row.at, row.action, row.outcome, row.channel) == (MONDAY, "proxy.given", "done", "desk")
    assert (row.conversation_id, row.patient_id, row.subject) == (None, "patient-02", "proxy-7")
    assert (row.actor_id, row.reason) == ("staff-1", "consent")


@pytest.mark.parametrize(
    "column", ["action", "outcome", "channel", "conversation_id", "patient_id", "subject", "actor_id", "reason"]
)
@pytest.mark.parametrize("written", ["my knee hurts", "knee\n", "Zoë", "a/b", "<b>", AMIRA, "x" * 65, "it's"])
def test_what_somebody_wrote_cannot_be_noted(column: str, written: str) -> None:
    with pytest.raises(NotACode, match=column) as refusal:
        replace(ENTRY, **{column: written})
    assert written not in str(refusal.value)


@pytest.mark.parametrize("code", ["appointment.book", "sms-number", "12:34", "pa_roman", "passcode+app", "A-1", ""])
def test_ids_and_codes_can_be_noted(code: str) -> None:
    assert replace(ENTRY, subject=code).subject == code


def test_a_value_longer_than_its_column_is_refused_on_every_database() -> None:
    with pytest.raises(NotACode):
        replace(ENTRY, outcome="x" * 25)


def test_the_entries_of_a_patient_come_newest_first_and_are_theirs_alone(database: Database) -> None:
    note(database, 3)
    note(database, patient_id="patient-02")
    with database.read() as connection:
        held = entries_of(connection, "patient-01", MONDAY + timedelta(seconds=1))
    assert [row.id for row in held] == [3, 2]


# A turn notes its entries last.


def test_a_turn_notes_its_entries_after_all_its_other_writes_and_together(database: Database) -> None:
    noted_by_then: list[Any] = []
    work = Work()
    work.audit(ENTRY)
    work.add(lambda connection: noted_by_then.extend(connection.execute(select(audit))))
    work.audit(replace(ENTRY, outcome="again"))
    with database.write() as connection:
        work.run(connection)
    assert noted_by_then == []
    assert [row.outcome for row in rows(database)] == ["done", "again"]
    assert fault(database) is None


def test_a_turn_that_notes_nothing_leaves_the_trail_alone(database: Database) -> None:
    with database.write() as connection:
        Work().run(connection)
    assert rows(database) == []


def test_entries_of_a_turn_that_is_undone_leave_no_gap(database: Database) -> None:
    note(database)
    with pytest.raises(RuntimeError), database.write() as connection:
        add_entries(connection, [ENTRY])
        raise RuntimeError
    note(database)
    assert [row.id for row in rows(database)] == [1, 2]
    assert fault(database) is None


# The chain.


def test_every_column_is_in_the_chain() -> None:
    assert set(trail._SEALED) == set(COLUMNS) - {"chain"}


def test_a_trail_that_nobody_touched_is_whole(database: Database) -> None:
    note(database, 5)
    note(database, conversation_id=None, patient_id=None, subject=None, actor_id=None, reason=None)
    assert verdict(database) == Verdict(entries=6, since=MONDAY)


def test_an_empty_trail_is_whole(database: Database) -> None:
    assert verdict(database) == Verdict()


def test_a_long_trail_is_read_in_parts(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_check, "_BATCH", 4)
    note(database, 8)
    assert verdict(database, *[head(database)] * 9) == Verdict(entries=8, since=MONDAY, anchors=9)
    tamper(database, "DELETE FROM audit WHERE id = 5")
    assert fault(database) == Fault("missing", 5)


def test_chains_of_two_practices_differ(tmp_path: Path, database: Database) -> None:
    other_home = tmp_path / "other"
    other_home.mkdir()
    other = open_database(Settings(home=other_home, _env_file=None))
    other.upgrade()
    note(database)
    note(other)
    assert head(database) != head(other)
    other.close()


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "id"])
@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_changed_column_is_noticed(database: Database, column: str, number: int) -> None:
    note(database, 5)
    other = "2026-11-23 10:00:00.000001" if column == "at" else "changed"
    tamper(database, f"UPDATE audit SET {column} = ? WHERE id = ?", other, number)
    assert fault(database) == Fault("changed", number)


@pytest.mark.parametrize("column", ["conversation_id", "patient_id", "actor_id", "subject", "reason"])
def test_a_column_that_was_emptied_is_noticed(database: Database, column: str) -> None:
    note(database, 3)
    tamper(database, f"UPDATE audit SET {column} = NULL WHERE id = 2")
    assert fault(database) == Fault("changed", 2)


@pytest.mark.parametrize("rubbish", ["yesterday", "", b"\x00\xff", 7])
@pytest.mark.parametrize("column", ["at", "subject", "chain"])
def test_rubbish_in_a_column_is_a_fault_and_no_crash(database: Database, column: str, rubbish: Any) -> None:
    note(database, 3)
    tamper(database, f"UPDATE audit SET {column} = ? WHERE id = 2", rubbish)
    found = fault(database)
    assert found and found.number == 2


def test_a_value_moved_to_the_next_column_is_noticed(database: Database) -> None:
    note(database, 2, subject="a", reason=None)
    tamper(database, "UPDATE audit SET reason = subject, subject = NULL WHERE id = 2")
    assert fault(database) == Fault("changed", 2)


@pytest.mark.parametrize("number", [1, 2, 4])
def test_an_entry_taken_out_is_missing(database: Database, number: int) -> None:
    note(database, 5)
    tamper(database, "DELETE FROM audit WHERE id = ?", number)
    assert fault(database) == Fault("missing", number)


def test_an_entry_taken_out_and_the_rest_numbered_anew_is_noticed(database: Database) -> None:
    note(database, 5)
    tamper(database, "DELETE FROM audit WHERE id = 3")
    tamper(database, "UPDATE audit SET id = id - 1 WHERE id > 3")
    assert fault(database) == Fault("changed", 3)


def test_entries_that_changed_places_are_noticed(database: Database) -> None:
    note(database, 4)
    for old, new in ((2, 99), (3, 2), (99, 3)):
        tamper(database, "UPDATE audit SET id = ? WHERE id = ?", new, old)
    assert fault(database) == Fault("inserted", 2)  # the third, before the second


def test_an_entry_put_in_between_is_noticed(database: Database) -> None:
    note(database, 4)
    for number in (4, 3):
        tamper(database, "UPDATE audit SET id = ? WHERE id = ?", number + 1, number)
    put_in(database, 3, chain="f" * 64)
    assert fault(database) == Fault("inserted", 3)


@pytest.mark.parametrize("number", [-7, 0])
def test_an_entry_put_in_before_the_first_is_noticed(database: Database, number: int) -> None:
    note(database, 2)
    put_in(database, number, chain="")
    assert fault(database) == Fault("inserted", number)


def test_an_entry_without_a_chain_put_in_at_the_end_is_noticed_also_when_others_follow(database: Database) -> None:
    note(database, 2)
    put_in(database, 3, chain="")
    assert fault(database) == Fault("inserted", 3)
    note(database)
    assert fault(database) == Fault("inserted", 3)


def test_a_copy_of_an_entry_put_in_again_is_noticed(database: Database) -> None:
    note(database, 2)
    put_in(database, 3, chain=rows(database)[1].chain)
    assert fault(database) == Fault("changed", 3)


def test_a_chain_made_with_another_key_is_noticed(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(trail, "chain_key", lambda _connection: b"guessed")
        note(database, 2)
    assert fault(database) == Fault("changed", 1)


# What was written before the chain began.


def test_entries_from_before_the_chain_are_counted_and_the_chain_goes_on_from_them(database: Database) -> None:
    for number in (1, 2, 5):
        put_in(database, number, chain="")
    note(database, 2)
    assert [row.id for row in rows(database)] == [1, 2, 5, 6, 7]
    assert verdict(database) == Verdict(entries=2, older=3, since=MONDAY)


def test_the_first_entries_cannot_be_passed_off_as_older_than_the_chain(database: Database) -> None:
    note(database, 3)
    tamper(database, "UPDATE audit SET chain = '' WHERE id < 3")
    assert fault(database) == Fault("changed", 3)


# Whatever is done.

_CHANGES = st.sampled_from(["change", "delete", "swap", "insert", "blank"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=6),
    what=_CHANGES,
    where=st.integers(0, 1000),
    column=st.sampled_from([name for name in COLUMNS if name not in ("id", "at")]),
)
def test_no_single_change_goes_unnoticed(
    database: Database, sizes: list[int], what: str, where: int, column: str
) -> None:
    """However the entries came about, and whatever is done to whichever of them."""
    tamper(database, "DELETE FROM audit")
    for size in sizes:
        with database.write() as connection:
            add_entries(connection, [ENTRY] * size)
    anchor, count = head(database), sum(sizes)
    assert verdict(database, anchor) == Verdict(entries=count, since=MONDAY, anchors=1)
    number = 1 + where % count
    change(database, what, number, 1 + number % count, column)
    assert fault(database, anchor) is not None


def change(database: Database, what: str, number: int, other: int, column: str) -> None:
    if what == "change" or (what == "swap" and number == other):
        tamper(database, f"UPDATE audit SET {column} = ? WHERE id = ?", "x", number)
    elif what == "delete":
        tamper(database, "DELETE FROM audit WHERE id = ?", number)
    elif what == "blank":
        tamper(database, "UPDATE audit SET chain = '' WHERE id = ?", number)
    elif what == "swap":
        for old, new in ((number, 999), (other, number), (999, other)):
            tamper(database, "UPDATE audit SET id = ? WHERE id = ?", new, old)
    else:
        tamper(database, "UPDATE audit SET id = id + 1000 WHERE id >= ?", number)
        tamper(database, "UPDATE audit SET id = id - 999 WHERE id > 1000")
        put_in(database, number, "0" * 64)
