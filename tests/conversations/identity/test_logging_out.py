"""Logging out ends what was proved, at once and everywhere it was opened."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conversations.conftest import Known
from tests.support import AMIRA, SMS, TOM, Surgery, Writer

Proved = Callable[[str, str], Writer]


@pytest.mark.parametrize("said", ["log out", "log me out please", "sign me out"])
def test_logging_out_ends_the_proof_and_the_page(proved: Proved, surgery: Surgery, said: str) -> None:
    amira = proved(AMIRA, "Amira")
    assert amira.sees()
    assert "You are logged out" in amira.says(said)
    assert amira.sees() is None
    assert ("step_up.log_out", "done") in surgery.audit()


def test_after_it_proof_is_asked_for_again(proved: Proved) -> None:
    amira = proved(AMIRA, "Amira")
    amira.says("log out")
    answer = amira.says("can i see my test results")
    assert "mobile number" in answer if amira.channel != SMS else amira.link()[0]


def test_in_the_chat_it_is_forgotten_who_it_was_and_how_to_clear_the_screen_is_said(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("when is my appointment")
    assert "Your next appointment is" in chat.identifies(TOM)
    assert "End chat" in chat.says("log out")
    assert "mobile number" in chat.says("when is my appointment")


def test_a_link_that_was_not_opened_ends_too(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    amira.says("can i see my test results")
    token, _ = amira.link()
    amira.says("log out")
    assert surgery.program.services.step_up.look(token) is None


def test_with_nobody_logged_in_it_says_so(surgery: Surgery) -> None:
    for writer in (surgery.texting(AMIRA), surgery.chatting()):
        assert "Nobody is logged in" in writer.says("log out")


def test_it_ends_what_was_being_done(amira: Writer, surgery: Surgery) -> None:
    amira.says("book an appointment tomorrow")
    assert "Nothing has been changed" in amira.says("log out")
    amira.says("1")
    assert surgery.appointments("Amira") == []
