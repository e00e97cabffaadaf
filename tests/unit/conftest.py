"""A store and a practice for tests that need no conversation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.backend.demo import ensure_demo
from bot.backend.local import LocalBackend
from bot.practice import Practice
from bot.settings import Settings
from bot.store.database import Database, open_database
from tests.support import HandClock


@pytest.fixture()
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(Settings(home=tmp_path, _env_file=None))
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture()
def backend(database: Database, practice: Practice, clock: HandClock) -> LocalBackend:
    ensure_demo(database, practice, clock)
    return LocalBackend(database, practice, clock)
