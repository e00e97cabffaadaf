"""Appointments by text, on the pretend phone beside the practice's site."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Phone, request_for
from tests.browser.server import Assistant
from tests.browser.visits import Visit


@pytest.fixture()
def phone(page: Page, assistant: Assistant) -> Phone:
    page.goto(assistant.url)
    return Phone(page)


def test_a_patient_books_by_text(phone: Phone) -> None:
    phone.held_by("Amira Khan")
    phone.says(request_for())
    phone.hears("1. ")
    phone.says("2")
    phone.hears("short reason")
    phone.says("no")
    phone.hears("Reply 1 to book it")
    phone.says("1")
    assert re.search(r"^Riverside Surgery: Booked: .+ Your reference is [0-9A-Z]{6}", phone.hears("Booked"))


def test_a_patient_moves_an_appointment_by_text(phone: Phone) -> None:
    phone.held_by("Tom Barker")
    phone.says("can i move my appointment to next week")
    phone.hears("1. ")
    phone.says("1")
    number = re.search(r"Reply (\d{3}) to move it", phone.hears("to move it"))
    phone.says("yes")
    phone.hears("I need the number")
    phone.says(number[1])
    phone.hears("Moved. Your appointment is now")


def test_a_patient_cancels_with_the_number(phone: Phone) -> None:
    phone.held_by("Tom Barker")
    phone.says("I need to cancel my appointment")
    number = re.search(r"Reply (\d{3}) to cancel it", phone.hears("to cancel it"))
    phone.says(number[1])
    phone.hears("Your appointment is cancelled")


def test_a_patient_asks_what_is_booked(phone: Phone) -> None:
    phone.held_by("Zainab Hussain")
    phone.says("when is my appointment")
    phone.hears("Your next appointment is")


def test_two_patients_on_one_phone_are_asked_who_it_is_for(phone: Phone) -> None:
    phone.held_by("Daniel Mensah")
    phone.says("when is my appointment")
    asked = phone.hears("Who is this for?")
    assert "Grace" not in asked and "Daniel" not in asked
    phone.says("Daniel Mensah")
    phone.hears("Your next appointment is")


def test_every_phone_has_a_thread_of_its_own(phone: Phone) -> None:
    phone.held_by("Amira Khan")
    phone.says("are you open on friday")
    phone.hears("We are open")
    phone.held_by("Tom Barker")
    expect(phone.bubbles).to_have_count(0)
    phone.held_by("Amira Khan")
    expect(phone.bubbles).to_have_count(2)


def test_a_text_that_could_not_be_sent_stays_in_the_box(visit: Callable[..., Visit], assistant: Assistant) -> None:
    visitor = visit()
    visitor.accepts("502")
    page = visitor.page
    page.goto(assistant.url)
    phone = Phone(page)
    page.route("**/demo/phone/messages", lambda route: route.fulfill(status=502, json={}))
    phone.says("are you open on friday")
    expect(page.get_by_role("alert")).to_contain_text("Your text is still in the box")
    expect(phone.box).to_have_value("are you open on friday")


def test_everything_under_what_to_try_works(phone: Phone) -> None:
    phone.held_by("Tom Barker")
    examples = phone.page.locator("#try button")
    answers = {}
    for example in examples.all_inner_texts():
        phone.page.get_by_role("button", name=example, exact=True).click()
        expect(phone.box).to_have_value(example)
        expect(phone.box).to_be_focused()
        count = phone.bubbles.count()
        phone.box.press("Enter")
        expect(phone.bubbles.nth(count)).to_have_text(example)
        answers[example] = phone.hears("Riverside Surgery:") if example != "STOP" else ""
    assert len(answers) == 11
    assert not [each for each in answers.items() if re.search("not understand|yet|went wrong", each[1])], answers
    assert "Call 999" in answers["I have bad chest pain"]
