"""Sealed columns and blind indexes."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, String, Table, create_engine, insert, select
from sqlalchemy.exc import StatementError

from bot.store.database import Database
from bot.store.outbox import queue_text
from bot.store.private import CannotOpen, Index, Keyring, Private, Sealed, SealedValue
from tests.support import AMIRA, MONDAY

KEY, OTHER_KEY, PEPPER = b"k" * 32, b"o" * 32, b"p" * 32
ring = Keyring({"k1": KEY}, "k1", PEPPER)


@given(st.text(), st.text(min_size=1))
def test_what_is_sealed_opens_again(text: str, owner: str) -> None:
    assert ring.open(ring.seal(text, f"message.text|{owner}"), f"message.text|{owner}") == text


def test_the_same_words_never_look_the_same_twice() -> None:
    assert ring.seal("knee pain", "message.text|a") != ring.seal("knee pain", "message.text|a")


def test_sealed_words_cannot_be_read() -> None:
    assert b"knee pain" not in ring.seal("knee pain", "message.text|a")


def test_a_value_moved_to_another_owner_does_not_open() -> None:
    sealed = ring.seal("knee pain", "message.text|mine")
    with pytest.raises(CannotOpen):
        SealedValue(sealed, "message.text", ring).open("yours")


def test_a_value_moved_to_another_column_does_not_open() -> None:
    sealed = ring.seal("knee pain", "message.text|mine")
    with pytest.raises(CannotOpen):
        SealedValue(sealed, "escalation.summary", ring).open("mine")


def test_a_changed_value_does_not_open() -> None:
    sealed = bytearray(ring.seal("knee pain", "message.text|mine"))
    for position in range(1, len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(CannotOpen):
            ring.open(bytes(changed), "message.text|mine")


def test_a_value_cut_short_does_not_open() -> None:
    with pytest.raises(CannotOpen):
        ring.open(ring.seal("knee pain", "message.text|mine")[:-1], "message.text|mine")


def test_a_value_sealed_with_an_unknown_key_names_the_key() -> None:
    sealed = Keyring({"k9": OTHER_KEY}, "k9", PEPPER).seal("knee pain", "message.text|mine")
    with pytest.raises(CannotOpen, match="k9"):
        ring.open(sealed, "message.text|mine")


def test_the_reason_a_value_does_not_open_names_no_owner() -> None:
    sealed = ring.seal("knee pain", "message.text|mine")
    with pytest.raises(CannotOpen) as refusal:
        ring.open(sealed, "message.text|yours")
    assert "yours" not in str(refusal.value)


def test_while_a_key_is_replaced_old_and_new_values_open() -> None:
    both = Keyring({"k1": KEY, "k2": OTHER_KEY}, "k2", PEPPER)
    assert both.open(ring.seal("old", "a|b"), "a|b") == "old"
    assert both.open(both.seal("new", "a|b"), "a|b") == "new"


def test_new_values_are_sealed_with_the_current_key() -> None:
    both = Keyring({"k1": KEY, "k2": OTHER_KEY}, "k2", PEPPER)
    with pytest.raises(CannotOpen, match="k2"):
        ring.open(both.seal("new", "a|b"), "a|b")


def test_a_blind_index_is_stable_and_tells_fields_apart() -> None:
    assert ring.index("+447700900001", "mobile") == ring.index("+447700900001", "mobile")
    assert ring.index("+447700900001", "mobile") != ring.index("+447700900002", "mobile")
    assert ring.index("+447700900001", "mobile") != ring.index("+447700900001", "address")
    assert "447700900001" not in ring.index("+447700900001", "mobile")


def test_a_blind_index_needs_the_pepper() -> None:
    assert ring.index("x", "mobile") != Keyring({"k1": KEY}, "k1", b"q" * 32).index("x", "mobile")


def test_a_blind_index_outlives_a_change_of_key() -> None:
    both = Keyring({"k1": KEY, "k2": OTHER_KEY}, "k2", PEPPER)
    assert both.index("+447700900001", "mobile") == ring.index("+447700900001", "mobile")


def test_secrets_for_different_purposes_differ_and_stay() -> None:
    assert ring.secret("codes") == ring.secret("codes") != ring.secret("links")


def test_the_key_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    Keyring.at(tmp_path / "keys.json")
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_the_key_file_is_made_once(tmp_path: Path) -> None:
    sealed = Keyring.at(tmp_path / "keys.json").seal("knee pain", "a|b")
    assert Keyring.at(tmp_path / "keys.json").open(sealed, "a|b") == "knee pain"


def test_many_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        rings = list(pool.map(lambda _: Keyring.at(tmp_path / "keys.json"), range(16)))
    sealed = rings[0].seal("knee pain", "a|b")
    assert {each.open(sealed, "a|b") for each in rings} == {"knee pain"}
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def test_a_second_key_put_into_the_file_is_used(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    sealed = Keyring.at(path).seal("old", "a|b")
    held = json.loads(path.read_text())
    held["keys"]["k2"] = "A" * 43 + "="
    held["current"] = "k2"
    path.write_text(json.dumps(held))
    assert Keyring.at(path).open(sealed, "a|b") == "old"
    assert Keyring.at(path).current == "k2"


def test_private_text_hides_in_a_repr() -> None:
    assert "knee" not in repr(Private("knee pain", "mine"))
    assert "knee" not in f"{[Private('knee pain', 'mine')]}"
    assert "knee" not in repr(SealedValue(ring.seal("knee pain", "a|b"), "a", ring))


def test_a_sealed_column_stores_no_clear_text_and_a_blind_index_can_be_searched() -> None:
    table = Table(
        "note",
        MetaData(),
        Column("id", String, primary_key=True),
        Column("text", Sealed("note.text")),
        Column("number", Index("mobile")),
    )
    engine = create_engine("sqlite://", future=True)
    engine.dialect.keyring = ring
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(insert(table).values(id="a", text=Private("knee pain", "a"), number="+447700900001"))
        connection.execute(insert(table).values(id="b", text=None, number=None))
        row = connection.execute(select(table).where(table.c.number == "+447700900001")).one()
        raw = connection.exec_driver_sql("SELECT text, number FROM note WHERE id = 'a'").one()
        empty = connection.execute(select(table).where(table.c.id == "b")).one()
    assert row.text.open("a") == "knee pain"
    assert b"knee" not in raw.text and "7700" not in raw.number
    assert empty.text is None and empty.number is None


def test_a_failed_statement_does_not_tell_its_values(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'bot.db'}", Keyring.at(tmp_path / "keys.json"))
    database.upgrade()
    naive = MONDAY.replace(tzinfo=None)
    with pytest.raises(StatementError) as failure, database.write() as connection:
        queue_text(connection, AMIRA, "Your code is 123456", 1, naive)
    assert AMIRA not in str(failure.value)
    assert "123456" not in str(failure.value)
    database.close()
