"""Writing to the practice with a photo, the answer that is announced by text, and a new number that staff agree to."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.people import NO_SIDEWAYS_SCROLL, Chat, Phone, SecurePage, open_chat, passcode_of
from tests.browser.server import Assistant
from tests.browser.staff import Console
from tests.browser.visits import Visit
from tests.files_support import HTML, pdf, photo_with_place

AssertAccessible = Callable[[Page | Frame], None]

_WORDS = "This is the form for my employer. Could a doctor sign it by Friday?"
_ANSWER = "Dr Patel has signed it. It is at reception."


@pytest.fixture()
def amira(visit: Callable[..., Visit]) -> Visit:
    """Her browser."""
    return visit()


@pytest.fixture()
def phone(amira: Visit, assistant: Assistant) -> Phone:
    amira.page.goto(assistant.url)
    return Phone(amira.page).held_by("Amira Khan")


@pytest.fixture()
def rosa(visit: Callable[..., Visit], assistant: Assistant) -> Console:
    """At the reception, with the queue before her."""
    return Console(visit().page, assistant).signed_in()


def _file(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def _opens_messages(phone: Phone, is_logged_in: bool = False) -> SecurePage:
    phone.says("my messages")
    phone.hears("To read your messages")
    secure = phone.opens_link()
    secure.presses("Continue")
    if not is_logged_in:
        secure.logs_in(passcode_of("Amira"))
    secure.shows("Messages")
    return secure


def _fills_in(secure: SecurePage) -> None:
    secure.page.get_by_role("button", name="Write a message").click()
    secure.shows("Write a message")
    secure.page.get_by_label("Form", exact=True).check()
    secure.page.get_by_label("What would you like to tell us?").fill(_WORDS)


def test_a_message_with_files_is_answered_and_read(
    phone: Phone, rosa: Console, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    secure = _opens_messages(phone)
    assert_accessible(secure.page)
    _fills_in(secure)
    assert_accessible(secure.page)
    secure.page.get_by_label("Photos or files").set_input_files(
        [_file("form.pdf", pdf()), _file("page 2.jpg", photo_with_place())]
    )
    secure.presses("Send")
    secure.shows("Message sent")
    expect(secure.page.get_by_text("page 2.jpg")).to_be_visible()
    assert_accessible(secure.page)

    expect(rosa.row("Amira Khan")).to_contain_text("Message: form")
    rosa.takes_over("Amira Khan")
    rosa.sees(_WORDS)
    assert_accessible(rosa.page)
    with rosa.page.expect_download() as given:
        rosa.page.get_by_role("link", name="page 2.jpg").click()
    assert given.value.suggested_filename == "page 2.jpg"
    rosa.writes(_ANSWER)
    rosa.sends()
    rosa.sees(_ANSWER)

    assert _ANSWER not in phone.hears("The surgery has answered your message")
    secure = _opens_messages(phone, is_logged_in=True)
    expect(secure.page.get_by_text("New answer")).to_be_visible()
    assert_accessible(secure.page)
    secure.page.get_by_role("link", name=re.compile("^Form")).click()
    expect(secure.page.get_by_text(_ANSWER)).to_be_visible()
    expect(secure.page.get_by_text("File: form.pdf")).to_be_visible()
    assert_accessible(secure.page)
    secure.page.get_by_label("What would you like to add?").fill("Thank you")
    secure.presses("Send")
    rosa.sees("Thank you")
    assert not [text for text in assistant.texts_to("07700 900001") if "signed" in text or "employer" in text]


def test_a_file_that_is_not_taken_leaves_the_words(
    amira: Visit, phone: Phone, rosa: Console, assert_accessible: AssertAccessible
) -> None:
    amira.accepts("400 (Bad Request)")
    secure = _opens_messages(phone)
    _fills_in(secure)
    secure.page.get_by_label("Photos or files").set_input_files([_file("photo.png", HTML)])
    secure.presses("Send")
    expect(secure.page.get_by_role("alert")).to_contain_text("Choose a PDF, a JPEG or a PNG")
    expect(secure.page.get_by_label("What would you like to tell us?")).to_have_value(_WORDS)
    expect(secure.page.get_by_label("Form", exact=True)).to_be_checked()
    assert_accessible(secure.page)
    secure.presses("Send")  # without it
    secure.shows("Message sent")
    expect(rosa.row("Amira Khan")).to_contain_text("Message: form")


def test_files_far_too_large_get_a_page_and_not_a_broken_connection(
    amira: Visit, phone: Phone, rosa: Console, tmp_path: Path
) -> None:
    amira.accepts("413 (Request Entity Too Large)")
    secure = _opens_messages(phone)
    _fills_in(secure)
    large = [tmp_path / f"{number}.pdf" for number in range(3)]
    for each in large:
        each.write_bytes(pdf() + b"\0" * (15 * 1024 * 1024))
    secure.page.get_by_label("Photos or files").set_input_files(large)
    secure.presses("Send")
    expect(secure.page.get_by_role("alert")).to_contain_text("Choose smaller files")
    expect(secure.page.get_by_label("What would you like to tell us?")).to_have_value(_WORDS)
    expect(rosa.page.get_by_text("Nobody waits here.")).to_be_visible()


def test_a_message_is_written_in_the_chat_and_a_photo_added_to_it(
    visit: Callable[..., Visit], assistant: Assistant, rosa: Console
) -> None:
    chat: Chat = open_chat(visit().page, assistant)
    chat.says("sick note please")
    chat.identifies(assistant, "07700 900001")
    chat.hears("What would you like to tell us?")
    chat.says("I need one from Monday for two weeks, for my back")
    chat.hears("This is what staff will see")
    chat.presses("Yes, send it")
    chat.hears("I have sent your message")
    secure = chat.opens("Open the secure page")
    secure.logs_in(passcode_of("Amira"))
    secure.shows("Messages")
    secure.page.get_by_role("link", name=re.compile("^Fit note")).click()
    secure.page.get_by_label("What would you like to add?").fill("This is my old one")
    secure.page.get_by_label("Photos or files").set_input_files([_file("note.jpg", photo_with_place())])
    secure.presses("Send")
    secure.shows("Message sent")
    expect(chat.card).to_contain_text("Fit note")
    rosa.takes_over("Amira Khan")
    rosa.sees("note.jpg")


def test_a_new_number_is_asked_for_and_agreed_to(
    phone: Phone, rosa: Console, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    phone.says("I have a new mobile number")
    phone.hears("To change your phone number")
    secure = phone.opens_link()
    secure.presses("Continue")
    secure.logs_in(passcode_of("Amira"))
    secure.shows("Your contact details")
    assert_accessible(secure.page)
    secure.page.get_by_role("link", name="Change your mobile number").click()
    secure.page.get_by_label("Mobile number").fill("07700 900321")
    assert_accessible(secure.page)
    secure.presses("Ask for this change")
    secure.shows("We have your request")
    assert_accessible(secure.page)
    rosa.page.get_by_role("link", name="Details to check").click()
    expect(rosa.page.get_by_text("07700 900321")).to_be_visible()
    assert_accessible(rosa.page)
    rosa.page.get_by_role("button", name="Approve").click()
    expect(rosa.page.get_by_text("Nobody waits.")).to_be_visible()
    phone.hears("new mobile number for a patient, in place of this one")


def test_writing_fits_a_small_phone_and_the_largest_letters(visit: Callable[..., Visit], assistant: Assistant) -> None:
    page = visit().page
    page.goto(assistant.url)
    secure = _opens_messages(Phone(page).held_by("Amira Khan"))
    for path in ("/secure/messages/write", "/secure/messages", "/secure/details", "/secure/details/address"):
        secure.page.goto(f"{assistant.url}{path}")
        secure.page.set_viewport_size({"width": 320, "height": 640})
        assert secure.page.evaluate(NO_SIDEWAYS_SCROLL), path
