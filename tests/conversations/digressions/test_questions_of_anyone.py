"""Questions that need no patient and no journey, and requests for a person."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.support import AMIRA, LONDON, NOBODY, HandClock, Surgery


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
