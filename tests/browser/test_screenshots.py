"""Pictures for the documentation. `SCREENSHOTS=1 python -m pytest tests/browser -k pictures` puts them there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.settings import ROOT
from tests.browser.people import AMIRA, Phone, asks_for_results, books, open_chat, open_widget, passcode_of, request_for
from tests.browser.server import Assistant, wait_until
from tests.browser.visits import Visit


@pytest.fixture()
def folder(tmp_path: Path) -> Path:
    return ROOT / "docs/screenshots" if os.environ.get("SCREENSHOTS") == "1" else tmp_path


def test_pictures_of_the_demo_page(visit: Callable[..., Visit], assistant: Assistant, folder: Path) -> None:
    page = visit(viewport={"width": 1280, "height": 900}).page
    page.goto(assistant.url)
    phone = Phone(page).held_by("Amira Khan")
    chat = open_widget(page)
    books(chat, assistant, AMIRA)
    phone.hears("is your code")
    phone.says("when is my appointment")
    phone.hears("Your next appointment is")
    chat.box.focus()
    _take(page, folder, "demo")
    page.locator("iframe").screenshot(path=folder / "chat-booked.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_of_a_conversation(
    visit: Callable[..., Visit], assistant: Assistant, folder: Path, scheme: str
) -> None:
    page = visit(viewport={"width": 440, "height": 800}, color_scheme=scheme, device_scale_factor=2).page
    chat = open_chat(page, assistant)
    chat.says(request_for())
    chat.identifies(assistant, AMIRA)
    chat.hears("Which one would you like?")
    _scroll_to_newest(page)
    _take(page, folder, f"chat-{scheme}")


def test_pictures_of_a_small_phone(visit: Callable[..., Visit], assistant: Assistant, folder: Path) -> None:
    page = visit(viewport={"width": 320, "height": 640}, device_scale_factor=2, is_mobile=True, has_touch=True).page
    chat = open_chat(page, assistant)
    books(chat, assistant, AMIRA)
    _scroll_to_newest(page)
    _take(page, folder, "chat-small-phone")


def test_pictures_of_an_urgent_answer(visit: Callable[..., Visit], assistant: Assistant, folder: Path) -> None:
    page = visit(viewport={"width": 440, "height": 800}, device_scale_factor=2).page
    chat = open_chat(page, assistant)
    chat.says("my dad has bad chest pain")
    chat.hears("Call 999")
    _take(page, folder, "chat-urgent")


def test_pictures_of_proving_and_reading(visit: Callable[..., Visit], assistant: Assistant, folder: Path) -> None:
    page = visit(viewport={"width": 440, "height": 800}, device_scale_factor=2).page
    chat = open_chat(page, assistant)
    asks_for_results(chat, assistant)
    _take(page, folder, "chat-proof")
    secure = chat.opens("Open the secure page")
    secure.shows("Show that it is you")
    secure.page.screenshot(path=folder / "secure-proof.png")
    secure.logs_in(passcode_of("Amira"))
    secure.shows("Test results")
    secure.page.screenshot(path=folder / "secure-results.png")
    secure.page.get_by_role("link", name="HbA1c").first.click()
    secure.shows("HbA1c")
    secure.page.screenshot(path=folder / "secure-result.png", full_page=True)
    page.bring_to_front()
    expect(chat.card).to_contain_text("HbA1c")
    _take(page, folder, "chat-card")


def _scroll_to_newest(page: Page) -> None:
    log = page.locator("#log")
    log.evaluate("(log) => log.scrollTo(0, log.scrollHeight)")
    wait_until(lambda: log.evaluate("(log) => log.scrollHeight - log.clientHeight - log.scrollTop < 2"))


def _take(page: Page, folder: Path, name: str) -> None:
    expect(page.locator(".state", has_text="Sending")).to_have_count(0)
    page.screenshot(path=folder / f"{name}.png")
