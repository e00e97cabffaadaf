"""What cannot be ordered gets one answer, whatever the reason; the rest is ordered, and staff may be asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.backend import tables
from bot.backend.local_medicines import repeat_to_row
from bot.store.conversations import get_conversation
from bot.store.tracker import load_tracker
from tests.conversations.conftest import Known, confirm
from tests.conversations.prescriptions.conftest import Orders, order
from tests.support import AISHA, AMIRA, HANNAH, MENSAH, NOVAK, TOM, Surgery, Writer

Ordered = Callable[[str], set[str]]


REFUSED = {
    "too soon": (AMIRA, "order my salbutamol"),
    "acute": (AMIRA, "order my colecalciferol"),
    "not on the list": (AMIRA, "order my ramipril"),
    "already ordered": (TOM, "order my atorvastatin"),
    "no issues left": (HANNAH, "order my ramipril"),
    "controlled": (HANNAH, "order my zopiclone"),
}


def without_words(answer: str, said: str) -> str:
    """The answer without the name and without the link."""
    name = said.split()[-1]
    return " ".join(word for word in answer.replace(name, "…").split() if "/secure/" not in word)


@pytest.mark.parametrize("why", REFUSED)
def test_whatever_the_reason_the_answer_reads_the_same(patient: Known, why: str) -> None:
    number, said = REFUSED[why]
    answer = without_words(patient(number).says(said), said)
    assert answer.startswith("I cannot order this here: …. To see why, open")
    assert answer.endswith("Shall I pass it to our staff?")
    assert not [word for word in ("repeat", "review", "soon", "already", "controlled", "stopped") if word in answer]


def test_for_those_who_share_a_phone_it_reads_the_same(surgery: Surgery) -> None:
    for number, name, said in (
        (NOVAK, "Eva Novak", "order my sertraline"),
        (MENSAH, "Daniel Mensah", "order my methotrexate"),
    ):
        writer = surgery.texting(number)
        writer.says(said)
        assert without_words(writer.says(name), said).startswith("I cannot order this here: …. To see why, open")


def test_staff_are_asked_in_the_patients_words(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says("can i order my atorvastatin pls")
    answer = tom.says("yes")
    assert "passed that to our staff" in answer and "Nothing has been ordered" in answer
    asked = surgery.escalations()[-1]
    assert (asked.reason, asked.urgency) == ("not_ordered", "routine")
    assert asked.summary.open(asked.conversation_id) == "atorvastatin"


def test_or_they_are_not(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says("order my atorvastatin")
    assert "Nothing has been ordered" in tom.says("no thanks")
    assert surgery.escalations() == []


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_the_rest_is_still_ordered(amira: Writer, ordered: Ordered, answer: str) -> None:
    assert "I cannot order this here: salbutamol." in amira.says("order my metformin and my salbutamol")
    amira.says(answer)
    assert "Ordered: metformin." in order(amira)
    assert ordered("Amira") == {"Metformin"}


def test_of_everything_what_is_not_due_is_passed_over_in_silence(amira: Writer) -> None:
    assert "cannot order" not in amira.says("order everything that is due")


def test_with_nothing_due_that_is_answered_like_anything_else(patient: Known) -> None:
    tom = patient(TOM)
    assert "I cannot order this here: everything that is due." in tom.says("order everything except the amlodipine")


def test_the_link_is_to_the_repeats(surgery: Surgery) -> None:
    tom = surgery.texting(TOM)
    tom.says("order my atorvastatin")
    held = surgery.program.services.step_up.look(tom.link()[0])
    assert held and held.purpose == "repeats"


def test_whose_record_is_closed_gets_no_link(patient: Known) -> None:
    aisha = patient(AISHA)
    answer = aisha.says("order my ramipril")
    assert "I cannot order this here: ramipril." in answer and "To see why" not in answer
    assert aisha.attachment is None


def test_who_has_proved_who_they_are_sees_why_on_a_card(proved: Writer) -> None:
    answer = proved.says("order my salbutamol")
    assert "I cannot order this here: salbutamol." in answer
    if proved.channel == "web":
        assert proved.attachment and proved.attachment["card"] == "repeats"
    else:
        assert proved.link()[0]


def test_a_second_order_of_the_same_is_not_made(amira: Writer, orders: Orders) -> None:
    order(amira, "order my metformin")
    assert "I cannot order this here: metformin." in amira.says("order my metformin")
    assert len(orders("Amira")) == 1


@pytest.mark.parametrize("said", ["show my list", "what can i order", "i dont know the names"])
def test_the_list_is_shown_on_the_page(amira: Writer, said: str) -> None:
    amira.says("order my repeat")
    answer = amira.says(said)
    assert "To see your repeat medicines and orders" in answer and "which medicines do you need" in answer.casefold()
    assert amira.link()[0]


def test_what_may_be_two_is_asked_about_and_neither_named(surgery: Surgery, amira: Writer, ordered: Ordered) -> None:
    prescribe(surgery, "Cetirizine 10mg tablets", "Metformin 850mg tablets")
    answer = amira.says("order my metformin")
    assert 'More than one could be "metformin"' in answer and "850" not in answer
    assert "metformin 850" in order(amira, "the 850 one")
    assert ordered("Amira") == {"Metformin"}


def test_both_of_them_may_be_meant(surgery: Surgery, amira: Writer, orders: Orders) -> None:
    prescribe(surgery, "Omeprazole 20mg capsules", "Metformin 850mg tablets")
    assert "Ordered: metformin." in order(amira, "order my metformin", "both please")
    assert len(orders("Amira")) == 2


def test_stopped_between_read_back_and_confirmation_it_is_not_ordered(
    surgery: Surgery, amira: Writer, orders: Orders
) -> None:
    for text in ("order my metformin", "no"):
        amira.says(text)
    stop(surgery, "Metformin 500mg tablets")
    assert "something has changed. Nothing has been ordered" in confirm(amira)
    assert orders("Amira") == []
    assert ("prescription.order", "not_orderable") in surgery.audit()


def test_ordered_elsewhere_meanwhile_it_is_not_ordered_twice(surgery: Surgery, orders: Orders) -> None:
    text, chat = surgery.texting(AMIRA), surgery.chatting()
    chat.says("when is my appointment")
    chat.identifies(AMIRA)
    for writer in (text, chat):
        for said in ("order my metformin", "no"):
            writer.says(said)
    assert "Ordered" in confirm(text)
    assert "something has changed. Nothing has been ordered" in confirm(chat)
    assert len(orders("Amira")) == 1


def test_a_pharmacy_that_has_closed_is_said_to_be_so(surgery: Surgery, amira: Writer, orders: Orders) -> None:
    close_pharmacy(surgery, "Amira")
    answer = order(amira, "order my metformin")
    assert "the pharmacy that we have for you is closed" in answer and "Riverside" not in answer
    assert orders("Amira") == []
    assert "To see or change your pharmacy" in amira.says("change my pharmacy")


def test_nothing_that_was_not_said_is_in_the_tracker(amira: Writer, surgery: Surgery) -> None:
    for text in ("order my metformin and salbutamol", "no", "no", "everything that is due", "no"):
        amira.says(text)
    with surgery.program.database.read() as connection:
        held = load_tracker(connection, get_conversation(connection, amira.conversation_id))
    kept = str(held.events).casefold()
    assert [
        name for name in ("500mg", "omeprazole", "cetirizine", "colecalciferol", "micrograms") if name in kept
    ] == []


def prescribe(surgery: Surgery, instead_of: str, name: str) -> None:
    """Amira has another medicine in place of one of hers, due today."""
    change(surgery, instead_of, name=name, last_issued_on=None)


def stop(surgery: Surgery, name: str) -> None:
    change(surgery, name, stopped_on=surgery.clock().date())


def change(surgery: Surgery, medicine: str, **to: object) -> None:
    """Change one of Amira's medicines in the clinical system."""
    patient_id = surgery.patient_id("Amira")
    held = next(each for each in surgery.program.backend.repeats(patient_id) if each.name == medicine)
    row = repeat_to_row(patient_id, replace(held, **to))  # type: ignore[arg-type]
    with surgery.program.database.write() as connection:
        connection.execute(update(tables.repeat).where(tables.repeat.c.id == held.id).values(**row))


def close_pharmacy(surgery: Surgery, first_name: str) -> None:
    held = surgery.program.backend.nominated_pharmacy(surgery.patient_id(first_name))
    assert held
    with surgery.program.database.write() as connection:
        closed = update(tables.pharmacy).where(tables.pharmacy.c.id == held.id)
        connection.execute(closed.values(closed_on=surgery.clock().date()))
