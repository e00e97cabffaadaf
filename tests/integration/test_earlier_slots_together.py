"""Earlier times on a real PostgreSQL, where two processes offer them and answers come in at both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.practice import Practice
from bot.settings import Settings
from bot.store.database import open_database
from tests.faults.many_waiting import Day, check
from tests.support import HandClock
from tests.unit.earlier_support import WaitingList, unfair


@pytest.fixture()
def processes(tmp_path: Path, url: str, practice: Practice, clock: HandClock) -> Iterator[list[WaitingList]]:
    databases = [open_database(Settings(home=tmp_path, database_url=url, _env_file=None)) for _ in range(2)]
    databases[0].upgrade()
    yield [WaitingList(each, practice, clock) for each in databases]
    for each in databases:
        each.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_of_a_hundred_who_wait_each_has_their_turn_and_each_slot_one_taker(
    processes: list[WaitingList], clock: HandClock, seed: int
) -> None:
    day = Day(processes, clock, seed)
    day.all_cancel_at_once()
    while day.passes():
        pass
    check(day, unfair)
