"""A question in the middle of a journey is answered, and the journey goes on without repeating itself."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.conversations.steps import STEPS
from tests.support import AMIRA, MENSAH, TOM, Surgery

QUESTIONS = {
    "what are your opening hours?": "8am to 6:30pm",
    "is there parking": "car park",
    "where are you": "12 Mill Lane",
    "are you a bot": "automated assistant",
    "is this private": "kept safely",
    "what do you do with my data": "kept safely",
    "is my prescription ready?": "repeat medicines and orders",
    "can i change my chemist?": "your pharmacy",
    "have my test results come back?": "test results",
    "thanks": "You are welcome",
    "hello": "Hello.",
    "tell me a joke": "automated assistant",
    "i want to make a complaint": "practice manager",
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("question", ["what are your opening hours?", "thanks"])
def test_at_every_step_a_question_is_answered_and_the_journey_goes_on(patient: Known, step: str, question: str) -> None:
    writer = STEPS[step].reach(patient)
    answer = writer.says(question)
    assert QUESTIONS[question] in answer
    assert STEPS[step].asks in answer
    assert STEPS[step].done in STEPS[step].finish(writer)


@pytest.mark.parametrize("step", ["book, why", "move, which time"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_each_kind_of_question_has_its_answer(patient: Known, step: str, question: str) -> None:
    answer = STEPS[step].reach(patient).says(question)
    assert QUESTIONS[question] in answer
    assert STEPS[step].asks in answer


@pytest.mark.parametrize("step", ["book, when", "move, which time", "cancel, sure"])
def test_two_questions_in_a_row_do_not_use_up_patience(patient: Known, step: str) -> None:
    writer = STEPS[step].reach(patient)
    writer.says("do you have a car park")
    answer = writer.says("and what time do you shut")
    assert "6:30pm" in answer and STEPS[step].asks in answer
    assert "did not understand" not in answer
    assert STEPS[step].done in STEPS[step].finish(writer)


def test_after_a_question_the_list_still_stands_and_is_not_shown_again(patient: Known) -> None:
    amira = patient(AMIRA)
    second = offered(amira.says("book an appointment tomorrow"))[1]
    assert not offered(amira.says("where are you?"))
    amira.says("2")
    assert second in amira.says("no")


def test_after_a_question_the_read_back_keeps_its_number(surgery: Surgery) -> None:
    tom = surgery.texting(TOM)
    asked = tom.says("cancel my appointment")
    number = asked.split("Reply ")[1].split()[0]
    assert f"Reply {number} to cancel it" in tom.says("is there a ramp")
    assert "cancelled" in tom.says(number)


def test_what_was_said_before_the_day_is_kept_and_the_day_still_asked_for(patient: Known) -> None:
    writer = patient(AMIRA)
    assert "When would you like" in writer.says("i need a blood test")
    assert "when would you like" in writer.says("thanks")
    assert "with Mei Chen" in writer.says("tomorrow morning")


def test_an_answer_that_begins_with_a_greeting_is_an_answer(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment")
    times = offered(amira.says("hi, tomorrow please"))
    assert times and all("Tuesday 24 November" in each for each in times)
    amira.says("hello the second one please")
    assert times[1] in amira.says("no")


def test_a_time_of_day_that_is_also_a_greeting_is_a_time_of_day(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow")
    times = offered(amira.says("afternoon"))
    assert times and all("pm with" in each or "midday" in each for each in times)


@pytest.mark.parametrize("said", ["hmm", "hmmm", "um", "er"])
def test_thinking_aloud_is_no_greeting_and_no_reason(patient: Known, surgery: Surgery, said: str) -> None:
    amira = STEPS["book, why"].reach(patient)
    assert "Hello" not in amira.says(said)
    assert "reason" in amira.answer
    amira.says("no")
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == ""


def test_a_question_about_results_is_no_reason_but_a_wish_to_talk_about_them_is(
    patient: Known, surgery: Surgery
) -> None:
    amira = STEPS["book, why"].reach(patient)
    assert "To see your test results" in amira.says("have my blood test results come back?")
    amira.says("i want to talk about my blood test results")
    confirm(amira)
    assert surgery.appointments("Amira")[0].reason == "i want to talk about my blood test results"


@pytest.mark.parametrize("step", STEPS)
def test_a_person_can_be_asked_for_at_every_step(patient: Known, surgery: Surgery, step: str) -> None:
    writer = STEPS[step].reach(patient)
    assert "passed this to our staff" in writer.says("can i speak to someone please")
    assert STEPS[step].asks not in writer.answer
    assert [each.reason for each in surgery.escalations()] == ["asked_for_person"]


@pytest.mark.parametrize("step", ["book, when", "book, which time", "book, why", "book, sure"])
def test_appointments_asked_about_while_booking_are_told_and_the_booking_goes_on(patient: Known, step: str) -> None:
    amira = STEPS[step].reach(patient)
    answer = amira.says("what appointments have i got already")
    assert "no appointments booked" in answer
    assert STEPS[step].done in STEPS[step].finish(amira)


@pytest.mark.parametrize("step", STEPS)
def test_help_by_text_is_given_and_the_question_asked_again(surgery: Surgery, step: str) -> None:
    writer = STEPS[step].reach(surgery.texting)
    answer = writer.says("HELP")
    assert "I can book, change, cancel" in answer and STEPS[step].asks in answer
    assert STEPS[step].done in STEPS[step].finish(writer)


def test_help_in_the_chat_is_given_and_the_question_asked_again(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("book an appointment tomorrow")
    chat.identifies(AMIRA)
    answer = chat.says("help")
    assert "I can book, change, cancel" in answer and "Which time would you like" in answer


@pytest.mark.parametrize("journey", ["when is my appointment", "cancel my appointment", "book an appointment"])
def test_a_question_instead_of_a_name_is_answered_and_the_name_asked_for_again(surgery: Surgery, journey: str) -> None:
    daniel = surgery.texting(MENSAH)
    assert "Who is this for?" in daniel.says(journey)
    answer = daniel.says("is there parking")
    assert "car park" in answer and "Who is this for?" in answer
    assert "Who is this for?" not in daniel.says("Daniel Mensah")


@pytest.mark.parametrize("journey", ["when is my appointment", "move my appointment", "book an appointment"])
def test_a_question_instead_of_a_number_or_code_is_answered_and_asked_for_again(surgery: Surgery, journey: str) -> None:
    chat = surgery.chatting()
    chat.says(journey)
    answer = chat.says("are you a bot")
    assert "automated assistant" in answer and "mobile number" in answer
    chat.says(TOM)
    answer = chat.says("is this private")
    assert "kept safely" in answer and "6-digit code" in answer


def test_repeat_says_the_whole_question_again_once(patient: Known) -> None:
    amira = patient(AMIRA)
    asked = amira.says("book an appointment tomorrow")
    assert amira.says("can you repeat that") == asked


@pytest.mark.parametrize("step", ["book, sure", "move, sure", "cancel, sure", "cancel, which"])
def test_repeat_says_what_is_to_be_confirmed_again(patient: Known, step: str) -> None:
    writer = STEPS[step].reach(patient)
    asked = writer.answer
    writer.says("is there parking")
    assert writer.says("sorry can you say that again") == asked


def test_repeat_outside_a_journey_says_the_last_answer_again(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    said = amira.says("where are you based")
    assert amira.says("say that again please") == said
