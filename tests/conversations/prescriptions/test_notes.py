"""The note to the prescriber and why it is early; what is for a person goes to one, and then nothing is ordered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conversations.conftest import confirm
from tests.conversations.prescriptions.conftest import Orders, order
from tests.support import Surgery, Writer

Ordered = Callable[[str], set[str]]


@pytest.mark.parametrize(
    "note",
    [
        "please could it be ready before friday",
        "please leave it at the desk",
        "can you leave them with my neighbour at the pharmacy",
        "i have two left, leave it at reception pls",
        "my bloods were fine",
        "i had a blood test last week",
        "i saw dr patel on monday",
        "i have changed my address",
        "pharmacy is closed over christmas",
        "the pharmacy gave me a different brand",
    ],
)
def test_a_note_goes_along_with_the_order(amira: Writer, orders: Orders, note: str) -> None:
    for text in ("order my metformin", note):
        amira.says(text)
    assert "Ordered" in confirm(amira)
    assert orders("Amira")[0].note == note


@pytest.mark.parametrize("said", ["leave it", "leave it please", "just leave it for now", "leave it thanks"])
def test_leave_it_leaves_it(amira: Writer, orders: Orders, said: str) -> None:
    for text in ("order my metformin", said):
        amira.says(text)
    assert "Nothing has been" in amira.answer
    assert not orders("Amira")


@pytest.mark.parametrize("said", ["no", "no thanks", "nope", "nothing", "none"])
def test_no_note_is_kept_of_a_no(amira: Writer, orders: Orders, said: str) -> None:
    for text in ("order my metformin", said):
        amira.says(text)
    assert "Ordered" in confirm(amira)
    assert orders("Amira")[0].note == ""


def test_a_note_that_is_too_long_is_asked_for_again(amira: Writer, surgery: Surgery) -> None:
    amira.says("order my metformin")
    assert "Please use 200 characters or fewer" in amira.says("i am going to see my sister " * 10)
    assert "Please check: metformin" in amira.says("going to see my sister")


@pytest.mark.parametrize(
    ("said", "reason", "urgency"),
    [
        ("it gives me a rash", "order_side_effect", "urgent"),
        ("i need to see a doctor it gives me a rash", "order_side_effect", "urgent"),
        ("i think i am allergic to it", "order_allergy", "urgent"),
        ("i am pregnant now", "order_pregnancy", "routine"),
    ],
)
def test_what_a_person_has_to_read_first_ends_the_order(
    amira: Writer, surgery: Surgery, orders: Orders, said: str, reason: str, urgency: str
) -> None:
    amira.says("order my metformin")
    answer = amira.says(said)
    assert "I have not ordered anything" in answer and "Someone will reply today" in answer
    told = surgery.escalations()[-1]
    assert (told.reason, told.urgency) == (reason, urgency)
    assert told.summary.open(told.conversation_id) == f"metformin: {said}"
    assert "did not understand" in amira.says("1") and orders("Amira") == []


def test_so_it_is_when_it_is_said_at_the_start(amira: Writer, surgery: Surgery, orders: Orders) -> None:
    assert "I have not ordered anything" in amira.says("order my metformin please but it makes me feel sick")
    assert [each.reason for each in surgery.escalations()] == ["order_side_effect"]
    assert orders("Amira") == []


@pytest.mark.parametrize("said", ["can i have double the dose", "can you give me 2 months worth"])
def test_another_dose_or_amount_is_for_staff_and_the_usual_is_ordered(
    amira: Writer, surgery: Surgery, orders: Orders, said: str
) -> None:
    amira.says("order my metformin")
    answer = amira.says(said)
    assert "cannot change a dose or an amount" in answer and "Please check: metformin" in answer
    assert "Ordered" in confirm(amira)
    assert [each.reason for each in surgery.escalations()] == ["order_dose_change"]
    assert orders("Amira")[0].note == ""


def test_so_it_is_at_the_start(amira: Writer, surgery: Surgery, ordered: Ordered) -> None:
    assert "cannot change a dose or an amount" in amira.says("order 2 months worth of metformin")
    assert "Ordered: metformin" in order(amira)
    assert [each.reason for each in surgery.escalations()] == ["order_dose_change"]


def test_what_is_early_needs_a_reason_which_the_prescriber_reads(amira: Writer, orders: Orders) -> None:
    assert "Why do you need it now?" in amira.says("order my cetirizine")
    assert "prescriber should know" in amira.says("going to spain on saturday")
    assert "Ordered: cetirizine" in order(amira)
    assert orders("Amira")[0].early_reason == "going to spain on saturday"


def test_a_reason_given_at_the_start_is_read_back_and_not_asked_for(amira: Writer, orders: Orders) -> None:
    said = "order my cetirizine early i am going on holiday"
    answer = amira.says(said)
    assert f"Your reason, for staff to see: {said}." in answer and "Why do you need it" not in answer
    assert "Ordered" in order(amira)
    assert orders("Amira")[0].early_reason == said


def test_without_a_reason_it_is_too_early(amira: Writer, orders: Orders) -> None:
    amira.says("order my cetirizine")
    answer = amira.says("no")
    assert "I cannot order this here: cetirizine." in answer and "Shall I pass it to our staff?" in answer
    amira.says("no")
    assert orders("Amira") == []


def test_without_a_reason_the_rest_goes_on(amira: Writer, ordered: Ordered) -> None:
    for text in ("order my cetirizine and metformin", "no", "no"):
        amira.says(text)
    assert "Ordered: metformin." in order(amira)
    assert ordered("Amira") == {"Metformin"}


def test_everything_early_for_a_holiday_holds_what_is_early_too(amira: Writer, ordered: Ordered) -> None:
    answer = order(amira, "order everything on my repeat early, i am going on holiday")
    assert "Ordered: everything that is due" in answer
    assert ordered("Amira") == {"Metformin", "Omeprazole", "Cetirizine"}


def test_a_reason_may_be_for_a_person_as_well(amira: Writer, surgery: Surgery, orders: Orders) -> None:
    amira.says("order my cetirizine")
    assert "I have not ordered anything" in amira.says("i came out in a rash from it so i stopped")
    assert orders("Amira") == []
