"""What goes wrong between a patient and the surgery: a lost connection, a lost answer, a restart, an ended chat."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.people import Chat, open_chat
from tests.browser.server import Assistant
from tests.browser.visits import Visit

_LOST = "net::ERR_"


@pytest.fixture()
def visitor(visit: Callable[..., Visit]) -> Visit:
    opened = visit()
    opened.accepts(_LOST)
    return opened


@pytest.fixture()
def chat(visitor: Visit, assistant: Assistant) -> Chat:
    return open_chat(visitor.page, assistant)


def test_a_message_that_failed_is_tried_again_and_sent_once(chat: Chat) -> None:
    page = chat.page
    page.route("**/chat/messages", lambda route: route.abort())
    chat.says("are you open on friday")
    failed = chat.own.last
    expect(failed).to_contain_text("Not sent. Check your internet connection.")
    page.unroute("**/chat/messages")
    failed.get_by_role("button", name="Try again").click()
    chat.hears("We are open")
    expect(chat.own.last).to_contain_text("Sent")
    page.reload()
    chat.hears("We are open")
    expect(chat.own).to_have_count(1)


def test_a_message_whose_answer_was_lost_is_not_sent_twice(chat: Chat) -> None:
    def arrive_and_be_lost(route: Route) -> None:
        route.fetch()
        route.abort()

    chat.page.route("**/chat/messages", arrive_and_be_lost)
    chat.says("are you open on friday")
    chat.hears("We are open")
    expect(chat.own).to_have_count(1)
    expect(chat.own.last).to_contain_text("Sent")
    expect(chat.page.get_by_role("button", name="Try again")).to_have_count(0)


def test_a_patient_without_internet_is_told_and_can_send_later(visitor: Visit, chat: Chat) -> None:
    visitor.context.set_offline(True)
    chat.says("are you open on friday")
    expect(chat.own.last).to_contain_text("Not sent")
    visitor.context.set_offline(False)
    chat.page.get_by_role("button", name="Try again").click()
    chat.hears("We are open")
    expect(chat.own).to_have_count(1)


def test_after_a_restart_the_conversation_goes_on_without_doubles(chat: Chat, assistant: Assistant) -> None:
    chat.says("are you open on friday")
    chat.hears("We are open")
    before = chat.texts
    assistant.kill()
    expect(chat.page.locator("#status")).to_contain_text("Connection lost. Trying to reconnect.")
    expect(chat.page.locator("#status")).to_contain_text("020 7946 0123")
    assistant.start()
    expect(chat.page.locator("#status")).to_be_hidden()
    assert chat.texts == before
    chat.says("thank you")
    chat.hears("You are welcome")
    assert len(chat.texts) == len(before) + 2


def test_a_message_too_long_to_send_says_by_how_much(chat: Chat) -> None:
    chat.box.fill("a" * 1003)
    expect(chat.page.locator("#count")).to_have_text("Too long. Characters to take out: 3")
    chat.box.press("Enter")
    expect(chat.own).to_have_count(0)
    expect(chat.box).to_have_value("a" * 1003)


def test_a_chat_that_was_ended_elsewhere_ends_here_too(visitor: Visit, chat: Chat, assistant: Assistant) -> None:
    other = Chat(visitor.context.new_page(), chat.page)
    other = open_chat(other.page, assistant)
    other.page.get_by_role("button", name="End chat").click()
    other.page.locator("#notice").get_by_role("button", name="End chat").click()
    expect(chat.page.locator("#notice")).to_contain_text("This chat has ended.")
    expect(chat.page.get_by_role("button", name="Start a new chat")).to_be_visible()
