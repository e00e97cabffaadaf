"""Another journey in the middle of one: the first is left, it is said so, and nothing of it lives on."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, LONDON, MENSAH, NOVAK, PRIYA, TOM, Surgery

BOOKING = [
    ["book an appointment"],
    ["book an appointment tomorrow"],
    ["book an appointment tomorrow", "1"],
    ["book an appointment tomorrow", "1", "no"],
]
STEPS = ["when", "which", "why", "sure"]
MOVING = [["move my appointment"], ["move my appointment to friday"], ["move my appointment to friday", "1"]]


def day(surgery: Surgery, name: str) -> list[str]:
    return [f"{each.slot.start.astimezone(LONDON):%A}" for each in surgery.appointments(name)]


@pytest.mark.parametrize("said", BOOKING, ids=STEPS)
def test_from_booking_to_cancelling_at_every_step(patient: Known, surgery: Surgery, said: list[str]) -> None:
    tom = patient(TOM)
    for text in said:
        tom.says(text)
    answer = tom.says("actually cancel my appointment")
    assert "Nothing has been booked" in answer and "Do you want to cancel Wednesday 25 November" in answer
    confirm(tom)
    assert surgery.appointments("Tom") == []
    assert "did not understand" in tom.says("1")


@pytest.mark.parametrize("said", BOOKING, ids=STEPS)
def test_from_booking_to_moving_at_every_step(patient: Known, surgery: Surgery, said: list[str]) -> None:
    tom = patient(TOM)
    for text in said:
        tom.says(text)
    answer = tom.says("i want to move my appointment to friday instead")
    assert "Nothing has been booked" in answer
    assert all("Friday 27 November" in each for each in offered(answer))
    tom.says("1")
    confirm(tom)
    assert day(surgery, "Tom") == ["Friday"]


@pytest.mark.parametrize("said", MOVING, ids=["when", "which", "sure"])
def test_from_moving_to_cancelling_at_every_step(patient: Known, surgery: Surgery, said: list[str]) -> None:
    tom = patient(TOM)
    for text in said:
        tom.says(text)
    assert "Do you want to cancel Wednesday 25 November" in tom.says("actually just cancel my appointment")
    confirm(tom)
    assert surgery.appointments("Tom") == []


@pytest.mark.parametrize("said", MOVING, ids=["when", "which", "sure"])
def test_from_moving_to_booking_at_every_step(patient: Known, surgery: Surgery, said: list[str]) -> None:
    tom = patient(TOM)
    for text in said:
        tom.says(text)
    answer = tom.says("no i want to book a new appointment tomorrow")
    assert "not moved your appointment" in answer and "Tuesday 24 November" in answer
    tom.says("1")
    tom.says("no")
    confirm(tom)
    assert day(surgery, "Tom") == ["Tuesday", "Wednesday"]


def test_from_cancelling_to_booking(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says("cancel my appointment")
    answer = tom.says("book an appointment")
    assert "not cancelled your appointment" in answer and "When would you like" in answer
    assert day(surgery, "Tom") == ["Wednesday"]


def test_from_cancelling_to_moving_is_about_the_same_appointment(patient: Known, surgery: Surgery) -> None:
    priya = patient(PRIYA)
    priya.says("cancel my monday appointment")
    assert "When would you like" in priya.says("can i move it instead")
    priya.says("friday")
    priya.says("1")
    confirm(priya)
    assert day(surgery, "Priya") == ["Wednesday", "Friday"]


def test_from_moving_to_cancelling_is_about_the_same_appointment(patient: Known, surgery: Surgery) -> None:
    priya = patient(PRIYA)
    priya.says("move my monday appointment")
    assert "Do you want to cancel Monday 30 November" in priya.says("actually just cancel it")
    confirm(priya)
    assert day(surgery, "Priya") == ["Wednesday"]


def test_to_and_fro_leaves_nothing_behind(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    for text in ("book an appointment tomorrow", "1", "cancel my appointment", "no", "book an appointment"):
        tom.says(text)
    assert "When would you like" in tom.answer  # the day and the time of the first booking are forgotten
    assert day(surgery, "Tom") == ["Wednesday"]


def test_the_wish_of_the_first_journey_does_not_move_the_appointment(patient: Known) -> None:
    tom = patient(TOM)
    tom.says("book an appointment tomorrow with dr patel")
    assert "When would you like" in tom.says("can i move my appointment instead")
    assert all("Dr James Hughes" in each for each in offered(tom.says("friday")))


def test_the_number_of_a_cancellation_left_behind_is_of_no_use(surgery: Surgery) -> None:
    tom = surgery.texting(TOM)
    number = tom.says("cancel my appointment").split("Reply ")[1][:3]
    tom.says("book an appointment tomorrow")
    tom.says(number)
    assert day(surgery, "Tom") == ["Wednesday"]


def test_switching_before_it_is_known_who_writes(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("book an appointment tomorrow")
    assert "mobile number" in chat.says("actually cancel my appointment")
    assert "Do you want to cancel" in chat.identifies(TOM)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("can i book an appointment for my son tomorrow", "I can offer"),
        ("book for my son", "When would you like"),
        ("i need to cancel for my son", "no appointments booked"),
    ],
)
def test_on_a_shared_number_a_request_for_another_is_taken_up(surgery: Surgery, said: str, asked: str) -> None:
    novak = surgery.texting(NOVAK)
    assert "Who is this for" in novak.says(said)
    assert asked in novak.says("Leo Novak")


def test_a_finished_journey_is_not_said_to_be_left(patient: Known) -> None:
    amira = patient(AMIRA)
    for text in ("book an appointment tomorrow", "1", "no"):
        amira.says(text)
    confirm(amira)
    assert "have not" not in amira.says("cancel my appointment")
    assert "left" not in amira.answer


@pytest.mark.parametrize("said", [[], ["1"], ["1", "no"]], ids=["which", "why", "sure"])
def test_on_a_shared_number_a_booking_turns_out_to_be_for_another(surgery: Surgery, said: list[str]) -> None:
    novak = surgery.texting(NOVAK)
    for text in ("book an appointment tomorrow", "Eva Novak", *said):
        novak.says(text)
    assert "Who is this for" in novak.says("sorry no it's for my son")
    assert "Tuesday 24 November" in novak.says("Leo Novak")
    novak.says("1")
    novak.says("no")
    confirm(novak)
    assert (day(surgery, "Eva"), day(surgery, "Leo")) == ([], ["Tuesday"])


def test_on_a_shared_number_nobody_cancels_what_is_another_ones(surgery: Surgery) -> None:
    mensah = surgery.texting(MENSAH)
    mensah.says("cancel my appointment")
    assert "Do you want to cancel" in mensah.says("Daniel Mensah")
    mensah.says("sorry i am asking for my wife")
    assert "no appointments booked" in mensah.says("Grace Mensah")
    assert len(surgery.appointments("Daniel")) == 1
