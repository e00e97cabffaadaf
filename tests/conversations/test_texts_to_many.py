"""Answers to a text that went to many: a bare yes is passed on, anything else is an ordinary message."""

from __future__ import annotations

import pytest

from bot.notifying.broadcasts import Broadcasts
from bot.store import broadcasts
from tests.support import AMIRA, TOM, Surgery, Writer

TEXT = "Flu jabs are here. Would you like one? Reply, or call us."


@pytest.fixture()
def amira(surgery: Surgery) -> Writer:
    """Has just got a text to many; Tom has got it too."""
    send(surgery, "0" * 32)
    return surgery.texting(AMIRA)


def send(surgery: Surgery, key: str, text: str = TEXT) -> None:
    program = surgery.program
    desk = Broadcasts(program.database, program.backend, program.practice, program.notices, program.clock)
    found = desk.write(key, "Flu jabs", text, "numbers", ("patient-01", "patient-02"), "staff-jo")
    for step, member in ((desk.submit, "staff-jo"), (desk.approve, "staff-sam")):
        with program.database.read() as connection:
            held = broadcasts.find(connection, found)
        assert held
        step(held, member)
    surgery.clock.forward(seconds=10)
    surgery.run()


def reasons(surgery: Surgery) -> list[str]:
    return [row.reason for row in surgery.escalations()]


@pytest.mark.parametrize("said", ["yes", "Yes please", "ok", "👍"])
def test_a_bare_yes_is_passed_on(surgery: Surgery, amira: Writer, said: str) -> None:
    assert "I have passed your answer to the surgery." in amira.says(said)
    assert reasons(surgery) == ["broadcast_yes"]


@pytest.mark.parametrize("said", ["no", "No thanks"])
def test_a_bare_no_is_taken_and_nobody_is_asked_to_look(surgery: Surgery, amira: Writer, said: str) -> None:
    assert "Thank you for telling us." in amira.says(said)
    assert reasons(surgery) == [] and ("broadcast.answer", "no") in surgery.audit()


def test_a_wish_is_read_like_any_other(surgery: Surgery, amira: Writer) -> None:
    assert "I can offer" in amira.says("book me a flu jab on friday please")
    assert reasons(surgery) == []


def test_a_yes_to_something_said_since_is_an_answer_to_that(surgery: Surgery, amira: Writer) -> None:
    amira.says("book an appointment tomorrow")
    amira.says("1")
    amira.says("no")
    assert "Booked" in amira.says("yes")
    assert reasons(surgery) == []


def test_the_text_stands_in_the_conversation(surgery: Surgery, amira: Writer) -> None:
    amira.says("hello")
    assert [each.text for each in amira.reads()][0] == TEXT


def test_a_yes_long_after_is_no_answer_to_it(surgery: Surgery, amira: Writer) -> None:
    surgery.clock.forward(days=8)
    amira.says("yes")
    assert reasons(surgery) == []


def test_the_others_hear_nothing_of_an_answer(surgery: Surgery, amira: Writer) -> None:
    before = [text for to, text in surgery.network.texts if to == TOM]
    amira.says("yes")
    assert [text for to, text in surgery.network.texts if to == TOM] == before
