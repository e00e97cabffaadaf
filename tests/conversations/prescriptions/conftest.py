"""Orders as the clinical system holds them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.backend.prescribing import PrescriptionRequest
from bot.identity.step_up import Verdict
from tests.conversations.conftest import Known, confirm
from tests.support import AMIRA, Surgery, Writer

Orders = Callable[[str], list[PrescriptionRequest]]


@pytest.fixture()
def orders(surgery: Surgery) -> Orders:
    """`orders("Amira")`: newest first."""
    return lambda name: surgery.program.backend.prescription_requests(surgery.patient_id(name))


@pytest.fixture()
def ordered(orders: Orders) -> Callable[[str], set[str]]:
    """The medicines that are ordered and not cancelled, by the first word of their name."""
    return lambda name: {each.name.split()[0] for each in orders(name) if each.status != "cancelled"}


@pytest.fixture()
def amira(patient: Known) -> Writer:
    return patient(AMIRA)


@pytest.fixture()
def proved(patient: Known, surgery: Surgery) -> Writer:
    """Amira, logged in."""
    writer = patient(AMIRA)
    writer.says("log me in", payload="/prove_identity")
    assert writer.proves(surgery.passcode("Amira")) is Verdict.PASSED
    return writer


def order(writer: Writer, *said: str) -> str:
    """Say it all, leave out the note, and confirm the read-back."""
    for text in (*said, "no"):
        writer.says(text)
    return confirm(writer)
