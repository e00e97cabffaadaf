"""What a patient's phone has to load before the chat can be used."""

from __future__ import annotations

import gzip

from playwright.sync_api import Page

from bot.settings import ROOT
from tests.browser.people import open_widget
from tests.browser.server import Assistant

_STATIC = ROOT / "connectors/webchat/static"
_LIMIT = 15_000  # bytes: a second on a slow 3G line


def test_the_widget_is_small() -> None:
    files = [path for path in _STATIC.iterdir() if path.suffix in (".js", ".css")]
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in files}
    assert sum(sizes.values()) < _LIMIT, sizes


def test_the_widget_loads_its_own_few_files_and_nothing_else(page: Page, assistant: Assistant) -> None:
    loaded: list[str] = []
    page.on("response", lambda response: loaded.append(response.url.removeprefix(assistant.url)))
    page.goto(assistant.url)
    open_widget(page)
    static = {path.name for path in _STATIC.iterdir() if path.suffix in (".js", ".css")}
    parts = {path.rpartition("/")[2] for path in loaded if path.startswith("/chat/") and path.endswith((".js", ".css"))}
    assert parts == static
