"""`python -m bot audit …`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app as command_line
from bot.cli_audit import say
from bot.store.audit_anchor import ANCHOR_FILE, AnchorKeeper
from bot.store.audit_check import Verdict
from bot.store.database import Database
from tests.support import MONDAY, HandClock
from tests.unit.audit_support import head, note, put_in, tamper

Verify = Callable[..., tuple[int, str]]


@pytest.fixture()
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands use this test's database."""
    monkeypatch.setenv("BOT_HOME", str(tmp_path))
    monkeypatch.setenv("BOT_DATABASE_URL", "")


@pytest.fixture()
def verify(at_home: None) -> Verify:
    """Runs `python -m bot audit verify …`; gives the exit code and what was printed."""

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(command_line, ["audit", "verify", *arguments])
        return result.exit_code, result.output.strip()

    return run


def test_verify_says_in_one_line_that_all_is_well(database: Database, tmp_path: Path, verify: Verify) -> None:
    keeper = AnchorKeeper(database, tmp_path / ANCHOR_FILE, HandClock())
    for _ in range(2):
        note(database, 2)
        keeper.note()
    assert verify() == (0, "4 entries, unbroken since 23 November 2026; 2 anchors agree.")


def test_verify_on_an_empty_database(verify: Verify) -> None:
    assert verify() == (0, "The audit trail is empty.")


def test_verify_says_what_it_cannot_check(database: Database, verify: Verify) -> None:
    put_in(database, 1, chain="")
    older = "1 entry from before the chain began cannot be checked."
    assert verify() == (0, f"Nothing has been noted since the chain began. {older}")
    note(database)
    code, said = verify()
    assert code == 0
    assert said.startswith("1 entry, unbroken since 23 November 2026; no anchors, so an end")
    assert said.endswith(older)


def test_verify_names_the_first_bad_entry(database: Database, verify: Verify) -> None:
    note(database, 5)
    tamper(database, "UPDATE audit SET outcome = 'x' WHERE id IN (2, 4)")
    assert verify() == (1, "Entry 2 is not as it was written: it was changed.")
    tamper(database, "DELETE FROM audit WHERE id = 2")
    assert verify() == (1, "Entry 2 is missing: it was taken out.")


def test_verify_compares_with_anchors_kept_elsewhere(database: Database, tmp_path: Path, verify: Verify) -> None:
    note(database, 3)
    kept = tmp_path / "elsewhere.log"
    kept.write_text(json.dumps(vars(head(database))) + "\n")
    assert verify("--anchor", str(kept)) == (0, "3 entries, unbroken since 23 November 2026; 1 anchor agrees.")
    tamper(database, "DELETE FROM audit WHERE id = 3")
    code, said = verify("--anchor", str(kept))
    assert code == 1
    assert said.startswith("Entry 3 is not as it was anchored")


def test_verify_refuses_an_anchor_file_that_is_not_there(tmp_path: Path, verify: Verify) -> None:
    code, _ = verify("--anchor", str(tmp_path / "gone.log"))
    assert code == 2


def test_verify_in_json(database: Database, verify: Verify) -> None:
    note(database, 2)
    code, said = verify("--json")
    assert code == 0
    assert json.loads(said) == {
        "ok": True, "entries": 2, "older": 0, "since": "2026-11-23T10:00:00+00:00", "anchors": 0, "fault": None
    }  # fmt: skip
    tamper(database, "DELETE FROM audit WHERE id = 1")
    code, said = verify("--json")
    assert code == 1
    assert json.loads(said)["fault"] == {"what": "missing", "number": 1}


def test_large_numbers_are_readable() -> None:
    whole = Verdict(entries=1234, since=MONDAY, anchors=17)
    assert say(whole) == "1,234 entries, unbroken since 23 November 2026; 17 anchors agree."


def test_show_lists_the_entries_of_one_patient(database: Database, at_home: None) -> None:
    note(database)
    note(database, patient_id="patient-02", action="record.view")
    order = ["audit", "show", "--patient", "patient-02", "--since", "2026-11-01"]
    said = CliRunner().invoke(command_line, order, env={"COLUMNS": "200"}).output
    assert "record.view" in said and "23/11/2026 10:00:00" in said
    assert "appointment.book" not in said
