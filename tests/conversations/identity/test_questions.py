"""Questions about the record and who sees it, and what becomes of a journey that they come in the middle of."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Known, confirm
from tests.conversations.steps import STEPS
from tests.support import AMIRA, LAURA, NOVAK, SMS, SOFIA, Surgery, Writer


@pytest.mark.parametrize(
    "said", ["why can't i see my results", "why is my letter not showing", "why cant i see my whole record"]
)
@pytest.mark.parametrize("number", [AMIRA, SOFIA, LAURA])
def test_why_something_is_not_shown_is_answered_the_same_for_all(surgery: Surgery, number: str, said: str) -> None:
    answer = surgery.texting(number).says(said)
    assert "what the surgery has checked" in answer and "020 7946 0123" in answer and "person" in answer


def test_how_private_it_is(amira: Writer) -> None:
    answer = amira.says("who can read what i write here")
    assert "after you prove who you are" in answer and "who has looked at it" in answer


@pytest.mark.parametrize("said", ["can i log in for my mum", "my mum gave me her login can i use it"])
def test_sharing_a_login_is_refused_and_the_right_way_named(amira: Writer, said: str) -> None:
    answer = amira.says(said)
    assert "your own access" in answer and "form" in answer and "do not use another person's login" in answer


def test_where_the_number_leads_to_more_than_one_it_is_asked_who_it_is_for(surgery: Surgery) -> None:
    assert "I will ask who it is for" in surgery.texting(NOVAK).says("can i do this for my son")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("can i see my test results", "test results"),
        ("who has looked at my record", "who has looked"),
        ("why can't i see my results", "what the surgery has checked"),
        ("log me in", "photo ID"),
    ],
)
@pytest.mark.parametrize("step", ["book, when", "book, which time", "move, sure", "cancel, sure"])
def test_in_the_middle_it_is_answered_and_the_journey_goes_on(patient: Known, step: str, said: str, told: str) -> None:
    writer = STEPS[step].reach(patient)
    answer = writer.says(said)
    assert told in answer
    assert STEPS[step].asks in answer
    assert STEPS[step].done in STEPS[step].finish(writer)


def test_a_link_in_the_middle_is_whole(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("book an appointment tomorrow")
    amira.says("log me in")
    assert surgery.program.services.step_up.look(amira.link()[0])
    assert not surgery.network.texts[-1][1].endswith("...")


def test_a_refusal_in_the_middle_ends_nothing(patient: Known) -> None:
    laura = patient(LAURA)
    laura.says("book an appointment tomorrow")
    assert "I cannot do that for you here" in laura.says("can i see my test results")
    laura.says("1")
    laura.says("no")
    assert "Booked" in confirm(laura)


def test_before_it_is_known_who_it_is_the_page_comes_in_place_of_the_journey(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("book an appointment tomorrow")
    assert "I have left that booking" in chat.says("can i see my test results")
    assert "prove who you are" in chat.identifies(AMIRA)


def test_a_problem_with_the_record_comes_in_place_of_a_booking(amira: Writer) -> None:
    amira.says("book an appointment tomorrow")
    answer = amira.says("my record is wrong")
    assert "I have left that booking" in answer and "What is it about?" in answer


def test_every_text_of_these_is_one_that_is_sent_whole(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    assert amira.channel == SMS
    for said in ("can i see my record", "log me in", "why can't i see my results", "turn off my online access"):
        amira.says(said)
        assert not surgery.network.texts[-1][1].endswith("...")
