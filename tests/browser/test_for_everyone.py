"""Screen readers, keyboards, small screens, big text, dark and high contrast, text from right to left."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.people import (
    AMIRA,
    NO_SIDEWAYS_SCROLL,
    Chat,
    Phone,
    books,
    frame_of,
    open_chat,
    open_widget,
    request_for,
)
from tests.browser.server import Assistant, wait_until
from tests.browser.visits import Visit

AssertAccessible = Callable[[Page | Frame], None]
_HEAR = """() => {
  window.heard = [];
  const listen = ([change]) => change.addedNodes.forEach((node) => heard.push(node.textContent));
  for (const id of ["polite", "urgent"]) new MutationObserver((changes) => changes.forEach((one) => listen([one])))
    .observe(document.getElementById(id), { childList: true });
}"""


def test_a_screen_reader_hears_the_answer_and_its_choices(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    page.evaluate(_HEAR)
    chat.says("hello")
    chat.hears("Hello. I can book")
    heard = wait_until(lambda: [said for said in page.evaluate("heard") if said.startswith("Assistant said: Hello.")])
    assert len(heard) == 1
    assert "Message sent" in page.evaluate("heard")
    expect(page.locator("#polite")).to_be_empty()
    expect(chat.box).to_be_focused()


def test_a_screen_reader_hears_an_emergency_at_once(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    page.evaluate(_HEAR)
    chat.says("my dad has bad chest pain")
    card = chat.hears("Call 999")
    expect(card).to_have_class(re.compile("urgent"))
    expect(card.locator(".flag")).to_have_text("Emergency")
    expect(card.get_by_role("link", name="999").first).to_have_attribute("href", "tel:999")
    wait_until(lambda: any("Call 999" in said for said in page.evaluate("heard")))


def test_an_answer_from_right_to_left_is_shown_and_read_out_so(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    chat.says("أريد موعد مع الطبيب")
    text = chat.hears("999").locator(".text")
    expect(text).to_have_attribute("lang", "ar")
    expect(text).to_have_css("direction", "rtl")
    chat.says("chce umowic wizyte do lekarza")
    text = chat.hears("999").locator(".text")
    expect(text).to_have_attribute("lang", "pl")
    expect(text).to_have_css("direction", "ltr")


def test_nothing_stands_in_the_way_on_the_demo_page(
    page: Page, assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    page.goto(assistant.url)
    assert_accessible(page)
    chat = open_widget(page)
    assert_accessible(page)
    assert_accessible(frame_of(page))
    books(chat, assistant, AMIRA)
    assert_accessible(page)
    assert_accessible(frame_of(page))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_in_the_chat(
    visit: Callable[..., Visit], assistant: Assistant, assert_accessible: AssertAccessible, scheme: str
) -> None:
    visitor = visit(color_scheme=scheme)
    visitor.accepts("net::ERR_")
    page = visitor.page
    chat = open_chat(page, assistant)
    assert_accessible(page)  # the greeting and its quick replies
    chat.presses("Opening hours")
    chat.hears("open")
    assert_accessible(page)  # a conversation, with choices made
    page.route("**/chat/messages", lambda route: route.abort())
    chat.says("hello?")
    expect(chat.own.last).to_contain_text("Not sent")
    assert_accessible(page)
    page.unroute("**/chat/messages")
    page.get_by_role("button", name="Try again").click()
    chat.hears("Hello")
    chat.says("i have bad chest pain")
    chat.hears("Call 999")
    assert_accessible(page)
    page.get_by_role("button", name="End chat").click()
    assert_accessible(page)
    page.locator("#notice").get_by_role("button", name="End chat").click()
    expect(page.locator("#notice")).to_contain_text("You ended this chat.")
    assert_accessible(page)


def test_dark_colours_where_a_patient_wants_them(visit: Callable[..., Visit], assistant: Assistant) -> None:
    page = visit(color_scheme="dark").page
    open_chat(page, assistant)
    for shown in ("html", ".bubble", ".composer"):
        red, green, blue = _rgb(page, shown)
        assert max(red, green, blue) < 80, shown


def test_high_contrast_keeps_the_edges_of_things(visit: Callable[..., Visit], assistant: Assistant) -> None:
    page = visit(forced_colors="active").page
    chat = open_chat(page, assistant)
    chat.says("hello")
    chat.hears("Hello. I can book")
    for shown in (".patient .bubble", ".assistant .bubble", ".send", ".replies button"):
        width, style = page.locator(shown).first.evaluate(
            "(node) => [getComputedStyle(node).borderTopWidth, getComputedStyle(node).borderTopStyle]"
        )
        assert width != "0px" and style == "solid", shown


@pytest.mark.parametrize("size", [(320, 640), (320, 256)], ids=["320 px", "400% zoom"])
def test_a_small_screen_needs_no_sideways_scrolling(
    visit: Callable[..., Visit], assistant: Assistant, size: tuple[int, int]
) -> None:
    page = visit(viewport={"width": size[0], "height": size[1]}).page
    chat = open_chat(page, assistant)
    chat.says("w" * 200)
    expect(chat.rows).to_have_count(3)
    chat.says(request_for())
    chat.identifies(assistant, AMIRA)
    chat.hears("Which one would you like?")
    assert page.evaluate(NO_SIDEWAYS_SCROLL)
    for needed in (chat.box, page.get_by_role("button", name="Send"), page.get_by_role("link", name="999").first):
        box = needed.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= size[0]
        assert box["y"] >= 0 and box["y"] + box["height"] <= size[1]
    for button in page.locator(".replies button").all():
        box = button.bounding_box()
        assert box["width"] >= 24 and box["height"] >= 24


@pytest.mark.parametrize("width", [320, 768])
def test_the_demo_page_needs_no_sideways_scrolling(
    visit: Callable[..., Visit], assistant: Assistant, width: int
) -> None:
    page = visit(viewport={"width": width, "height": 700}).page
    page.goto(assistant.url)
    phone = Phone(page)
    phone.says("w" * 160)
    phone.hears("Riverside Surgery:")
    assert page.evaluate(NO_SIDEWAYS_SCROLL)


def test_text_from_right_to_left_turns_the_chat_round(page: Page, assistant: Assistant) -> None:
    chat = open_chat(page, assistant)
    page.evaluate("document.documentElement.dir = 'rtl'")
    chat.says("hello")
    answer = chat.hears("Hello. I can book").locator(".bubble").bounding_box()
    own = chat.own.last.locator(".bubble").bounding_box()
    middle = page.viewport_size["width"] / 2
    assert own["x"] + own["width"] / 2 < middle < answer["x"] + answer["width"] / 2
    assert page.evaluate(NO_SIDEWAYS_SCROLL)


def test_what_a_patient_writes_is_shown_as_text_and_never_run(page: Page, assistant: Assistant) -> None:
    evil = '<img src="x" onerror="window.harm=1"><script>window.harm=1</script><a href="javascript:harm=1">x</a>'
    page.goto(assistant.url)
    chat, phone = open_widget(page), Phone(page)
    chat.says(evil)
    expect(chat.rows).to_have_count(3)
    assert chat.texts[1] == evil
    phone.held_by("Amira Khan").says(evil)
    phone.hears("Riverside Surgery:")
    assert phone.bubbles.first.inner_text() == evil
    for place in (chat.inside.locator("#messages"), page.locator("#thread")):
        assert place.locator("img, script, a[href^=javascript]").count() == 0
    assert [frame.evaluate("window.harm") for frame in page.frames] == [None, None]


def test_a_reader_who_has_scrolled_back_is_not_pulled_away(page: Page, assistant: Assistant) -> None:
    page.set_viewport_size({"width": 600, "height": 560})
    chat = open_chat(page, assistant)
    for _ in range(3):
        chat.says("are you open on friday")
        chat.hears("We are open")
    chat.log.focus()
    chat.page.keyboard.press("Home")
    wait_until(lambda: chat.log.evaluate("(log) => log.scrollTop") == 0)
    _answer_arrives_from_another_tab(page, assistant)
    expect(page.get_by_role("button", name="Newest messages")).to_be_visible()
    expect(chat.rows).to_have_count(9)
    assert chat.log.evaluate("(log) => log.scrollTop") == 0
    page.get_by_role("button", name="Newest messages").click()
    expect(page.get_by_role("button", name="Newest messages")).to_be_hidden()


def _answer_arrives_from_another_tab(page: Page, assistant: Assistant) -> None:
    tab = page.context.new_page()
    tab.goto(f"{assistant.url}/chat")
    other = Chat(tab, tab)
    other.hears("We are open")
    other.says("thank you")
    other.hears("You are welcome")
    tab.close()


def _rgb(page: Page, selector: str) -> list[int]:
    colour = page.locator(selector).first.evaluate("(node) => getComputedStyle(node).backgroundColor")
    return [int(part) for part in re.findall(r"\d+", colour)[:3]]
