"""Staff sign in, leave the desk and come back, in a real browser: in the dark, on a narrow screen, by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bot.clock import system_clock
from bot.practice import load_practice
from bot.settings import ROOT
from bot.staff.accounts import Accounts
from bot.store.database import open_database
from bot.store.staff_tables import staff_session
from tests.browser.people import NO_SIDEWAYS_SCROLL
from tests.browser.server import Assistant
from tests.browser.staff import ROSA, SAMIR, Console
from tests.browser.visits import Visit

PASSCODE = "gravel-lantern-sixpence"


def test_the_console_is_one_click_from_the_pretend_practice(page: Page, assistant: Assistant) -> None:
    page.goto(assistant.url)
    page.get_by_role("navigation", name="Demonstration").get_by_role("link", name="Staff console").click()
    page.get_by_role("button", name="Sign in as Rosa Lindqvist").click()
    expect(page.get_by_role("link", name="Rosa Lindqvist")).to_be_visible()


def test_a_receptionist_signs_in_with_the_keyboard_alone(page: Page, assistant: Assistant) -> None:
    page.goto(f"{assistant.url}/console/sign-in")
    expect(page.get_by_label("Login")).to_be_focused()
    for typed in (ROSA.account.login, ROSA.passcode, pyotp.TOTP(ROSA.authenticator).now()):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Rosa Lindqvist")).to_be_visible()


def test_a_wrong_passcode_is_said_where_a_reader_begins(visit: Callable[..., Visit], assistant: Assistant) -> None:
    visitor = visit()
    visitor.accepts("400 (Bad Request)")
    page = visitor.page
    page.goto(f"{assistant.url}/console/sign-in")
    page.get_by_label("Login").fill("rosa")
    page.get_by_label("Passcode").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title("Error: Sign in – Riverside Surgery staff")


def test_a_screen_is_locked_and_opened_again_where_one_was(page: Page, assistant: Assistant) -> None:
    Console(page, assistant).signed_in()
    page.goto(f"{assistant.url}/console/me")
    page.get_by_role("button", name="Lock").click()
    expect(page.get_by_label("Rosa Lindqvist’s passcode")).to_be_focused()
    page.keyboard.type(ROSA.passcode)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{assistant.url}/console/me")


def test_where_nobody_is_the_screen_locks_and_what_was_typed_is_kept(page: Page, assistant: Assistant) -> None:
    page.clock.install()
    Console(page, assistant).signed_in()
    page.goto(f"{assistant.url}/console/me")
    page.evaluate(
        """() => {
            const form = document.createElement('form');
            form.dataset.draft = '';
            const field = document.createElement('textarea');
            field.name = 'text';
            field.value = 'Dear Amira';
            form.append(field);
            document.querySelector('main').append(form);
        }"""
    )
    page.clock.fast_forward(15 * 60 * 1000 + 6000)
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    assert "Amira" not in page.content()
    database = open_database(assistant.settings)
    with database.read() as connection:
        assert connection.execute(select(staff_session.c.pending)).scalar_one() is not None
    database.close()


def test_a_screen_locked_in_one_tab_is_locked_in_the_other(visit: Callable[..., Visit], assistant: Assistant) -> None:
    visitor = visit()
    first = visitor.page
    Console(first, assistant).signed_in()
    first.goto(f"{assistant.url}/console/me")
    second = visitor.context.new_page()
    second.goto(f"{assistant.url}/console/me")
    second.get_by_role("button", name="Lock").click()
    expect(first.get_by_role("heading", name="Locked")).to_be_visible()


@pytest.fixture()
def set_up_link(assistant: Assistant) -> str:
    database = open_database(assistant.settings)
    accounts = Accounts(database, load_practice(ROOT / "practice.yml"), system_clock)
    token = accounts.add("bo.chief", "Bo Chief", "admin", "boss")
    database.close()
    return f"{assistant.url}/console/set-up/{token}"


def test_an_administrator_sets_up_the_account_and_adds_a_colleague(
    page: Page, assistant: Assistant, set_up_link: str
) -> None:
    page.goto(set_up_link)
    page.get_by_role("button", name="Start").click()
    secret = page.locator(".secret").inner_text()
    page.get_by_label("New passcode").fill(PASSCODE)
    page.get_by_label("The same again").fill(PASSCODE)
    page.get_by_label("The code that the app shows").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", name="Your account is ready")).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("Login").fill("bo.chief")
    page.get_by_label("Passcode").fill(PASSCODE)
    page.get_by_label("Code from").fill(pyotp.TOTP(secret).at(int(system_clock().timestamp()) + 30))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Staff", exact=True).click()
    page.get_by_label("Name").fill("Jo Reed")
    page.get_by_label("Login").fill("jo.reed")
    page.get_by_role("button", name="Add, and show").click()
    expect(page.locator("#link")).to_contain_text("/console/set-up/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_anybody_can_read_and_use_these_pages(
    visit: Callable[..., Visit],
    assistant: Assistant,
    assert_accessible: Callable[[Page], None],
    set_up_link: str,
    scheme: str,
    width: int,
) -> None:
    visitor = visit(viewport={"width": width, "height": 800}, color_scheme=scheme)
    visitor.accepts("40")  # pages that say what is wrong do so with their status
    page = visitor.page

    def check() -> None:
        page.wait_for_load_state()
        assert_accessible(page)
        assert page.evaluate(NO_SIDEWAYS_SCROLL), page.url

    page.goto(set_up_link)
    check()
    page.get_by_role("button", name="Start").click()
    check()
    page.get_by_role("button", name="Finish").click()
    check()
    page.goto(f"{assistant.url}/console/set-up/over")
    check()
    page.goto(f"{assistant.url}/console/sign-in")
    check()
    Console(page, assistant).signed_in(SAMIR)
    for path in ("/console/me", "/console/staff", "/console/nowhere"):
        page.goto(f"{assistant.url}{path}")
        check()
    page.get_by_role("button", name="Lock").click()
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check()
