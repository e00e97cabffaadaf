"""The surgery of the fault suites: its network keeps what it took, as a real one does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.backend.demo import ensure_demo
from bot.dialogue import Dialogue
from tests.faults.support import close_surgery, open_surgery
from tests.support import HandClock, Surgery


@pytest.fixture()
def surgery(tmp_path: Path, dialogue: Dialogue, clock: HandClock) -> Iterator[Surgery]:
    made = open_surgery(tmp_path, dialogue, clock)
    ensure_demo(made.program.database, made.program.practice, clock)
    yield made
    close_surgery(made)
