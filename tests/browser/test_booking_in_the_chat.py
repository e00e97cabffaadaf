"""Appointments by the chat widget on the practice's site."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.people import (
    AMIRA,
    MENSAH,
    TOM,
    ZAINAB,
    Chat,
    Phone,
    books,
    frame_of,
    open_chat,
    open_widget,
    request_for,
)
from tests.browser.server import Assistant, wait_until


def test_a_patient_books_in_the_widget(page: Page, assistant: Assistant, tmp_path: Path) -> None:
    page.goto(assistant.url)
    chat, phone = open_widget(page), Phone(page)
    chat.says(request_for())
    chat.hears("What mobile number does the surgery have for you?")
    chat.says(AMIRA)
    chat.hears("6-digit code")
    chat.says(phone.held_by("Amira Khan").reads_code())
    chat.hears("Which one would you like?")
    chat.presses("2.")
    chat.presses("No reason")
    chat.presses("Yes, book it")
    booked = chat.hears(re.compile(r"Booked: .+ Your reference is [0-9A-Z]{6}"))
    with page.expect_download() as download:
        booked.get_by_role("link", name="Add to your calendar").click()
    assert download.value.suggested_filename == "appointment.ics"
    download.value.save_as(tmp_path / "appointment.ics")
    assert "Riverside Surgery" in (tmp_path / "appointment.ics").read_text()


def test_a_patient_books_by_keyboard_alone(page: Page, assistant: Assistant) -> None:
    page.goto(assistant.url)
    keys = page.keyboard
    _tab_until(page, lambda: page.evaluate("document.activeElement.localName") == "surgery-chat")
    keys.press("Enter")
    chat = Chat(page, page.frame_locator("iframe"))
    chat.hears("automated assistant")
    expect(chat.box).to_be_focused()
    keys.type(request_for())
    keys.press("Enter")
    chat.hears("mobile number")
    keys.type(AMIRA)
    keys.press("Enter")
    chat.hears("6-digit code")
    keys.type(assistant.code_sent_to(AMIRA))
    keys.press("Enter")
    for label in ("1.", "No reason", "Yes, book it"):
        expect(chat.inside.locator(".replies button:not([aria-disabled])").first).to_have_text(re.compile(label))
        focused = "document.activeElement.textContent"
        _tab_until(page, lambda label=label: frame_of(page).evaluate(focused).startswith(label), "Shift+Tab")
        keys.press("Enter")
        expect(chat.box).to_be_focused()
    chat.hears("Your reference is")
    keys.press("Escape")
    expect(page.get_by_role("button", name="Chat to the surgery")).to_be_focused()


def test_a_patient_moves_an_appointment(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    chat.says("can i move my appointment")
    chat.identifies(assistant, TOM)
    chat.hears("When would you like to come?")
    chat.says("next week in the morning")
    chat.hears("Which one would you like?")
    chat.presses("1.")
    chat.hears("Shall I move it?")
    chat.presses("Yes, move it")
    moved = chat.hears("Moved. Your appointment is now")
    expect(moved.get_by_role("link", name="Add to your calendar")).to_be_visible()


def test_a_patient_cancels_an_appointment(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    chat.says("i need to cancel my appointment")
    chat.identifies(assistant, ZAINAB)
    chat.hears("Do you want to cancel")
    chat.presses("Yes, cancel it")
    chat.hears("Your appointment is cancelled")
    chat.says("when is my appointment")
    chat.hears("You have no appointments booked")


def test_a_patient_sees_what_is_booked(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    chat.presses("My appointments")
    chat.identifies(assistant, TOM)
    chat.hears("Your next appointment is")


def test_a_chosen_answer_stays_readable_and_cannot_be_pressed_again(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    chat.presses("Opening hours")
    chat.hears(re.compile("We (are|open)"))
    chosen = page.get_by_role("button", name="Chosen: Opening hours")
    expect(chosen).to_have_attribute("aria-disabled", "true")
    expect(chat.box).to_be_focused()
    chosen.click(force=True)
    chat.says("thank you")
    chat.hears("You are welcome")
    expect(chat.own).to_have_count(2)


def test_two_patients_on_one_phone_are_asked_who_it_is_for(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    chat.says("when is my appointment")
    chat.identifies(assistant, MENSAH)
    chat.hears("Who is this for?")
    assert not any(name in text for name in ("Grace", "Daniel") for text in chat.texts)
    chat.says("Daniel Mensah")
    chat.hears("Your next appointment is")


def test_two_tabs_show_one_conversation(page: Page, assistant: Assistant) -> None:
    first = open_chat(page, assistant)
    second = Chat(page.context.new_page(), page)
    second = open_chat(second.page, assistant)
    first.says("are you open on friday")
    second.hears("We are open")
    second.says("thank you")
    first.hears("You are welcome")
    assert first.texts == second.texts


def test_a_reload_keeps_the_conversation(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    books(chat, assistant, AMIRA)
    before = chat.texts
    page.reload()
    chat.hears("Your reference is")
    assert [re.sub(r"^•{6}$", before[5], text) for text in chat.texts] == before  # a code is not kept
    chat.says("when is my appointment")
    chat.hears("Your next appointment is")


def _tab_until(page: Page, there, key: str = "Tab") -> None:
    def press_and_look() -> bool:
        if there():
            return True
        page.keyboard.press(key)
        return bool(there())

    wait_until(press_and_look)
