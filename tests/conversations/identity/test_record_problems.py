""" "My record is wrong" and "this is not about me": what it is about is asked once, and a person answers."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known
from tests.support import AMIRA, NOBODY, Surgery, Writer

DETAIL = "it says I have asthma and I never had it"


def summaries(surgery: Surgery, reason: str) -> list[str]:
    found = [each for each in surgery.escalations() if each.reason == reason]
    return [each.summary.open(each.conversation_id) for each in found]


@pytest.mark.parametrize("said", ["my record is wrong", "there is a mistake in my record"])
def test_what_is_wrong_is_asked_and_passed_on(amira: Writer, surgery: Surgery, said: str) -> None:
    assert "What is it about?" in amira.says(said)
    answer = amira.says(DETAIL)
    assert "reply today" in answer and "asthma" not in answer
    assert summaries(surgery, "record_wrong") == [f"{said}\n{DETAIL}"]
    assert surgery.escalations()[-1].urgency == "routine"


@pytest.mark.parametrize(
    "said", ["this is not about me", "these are not my results", "i can see somebody else's results"]
)
def test_another_persons_data_is_urgent_at_once(amira: Writer, surgery: Surgery, said: str) -> None:
    answer = amira.says(said)
    assert "do not read on or share it" in answer and "data protection" in answer and "What is it about?" in answer
    assert summaries(surgery, "record_not_mine") == [said]
    assert surgery.escalations()[-1].urgency == "urgent"
    assert "passed this to our staff" in amira.says("a letter from the hospital")
    assert summaries(surgery, "record_not_mine")[-1] == f"{said}\na letter from the hospital"


@pytest.mark.parametrize(
    "detail", ["my blood test", "my medicines", "a letter", "i do not know", "the appointment on monday", "no"]
)
def test_whatever_is_answered_is_the_answer(amira: Writer, surgery: Surgery, detail: str) -> None:
    amira.says("my record is wrong")
    assert "passed this to our staff" in amira.says(detail)
    assert summaries(surgery, "record_wrong")[-1].endswith(detail)


def test_it_can_be_left(amira: Writer, surgery: Surgery) -> None:
    amira.says("my record is wrong")
    assert "I have left it" in amira.says("leave it")
    assert surgery.escalations() == []


def test_a_person_can_be_asked_for_instead(amira: Writer, surgery: Surgery) -> None:
    amira.says("my record is wrong")
    assert "passed this to our staff" in amira.says("let me speak to a person please")
    assert surgery.escalations()[-1].reason == "asked_for_person"


def test_nobody_has_to_say_who_they_are(surgery: Surgery) -> None:
    stranger = surgery.texting(NOBODY)
    assert "do not read on" in stranger.says("you sent me somebody else's results")
    assert "passed this to our staff" in stranger.says("a blood test")


def test_at_night_it_is_said_when_somebody_reads_it(patient: Known, surgery: Surgery) -> None:
    surgery.clock.forward(hours=10)
    amira = patient(AMIRA)
    amira.says("my record is wrong")
    assert "tomorrow from 8am" in amira.says(DETAIL)
