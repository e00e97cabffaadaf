"""A real browser and a real assistant. Each test has a browser of its own, an untouched demo practice, and an eye on
what no test may cause: a request to anyone else, a script error, a broken content security policy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page, expect, sync_playwright

from tests.browser.people import Phone
from tests.browser.server import PATIENCE, Assistant, PracticeSite
from tests.browser.visits import Visit
from tests.ports import free_port

_FLAGS = (
    "--no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --disable-gpu"
).split()
_AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def _servers(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    port = free_port()
    welcome, stranger = (PracticeSite(f"http://127.0.0.1:{port}") for _ in range(2))
    assistant = Assistant(tmp_path_factory.mktemp("assistant"), port, allowed_sites=[welcome.url])
    try:
        assistant.start()
        yield {"assistant": assistant, "welcome": welcome, "stranger": stranger}
    finally:
        assistant.stop()
        welcome.stop()
        stranger.stop()


@pytest.fixture()
def assistant(_servers: dict[str, Any]) -> Assistant:
    held: Assistant = _servers["assistant"]
    held.begin_afresh()
    return held


@pytest.fixture()
def practice_site(_servers: dict[str, Any]) -> PracticeSite:
    """The practice's own site, on the list of those that may show the chat."""
    return _servers["welcome"]


@pytest.fixture()
def other_site(_servers: dict[str, Any]) -> PracticeSite:
    """A site that is not on the list."""
    return _servers["stranger"]


@pytest.fixture()
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """`visit(**options)`: a fresh browser with Playwright's options for a context."""
    opened: list[Visit] = []

    def open_browser(**options: Any) -> Visit:
        defaults: dict[str, Any] = {"reduced_motion": "reduce", "locale": "en-GB", "timezone_id": "Europe/London"}
        opened.append(Visit(browser.new_context(**(defaults | options))))
        return opened[-1]

    yield open_browser
    for each in opened:
        each.close()


@pytest.fixture()
def page(visit: Callable[..., Visit]) -> Page:
    """The one tab of a fresh browser."""
    return visit().page


@pytest.fixture()
def assert_accessible() -> Callable[[Page | Frame], None]:
    """axe-core finds nothing to complain of."""

    def check(seen: Page | Frame) -> None:
        seen.wait_for_load_state("load")  # before its styles are there, everything is too small to touch
        found = Axe().run(seen, options={**_AXE_RULES, "resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()

    return check


@pytest.fixture()
def phone(visit: Callable[..., Visit], assistant: Assistant) -> Phone:
    """Amira's, somewhere else."""
    page = visit().page
    page.goto(assistant.url)
    return Phone(page).held_by("Amira Khan")
