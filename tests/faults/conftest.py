"""The surgery of the fault suites: its network keeps what it took, as a real one does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.dialogue import Dialogue
from tests.faults.support import close_surgery, open_surgery
from tests.support import HandClock, Surgery


@pytest.fixture()
def surgery(tmp_path: Path, prepared_home: Path, dialogue: Dialogue, clock: HandClock) -> Iterator[Surgery]:
    shutil.copytree(prepared_home, tmp_path, dirs_exist_ok=True)
    made = open_surgery(tmp_path, dialogue, clock)
    yield made
    close_surgery(made)
