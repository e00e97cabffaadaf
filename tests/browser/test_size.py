"""What a patient's phone has to load before the chat can be used."""

from __future__ import annotations

import gzip

from playwright.sync_api import Page

from bot.settings import ROOT
from tests.browser.people import asks_for_results, open_widget
from tests.browser.server import Assistant, wait_until

_STATIC = ROOT / "connectors/webchat/static"
_LIMIT = 15_000  # bytes at the start: a second on a slow 3G line
_LATER_LIMIT = 3_000  # bytes with the first answer that refers to the secure page or the record
_LATER = {"cards.js", "cards.css"}


def _files() -> set[str]:
    return {path.name for path in _STATIC.iterdir() if path.suffix in (".js", ".css")}


def _sizes(names: set[str]) -> dict[str, int]:
    return {name: len(gzip.compress((_STATIC / name).read_bytes(), 9)) for name in sorted(names)}


def test_the_widget_is_small() -> None:
    sizes = _sizes(_files() - _LATER)
    assert sum(sizes.values()) < _LIMIT, sizes


def test_what_comes_later_is_small_too() -> None:
    sizes = _sizes(_LATER)
    assert sum(sizes.values()) < _LATER_LIMIT, sizes


def test_the_widget_loads_its_own_few_files_and_nothing_else(page: Page, assistant: Assistant) -> None:
    loaded: list[str] = []
    page.on("response", lambda response: loaded.append(response.url.removeprefix(assistant.url)))

    def parts() -> set[str]:
        ours = [path for path in loaded if path.startswith("/chat/") and path.endswith((".js", ".css"))]
        return {path.rpartition("/")[2] for path in ours}

    page.goto(assistant.url)
    chat = open_widget(page)
    assert parts() == _files() - _LATER
    asks_for_results(chat, assistant)
    wait_until(lambda: parts() == _files())
