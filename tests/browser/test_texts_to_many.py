"""Texts to many, in a real browser: one writes, another approves, and either stops it; by keyboard, on any screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.people import NO_SIDEWAYS_SCROLL
from tests.browser.server import Assistant
from tests.browser.staff import Console, let_in
from tests.browser.visits import Visit

AssertAccessible = Callable[[Page | Frame], None]
HERE = "/console/broadcasts"


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_one_writes_another_approves_and_it_is_stopped(
    visit: Callable[..., Visit], assistant: Assistant, assert_accessible: AssertAccessible, width: int, scheme: str
) -> None:
    screen = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    reception = visit(**screen)
    reception.accepts("400 (Bad Request)")  # the form with something missing
    jo = let_in(reception.page, assistant, "reception")
    sam = let_in(visit(**screen).page, assistant, "supervisor", "Sam Price")

    def is_fit_for_everybody(console: Console) -> None:
        console.page.wait_for_load_state("load")
        assert_accessible(console.page)
        assert console.page.evaluate(NO_SIDEWAYS_SCROLL), console.page.url

    jo.opens(HERE)
    is_fit_for_everybody(jo)
    _press(jo, "Save and preview")
    expect(jo.page.get_by_role("alert")).to_contain_text("Enter the text")
    is_fit_for_everybody(jo)
    jo.page.get_by_label("Title").fill("Reviews, winter")
    jo.page.get_by_label("Text", exact=True).fill("Your medicine review is due 💊 " + "Winter is near. " * 4)
    jo.page.get_by_label("NHS numbers I type in").check()
    jo.page.get_by_label("NHS numbers", exact=True).fill("9990000018\n999 000 0026\n9990000174")
    _press(jo, "Save and preview")
    expect(jo.page.get_by_role("heading", name="As it arrives")).to_be_visible()
    expect(jo.page.get_by_text("It does not say what to do.")).to_be_visible()
    is_fit_for_everybody(jo)
    jo.page.get_by_role("link", name="Change it").click()
    expect(jo.page.get_by_role("heading", name="Change a text to many")).to_be_visible()
    is_fit_for_everybody(jo)
    jo.page.get_by_label("Text", exact=True).fill("Your medicine review is due. Call us to book it.")
    _press(jo, "Save and preview")
    _press(jo, "Ask somebody to approve it")
    expect(jo.page.get_by_text("You wrote it, so somebody else has to approve it.")).to_be_visible()

    sam.opens(HERE)
    sam.page.get_by_role("link", name="Reviews, winter").click()
    expect(sam.page.get_by_role("button", name="Approve and send")).to_be_visible()
    is_fit_for_everybody(sam)
    sam.page.get_by_role("button", name="Approve and send").focus()
    sam.page.keyboard.press("Enter")
    expect(sam.page.get_by_text("Approved by Sam Price")).to_be_visible()
    is_fit_for_everybody(sam)
    _press(sam, "Stop sending")
    expect(sam.page.get_by_text("Stopped by Sam Price")).to_be_visible()
    is_fit_for_everybody(sam)


def _press(console: Console, name: str) -> None:
    console.page.get_by_role("button", name=name).click()
