"""A question that is answered at once, asked along with something else."""

from __future__ import annotations

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, NOBODY, TOM, Surgery


def test_two_questions_get_two_answers_in_one_reply(surgery: Surgery) -> None:
    answer = surgery.texting(NOBODY).says("what time do you open and where are you")
    assert "8am to 6:30pm" in answer and "12 Mill Lane" in answer


def test_a_question_and_then_a_booking_are_both_taken_up(patient: Known) -> None:
    answer = patient(AMIRA).says("where can i park and can i see dr patel tomorrow morning")
    assert "car park" in answer
    assert all("Dr Anjali Patel" in each and "am" in each for each in offered(answer))


def test_a_booking_and_then_a_question_are_both_taken_up(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    answer = amira.says("book an appointment tomorrow and what is your address")
    assert "12 Mill Lane" in answer and offered(answer)
    amira.says("1")
    amira.says("no")
    assert "You also asked" not in confirm(amira)


def test_a_question_and_then_a_cancellation_are_both_taken_up(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    answer = tom.says("are you open on friday and can you cancel my appointment")
    assert "open on Friday" in answer and "Do you want to cancel" in answer
    confirm(tom)
    assert surgery.appointments("Tom") == []


def test_two_pages_are_dealt_with_one_after_the_other(patient: Known) -> None:
    answer = patient(AMIRA).says("is my prescription ready and show me my test results")
    assert "repeat medicines and orders" in answer and "You also asked to see your test results" in answer


def test_two_questions_in_the_middle_are_both_answered_and_the_booking_goes_on(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow")
    answer = amira.says("what time do you open and is there parking")
    assert "8am to 6:30pm" in answer and "car park" in answer and "Which time would you like" in answer
    assert "short reason" in amira.says("1")


def test_a_booking_a_question_and_another_request(patient: Known) -> None:
    amira = patient(AMIRA)
    answer = amira.says("book an appointment tomorrow, where do i park, and order my tablets")
    assert "car park" in answer and offered(answer)
    amira.says("1")
    amira.says("no")
    assert "You also asked to order a repeat prescription" in confirm(amira)
