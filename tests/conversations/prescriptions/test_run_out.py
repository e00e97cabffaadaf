"""With nothing left the practice's rule comes first, whoever it is; then more is ordered. Red flags go before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.conversations.conftest import Known, confirm
from tests.conversations.prescriptions.conftest import Orders, order
from tests.support import AMIRA, LONDON, NOBODY, HandClock, Surgery, Writer

OPEN, CLOSED = "Call us now. We will see what we can do today.", "ask for an emergency supply"
SAID = "i've completely run out of my metformin, none left"
Ordered = Callable[[str], set[str]]


@pytest.mark.parametrize(
    "said",
    [
        SAID,
        "ive run out of metformin",
        "totally out of metformin and nothing for tonight",
        "can i order metformin please ive got none left",
    ],
)
def test_the_rule_comes_first_and_an_order_can_be_made(amira: Writer, ordered: Ordered, said: str) -> None:
    answer = amira.says(said)
    assert answer.startswith(OPEN) and "prescriber should know" in answer
    assert "Ordered: metformin" in order(amira)
    assert ordered("Amira") == {"Metformin"}


@pytest.mark.parametrize("said", ["running low on metformin", "nearly out of metformin can i have more"])
def test_who_has_some_left_is_not_told(amira: Writer, said: str) -> None:
    assert OPEN not in amira.says(said)


@pytest.mark.parametrize("now", ["2026-11-23T20:00", "2026-11-28T11:00", "2026-12-25T10:00"])
def test_while_closed_it_is_111_and_a_pharmacy(surgery: Surgery, clock: HandClock, now: str) -> None:
    clock.now = datetime.fromisoformat(now).replace(tzinfo=LONDON)
    answer = surgery.texting(AMIRA).says(SAID)
    assert CLOSED in answer and OPEN not in answer


def test_who_is_not_known_is_told_too(surgery: Surgery) -> None:
    answer = surgery.texting(NOBODY).says(SAID)
    assert OPEN in answer and "cannot do that from this number" in answer
    chat = surgery.chatting()
    answer = chat.says(SAID)
    assert OPEN in answer and "mobile number" in answer


def test_it_is_said_once(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says(SAID)
    answer = chat.identifies(AMIRA)
    assert OPEN not in answer and "prescriber should know" in answer


def test_in_the_middle_of_a_booking_it_is_said_and_the_order_offered_afterwards(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow")
    answer = amira.says("ive run out of metformin completely")
    assert OPEN in answer and "Which time would you like" in answer
    for text in ("1", "no"):
        amira.says(text)
    assert "You also asked to order a repeat prescription" in confirm(amira)
    assert "prescriber should know" in amira.says("yes")


def test_in_the_middle_of_an_order_it_is_said_and_the_order_goes_on(amira: Writer, ordered: Ordered) -> None:
    amira.says("order my repeat prescription")
    answer = amira.says("ive run out of metformin completely")
    assert OPEN in answer and "prescriber should know" in answer
    assert "Ordered: metformin" in order(amira)


def test_red_flags_go_first(surgery: Surgery, orders: Orders) -> None:
    amira = surgery.texting(AMIRA)
    answer = amira.says("ive run out of my inhaler and i cant breathe")
    assert "999" in answer and OPEN not in answer
    assert surgery.escalations()[-1].urgency == "urgent"
    assert orders("Amira") == []
