"""What receptionists and patients do with each other: the queue, a conversation that a person has, and the desk."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Frame, Page, Route, expect

from tests.browser.people import NO_SIDEWAYS_SCROLL, Chat, Phone, open_chat
from tests.browser.server import Assistant
from tests.browser.staff import ROSA, SAMIR, Console, let_in
from tests.browser.visits import Visit

AssertAccessible = Callable[[Page | Frame], None]

_PLEASE = "can i speak to a person please"
_PASSED_ON = "I have passed this to our staff"
_JOINED = "Someone from the surgery has joined"
# As browsers are set up outside of tests.
_RINGS_WHEN_TOUCHED = """
    let isTouched = false;
    addEventListener('keydown', () => { isTouched = true; }, true);
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
        return isTouched ? play.call(this) : Promise.reject(new Error('not allowed'));
    };
"""


@pytest.fixture()
def chat(visit: Callable[..., Visit], assistant: Assistant) -> Chat:
    """Somebody's, who has not said who they are."""
    return open_chat(visit().page, assistant)


@pytest.fixture()
def rosa(visit: Callable[..., Visit], assistant: Assistant) -> Console:
    """At the reception, with the queue before her."""
    return Console(visit().page, assistant).signed_in()


# The queue


def test_a_receptionist_takes_over_and_gives_back(
    phone: Phone, rosa: Console, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    assert_accessible(rosa.page)
    phone.says(_PLEASE)
    phone.hears(_PASSED_ON)
    expect(rosa.row("Amira Khan")).to_contain_text("nobody yet")
    assert_accessible(rosa.page)
    rosa.takes_over("Amira Khan")
    phone.hears(_JOINED)
    rosa.writes("Hello Amira, Rosa here. How can I help?")
    assert_accessible(rosa.page)
    rosa.sends()
    rosa.sees("Take it back")
    assert_accessible(rosa.page)
    phone.hears("Rosa here")
    state = rosa.page.locator("#state")
    expect(state).to_contain_text("The patient’s turn.")
    phone.says("when is my appointment")
    rosa.sees("when is my appointment")
    expect(state).to_contain_text("Waits")
    assistant.settles()
    assert not [text for text in assistant.texts_to("07700 900001") if "appointment" in text]
    rosa.gives_back()
    expect(rosa.page.get_by_text("Nobody waits here.")).to_be_visible()
    phone.hears("You are back with the surgery's automatic assistant")
    phone.says("when is my appointment")
    phone.hears("appointment")


def test_an_urgent_message_rings(phone: Phone, rosa: Console, assert_accessible: AssertAccessible) -> None:
    phone.says("i have crushing chest pain")
    phone.hears("Call 999 or go to A&E now")
    expect(rosa.page.get_by_role("alert")).to_have_text("One message is urgent.")
    expect(rosa.page).to_have_title(re.compile(r"^\(1 urgent\) Queue"))
    expect(rosa.row("Amira Khan")).to_contain_text("Urgent")
    expect(rosa.page.get_by_role("link", name="Urgent 1")).to_be_visible()
    rosa.rings()
    assert_accessible(rosa.page)


def test_an_urgent_message_rings_for_whoever_is_busy_with_another_patient(
    phone: Phone, chat: Chat, rosa: Console
) -> None:
    chat.says(_PLEASE)
    rosa.takes_over("Somebody in the web chat")
    rosa.writes("Good morning")
    phone.says("i have crushing chest pain")
    expect(rosa.page.get_by_role("alert")).to_have_text("One message is urgent.")
    rosa.rings()
    expect(rosa.reply).to_have_value("Good morning")


def test_a_console_with_the_sound_off_says_it_without_ringing(phone: Phone, rosa: Console) -> None:
    rosa.page.get_by_role("button", name="Sound for urgent messages").click()
    phone.says("i have crushing chest pain")
    expect(rosa.page.get_by_role("alert")).to_have_text("One message is urgent.")
    assert not rosa.has_rung()


def test_a_console_that_may_not_ring_yet_rings_at_the_first_key(page: Page, phone: Phone, assistant: Assistant) -> None:
    page.add_init_script(_RINGS_WHEN_TOUCHED)
    console = let_in(page, assistant, "reception")
    with page.expect_request(re.compile("/console/events")):
        console.opens("/console")  # a page that nobody has touched
    phone.says("i have crushing chest pain")
    expect(page.get_by_role("alert")).to_have_text("One message is urgent. Press any key to let this page ring.")
    page.keyboard.press("j")
    expect(page.get_by_role("alert")).to_have_text("One message is urgent.")
    console.rings()


def test_who_came_before_the_queue_listened_is_in_it_too(
    phone: Phone, visit: Callable[..., Visit], assistant: Assistant
) -> None:
    console = Console(visit().page, assistant)
    listening: list[Route] = []
    console.page.route("**/console/events", lambda route: listening.append(route))
    console.signed_in()
    phone.says(_PLEASE)
    phone.hears(_PASSED_ON)
    expect(console.page.get_by_text("Nobody waits here.")).to_be_visible()
    listening[0].continue_()
    expect(console.row("Amira Khan")).to_be_visible()


def test_whoever_is_chosen_stays_chosen_when_the_queue_grows(phone: Phone, chat: Chat, rosa: Console) -> None:
    chat.says(_PLEASE)
    expect(rosa.row("Somebody in the web chat")).to_be_visible()
    rosa.page.keyboard.press("j")
    phone.says(_PLEASE)
    expect(rosa.row("Amira Khan")).to_be_visible()
    expect(rosa.row("Somebody in the web chat").get_by_role("link")).to_be_focused()


# A conversation


def test_two_receptionists_one_answer(
    phone: Phone,
    rosa: Console,
    visit: Callable[..., Visit],
    assistant: Assistant,
    assert_accessible: AssertAccessible,
) -> None:
    visitor = visit()
    visitor.accepts("409 (Conflict)")
    samir = Console(visitor.page, assistant).signed_in(SAMIR)
    phone.says(_PLEASE)
    expect(samir.row("Amira Khan")).to_contain_text("nobody yet")
    samir.page.route("**/console/queue*", lambda route: route.fulfill(status=204))  # he has not looked since
    rosa.takes_over("Amira Khan")
    samir.takes_over("Amira Khan")
    expect(samir.page.get_by_role("alert").first).to_have_text("A colleague was quicker.")
    expect(samir.page.get_by_role("status").filter(has_text="Rosa Lindqvist is looking here.")).to_be_visible()
    expect(samir.page.get_by_role("button", name="Take over from Rosa Lindqvist")).to_be_visible()
    expect(samir.reply).to_have_count(0)
    assert_accessible(samir.page)
    expect(rosa.page.get_by_role("status").filter(has_text="Samir Haddad is looking here.")).to_be_visible()
    rosa.writes("Hello from Rosa")
    rosa.sends()
    phone.hears("Hello from Rosa")
    assert len([text for text in assistant.texts_to("07700 900001") if _JOINED in text]) == 1


def test_nobody_answers_past_what_the_patient_wrote_meanwhile(
    phone: Phone, visit: Callable[..., Visit], assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    visitor = visit()
    visitor.accepts("409 (Conflict)")
    rosa = Console(visitor.page, assistant).signed_in()
    phone.says(_PLEASE)
    rosa.takes_over("Amira Khan")
    rosa.writes("Your form is ready.")
    phone.says("it is about my son, not me")
    rosa.sees("it is about my son")
    rosa.page.keyboard.press("Tab")
    rosa.page.keyboard.press("Enter")
    expect(rosa.page.get_by_role("alert").first).to_contain_text("1 new message since you began writing")
    expect(rosa.reply).to_have_value("Your form is ready.")
    assert_accessible(rosa.page)
    rosa.page.reload()
    expect(rosa.page.get_by_role("heading", name="Amira Khan", level=1)).to_be_visible()
    rosa.writes("Your son's form is ready.")
    rosa.sends()
    phone.hears("Your son's form is ready.")
    assert not [text for text in assistant.texts_to("07700 900001") if "Your form is ready" in text]


def test_a_reply_is_taken_back_before_anybody_reads_it(chat: Chat, rosa: Console) -> None:
    chat.says(_PLEASE)
    chat.hears(_PASSED_ON)
    rosa.takes_over("Somebody in the web chat")
    chat.hears(_JOINED)
    rosa.writes("Dear Mr Barker")
    rosa.sends()
    rosa.page.keyboard.press("u")
    expect(rosa.reply).to_have_value("Dear Mr Barker")
    expect(rosa.thread).not_to_contain_text("Dear Mr Barker")
    rosa.reply.fill("")
    rosa.writes("Good morning, who is writing?")
    rosa.sends()
    chat.hears("who is writing")
    assert not [text for text in chat.texts if "Barker" in text]


def test_a_note_never_reaches_the_patient(phone: Phone, rosa: Console, assistant: Assistant) -> None:
    phone.says(_PLEASE)
    rosa.takes_over("Amira Khan")
    phone.hears(_JOINED)
    rosa.page.keyboard.press("n")
    rosa.page.keyboard.type("Sounded worried on the phone")
    rosa.page.get_by_role("button", name="Keep the note").click()
    expect(rosa.page.locator("p.note")).to_contain_text("Sounded worried")
    assistant.settles()
    assert not [text for text in assistant.texts_to("07700 900001") if "worried" in text]


def test_a_ready_answer_is_put_in_and_read_before_it_goes(
    phone: Phone, rosa: Console, visit: Callable[..., Visit], assistant: Assistant
) -> None:
    supervisor = Console(visit().page, assistant).signed_in(SAMIR)
    supervisor.opens("/console/replies")
    supervisor.page.get_by_label("Title").fill("Form is ready")
    supervisor.page.get_by_label("Answer").fill("Hello {first_name}, your form is ready at {surgery}.")
    supervisor.page.get_by_label("Somebody reads it again on").fill("2040-01-01")
    supervisor.page.get_by_role("button", name="Add").click()
    phone.says(_PLEASE)
    rosa.takes_over("Amira Khan")
    ready = rosa.page.get_by_label("Ready answers")
    ready.select_option("Form is ready")
    rosa.page.get_by_role("button", name="Put it in").click()
    filled = "Hello Amira, your form is ready at Riverside Surgery."
    expect(rosa.reply).to_have_value(filled)
    rosa.page.get_by_role("button", name="Lock").click()
    expect(rosa.page.get_by_label("Rosa Lindqvist’s passcode")).to_be_focused()
    rosa.page.keyboard.type(ROSA.passcode)
    rosa.page.keyboard.press("Enter")
    expect(rosa.reply).to_have_value(filled)


def test_a_receptionist_answers_with_the_keyboard_alone(
    page: Page, phone: Phone, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    phone.says(_PLEASE)
    phone.hears(_PASSED_ON)
    page.goto(f"{assistant.url}/console/sign-in")
    expect(page.get_by_label("Login")).to_be_focused()
    for typed in (ROSA.account.login, ROSA.passcode, pyotp.TOTP(ROSA.authenticator).now()):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    rosa = Console(page, assistant)
    expect(rosa.row("Amira Khan")).to_be_visible()
    expect(rosa.shortcuts).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("j")
    expect(rosa.row("Amira Khan").get_by_role("link")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/conversations/*")
    page.keyboard.press("c")
    phone.hears(_JOINED)
    page.wait_for_load_state()
    rosa.writes("Hello from the keyboard")
    rosa.sends()
    phone.hears("Hello from the keyboard")
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="For an hour")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("Put aside until")).to_be_visible()
    page.keyboard.press("e")
    expect(page.get_by_label("Why it is done")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    phone.hears("The surgery has finished with this")


def test_what_was_being_written_is_there_after_the_lock_screen(
    phone: Phone, rosa: Console, assert_accessible: AssertAccessible
) -> None:
    phone.says(_PLEASE)
    rosa.takes_over("Amira Khan")
    rosa.writes("Dear Amira, your")
    rosa.page.get_by_role("button", name="Lock").click()
    expect(rosa.page.get_by_role("heading", name="Locked")).to_be_visible()
    assert "Amira" not in rosa.page.content()
    assert_accessible(rosa.page)
    rosa.page.keyboard.type(ROSA.passcode)
    rosa.page.keyboard.press("Enter")
    expect(rosa.reply).to_have_value("Dear Amira, your")


# The desk


def test_register_a_patient_at_the_desk(
    visit: Callable[..., Visit], assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    visitor = visit()
    visitor.accepts("400 (Bad Request)")
    page = visitor.page
    Console(page, assistant).signed_in()
    page.get_by_role("link", name="Online services").click()
    assert_accessible(page)
    page.get_by_label("Find a patient").fill("rossi")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Sofia Rossi").click()
    expect(page.get_by_text("Not checked")).to_be_visible()
    page.get_by_role("link", name="Register for online services").click()
    page.get_by_role("button", name="Register and show the key").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("Two documents").check()
    page.get_by_label("Photo document").select_option(label="Passport")
    page.get_by_label("Document with their address").select_option(label="Council tax bill")
    page.get_by_label(re.compile("coded record")).check()
    page.get_by_label("Who decided to show the record?").select_option(label="Dr Anjali Patel")
    page.get_by_label(re.compile("I asked them, alone")).check()
    page.get_by_role("button", name="Register and show the key").click()
    expect(page.get_by_text("Dear Sofia Rossi")).to_be_visible()
    assert_accessible(page)
    key = page.locator(".key").inner_text()
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_text(key)).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Done: back to the patient").click()
    expect(page.get_by_text("Given, works until")).to_be_visible()
    assert key not in page.content()
    _sets_a_passcode(visit().page, assistant, key, assert_accessible)
    page.reload()
    expect(page.get_by_text("None that works")).to_be_visible()


def _sets_a_passcode(page: Page, assistant: Assistant, key: str, assert_accessible: AssertAccessible) -> None:
    """Sofia, at home, with her letter; then she sees her results."""
    page.goto(assistant.url)
    phone = Phone(page).held_by("Sofia Rossi")
    phone.says("set up a passcode")
    phone.hears("/secure/")
    secure = phone.opens_link()
    secure.presses("Continue")
    secure.shows("Show that it is you")
    secure.page.get_by_role("link", name="I have a registration key from the surgery").click()
    secure.shows("Set up your passcode")
    assert_accessible(secure.page)
    secure.page.get_by_label("Registration key").fill(key)
    secure.page.get_by_label("New passcode", exact=True).fill("thimble-harvest-38")
    secure.page.get_by_label("New passcode again").fill("thimble-harvest-38")
    secure.presses("Save and continue")
    expect(secure.page.get_by_role("button", name="Log out")).to_be_visible()
    assert_accessible(secure.page)


# For everyone


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_anybody_can_read_and_use_every_page(
    visit: Callable[..., Visit],
    phone: Phone,
    assistant: Assistant,
    assert_accessible: AssertAccessible,
    width: int,
    scheme: str,
) -> None:
    page = visit(viewport={"width": width, "height": 800}, color_scheme=scheme).page
    console = Console(page, assistant).signed_in(SAMIR)
    phone.says("i have crushing chest pain")
    console.takes_over("Amira Khan")
    conversation = page.url.removeprefix(assistant.url)
    desk = "/console/desk/patient-01"
    paths = ["/console", conversation, f"{conversation}/appointments", "/console/patients", "/console/desk"]
    paths += [desk, f"{desk}/register", f"{desk}/access", f"{desk}/trusted"]
    paths += ["/console/overview", "/console/examples", "/console/replies", "/console/audit"]
    for path in paths:
        console.opens(path)
        assert_accessible(page)
        assert page.evaluate(NO_SIDEWAYS_SCROLL), path


def test_an_auditor_sees_the_audit_and_nothing_else(
    visit: Callable[..., Visit], phone: Phone, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    phone.says(_PLEASE)
    phone.hears(_PASSED_ON)
    visitor = visit()
    visitor.accepts("403 (Forbidden)")
    auditor = let_in(visitor.page, assistant, "auditor")
    auditor.opens("/console")
    expect(visitor.page.get_by_role("heading", name="Audit trail", level=1)).to_be_visible()
    expect(visitor.page.get_by_role("navigation", name="Console").get_by_role("link")).to_have_text(["Audit"])
    expect(visitor.page.get_by_role("cell", name="escalation.open").first).to_be_visible()
    assert "Amira" not in visitor.page.content()
    assert_accessible(visitor.page)
    for path in ("/console/queue", "/console/patients", "/console/desk", "/console/overview", "/console/staff"):
        auditor.opens(path)
        expect(visitor.page.get_by_role("heading", level=1)).to_have_text("You cannot do this")
        assert "Amira" not in visitor.page.content()
