"""Fixtures that every suite shares. The trained model is loaded once a session; each test has a store of its own."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from bot.actions.registry import all_actions
from bot.dialogue import Dialogue
from bot.practice import Practice, load_practice
from bot.program import newest_model
from bot.settings import ROOT
from tests.once import do_once
from tests.support import HandClock, NoDialogue, Surgery, make_surgery

# How long an example takes says nothing on a busy machine.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


def pytest_configure() -> None:
    """Stores are kept in memory where there is room: most of what a commit takes is waiting for the disk."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > 2**30:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def pytest_collection_finish() -> None:
    """What is imported and collected stays to the end: the garbage collector need not go through it again and again."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _done_once() -> Iterator[None]:
    """What every program does anew and comes to the same; see `tests.once`."""
    with pytest.MonkeyPatch.context() as patch:
        do_once(patch)
        yield


@pytest.fixture(scope="session")
def dialogue() -> Iterator[Dialogue]:
    models = Path(os.environ.get("BOT_TEST_MODELS", ROOT / "models"))
    loaded = Dialogue(newest_model(models), all_actions())
    gc.freeze()
    yield loaded
    loaded.close()


@pytest.fixture()
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="session")
def practice() -> Practice:
    return load_practice(ROOT / "practice.yml")


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the demo practice, made once and copied for each test."""
    home = tmp_path_factory.mktemp("prepared")
    make_surgery(home, NoDialogue(), HandClock()).program.database.close()
    return home


@pytest.fixture()
def surgery(tmp_path: Path, prepared_home: Path, dialogue: Dialogue, clock: HandClock) -> Iterator[Surgery]:
    shutil.copytree(prepared_home, tmp_path, dirs_exist_ok=True)
    made = make_surgery(tmp_path, dialogue, clock)
    yield made
    made.program.notices.stop()
    made.program.database.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """In CI a skipped test is a failure: everything it needs is installed there, but for the public corpora."""
    outcome = yield
    report = outcome.get_result()
    is_without_corpus = report.skipped and "not present" in str(report.longrepr)
    if os.environ.get("CI") == "true" and report.skipped and not is_without_corpus and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
