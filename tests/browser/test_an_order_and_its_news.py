"""A medicine is ordered on the phone, decided in the console, and the phone is told."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.people import Phone
from tests.browser.server import Assistant
from tests.browser.staff import NGOZI, Console
from tests.browser.visits import Visit

AssertAccessible = Callable[[Page | Frame], None]
METFORMIN = "Metformin 500mg tablets"


@pytest.fixture()
def ngozi(visit: Callable[..., Visit], assistant: Assistant) -> Console:
    return Console(visit().page, assistant).signed_in(NGOZI)


def orders_metformin(phone: Phone) -> str:
    """Gives the reference."""
    phone.says("order my metformin please")
    phone.hears("something the prescriber should know")
    phone.says("no")
    number = re.search(r"Reply (\d{3})", phone.hears(re.compile(r"Reply \d{3}")))
    assert number
    phone.says(number[1])
    reference = re.search(r"reference is (\w{6})", phone.hears("ready by"))
    assert reference
    return reference[1]


def test_a_refused_order_is_told_at_once_and_names_no_medicine(
    phone: Phone, ngozi: Console, assert_accessible: AssertAccessible
) -> None:
    reference = orders_metformin(phone)
    ngozi.opens("/console/prescriptions")
    ngozi.page.get_by_role("checkbox", name=METFORMIN).check()
    ngozi.page.get_by_label("Why not, for the patient to read").first.select_option(index=1)
    assert_accessible(ngozi.page)
    ngozi.page.get_by_role("button", name="Reject what is ticked").click()
    expect(ngozi.page.get_by_role("status").filter(has_text="1 medicine was changed.")).to_be_visible()
    told = phone.hears(f"We could not approve something you ordered (reference {reference})")
    assert "etformin" not in told
    assert_accessible(phone.page)


def test_an_approved_order_is_told_when_it_is_at_the_pharmacy(phone: Phone, ngozi: Console) -> None:
    reference = orders_metformin(phone)
    ngozi.opens("/console/prescriptions")
    ngozi.page.get_by_role("button", name=f"Approve {METFORMIN} for Amira Khan").click()
    expect(ngozi.page.get_by_role("status").filter(has_text="1 medicine was changed.")).to_be_visible()
    for tab, step in (("approved", "Sent to the pharmacy"), ("sent", "Ready to collect")):
        ngozi.opens(f"/console/prescriptions?tab={tab}")
        ngozi.page.get_by_role("button", name=f"{step} {METFORMIN}").click()
        expect(ngozi.page.get_by_role("status").filter(has_text="1 medicine was changed.")).to_be_visible()
    assert "etformin" not in phone.hears(f"Your prescription (reference {reference}) is ready to collect.")
