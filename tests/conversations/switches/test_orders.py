"""From an order of medicines to another journey, from there to an order, and to and fro."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, TOM, Surgery, Writer

ORDERING = {
    "which": ["order my repeat"],
    "the rest": ["order my metformin and ramipril"],
    "why early": ["order my cetirizine"],
    "note": ["order my metformin"],
    "sure": ["order my metformin", "no"],
}
# What answers the question of a step and of those that follow, and what is ordered then.
REST = {
    "which": (["metformin", "no"], "Ordered: metformin"),
    "the rest": (["no", "no"], "Ordered: metformin"),
    "why early": (["my holiday", "no"], "Ordered: cetirizine"),
    "note": (["no"], "Ordered: metformin"),
    "sure": ([], "Ordered: metformin"),
}
TOMS = {"which": ["order my repeat"], "note": ["order my amlodipine"], "sure": ["order my amlodipine", "no"]}
BOOKING = [
    ["book an appointment"],
    ["book an appointment tomorrow"],
    ["book an appointment tomorrow", "1"],
    ["book an appointment tomorrow", "1", "no"],
]
MOVING = [["move my appointment"], ["move my appointment to friday"], ["move my appointment to friday", "1"]]
WRITING = [
    ["i want to send a message to the surgery"],
    ["i want to send a message to the surgery", "something else"],
    ["i want to send a message to the surgery", "something else", "my address on the letter was wrong"],
]


def at(patient: Known, number: str, said: list[str]) -> Writer:
    writer = patient(number)
    for text in said:
        writer.says(text)
    return writer


def ordered(surgery: Surgery, name: str) -> set[str]:
    """What they ordered here, by the first word of its name: not what was ordered before."""
    requests = surgery.program.backend.prescription_requests(surgery.patient_id(name))
    return {each.name.split()[0] for each in requests if each.requested_at >= surgery.clock.now}


def finish(writer: Writer, *said: str) -> str:
    for text in said:
        writer.says(text)
    return confirm(writer)


# From an order.


@pytest.mark.parametrize("step", ORDERING)
@pytest.mark.parametrize("said", ["actually book an appointment tomorrow", "can i see a doctor tomorrow instead"])
def test_from_an_order_to_booking_at_every_step(patient: Known, surgery: Surgery, step: str, said: str) -> None:
    amira = at(patient, AMIRA, ORDERING[step])
    answer = amira.says(said)
    assert "Nothing has been ordered" in answer and offered(answer)
    assert "Booked: Tuesday 24 November" in finish(amira, "1", "no")
    assert ordered(surgery, "Amira") == set()
    assert "did not understand" in amira.says("1")


@pytest.mark.parametrize("step", TOMS)
def test_from_an_order_to_moving_at_every_step(patient: Known, surgery: Surgery, step: str) -> None:
    tom = at(patient, TOM, TOMS[step])
    answer = tom.says("can i move my appointment to friday")
    assert "Nothing has been ordered" in answer and offered(answer)
    assert "Moved" in finish(tom, "1")
    assert ordered(surgery, "Tom") == set()


@pytest.mark.parametrize("step", TOMS)
def test_from_an_order_to_cancelling_an_appointment_at_every_step(patient: Known, surgery: Surgery, step: str) -> None:
    tom = at(patient, TOM, TOMS[step])
    answer = tom.says("actually cancel my appointment")
    assert "Nothing has been ordered" in answer and "Do you want to cancel Wednesday 25 November" in answer
    confirm(tom)
    assert (surgery.appointments("Tom"), ordered(surgery, "Tom")) == ([], set())


@pytest.mark.parametrize("step", ORDERING)
def test_from_an_order_to_a_message_at_every_step(patient: Known, surgery: Surgery, step: str) -> None:
    amira = at(patient, AMIRA, ORDERING[step])
    answer = amira.says("i want to send a message to the surgery")
    assert "Nothing has been ordered" in answer and "What is your message about" in answer
    assert ordered(surgery, "Amira") == set()


@pytest.mark.parametrize("step", ORDERING)
@pytest.mark.parametrize("said", ["show me my test results", "can i see my record"])
def test_what_is_shown_on_a_page_is_shown_and_the_order_goes_on(
    patient: Known, surgery: Surgery, step: str, said: str
) -> None:
    amira = at(patient, AMIRA, ORDERING[step])
    assert "prove who you are" in amira.says(said)
    rest, done = REST[step]
    assert done in finish(amira, *rest)


@pytest.mark.parametrize("step", ORDERING)
@pytest.mark.parametrize("said", ["is my prescription ready", "change my pharmacy"])
def test_an_older_order_and_the_pharmacy_are_shown_and_the_order_goes_on(
    patient: Known, surgery: Surgery, step: str, said: str
) -> None:
    amira = at(patient, AMIRA, ORDERING[step])
    assert "prove who you are" in amira.says(said)
    rest, done = REST[step]
    assert done in finish(amira, *rest)


@pytest.mark.parametrize("step", TOMS)
def test_a_look_at_the_appointments_is_given_and_the_order_goes_on(patient: Known, surgery: Surgery, step: str) -> None:
    tom = at(patient, TOM, TOMS[step])
    assert "Your next appointment is Wednesday" in tom.says("when is my appointment")
    assert "Ordered: amlodipine" in finish(tom, *{"which": ["amlodipine", "no"], "note": ["no"], "sure": []}[step])


# To an order.


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (BOOKING[0], "actually order my metformin"),
        (BOOKING[1], "actually order my metformin"),
        (BOOKING[2], "can i order my metformin please?"),  # tablets that are not asked for are a reason to come
        (BOOKING[2], "actually order my metformin"),
        (BOOKING[3], "actually order my metformin"),
    ],
    ids=["when", "which", "why, asked", "why", "sure"],
)
def test_from_booking_to_an_order_at_every_step(patient: Known, surgery: Surgery, before: list[str], said: str) -> None:
    amira = at(patient, AMIRA, before)
    answer = amira.says(said)
    assert "Nothing has been booked" in answer and "prescriber should know" in answer
    assert "Ordered: metformin" in finish(amira, "no")
    assert (surgery.appointments("Amira"), ordered(surgery, "Amira")) == ([], {"Metformin"})


@pytest.mark.parametrize("before", MOVING, ids=["when", "which", "sure"])
def test_from_moving_to_an_order_at_every_step(patient: Known, surgery: Surgery, before: list[str]) -> None:
    tom = at(patient, TOM, before)
    answer = tom.says("no, order my amlodipine")
    assert "not moved your appointment" in answer and "prescriber should know" in answer
    assert "Ordered: amlodipine" in finish(tom, "no")
    assert len(surgery.appointments("Tom")) == 1


@pytest.mark.parametrize("before", WRITING, ids=["about", "words", "sure"])
def test_from_a_message_to_an_order_at_every_step(patient: Known, surgery: Surgery, before: list[str]) -> None:
    amira = at(patient, AMIRA, before)
    answer = amira.says("order my metformin")
    assert "not sent your message" in answer and "prescriber should know" in answer
    assert "Ordered: metformin" in finish(amira, "no")


def test_from_cancelling_an_order_to_another_order(patient: Known, surgery: Surgery) -> None:
    tom = at(patient, TOM, ["cancel my prescription order"])
    answer = tom.says("order my amlodipine")
    assert "left your order as it is" in answer and "prescriber should know" in answer
    assert "Ordered: amlodipine" in finish(tom, "no")
    assert ordered(surgery, "Tom") == {"Amlodipine"}


# To and fro.


@pytest.mark.parametrize("step", ORDERING)
def test_from_an_order_to_a_booking_and_back_begins_anew(patient: Known, surgery: Surgery, step: str) -> None:
    amira = at(patient, AMIRA, [*ORDERING[step], "book an appointment tomorrow", "order my repeat prescription"])
    assert "Nothing has been booked" in amira.answer and "Which medicines do you need" in amira.answer
    assert "Ordered: omeprazole" in finish(amira, "omeprazole", "no")
    assert (surgery.appointments("Amira"), ordered(surgery, "Amira")) == ([], {"Omeprazole"})


def test_the_number_of_an_order_left_behind_is_of_no_use(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("order my metformin")
    number = amira.says("no").split("Reply ")[1][:3]
    amira.says("book an appointment tomorrow")
    amira.says(number)
    assert ordered(surgery, "Amira") == set()


def test_switching_from_an_order_before_it_is_known_who_writes(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("order my amlodipine")
    assert "mobile number" in chat.says("actually cancel my appointment")
    assert "Do you want to cancel" in chat.identifies(TOM)
