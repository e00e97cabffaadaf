"""What people have in front of them: the chat, on its own page or in the widget, and the pretend phone."""

from __future__ import annotations

import re
from datetime import date, timedelta
from re import Pattern

from playwright.sync_api import Frame, FrameLocator, Locator, Page, expect

from bot.backend.demo_people import PATIENTS, passcodes
from tests.browser.server import Assistant, code_in, wait_until

AMIRA = "07700 900001"  # nothing booked
TOM = "07700 900002"  # one appointment
MENSAH = "07700 900003"  # Grace and Daniel share it
HANNAH = "07700 900008"
ZAINAB = "07700 900009"  # one appointment

NO_SIDEWAYS_SCROLL = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def request_for(clinician: str = "dr patel") -> str:
    """Free words for a weekday afternoon within days, whatever the day is today."""
    day = date.today() + timedelta(days=2)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return f"can i see {clinician} {day:%a} pm".lower()


class Chat:
    """The chat as a person reads and uses it. `inside` is the page, or the widget's frame."""

    def __init__(self, page: Page, inside: Page | FrameLocator) -> None:
        self.page, self.inside = page, inside
        self.box = inside.get_by_label("Your message")
        self.log = inside.locator("#log")
        self.rows = inside.locator("#messages .row")
        self.own = inside.locator("#messages .patient")

    def says(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def presses(self, label: str) -> None:
        """Press the button, among those that still count, whose label begins so."""
        live = self.inside.locator(".replies button:not([aria-disabled])")
        live.filter(has_text=re.compile(f"^{re.escape(label)}")).first.click()

    def hears(self, words: str | Pattern[str]) -> Locator:
        """The newest message is an answer with these words."""
        newest = self.rows.last
        expect(newest).to_contain_text(words)
        expect(newest).not_to_have_class(re.compile("patient"))
        return newest

    def identifies(self, assistant: Assistant, number: str) -> None:
        self.hears("mobile number")
        self.says(number)
        self.hears("6-digit code")
        self.says(assistant.code_sent_to(number))

    def opens(self, label: str) -> SecurePage:
        """Press the newest button of this name; gives the tab that it opens."""
        with self.page.context.expect_page() as opened:
            self.inside.get_by_role("button", name=label).last.click()
        return SecurePage(opened.value)

    @property
    def card(self) -> Locator:
        """The newest card."""
        return self.inside.locator(".record").last

    @property
    def texts(self) -> list[str]:
        """Every message on the screen, in order, without who said it and when."""
        return self.inside.locator("#messages .text").all_inner_texts()


class Phone:
    """The pretend phone beside the practice's site."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.section = page.get_by_role("region", name="A patient’s phone")
        self.box = self.section.get_by_label("Text message", exact=True)
        self.bubbles = self.section.locator("#thread .bubble")

    def held_by(self, name: str) -> Phone:
        holder = self.section.get_by_label("Who holds the phone?")
        option = holder.locator("option").filter(has_text=name).first
        holder.select_option(option.get_attribute("value"))
        return self

    def says(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def hears(self, words: str | Pattern[str]) -> str:
        """The newest text has these words; gives it."""
        newest = self.section.locator("#thread .text").last
        expect(newest).to_have_class(re.compile("got"))
        expect(newest).to_contain_text(words)
        return self.bubbles.last.inner_text()

    def opens_link(self) -> SecurePage:
        with self.page.context.expect_page() as opened:
            self.bubbles.last.get_by_role("link").click()
        return SecurePage(opened.value)

    def reads_code(self) -> str:
        return code_in(self.hears("is your code"))


class SecurePage:
    """The tab that a link opened."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.passcode = page.get_by_label("Passcode")

    def shows(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def presses(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def logs_in(self, passcode: str) -> None:
        self.shows("Show that it is you")
        self.passcode.fill(passcode)
        self.presses("Log in")


def passcode_of(name: str) -> str:
    """A demo patient's, by first name."""
    return passcodes()[next(each.patient.id for each in PATIENTS if each.patient.first_name == name)]


def open_widget(page: Page) -> Chat:
    """Press the button on the practice's site."""
    page.get_by_role("button", name="Chat to the surgery").click()
    chat = Chat(page, page.frame_locator("iframe"))
    chat.hears("automated assistant")
    return chat


def open_chat(page: Page, assistant: Assistant) -> Chat:
    """The chat on a page of its own."""
    page.goto(f"{assistant.url}/chat")
    chat = Chat(page, page)
    chat.hears("automated assistant")
    return chat


def frame_of(page: Page) -> Frame:
    """The widget's frame, to look inside."""
    return wait_until(lambda: next((each for each in page.frames if each != page.main_frame), None))


def asks_for_results(chat: Chat, assistant: Assistant, number: str = AMIRA) -> None:
    """Up to the link."""
    chat.says("show me my test results")
    chat.identifies(assistant, number)
    chat.hears("prove who you are")
    expect(chat.inside.get_by_role("button", name="Open the secure page").last).to_be_visible()


def sees_results(chat: Chat, assistant: Assistant) -> SecurePage:
    """All of it as Amira Khan, up to the card; gives the secure page, still open."""
    asks_for_results(chat, assistant)
    secure = chat.opens("Open the secure page")
    secure.logs_in(passcode_of("Amira"))
    secure.shows("Test results")
    expect(chat.card).to_contain_text("HbA1c")
    return secure


def books(chat: Chat, assistant: Assistant, number: str) -> Locator:
    """All of a booking, the short way; gives the last answer."""
    chat.says(request_for())
    chat.identifies(assistant, number)
    chat.hears("Which one would you like?")
    chat.presses("1.")
    chat.presses("No reason")
    chat.presses("Yes, book it")
    return chat.hears("Your reference is")
