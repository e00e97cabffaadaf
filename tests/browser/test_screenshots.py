"""Pictures for the documentation. `SCREENSHOTS=1 python -m pytest tests/browser -k pictures` puts them there."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert

from benchmarks.console_history import add_history
from bot.clock import system_clock
from bot.program import Program
from bot.settings import ROOT
from bot.store.database import open_database
from bot.store.private import Private
from bot.store.tables import conversation, message
from tests.browser.people import AMIRA, Phone, asks_for_results, books, open_chat, open_widget, passcode_of, request_for
from tests.browser.server import Assistant, wait_until
from tests.browser.staff import SAMIR, Console
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_of_the_console(visit: Callable[..., Visit], assistant: Assistant, folder: Path, scheme: str) -> None:
    patients = visit().page
    patients.goto(assistant.url)
    _write(patients, "Tom Barker", "can i speak to a person please", "I have passed this to our staff")
    _write(patients, "Hannah Lewis", "i have crushing chest pain", "Call 999")
    _write(patients, "Amira Khan", request_for(), "Which one?")
    _write(patients, "Amira Khan", "can i speak to a person please", "I have passed this to our staff")
    page = visit(viewport={"width": 1280, "height": 860}, color_scheme=scheme).page
    rosa = Console(page, assistant).signed_in()
    expect(rosa.row("Amira Khan")).to_be_visible()
    page.screenshot(path=folder / f"console-queue-{scheme}.png")
    rosa.row("Amira Khan").get_by_role("button", name="Take over").click()
    page.wait_for_url("**/console/conversations/*")
    rosa.writes("Hello Amira, Rosa here. Would Dr Okafor do, too?")
    page.screenshot(path=folder / f"console-conversation-{scheme}.png", full_page=True)


def test_pictures_of_the_console_on_a_phone(visit: Callable[..., Visit], assistant: Assistant, folder: Path) -> None:
    patients = visit().page
    patients.goto(assistant.url)
    _write(patients, "Hannah Lewis", "i have crushing chest pain", "Call 999")
    page = visit(viewport={"width": 390, "height": 780}, device_scale_factor=2, is_mobile=True, has_touch=True).page
    rosa = Console(page, assistant).signed_in()
    rosa.row("Hannah Lewis").get_by_role("button", name="Take over").tap()
    page.wait_for_url("**/console/conversations/*")
    page.screenshot(path=folder / "console-phone.png")


def test_pictures_of_the_desk_and_the_overview(visit: Callable[..., Visit], assistant: Assistant, folder: Path) -> None:
    _add_quarter(assistant)
    page = visit(viewport={"width": 1280, "height": 860}).page
    samir = Console(page, assistant).signed_in(SAMIR)
    for path, name in (
        ("/desk/patient-01", "desk"),
        ("/desk/patient-10/register", "register"),
        ("/overview", "overview"),
    ):
        samir.opens(f"/console{path}")
        page.screenshot(path=folder / f"console-{name}.png", full_page=name != "desk")


def _add_quarter(assistant: Assistant) -> None:
    """What the overview counts: conversations of three months, more of them on some days than on others."""
    database, now = open_database(assistant.settings), system_clock()
    ids = [f"{number:032x}" for number in range(1500)]
    with database.write() as connection:
        connection.execute(insert(conversation), [_conversation(each, now) for each in ids])
        connection.execute(insert(message), [_message(each, now) for each in ids])
    add_history(cast(Program, SimpleNamespace(database=database, clock=system_clock)), ids, 0)
    database.close()


def _conversation(identifier: str, now: datetime) -> dict[str, Any]:
    number = int(identifier, 16)
    at = now - timedelta(days=Random(number).randrange(90), minutes=number % 600)
    channel = "sms" if number % 3 else "web"
    held = {"address_index": identifier, "address": Private(identifier, identifier), "closed_at": at}
    return {"id": identifier, "channel": channel, "started_at": at, "last_activity_at": at, **held}


def _message(owner: str, now: datetime) -> dict[str, Any]:
    return {"conversation_id": owner, "author": "patient", "text": Private("hello", owner), "at": now, "done_at": now}


def _write(page: Page, name: str, text: str, answer: str) -> None:
    phone = Phone(page).held_by(name)
    phone.says(text)
    phone.hears(answer)


def _scroll_to_newest(page: Page) -> None:
    log = page.locator("#log")
    log.evaluate("(log) => log.scrollTo(0, log.scrollHeight)")
    wait_until(lambda: log.evaluate("(log) => log.scrollHeight - log.clientHeight - log.scrollTop < 2"))


def _take(page: Page, folder: Path, name: str) -> None:
    expect(page.locator(".state", has_text="Sending")).to_have_count(0)
    page.screenshot(path=folder / f"{name}.png")
