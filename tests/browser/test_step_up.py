"""Proving who you are, on the pretend phone and in the chat, and reading what is yours until you log out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, Route, expect

from tests.browser.people import (
    NO_SIDEWAYS_SCROLL,
    Chat,
    Phone,
    SecurePage,
    asks_for_results,
    frame_of,
    open_chat,
    open_widget,
    passcode_of,
    sees_results,
)
from tests.browser.server import Assistant, PracticeSite, wait_until
from tests.browser.visits import LEAVE_TO, Visit

AssertAccessible = Callable[[Page | Frame], None]

_ASK = "show me my test results"
_GONE = "No longer shown. Ask again to see it."
_STORED = "[document.cookie, localStorage.length, sessionStorage.length]"
_SHOWN = "47 mmol/mol"  # of Amira's newest HbA1c


@pytest.fixture()
def visitor(visit: Callable[..., Visit]) -> Visit:
    return visit()


@pytest.fixture()
def page(visitor: Visit) -> Page:
    return visitor.page


# On the pretend phone


def test_a_newcomer_reads_a_result_on_the_phone_and_logs_out(
    page: Page, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    page.goto(assistant.url)
    phone = Phone(page).held_by("Amira Khan")
    people = page.get_by_role("region", name="The patients")
    passcode = people.get_by_text("Amira Khan").locator("..").locator("code").inner_text()
    phone.says(_ASK)
    assert _SHOWN not in phone.hears("prove who you are")
    assert_accessible(page)
    secure = phone.opens_link()
    secure.shows("Go on to your secure page")
    assert_accessible(secure.page)
    secure.presses("Continue")
    secure.shows("Show that it is you")
    assert_accessible(secure.page)
    secure.logs_in(passcode)
    secure.shows("Test results")
    assert_accessible(secure.page)
    secure.page.get_by_role("link", name="HbA1c").first.click()
    secure.shows("HbA1c")
    expect(secure.page.get_by_role("cell", name=_SHOWN).first).to_be_visible()
    assert_accessible(secure.page)
    secure.presses("Log out")
    secure.shows("You are logged out")
    assert_accessible(secure.page)
    assert not [text for text in assistant.texts_to("07700 900001") if "HbA1c" in text]


def test_on_the_phone_only_our_own_links_can_be_pressed(page: Page, assistant: Assistant) -> None:
    page.goto(assistant.url)
    phone = Phone(page).held_by("Amira Khan")
    phone.says(f"see {assistant.url}/secure/x and https://evil.example")
    phone.hears("Riverside Surgery:")
    expect(phone.bubbles.first.get_by_role("link")).to_have_count(0)
    phone.says(_ASK)
    phone.hears("prove who you are")
    link = phone.bubbles.last.get_by_role("link")
    expect(link).to_have_attribute("href", re.compile(rf"^{re.escape(assistant.url)}/secure/[\w-]+$"))
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_a_link_that_was_spent_opens_nothing_in_another_browser(
    page: Page, visit: Callable[..., Visit], assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    page.goto(assistant.url)
    phone = Phone(page).held_by("Amira Khan")
    phone.says(_ASK)
    phone.hears("prove who you are")
    secure = phone.opens_link()
    address = secure.page.url
    secure.presses("Continue")
    secure.shows("Show that it is you")
    thief = visit()
    thief.accepts("404")
    thief.page.goto(address)
    SecurePage(thief.page).shows("This page cannot be opened")
    assert_accessible(thief.page)


# In the chat


def test_a_newcomer_reads_a_result_in_the_widget_and_logs_out(
    page: Page, visitor: Visit, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    visitor.accepts("404 (Not Found)")  # the page, once it is over
    page.goto(assistant.url)
    chat = open_widget(page)
    asks_for_results(chat, assistant)
    assert_accessible(page)
    assert_accessible(frame_of(page))
    secure = chat.opens("Open the secure page")
    secure.shows("Show that it is you")
    assert_accessible(secure.page)
    secure.logs_in(passcode_of("Amira"))
    secure.shows("Test results")
    page.bring_to_front()
    expect(chat.card.get_by_role("heading", name="Your test results")).to_be_visible()
    expect(chat.card.get_by_role("row", name="HbA1c 47 mmol/mol 20 to 41")).to_be_visible()
    assert_accessible(page)
    assert_accessible(frame_of(page))
    chat.says("log out")
    expect(chat.card).to_have_text(_GONE)
    chat.hears("You are logged out")
    assert _SHOWN not in frame_of(page).content()
    assert_accessible(frame_of(page))
    secure.page.reload()
    secure.shows("This page cannot be opened")


def test_it_works_in_a_frame_on_the_practices_own_site(
    page: Page, assistant: Assistant, practice_site: PracticeSite
) -> None:
    page.goto(practice_site.url)
    chat = open_widget(page)
    secure = sees_results(chat, assistant)
    assert page.evaluate(_STORED) == ["", 0, 0]
    secure.presses("Log out")
    secure.shows("You are logged out")
    page.bring_to_front()
    expect(chat.card).to_have_text(_GONE)


def test_by_keyboard_alone(page: Page, assistant: Assistant) -> None:
    chat, keys = open_chat(page, assistant), page.keyboard
    asks_for_results(chat, assistant)
    expect(chat.box).to_be_focused()
    _tab_to(page, "Open the secure page", "Shift+Tab")
    with page.context.expect_page() as opened:
        keys.press("Enter")
    secure = SecurePage(opened.value)
    secure.shows("Show that it is you")
    tab_keys = secure.page.keyboard
    wait_until(lambda: _is_in(secure.page, "input[name=passcode]") or tab_keys.press("Tab"))
    tab_keys.type(passcode_of("Amira"))
    tab_keys.press("Enter")
    secure.shows("Test results")
    page.bring_to_front()
    expect(chat.card).to_contain_text(_SHOWN)
    expect(chat.inside.get_by_role("button", name="Open the secure page")).to_be_focused()
    _tab_to(page, "See ", "Tab")
    chat.box.focus()
    keys.type("log out")
    keys.press("Enter")
    expect(chat.card).to_have_text(_GONE)
    expect(chat.box).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_small_screen_nothing_needs_sideways_scrolling(
    visit: Callable[..., Visit], assistant: Assistant, assert_accessible: AssertAccessible, scheme: str
) -> None:
    visitor = visit(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    chat = open_chat(visitor.page, assistant)
    secure = sees_results(chat, assistant)
    for seen in (visitor.page, secure.page):
        assert seen.evaluate(NO_SIDEWAYS_SCROLL)
        assert_accessible(seen)
    secure.page.get_by_role("link", name="Full blood count").click()
    secure.shows("Full blood count")
    assert secure.page.evaluate(NO_SIDEWAYS_SCROLL)
    assert_accessible(secure.page)


def test_a_screen_reader_hears_that_a_card_is_there_and_that_it_has_gone(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    asks_for_results(chat, assistant)
    page.evaluate(
        "window.heard = []; new MutationObserver((all) => all.forEach(({ addedNodes }) => addedNodes.forEach("
        "(node) => heard.push(node.textContent)))).observe(document.getElementById('polite'), { childList: true })"
    )
    secure = chat.opens("Open the secure page")
    secure.logs_in(passcode_of("Amira"))
    wait_until(lambda: "Your test results: now on the screen." in page.evaluate("heard"))
    assert not [said for said in page.evaluate("heard") if "mmol" in said]
    secure.presses("Log out")
    wait_until(lambda: _GONE in page.evaluate("heard"))


# What a card does when things change


def test_a_reload_shows_the_card_again_while_the_proof_holds(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    secure = sees_results(chat, assistant)
    page.reload()
    expect(chat.card).to_contain_text(_SHOWN)
    secure.presses("Log out")
    expect(chat.card).to_have_text(_GONE)
    page.reload()
    expect(chat.card).to_have_text(_GONE)


def test_what_is_asked_for_again_is_shown_once(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    sees_results(chat, assistant)
    chat.says(_ASK)
    expect(chat.inside.locator(".record")).to_have_count(2)
    expect(chat.inside.locator(".record").first).to_have_text("Shown again further down.")
    expect(chat.card).to_contain_text(_SHOWN)


def test_the_record_and_what_was_done_have_cards_of_their_own(
    page: Page, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    chat = open_chat(page, assistant)
    sees_results(chat, assistant)
    chat.says("show me my health record")
    expect(chat.card.get_by_role("heading", name="Allergies", level=4)).to_be_visible()
    expect(chat.card.get_by_role("heading", name="Penicillin", level=5)).to_be_visible()
    chat.says("who has looked at my record")
    expect(chat.card.get_by_role("heading", name="Looked at your health record.").first).to_be_visible()
    assert_accessible(page)
    chat.says("log out")
    expect(chat.inside.locator(".record")).to_have_text([_GONE] * 3)


def test_the_full_page_opens_from_the_card_without_another_passcode(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    sees_results(chat, assistant)
    for _ in range(2):
        chat.opens("See it on a full page").shows("Test results")


def test_leaving_takes_the_card_along(page: Page, visitor: Visit, assistant: Assistant) -> None:
    visitor.accepts("404 (Not Found)")
    chat = open_chat(page, assistant)
    secure = sees_results(chat, assistant)
    page.get_by_role("link", name="Leave this page").click()
    page.wait_for_url(LEAVE_TO)
    page.go_back()
    assert _SHOWN not in page.content()
    open_chat(page, assistant)
    assert _SHOWN not in page.content()
    assert page.evaluate(_STORED) == ["", 0, 0]
    secure.page.reload()
    secure.shows("This page cannot be opened")


def test_leaving_the_secure_page_leads_to_the_weather_and_going_back_shows_nothing(
    page: Page, visitor: Visit, assistant: Assistant
) -> None:
    visitor.accepts("404 (Not Found)")
    secure = sees_results(open_chat(page, assistant), assistant)
    secure.page.get_by_role("button", name="Leave this page").press("Enter")
    secure.page.wait_for_url(LEAVE_TO)
    secure.page.go_back()
    secure.shows("This page cannot be opened")
    assert _SHOWN not in secure.page.content()


def test_ending_the_chat_takes_the_card_along(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    sees_results(chat, assistant)
    page.get_by_role("button", name="End chat").click()
    page.locator("#notice").get_by_role("button", name="End chat").click()
    expect(page.locator("#notice")).to_contain_text("You ended this chat.")
    assert _SHOWN not in page.content()
    assert page.evaluate(_STORED) == ["", 0, 0]


def test_a_chat_that_was_ended_in_another_tab_keeps_no_card(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    sees_results(chat, assistant)
    tab = page.context.new_page()
    other = Chat(tab, tab)
    tab.goto(f"{assistant.url}/chat")
    expect(other.card).to_contain_text(_SHOWN)
    tab.get_by_role("button", name="End chat").click()
    tab.locator("#notice").get_by_role("button", name="End chat").click()
    page.bring_to_front()
    expect(page.locator("#notice")).to_contain_text("This chat has ended.")
    assert _SHOWN not in page.content()


# What goes wrong


def test_a_wrong_and_a_missing_passcode_are_told_and_the_right_one_still_opens(
    page: Page, visitor: Visit, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    visitor.accepts("400 (Bad Request)")
    chat = open_chat(page, assistant)
    asks_for_results(chat, assistant)
    secure = chat.opens("Open the secure page")
    for tried, told in (("", "Enter your passcode"), ("not-the-passcode", "That did not match")):
        secure.logs_in(tried)
        expect(secure.page.get_by_role("alert")).to_contain_text(told)
        assert_accessible(secure.page)
    secure.logs_in(passcode_of("Amira"))
    secure.shows("Test results")


def test_too_many_wrong_passcodes_lock_the_page_and_never_the_chat(
    page: Page, visitor: Visit, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    visitor.accepts("400 (Bad Request)")
    visitor.accepts("403 (Forbidden)")
    chat = open_chat(page, assistant)
    asks_for_results(chat, assistant)
    secure = chat.opens("Open the secure page")
    for _ in range(5):
        secure.logs_in("not-the-passcode")
        secure.page.wait_for_load_state()
    expect(secure.passcode).to_have_count(0)
    assert_accessible(secure.page)
    page.bring_to_front()
    chat.says("are you open on friday")
    chat.hears("We are open")


def test_a_link_that_is_over_says_so_in_the_chat(
    page: Page, visitor: Visit, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    visitor.accepts("410 (Gone)")
    chat = open_chat(page, assistant)
    asks_for_results(chat, assistant)
    chat.says(_ASK)
    expect(chat.inside.get_by_role("button", name="Open the secure page")).to_have_count(2)
    chat.inside.get_by_role("button", name="Open the secure page").first.click()
    expect(chat.inside.locator(".said").first).to_have_text(
        "That link no longer works. Please ask again to get a new one."
    )
    assert_accessible(page)
    chat.opens("Open the secure page").shows("Show that it is you")


def test_a_tab_that_was_closed_too_soon_can_be_opened_again(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    asks_for_results(chat, assistant)
    secure = chat.opens("Open the secure page")
    secure.shows("Show that it is you")
    secure.page.close()
    chat.opens("Open the secure page").logs_in(passcode_of("Amira"))
    expect(chat.card).to_contain_text(_SHOWN)


def test_where_the_browser_would_block_the_tab_the_next_press_opens_it(page: Page, assistant: Assistant) -> None:
    """As after an answer that took longer than a press counts for."""
    page.add_init_script("Object.defineProperty(navigator, 'userActivation', { value: { isActive: false } })")
    chat = open_chat(page, assistant)
    asks_for_results(chat, assistant)
    chat.inside.get_by_role("button", name="Open the secure page").click()
    expect(chat.inside.locator(".said")).to_have_text("The page is ready. Press the button again to open it.")
    chat.opens("Open the secure page").shows("Show that it is you")


def test_a_card_that_does_not_come_can_be_asked_for_again(
    page: Page, visitor: Visit, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    visitor.accepts("net::ERR_")
    chat = open_chat(page, assistant)
    asks_for_results(chat, assistant)

    def lose(route: Route) -> None:
        route.abort()

    page.route("**/chat/cards/*", lose)
    secure = chat.opens("Open the secure page")
    secure.logs_in(passcode_of("Amira"))
    secure.shows("Test results")
    expect(chat.card).to_contain_text("Check your internet connection.")
    assert_accessible(page)
    page.unroute("**/chat/cards/*")
    chat.card.get_by_role("button", name="Try again").click()
    expect(chat.card).to_contain_text(_SHOWN)


def _tab_to(page: Page, label: str, key: str) -> None:
    wait_until(
        lambda: page.evaluate("document.activeElement.textContent").startswith(label) or page.keyboard.press(key)
    )


def _is_in(page: Page, selector: str) -> bool:
    return bool(page.evaluate("(selector) => document.activeElement.matches(selector)", selector))
