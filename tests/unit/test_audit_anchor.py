"""The head of the audit trail is kept outside the database: what that shows, that the trail alone cannot."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from structlog.testing import capture_logs

from bot.rasa_compat import _keep_known_keys
from bot.store import audit_anchor
from bot.store.audit_anchor import ANCHOR_FILE, Anchor, AnchorKeeper, UnreadableAnchor, read_anchors
from bot.store.audit_check import Fault, Verdict, check
from bot.store.database import Database
from tests.support import MONDAY, HandClock, Surgery
from tests.unit.audit_support import fault, head, note, tamper, verdict


@pytest.fixture()
def keeper(database: Database, tmp_path: Path, clock: HandClock) -> AnchorKeeper:
    return AnchorKeeper(database, tmp_path / ANCHOR_FILE, clock, every=0.01)


def anchored(tmp_path: Path) -> list[Anchor]:
    return list(read_anchors(tmp_path / ANCHOR_FILE))


def test_an_anchor_is_taken_when_the_head_has_moved_and_only_then(
    database: Database, keeper: AnchorKeeper, tmp_path: Path
) -> None:
    assert not keeper.note()
    note(database, 2)
    assert keeper.note() and not keeper.note()
    first = head(database)
    note(database)
    assert keeper.note()
    assert anchored(tmp_path) == [first, head(database)]
    assert verdict(database, *anchored(tmp_path)).anchors == 2


def test_the_anchor_file_is_its_owners_only_and_says_when(
    database: Database, keeper: AnchorKeeper, tmp_path: Path
) -> None:
    note(database)
    keeper.note()
    path = tmp_path / ANCHOR_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == {"at": MONDAY.isoformat(), "entry": 1, "chain": head(database).chain}


def test_anchors_of_several_processes_stand_side_by_side(database: Database, tmp_path: Path, clock: HandClock) -> None:
    note(database)
    for _ in range(3):
        AnchorKeeper(database, tmp_path / ANCHOR_FILE, clock).note()
    assert anchored(tmp_path) == [head(database)] * 3


def test_an_anchor_goes_to_the_log_as_well(database: Database, keeper: AnchorKeeper) -> None:
    note(database)
    with capture_logs() as logs:
        keeper.note()
    (said,) = logs
    kept = {"event": "audit.head", "entry": 1, "chain": head(database).chain}
    assert kept.items() <= _keep_known_keys(None, "", dict(said)).items()


def test_a_running_keeper_anchors_by_itself_and_once_more_at_the_end(
    database: Database, keeper: AnchorKeeper, tmp_path: Path
) -> None:
    note(database)
    keeper.start()
    note(database, 3)
    keeper.stop()
    assert anchored(tmp_path)[-1] == head(database)
    assert verdict(database, *anchored(tmp_path)).fault is None


def test_the_running_program_anchors_what_its_last_turn_noted(surgery: Surgery) -> None:
    program = surgery.program
    program.dialogue = Mock()  # shared by other tests, and closed by `stop`
    program.start(surgery.network)
    note(program.database)
    expected = head(program.database)
    program.stop()
    assert anchored(program.settings.home) == [expected]


def test_a_disk_that_is_full_is_told_and_the_anchor_is_taken_later(
    database: Database, keeper: AnchorKeeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(database)
    with monkeypatch.context() as patched, capture_logs() as logs:
        patched.setattr(audit_anchor, "_append", raise_(OSError(28, "No space left on device")))
        keeper._try()
    assert [each["event"] for each in logs] == ["audit.not_anchored"]
    keeper._try()
    assert anchored(tmp_path) == [head(database)]


def raise_(error: Exception) -> Callable[..., None]:
    def fails(*_: Any) -> None:
        raise error

    return fails


def test_an_end_that_was_cut_off_is_noticed_by_its_anchor(database: Database) -> None:
    note(database, 4)
    anchor = head(database)
    tamper(database, "DELETE FROM audit WHERE id > 2")
    assert verdict(database) == Verdict(entries=2, since=MONDAY)  # without anchors nobody could tell
    assert fault(database, anchor) == Fault("anchor", 4)
    note(database, 5)
    assert fault(database, anchor) == Fault("anchor", 4)


def test_a_trail_written_anew_with_the_stolen_key_is_noticed_by_an_anchor(database: Database) -> None:
    note(database, 4)
    anchor = head(database)
    tamper(database, "DELETE FROM audit")
    note(database, 6, reason="forged")
    assert verdict(database) == Verdict(entries=6, since=MONDAY)
    assert fault(database, anchor) == Fault("anchor", 4)


def test_a_trail_that_was_emptied_is_noticed_by_an_anchor(database: Database) -> None:
    note(database, 4)
    anchor = head(database)
    tamper(database, "DELETE FROM audit")
    assert fault(database, anchor) == Fault("anchor", 4)


@pytest.mark.parametrize("line", ["", "rubbish", "[]", '{"entry": 2}', '{"entry": "x", "chain": "y"}', "\x00\x00"])
def test_a_line_of_an_anchor_file_that_says_nothing_is_named(database: Database, tmp_path: Path, line: str) -> None:
    note(database)
    good = json.dumps(vars(head(database)))
    (tmp_path / ANCHOR_FILE).write_text(f"{good}\n{line}\n{good}\n")
    with pytest.raises(UnreadableAnchor, match="line 2"):
        anchored(tmp_path)
    with database.read() as connection:
        assert check(connection, read_anchors(tmp_path / ANCHOR_FILE)).fault == Fault("anchor_unreadable", 2)
