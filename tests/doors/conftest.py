"""The doors of a surgery: with Twilio on https, or with the demonstration on plain http."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue import Dialogue
from tests.doors.support import PLAIN_URL, TWILIO, Doors, open_doors
from tests.support import HandClock


@pytest.fixture()
def opening(
    tmp_path: Path, prepared_home: Path, dialogue: Dialogue, clock: HandClock
) -> Iterator[Callable[..., Doors]]:
    """Opens doors with the settings of a test's choice, and shuts them after it. A second one has keys of its own."""
    opened: list[Doors] = []

    def open_with(**settings: Any) -> Doors:
        home = tmp_path / f"home-{len(opened)}"
        home.mkdir()
        if not opened:
            shutil.copytree(prepared_home, home, dirs_exist_ok=True)
        opened.append(open_doors(home, dialogue, clock, **settings))
        return opened[-1]

    yield open_with
    for doors in opened:
        doors.surgery.program.notices.stop()
        doors.surgery.program.database.close()


@pytest.fixture()
def doors(opening: Callable[..., Doors]) -> Doors:
    """A surgery with a Twilio account, known by its https address."""
    return opening(**TWILIO)


@pytest.fixture()
def demo(opening: Callable[..., Doors]) -> Doors:
    """The demonstration, as `serve --demo` shows it on this machine."""
    return opening(demo=True, public_url=PLAIN_URL)
