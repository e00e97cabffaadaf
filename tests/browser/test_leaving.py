"""A shared or watched screen: what a patient leaves behind is nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Chat, open_chat, open_widget
from tests.browser.server import Assistant, wait_until
from tests.browser.visits import LEAVE_TO, Visit

_SECRET = "i think i might be pregnant"
_STORED = "[document.cookie, localStorage.length, sessionStorage.length]"


def test_the_quick_exit_leaves_nothing(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    _tell_a_secret(chat)
    page.get_by_role("link", name="Leave this page").click()
    _assert_gone(page, assistant)


def test_pressing_shift_three_times_leaves_nothing(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    _tell_a_secret(chat)
    for _ in range(3):
        page.keyboard.press("Shift")
    _assert_gone(page, assistant)


def test_capitals_do_not_count_as_leaving(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    chat.box.focus()
    for letter in "OK THANKS":
        page.keyboard.press(f"Shift+{letter}" if letter != " " else "Space")
    expect(chat.box).to_have_value("OK THANKS")
    assert page.url == f"{assistant.url}/chat"


@pytest.mark.parametrize("way", ["button", "keys"])
def test_leaving_from_the_widget_takes_the_whole_page_away(page: Page, assistant: Assistant, way: str) -> None:
    page.goto(assistant.url)
    chat = open_widget(page)
    _tell_a_secret(chat)
    if way == "button":
        chat.inside.get_by_role("link", name="Leave this page").click()
    else:
        for _ in range(3):
            page.keyboard.press("Shift")
    _assert_gone(page, assistant)


def test_ending_the_chat_takes_the_messages_away(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    _tell_a_secret(chat)
    page.get_by_role("button", name="End chat").click()
    notice = page.get_by_role("group", name="End this chat?")
    expect(notice).to_be_focused()
    notice.get_by_role("button", name="Keep chatting").click()
    expect(chat.own).to_have_count(1)
    page.get_by_role("button", name="End chat").click()
    notice.get_by_role("button", name="End chat").click()
    expect(page.locator("#notice")).to_contain_text("You ended this chat.")
    expect(chat.rows).to_have_count(0)
    wait_until(lambda: page.context.cookies() == [])
    page.get_by_role("button", name="Start a new chat").click()
    chat.hears("automated assistant")
    assert len(chat.texts) == 1


def test_an_end_that_did_not_get_through_is_told_again_before_a_new_chat(
    visit: Callable[..., Visit], assistant: Assistant
) -> None:
    visitor = visit()
    visitor.accepts("net::ERR_")
    page = visitor.page
    chat = open_chat(page, assistant)
    _tell_a_secret(chat)
    page.route("**/chat/end", lambda route: route.abort())
    page.get_by_role("button", name="End chat").click()
    page.locator("#notice").get_by_role("button", name="End chat").click()
    page.get_by_role("button", name="Start a new chat").click()
    expect(page.locator("#status")).to_contain_text("Trying to reconnect")
    expect(chat.rows).to_have_count(0)
    page.unroute("**/chat/end")
    chat.hears("automated assistant")
    assert len(chat.texts) == 1


def test_scripts_see_no_cookie_and_nothing_is_stored(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    _tell_a_secret(chat)
    assert page.evaluate(_STORED) == ["", 0, 0]
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"] and cookie["expires"] == -1


def _tell_a_secret(chat: Chat) -> None:
    chat.says(_SECRET)
    expect(chat.own.last).to_contain_text("Sent")
    expect(chat.rows).to_have_count(3)


def _assert_gone(page: Page, assistant: Assistant) -> None:
    page.wait_for_url(LEAVE_TO)
    wait_until(lambda: page.context.cookies(assistant.url) == [])
    page.go_back()
    assert _SECRET not in page.content()
    assert all(_SECRET not in frame.content() for frame in page.frames)
    chat = open_chat(page, assistant)
    assert len(chat.texts) == 1
    assert page.evaluate(_STORED) == ["", 0, 0]
