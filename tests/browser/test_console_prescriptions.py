"""The page of prescriptions in a real browser: with keys, on a narrow screen, in the dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.people import NO_SIDEWAYS_SCROLL
from tests.browser.server import Assistant
from tests.browser.staff import NGOZI, ROSA, Console
from tests.browser.visits import Visit

AssertAccessible = Callable[[Page | Frame], None]
HERE = "/console/prescriptions"
ATORVASTATIN = "Atorvastatin 20mg tablets"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_order_is_rejected_with_keys_on_a_narrow_screen(
    visit: Callable[..., Visit], assistant: Assistant, assert_accessible: AssertAccessible, scheme: str
) -> None:
    visitor = visit(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    visitor.accepts("400 (Bad Request)")
    page = visitor.page
    Console(page, assistant).signed_in(NGOZI)
    page.get_by_role("link", name="Prescriptions", exact=True).click()
    expect(page.get_by_role("heading", name="Tom Barker")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate(NO_SIDEWAYS_SCROLL)
    box = page.get_by_role("checkbox", name=ATORVASTATIN)
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")  # decides nothing
    expect(page.get_by_role("alert")).to_have_text("Nothing was changed: choose what is to be done.")
    expect(box).to_be_checked()
    page.get_by_role("button", name="Reject what is ticked").press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Say why, in words for the patient.")
    expect(box).to_be_checked()
    assert_accessible(page)
    assert page.evaluate(NO_SIDEWAYS_SCROLL)
    page.get_by_label("Why not, for the patient to read").select_option(index=1)
    page.get_by_role("button", name="Reject what is ticked").press("Enter")
    expect(page.get_by_role("status").filter(has_text="1 medicine was changed.")).to_be_visible()
    expect(page.get_by_text("Nothing waits here.")).to_be_visible()
    page.get_by_role("link", name="Finished").click()
    expect(page.get_by_text("Not approved")).to_be_visible()
    assert_accessible(page)


def test_from_the_clinician_to_the_pharmacy(
    visit: Callable[..., Visit], assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    clinician, desk = visit().page, visit().page
    ngozi, rosa = Console(clinician, assistant).signed_in(NGOZI), Console(desk, assistant).signed_in(ROSA)
    rosa.opens(HERE)
    expect(desk.get_by_text("Clinicians decide these.")).to_be_visible()
    assert_accessible(desk)
    ngozi.opens(HERE)
    clinician.get_by_role("button", name=f"Approve {ATORVASTATIN} for Tom Barker").click()
    expect(clinician.get_by_text("Nothing waits here.")).to_be_visible()
    for tab, step in (("Approved", "Sent to the pharmacy"), ("Sent to the pharmacy", "Ready to collect")):
        desk.get_by_role("navigation", name="Prescriptions by status").get_by_role("link", name=tab).click()
        expect(desk.get_by_role("checkbox", name=ATORVASTATIN)).to_be_visible()
        assert_accessible(desk)
        desk.get_by_role("button", name=f"{step} {ATORVASTATIN}").click()
        expect(desk.get_by_role("status").filter(has_text="1 medicine was changed.")).to_be_visible()


def test_whoever_is_slower_is_told(
    visit: Callable[..., Visit], assistant: Assistant, assert_accessible: AssertAccessible
) -> None:
    visitors = [visit(), visit()]
    visitors[1].accepts("409 (Conflict)")
    pages = [each.page for each in visitors]
    for page in pages:
        Console(page, assistant).signed_in(NGOZI).opens(HERE)
    for page in pages:
        page.get_by_role("checkbox", name=ATORVASTATIN).check()
        page.get_by_role("button", name="Approve what is ticked").click()
    expect(pages[1].get_by_role("alert")).to_contain_text("had been decided by a colleague")
    assert_accessible(pages[1])
