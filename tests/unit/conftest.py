"""A store and a practice for tests that need no conversation."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.backend.local import LocalBackend
from bot.practice import Practice
from bot.settings import Settings
from bot.store.database import Database, open_database
from tests.support import HandClock


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with nothing in it, made once and copied for each test."""
    home = tmp_path_factory.mktemp("empty")
    made = open_database(Settings(home=home, _env_file=None))
    made.upgrade()
    made.close()
    return home


@pytest.fixture()
def database(
    request: pytest.FixtureRequest, tmp_path: Path, empty_home: Path, prepared_home: Path
) -> Iterator[Database]:
    """Empty, or with the demo practice where a test asks for its backend, too."""
    home = prepared_home if "backend" in request.fixturenames else empty_home
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    opened = open_database(Settings(home=tmp_path, _env_file=None))
    yield opened
    opened.close()


@pytest.fixture()
def backend(database: Database, practice: Practice, clock: HandClock) -> LocalBackend:
    return LocalBackend(database, practice, clock)
