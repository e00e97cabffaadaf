"""Repeat medicines and appointments on the secure page: by mouse, by keyboard, and on the smallest screen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, expect

from bot.store.database import open_database
from bot.store.identity_tables import secure_link
from tests.browser.people import NO_SIDEWAYS_SCROLL, SecurePage, asks_for_results, open_chat, passcode_of
from tests.browser.server import Assistant
from tests.browser.visits import Visit

AssertAccessible = Callable[[Page | Frame], None]
_SAID_WRONG = "400 (Bad Request)"  # the page that says what is wrong with a form
METFORMIN, CETIRIZINE = "Metformin 500mg tablets", "Cetirizine 10mg tablets"


def _opens_repeats(page: Page, assistant: Assistant) -> SecurePage:
    """By a link that is for them, as Amira Khan."""
    chat = open_chat(page, assistant)
    asks_for_results(chat, assistant)
    database = open_database(assistant.settings)
    with database.write() as connection:
        connection.execute(secure_link.update().values(purpose="repeats"))
    database.close()
    secure = chat.opens("Open the secure page")
    secure.logs_in(passcode_of("Amira"))
    secure.shows("Repeat prescriptions")
    return secure


def _at_each_page(secure: SecurePage, check: Callable[[Page], None]) -> None:
    """From the list to the reference, with every way that may be taken on it."""
    page = secure.page
    check(page)
    secure.presses("Continue")
    expect(page.get_by_role("alert")).to_be_focused()
    check(page)
    page.get_by_role("link", name="Choose at least one medicine").click()
    expect(page.get_by_label(CETIRIZINE)).to_be_focused()
    page.get_by_label(CETIRIZINE).check()
    page.get_by_label(METFORMIN).check()
    secure.presses("Continue")
    secure.shows("Why do you need it early?")
    check(page)
    page.get_by_label("Your reason").fill("I am going on holiday.")
    secure.presses("Continue")
    secure.shows("Do you want to add a note?")
    check(page)
    secure.presses("Continue")
    secure.shows("Where do you want to collect it?")
    check(page)
    page.get_by_label("A different pharmacy, this time only").check()
    secure.presses("Continue")
    secure.shows("Find a pharmacy")
    page.get_by_label("Name, town or postcode").fill("oakfield")
    secure.presses("Search")
    page.get_by_label("Oakfield Pharmacy").check()
    check(page)
    secure.presses("Continue")
    secure.shows("Check your order")
    check(page)
    secure.presses("Order now")
    secure.shows("Your order is with the surgery")
    check(page)


@pytest.fixture()
def small(visit: Callable[..., Visit]) -> Page:
    visitor = visit(viewport={"width": 320, "height": 640})
    visitor.accepts(_SAID_WRONG)
    return visitor.page


@pytest.fixture()
def page(visit: Callable[..., Visit]) -> Page:
    visitor = visit()
    visitor.accepts(_SAID_WRONG)
    return visitor.page


def test_a_patient_orders_sees_it_and_cancels(
    page: Page, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    secure = _opens_repeats(page, assistant)
    _at_each_page(secure, assert_accessible)
    expect(secure.page.get_by_text("Collect it from Oakfield Pharmacy")).to_be_visible()
    secure.page.go_back()
    secure.page.reload()
    secure.page.get_by_role("link", name="Repeat prescriptions").first.click()
    secure.shows("Repeat prescriptions")
    expect(secure.page.get_by_text("The surgery has not looked at it yet.")).to_have_count(2)
    assert_accessible(secure.page)
    secure.page.get_by_role("link", name=f"Cancel {METFORMIN}").click()
    secure.shows("Do you want to cancel this order?")
    assert_accessible(secure.page)
    secure.presses("Cancel this order")
    secure.shows("Your order is cancelled")
    secure.page.get_by_role("link", name="Back to your repeat prescriptions").click()
    expect(secure.page.get_by_text("The surgery has not looked at it yet.")).to_have_count(1)


def test_on_the_smallest_screen_nothing_needs_sideways_scrolling(
    small: Page, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    def check(page: Page) -> None:
        assert page.evaluate(NO_SIDEWAYS_SCROLL), page.url
        assert_accessible(page)

    secure = _opens_repeats(small, assistant)
    _at_each_page(secure, check)
    for path in ("appointments", "pharmacy", "pharmacy/find", "repeats"):
        secure.page.goto(f"{assistant.url}/secure/{path}")
        check(secure.page)


def test_the_usual_pharmacy_is_changed(page: Page, assistant: Assistant, assert_accessible: AssertAccessible) -> None:
    secure = _opens_repeats(page, assistant)
    secure.page.get_by_role("link", name="See or change your pharmacy").click()
    secure.shows("Your pharmacy")
    assert_accessible(secure.page)
    secure.page.get_by_role("link", name="Change your pharmacy").click()
    secure.page.get_by_label("Name, town or postcode").fill("ws5")
    secure.page.keyboard.press("Enter")
    secure.page.get_by_label("Market Square Pharmacy").check()
    secure.presses("Continue")
    secure.shows("Is this the right pharmacy?")
    assert_accessible(secure.page)
    secure.presses("Yes, use this pharmacy")
    secure.shows("This is your pharmacy now")
    expect(secure.page.get_by_text("Market Square Pharmacy")).to_be_visible()


def test_an_emergency_in_a_note_is_met_before_anything_else(
    page: Page, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    secure = _opens_repeats(page, assistant)
    secure.page.get_by_label(METFORMIN).check()
    secure.presses("Continue")
    secure.page.get_by_label("Your note (optional)").fill("i have chest pain since i took it")
    secure.presses("Continue")
    secure.shows("Get help now")
    expect(secure.page.get_by_role("alert")).to_contain_text("Call 999")
    assert_accessible(secure.page)


def test_by_keyboard_alone_and_pressed_twice_one_order_is_made(page: Page, assistant: Assistant) -> None:
    secure = _opens_repeats(page, assistant)
    keys = secure.page.keyboard
    secure.page.get_by_label(METFORMIN).focus()
    keys.press("Space")
    keys.press("Enter")
    for heading in ("Do you want to add a note?", "Where do you want to collect it?"):
        secure.shows(heading)
        if heading.startswith("Where"):
            secure.page.get_by_label("Riverside Pharmacy").focus()
            keys.press("Space")
        secure.page.get_by_role("button", name="Continue").focus()
        keys.press("Enter")
    secure.shows("Check your order")
    secure.page.get_by_role("button", name="Order now").dblclick()
    secure.shows("Your order is with the surgery")
    secure.page.goto(f"{assistant.url}/secure/repeats")
    expect(secure.page.get_by_text(re.compile("^Reference "))).to_have_count(1)


def test_the_chat_shows_them_on_a_card_with_the_way_to_order(
    page: Page, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    _opens_repeats(page, assistant)
    page.bring_to_front()
    card = page.locator(".record").last
    expect(card.get_by_role("heading", name="You can order", level=4)).to_be_visible()
    expect(card.get_by_role("heading", name=METFORMIN, level=5)).to_be_visible()
    expect(card).to_contain_text("Too soon. You can order it from")
    expect(card.get_by_role("button", name="Order or cancel on the secure page")).to_be_visible()
    assert_accessible(page)
