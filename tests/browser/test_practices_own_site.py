"""The widget on the practice's own site: another origin, a strict policy, and one script tag."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.people import AMIRA, books, frame_of, open_widget
from tests.browser.server import Assistant, PracticeSite
from tests.browser.visits import Visit


def test_a_patient_books_on_the_practices_own_site(
    page: Page, assistant: Assistant, practice_site: PracticeSite
) -> None:
    page.goto(practice_site.url)
    chat = open_widget(page)
    books(chat, assistant, AMIRA)
    assert page.evaluate("[document.cookie, localStorage.length]") == ["", 0]


def test_a_site_that_is_not_on_the_list_cannot_show_the_chat(
    visit: Callable[..., Visit], assistant: Assistant, other_site: PracticeSite
) -> None:
    visitor = visit()
    visitor.accepts("'postMessage'")  # nobody is there to be told
    visitor.accepts("frame-ancestors")
    page = visitor.page
    page.goto(other_site.url)
    with page.expect_event("requestfailed") as refused:
        page.get_by_role("button", name="Chat to the surgery").click()
    assert refused.value.failure == "net::ERR_BLOCKED_BY_RESPONSE"
    assert frame_of(page).locator("#messages").count() == 0


def test_answers_that_come_while_the_widget_is_shut_are_counted(page: Page, assistant: Assistant) -> None:
    page.goto(assistant.url)
    chat = open_widget(page)
    page.route("**/chat/messages", lambda route: _send_when_shut(page, route))
    chat.says("are you open on friday")
    launcher = page.get_by_role("button", name="Chat to the surgery. New messages: 1")
    expect(launcher).to_be_visible()
    launcher.click()
    chat.hears("We are open")
    expect(page.get_by_role("button", name="Chat to the surgery", exact=True)).to_have_attribute(
        "aria-expanded", "true"
    )


def test_on_a_phone_the_widget_fills_the_screen_and_nothing_behind_it_can_be_reached(
    visit: Callable[..., Visit], assistant: Assistant
) -> None:
    page = visit(viewport={"width": 375, "height": 700}, has_touch=True, is_mobile=True).page
    page.goto(assistant.url)
    chat = open_widget(page)
    box = page.locator("iframe").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 375, "height": 700}
    assert page.evaluate("document.querySelector('main').inert")
    chat.inside.get_by_role("button", name="Close chat").click()
    expect(page.get_by_role("button", name="Chat to the surgery")).to_be_focused()
    assert not page.evaluate("document.querySelector('main').inert")


def _send_when_shut(page: Page, route) -> None:
    page.get_by_role("button", name="Chat to the surgery").click()
    route.continue_()
