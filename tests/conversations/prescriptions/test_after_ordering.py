"""What became of an order, cancelling it, and the pharmacy."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm
from tests.conversations.prescriptions.conftest import Orders, order
from tests.support import AMIRA, TOM, HandClock, Surgery, Writer

MEDICINES = ("etformin", "meprazole", "torvastatin", "mlodipine")


def decide(surgery: Surgery, orders: Orders, name: str, *states: str) -> None:
    """The practice deals with somebody's newest order."""
    for number, state in enumerate(states):
        surgery.program.backend.decide_request(orders(name)[0].id, state, "Please see us first.", f"test-{number}")


def test_the_state_of_an_order_is_told_by_its_reference(patient: Known) -> None:
    answer = patient(TOM).says("has my order KTR7M4 been done")
    assert "Your order KTR7M4: " in answer and "not looked at it yet" in answer
    assert not [name for name in MEDICINES if name in answer]


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (("approved",), "ready by"),
        (("approved", "sent"), "pharmacy"),
        (("approved", "sent", "ready"), "Ready"),
        (("rejected",), "was not approved"),
    ],
)
def test_each_state_has_its_words(
    patient: Known, surgery: Surgery, orders: Orders, states: tuple[str, ...], told: str
) -> None:
    decide(surgery, orders, "Tom", *states)
    answer = patient(TOM).says("is my order ktr7m4 ready")
    assert told in answer and "Please see us first" not in answer


@pytest.mark.parametrize("said", ["KTR7M4", "ktr7m4", "its KTR7M4", "order KTR7M4"])
def test_a_bare_reference_asks_for_its_order(patient: Known, said: str) -> None:
    assert "Your order KTR7M4: " in patient(TOM).says(said)


def test_without_a_reference_it_is_on_the_page(patient: Known) -> None:
    tom = patient(TOM)
    assert "To see your repeat medicines and orders" in tom.says("is my prescription ready")
    assert tom.link()[0]


def test_who_has_proved_who_they_are_sees_it_on_a_card(proved: Writer) -> None:
    proved.says("is my prescription ready")
    if proved.channel == "web":
        assert proved.attachment and proved.attachment["card"] == "repeats"
    else:
        assert proved.link()[0]


def test_anothers_reference_is_none(patient: Known) -> None:
    answer = patient(AMIRA).says("has my order KTR7M4 been done")
    assert "I cannot find that order" in answer and "To see your repeat medicines" in answer


def test_in_the_chat_the_reference_is_remembered_while_it_is_asked_who_writes(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("has my prescription order KTR7M4 been approved")
    assert "Your order KTR7M4: " in chat.identifies(TOM)


def test_the_only_order_is_cancelled_once_it_is_confirmed(patient: Known, orders: Orders) -> None:
    tom = patient(TOM)
    assert "cancel your order KTR7M4" in tom.says("cancel my prescription order")
    assert orders("Tom")[0].status == "requested"
    assert "Your order KTR7M4 is cancelled" in confirm(tom)
    assert orders("Tom")[0].status == "cancelled"


def test_no_keeps_it(patient: Known, orders: Orders) -> None:
    tom = patient(TOM)
    tom.says("cancel my prescription order")
    assert "left your order as it is" in tom.says("no")
    assert orders("Tom")[0].status == "requested"


def test_all_of_one_reference_is_cancelled(amira: Writer, orders: Orders) -> None:
    order(amira, "order everything that is due")
    amira.says("cancel my prescription order")
    confirm(amira)
    assert {each.status for each in orders("Amira")} == {"cancelled"}


@pytest.mark.parametrize("by", ["reference", "number"])
def test_of_several_one_is_chosen(amira: Writer, clock: HandClock, orders: Orders, by: str) -> None:
    order(amira, "order my metformin")
    clock.forward(minutes=1)
    order(amira, "order my omeprazole")
    newest, first = orders("Amira")
    listed = amira.says("cancel my prescription order")
    assert "Which order do you mean?" in listed and f"2. {first.reference}, Monday 23 November" in listed
    assert not [name for name in MEDICINES if name in listed]
    assert f"your order {first.reference}" in amira.says(first.reference if by == "reference" else "2")
    confirm(amira)
    assert {each.name.split()[0]: each.status for each in orders("Amira")} == {
        "Metformin": "cancelled",
        "Omeprazole": "requested",
    }
    assert newest.reference != first.reference


def test_a_reference_given_at_once_is_not_asked_for(amira: Writer, clock: HandClock, orders: Orders) -> None:
    order(amira, "order my metformin")
    clock.forward(minutes=1)
    order(amira, "order my omeprazole")
    first = orders("Amira")[1].reference
    assert f"your order {first}" in amira.says(f"cancel my prescription order {first.lower()}")


def test_too_late_it_goes_to_staff(patient: Known, surgery: Surgery, orders: Orders) -> None:
    decide(surgery, orders, "Tom", "approved")
    answer = patient(TOM).says("cancel my prescription order")
    assert "too late to cancel" in answer and "Someone will reply today" in answer
    assert [each.reason for each in surgery.escalations()] == ["order_not_cancelled"]
    assert orders("Tom")[0].status == "approved"


def test_too_late_between_read_back_and_confirmation(patient: Known, surgery: Surgery, orders: Orders) -> None:
    tom = patient(TOM)
    tom.says("cancel my prescription order")
    decide(surgery, orders, "Tom", "approved")
    assert "too late to cancel" in confirm(tom)
    assert [each.reason for each in surgery.escalations()] == ["order_not_cancelled"]


def test_what_was_dealt_with_in_part_is_cancelled_in_part(amira: Writer, surgery: Surgery, orders: Orders) -> None:
    order(amira, "order everything that is due")
    amira.says("cancel my prescription order")
    decide(surgery, orders, "Amira", "approved")
    assert "cancelled part of your order" in confirm(amira)
    assert sorted(each.status for each in orders("Amira")) == ["approved", "cancelled"]


def test_with_no_order_there_is_nothing_to_cancel(amira: Writer) -> None:
    assert "no orders of medicines waiting" in amira.says("cancel my prescription order")


def test_a_cancelled_order_can_be_made_again(amira: Writer, orders: Orders) -> None:
    order(amira, "order my metformin")
    amira.says("cancel my prescription order")
    confirm(amira)
    assert "Ordered: metformin" in order(amira, "order my metformin")


def test_cancelling_an_appointment_is_something_else(patient: Known) -> None:
    assert "cancel Wednesday 25 November" in patient(TOM).says("cancel my appointment")


@pytest.mark.parametrize("said", ["change my pharmacy", "which chemist do my prescriptions go to", "nominate boots"])
def test_the_pharmacy_is_on_the_page(patient: Known, surgery: Surgery, said: str) -> None:
    tom = patient(TOM)
    answer = tom.says(said)
    assert "To see or change your pharmacy" in answer and "Riverside Pharmacy" not in answer
    held = surgery.program.services.step_up.look(tom.link()[0]) if tom.channel == "sms" else None
    assert held is None or held.purpose == "pharmacy"
