"""Ordering repeat medicines: named, or everything that is due; read back, confirmed, with a reference and a day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from bot.backend.local import LocalBackend
from bot.store.messages import PATIENT
from tests.conversations.conftest import Known, confirm
from tests.conversations.prescriptions.conftest import Orders, order
from tests.support import AMIRA, LONDON, SOFIA, HandClock, Surgery, Writer

Ordered = Callable[[str], set[str]]


def test_a_medicine_is_named_read_back_confirmed_and_ordered(amira: Writer, orders: Orders) -> None:
    assert "prescriber should know" in amira.says("order my metformin")
    assert "Please check: metformin." in amira.says("no")
    assert orders("Amira") == []
    answer = confirm(amira)
    made = orders("Amira")[0]
    assert f"Ordered: metformin. Your reference is {made.reference}." in answer
    assert "ready by Wednesday 25 November" in answer
    assert (made.status, made.note, made.pharmacy_id) == ("requested", "", None)


@pytest.mark.parametrize(
    ("said", "medicines"),
    [
        ("order my metformin", {"Metformin"}),
        ("metphormin please", {"Metformin"}),
        ("can i have more omeprazol pls", {"Omeprazole"}),
        ("need metformin 500mg and omeprazole", {"Metformin", "Omeprazole"}),
        ("I would like to request my diabetes tablets", {"Metformin"}),
        ("order everything that is due", {"Metformin", "Omeprazole"}),
        ("can i order my usual meds", {"Metformin", "Omeprazole"}),
        ("all my meds please", {"Metformin", "Omeprazole"}),
        ("order all my meds except the omeprazole", {"Metformin"}),
        ("everything apart from the metformin please, on my repeat", {"Omeprazole"}),
        ("order my usual but not the metformin", {"Omeprazole"}),
    ],
)
def test_what_is_meant_is_ordered_and_nothing_else(
    amira: Writer, ordered: Ordered, said: str, medicines: set[str]
) -> None:
    assert "Ordered" in order(amira, said)
    assert ordered("Amira") == medicines


@pytest.mark.parametrize("said", ["repeat prescription please", "i want to order my tablets", "can i order my repeat"])
def test_who_names_none_is_asked(amira: Writer, ordered: Ordered, said: str) -> None:
    assert "Which medicines do you need?" in amira.says(said)
    assert "Ordered: everything that is due" in order(amira, "everything that is due")
    assert ordered("Amira") == {"Metformin", "Omeprazole"}


@pytest.mark.parametrize("said", ["metformin", "metformin 500mg", "my metformin"])
def test_a_bare_name_out_of_nowhere_is_a_wish(amira: Writer, said: str) -> None:
    assert "prescriber should know" in amira.says(said)


def test_everything_that_is_due_is_a_button(surgery: Surgery, ordered: Ordered) -> None:
    chat = surgery.chatting()
    chat.says("order my repeat prescription")
    chat.identifies(AMIRA)
    chat.presses("Everything that is due")
    chat.presses("No note")
    assert "Ordered" in chat.presses("Yes, order it")
    assert ordered("Amira") == {"Metformin", "Omeprazole"}


def test_what_was_named_before_it_was_known_who_writes_is_not_asked_again(surgery: Surgery, ordered: Ordered) -> None:
    chat = surgery.chatting()
    assert "mobile number" in chat.says("order my metformin")
    assert "prescriber should know" in chat.identifies(AMIRA)
    assert "Ordered: metformin" in order(chat)
    assert ordered("Amira") == {"Metformin"}


def test_the_same_as_last_time_is_not_ordered_unseen(amira: Writer, ordered: Ordered) -> None:
    answer = amira.says("same as last time please for my tablets")
    assert "cannot show you here what that was" in answer and "Which medicines" in answer
    assert ordered("Amira") == set()


def test_in_the_read_back_stand_the_patients_own_words(amira: Writer) -> None:
    amira.says("need my metphormin and my tummy protector omeprazol")
    answer = amira.says("no")
    assert "metphormin and omeprazol" in answer
    assert "500" not in answer and "capsules" not in answer


def test_several_medicines_go_under_one_reference(amira: Writer, orders: Orders) -> None:
    order(amira, "metformin and omeprazole please")
    assert len({each.reference for each in orders("Amira")}) == 1
    assert len(orders("Amira")) == 2


def test_one_way_of_saying_no_leaves_it(amira: Writer, orders: Orders) -> None:
    for text in ("order my metformin", "no"):
        amira.says(text)
    assert "Nothing has been ordered" in amira.says("no")
    assert orders("Amira") == []


@pytest.mark.parametrize("said", ["cancel it", "cancel", "cancel my order", "cancel that please"])
def test_what_is_not_ordered_yet_is_not_cancelled_but_left(amira: Writer, orders: Orders, said: str) -> None:
    amira.says("order my metformin")
    assert "Nothing has been changed" in amira.says(said)
    assert orders("Amira") == []


def test_by_text_only_the_number_orders(surgery: Surgery, orders: Orders) -> None:
    amira = surgery.texting(AMIRA)
    for text in ("order my metformin", "no", "yes"):
        amira.says(text)
    assert "I need the number" in amira.answer and orders("Amira") == []
    assert "Ordered" in amira.says(re.findall(r"number (\d+)", amira.answer)[0])


def test_the_same_confirmation_twice_orders_once(surgery: Surgery, orders: Orders) -> None:
    amira = surgery.texting(AMIRA)
    for text in ("order my metformin", "no"):
        amira.says(text)
    number = re.findall(r"Reply (\d+)", amira.answer)[0]
    amira.says(number)
    amira.says(number)
    assert len(orders("Amira")) == 1


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-23T15:59", "Wednesday 25 November"),
        ("2026-11-23T16:00", "Thursday 26 November"),
        ("2026-11-27T17:00", "Wednesday 2 December"),
        ("2026-12-23T10:00", "Tuesday 29 December"),
        ("2026-12-24T17:00", "Thursday 31 December"),
    ],
)
def test_the_day_counts_working_days(surgery: Surgery, clock: HandClock, now: str, day: str) -> None:
    clock.now = datetime.fromisoformat(now).replace(tzinfo=LONDON)
    assert f"ready by {day}" in order(surgery.texting(AMIRA), "order my metformin")


def test_who_has_no_online_services_is_told_no_more_than_that(patient: Known) -> None:
    assert "I cannot do that for you here" in patient(SOFIA).says("order my metformin")


def test_a_picture_of_a_box_is_declined_and_a_name_asked_for(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("order my repeat")
    answer = amira.says("", media=1)
    assert "cannot receive pictures" in answer and "name on a medicine box" in answer
    assert "prescriber should know" in amira.says("metformin")


def test_what_is_ordered_is_noted_without_a_word_of_it(amira: Writer, surgery: Surgery) -> None:
    order(amira, "order my metformin")
    assert ("prescription.order", "done") in surgery.audit()
    assert not [each for each in surgery.audit() if "metformin" in str(each).casefold()]


def test_what_the_record_calls_it_is_nowhere_in_the_conversation(amira: Writer, surgery: Surgery) -> None:
    order(amira, "order everything that is due")
    said = [each.text for each in amira.reads() if each.author != PATIENT]
    assert not [text for text in said for name in ("etformin", "meprazole", "etirizine") if name in text]


@pytest.mark.parametrize(
    "said",
    [
        ["order my metformin", "and omeprazole", "no"],
        ["order my repeat", "what can i order", "metformin", "not the metformin, omeprazole"],
        ["order my metformin", "no", "and omeprazole", "is it raining"],
    ],
)
def test_one_message_reads_the_medicines_once(amira: Writer, monkeypatch: pytest.MonkeyPatch, said: list[str]) -> None:
    """Each reading is a call to the clinical system."""
    read, reads = LocalBackend.repeats, list[str]()

    def counted(backend: LocalBackend, patient_id: str) -> Any:
        reads.append(patient_id)
        return read(backend, patient_id)

    monkeypatch.setattr(LocalBackend, "repeats", counted)
    for text in said:
        reads.clear()
        amira.says(text)
        assert len(reads) <= 1, text
