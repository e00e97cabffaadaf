"""What staff have in front of them: the console, with its keys."""

from __future__ import annotations

import re
from re import Pattern

from playwright.sync_api import Locator, Page, expect

from bot.backend.demo_staff import STAFF, DemoMember
from bot.clock import system_clock
from bot.staff.sessions import Sessions
from bot.store import staff
from bot.store.database import open_database
from bot.store.staff import Account
from tests.browser.server import Assistant

ROSA, SAMIR, NGOZI = STAFF  # a receptionist, a supervisor, and a clinician


class Console:
    """One member's screen."""

    def __init__(self, page: Page, assistant: Assistant) -> None:
        self.page, self._url = page, assistant.url
        self.reply = page.get_by_label("Reply to the patient")
        self.shortcuts = page.get_by_role("button", name="Keyboard shortcuts")  # there once the keys are
        self.thread = page.get_by_role("region", name="What was said")

    def signed_in(self, member: DemoMember = ROSA) -> Console:
        """By the demonstration's button."""
        self.page.goto(f"{self._url}/console/sign-in")
        with self.page.expect_request(re.compile("/console/events")):  # from here on it hears what happens
            self.page.get_by_role("button", name=f"Sign in as {member.account.name}").click()
        expect(self.page.get_by_role("link", name=member.account.name)).to_be_visible()
        return self

    def opens(self, path: str) -> None:
        self.page.goto(f"{self._url}{path}")

    def row(self, name: str) -> Locator:
        """Somebody who waits in the queue."""
        return self.page.locator("[data-row]").filter(has_text=name)

    def takes_over(self, name: str) -> None:
        """With two keys, from the queue; they are first in it."""
        expect(self.row(name)).to_be_visible()
        expect(self.shortcuts).to_be_visible()
        self.page.keyboard.press("j")
        expect(self.row(name).get_by_role("link")).to_be_focused()
        self.page.keyboard.press("c")
        self.page.wait_for_url("**/console/conversations/*")

    def writes(self, text: str) -> None:
        self.page.keyboard.press("r")
        expect(self.reply).to_be_focused()
        self.page.keyboard.type(text)

    def sends(self) -> None:
        self.page.keyboard.press("Tab")
        expect(self.page.get_by_role("button", name="Send to patient")).to_be_focused()
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**#newest")

    def sees(self, words: str | Pattern[str]) -> None:
        expect(self.thread).to_contain_text(words)

    def gives_back(self) -> None:
        self.page.keyboard.press("b")
        self.page.wait_for_url("**/console")

    def rings(self) -> None:
        self.page.wait_for_function("document.getElementById('bell').currentTime > 0")

    def has_rung(self) -> bool:
        return bool(self.page.locator("#bell").evaluate("(bell) => bell.currentTime > 0"))


def let_in(page: Page, assistant: Assistant, role: str, name: str = "Jo Reed") -> Console:
    """Somebody of this role, whose account is new, has signed in here."""
    database = open_database(assistant.settings)
    account = Account(f"staff-{role}", role, name, role)
    with database.write() as connection:
        staff.add_staff(connection, account, system_clock())
    token = Sessions(database, system_clock).enter(account.login).token
    database.close()
    page.context.add_cookies([{"name": "console", "value": token, "url": assistant.url}])
    return Console(page, assistant)
