"""Questions in the middle of a journey, changes of mind, ways out, and what cannot be understood."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.conversations.conftest import Known, confirm, offered
from tests.support import AMIRA, LONDON, NOBODY, TOM, HandClock, Surgery

STEPS = [
    ["book an appointment"],
    ["book an appointment tomorrow"],
    ["book an appointment tomorrow", "1"],
    ["book an appointment tomorrow", "1", "no"],
]


@pytest.mark.parametrize("said", STEPS, ids=["when", "which", "why", "sure"])
def test_a_question_in_the_middle_is_answered_and_the_journey_goes_on(
    patient: Known, surgery: Surgery, said: list[str]
) -> None:
    amira = patient(AMIRA)
    for text in said:
        amira.says(text)
    answer = amira.says("what are your opening hours?")
    assert "8am to 6:30pm" in answer
    assert answer.rstrip().endswith(("?", '"other times".', "leave it out.", "other times."))
    for text in ("tomorrow", "1", "no")[STEPS.index(said) :]:
        amira.says(text)
    assert "Booked" in confirm(amira)


def test_after_a_question_the_list_still_stands(patient: Known) -> None:
    amira = patient(AMIRA)
    second = offered(amira.says("book an appointment tomorrow"))[1]
    amira.says("where are you?")
    amira.says("2")
    assert second in amira.says("no")


def test_a_time_of_day_that_is_also_a_greeting_is_a_time_of_day(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("book an appointment tomorrow")
    times = offered(amira.says("afternoon"))
    assert times and all("pm with" in each or "midday" in each for each in times)


def test_asking_for_it_again_inside_the_journey_is_no_new_start(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment with dr okafor")
    times = offered(amira.says("book an appointment on thursday"))
    assert times and all("Okafor" in each for each in times)


def test_switching_from_booking_to_cancelling_leaves_the_booking(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says("book an appointment tomorrow")
    assert "Do you want to cancel" in tom.says("cancel my appointment")
    assert "cancelled" in confirm(tom)
    assert "did not understand" in tom.says("1")
    assert surgery.appointments("Tom") == []


def test_switching_from_cancelling_to_moving(patient: Known, surgery: Surgery) -> None:
    tom = patient(TOM)
    tom.says("cancel my appointment")
    assert offered(tom.says("can i move it to friday instead"))
    tom.says("1")
    assert "Moved" in confirm(tom)
    assert len(surgery.appointments("Tom")) == 1


def test_a_look_at_the_appointments_in_the_middle_leaves_the_journey_cleanly(patient: Known) -> None:
    tom = patient(TOM)
    tom.says("book an appointment tomorrow")
    assert "Your next appointment is" in tom.says("when is my appointment")
    assert offered(tom.says("book an appointment on friday"))


@pytest.mark.parametrize("said", STEPS, ids=["when", "which", "why", "sure"])
@pytest.mark.parametrize("leave", ["leave it", "never mind", "forget it"])
def test_a_journey_can_be_left_at_every_step(surgery: Surgery, said: list[str], leave: str) -> None:
    amira = surgery.texting(AMIRA)
    for text in said:
        amira.says(text)
    assert "Nothing has been changed" in amira.says(leave)
    assert surgery.appointments("Amira") == []
    assert "did not understand" in amira.says("1")


def test_starting_again_forgets_what_was_said(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment with dr okafor tomorrow")
    assert "start again" in amira.says("start over")
    assert "When would you like to come" in amira.says("book an appointment")


def test_with_nothing_begun_there_is_nothing_to_leave(patient: Known) -> None:
    assert "Nothing has been changed" in patient(AMIRA).says("never mind")


def test_help_in_the_middle_of_the_chat_is_given_and_the_question_asked_again(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("book an appointment tomorrow")
    chat.identifies(AMIRA)
    answer = chat.says("help")
    assert "I can book, change, cancel" in answer and "Which time would you like" in answer


def test_repeat_says_the_question_again_once(patient: Known) -> None:
    amira = patient(AMIRA)
    asked = amira.says("book an appointment tomorrow")
    assert amira.says("can you repeat that") == asked


def test_repeat_outside_a_journey_says_the_last_answer_again(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    said = amira.says("where are you based")
    assert amira.says("say that again please") == said


def test_the_second_miss_in_a_row_offers_a_person(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment tomorrow")
    assert "speak to someone" not in amira.says("qwzx vbnm")
    assert "speak to someone" in amira.says("plok mjhg")


def test_the_second_miss_outside_a_journey_offers_a_person(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    assert "speak to someone" not in amira.says("qwzx vbnm")
    assert "speak to someone" in amira.says("plok mjhg")


def test_an_answer_that_is_understood_forgives_the_misses(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says("book an appointment")
    amira.says("qwzx vbnm")
    amira.says("tomorrow")
    assert "speak to someone" not in amira.says("plok mjhg")


@pytest.mark.parametrize(
    "said", ["who won the football last night", "book a table at a restaurant", "what is 7 times 8"]
)
def test_what_a_surgery_does_not_do_is_said_with_a_way_to_a_person(surgery: Surgery, said: str) -> None:
    answer = surgery.texting(AMIRA).says(said)
    assert "cannot help with that" in answer or "did not understand" in answer or "automated assistant" in answer
    assert surgery.escalations() == []


@pytest.mark.parametrize("number", [AMIRA, NOBODY])
def test_a_person_can_be_asked_for_at_once(surgery: Surgery, number: str) -> None:
    writer = surgery.texting(number)
    assert "passed this to our staff" in writer.says("can i speak to a real person please")
    assert [(each.reason, each.urgency) for each in surgery.escalations()] == [("asked_for_person", "routine")]


@pytest.mark.parametrize("said", STEPS, ids=["when", "which", "why", "sure"])
def test_a_person_can_be_asked_for_at_every_step(patient: Known, surgery: Surgery, said: list[str]) -> None:
    amira = patient(AMIRA)
    for text in said:
        amira.says(text)
    assert "passed this to our staff" in amira.says("i want to speak to someone")
    assert len(surgery.escalations()) == 1


@pytest.mark.parametrize(
    ("now", "when"),
    [
        ("2026-11-23T10:00", "reply today"),
        ("2026-11-23T20:00", "reply tomorrow from 8am"),
        ("2026-11-28T12:00", "reply on Monday 30 November from 8am"),
        ("2026-12-24T19:00", "reply on Tuesday 29 December from 8am"),
        ("2026-11-24T06:00", "reply today from 8am"),
    ],
)
def test_out_of_hours_it_is_said_when_a_person_will_answer(
    surgery: Surgery, clock: HandClock, now: str, when: str
) -> None:
    clock.now = datetime.fromisoformat(now).replace(tzinfo=LONDON)
    assert when in surgery.texting(AMIRA).says("speak to someone please")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("are you open on christmas day", "closed on Friday 25 December for Christmas Day"),
        ("are you open on saturday", "closed on Saturday 28 November"),
        ("are you open tomorrow", "open tomorrow 8am to 6:30pm"),
        ("what time do you open", "Monday to Friday 8am to 6:30pm"),
        ("what are your opening hours", "Monday to Friday 8am to 6:30pm"),
        ("is there parking", "car park"),
        ("what is your address", "12 Mill Lane"),
        ("what's your phone number", "020 7946 0123"),
        ("how do i register as a new patient", "register with us"),
    ],
)
def test_what_anyone_may_know_is_told_to_anyone(surgery: Surgery, said: str, told: str) -> None:
    assert told in surgery.texting(NOBODY).says(said)


def test_when_the_surgery_is_closed_it_is_said_when_it_opens_and_where_to_turn(
    surgery: Surgery, clock: HandClock
) -> None:
    clock.now = datetime(2026, 11, 29, 12, 0, tzinfo=LONDON)
    answer = surgery.texting(NOBODY).says("are you open")
    assert "closed now" in answer and "tomorrow from 8am" in answer and "111" in answer
    assert "Monday to Friday 8am to 6:30pm" in answer


@pytest.mark.parametrize(
    "said",
    [
        "order my repeat prescription",
        "i want my test results",
        "show me my medical record",
        "i want to make a complaint",
        "i need to change my address",
        "are you a robot",
        "thanks",
        "bye",
        "you are useless",
    ],
)
def test_other_requests_get_an_honest_answer_of_their_own(surgery: Surgery, said: str) -> None:
    answer = surgery.texting(AMIRA).says(said)
    assert answer and "did not understand" not in answer


def test_what_was_said_before_the_day_is_kept_and_the_day_still_asked_for(patient: Known) -> None:
    writer = patient(AMIRA)
    assert "When would you like" in writer.says("i need a blood test")
    assert "when would you like" in writer.says("thanks")
    assert "with Mei Chen" in writer.says("tomorrow morning")
