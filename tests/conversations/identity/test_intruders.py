"""Somebody else was in the account: everything is locked at once, and staff are told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.identity.step_up import Verdict
from tests.conversations.conftest import Known
from tests.support import AMIRA, MENSAH, NOBODY, SMS, Surgery, Writer

Proved = Callable[[str, str], Writer]
SAID = "someone has been in my account"


@pytest.mark.parametrize("said", [SAID, "somebody has logged in as me", "i think my account has been hacked"])
def test_everything_is_locked_and_staff_are_told(amira: Writer, surgery: Surgery, said: str) -> None:
    answer = amira.says(said)
    assert "stopped all online access" in answer and "020 7946 0123" in answer
    told = surgery.escalations()[-1]
    assert (told.reason, told.urgency) == ("not_me", "urgent")
    assert ("step_up.not_me", "locked") in surgery.audit()
    answer = amira.says("can i see my test results")
    assert "I cannot check who you are online" in (answer if amira.channel == SMS else amira.identifies(AMIRA))


def test_whoever_is_in_is_out(proved: Proved, patient: Known) -> None:
    thief = proved(AMIRA, "Amira")
    patient(AMIRA).says(SAID)
    assert thief.sees() is None


def test_the_passcode_is_of_no_use_any_more(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("can i see my test results")
    chat = surgery.chatting()
    chat.says("can i see my test results")
    chat.identifies(AMIRA)
    amira.says(SAID)
    assert chat.proves(surgery.passcode("Amira")) is Verdict.LOCKED


def test_by_text_it_holds_for_everyone_on_that_phone(surgery: Surgery) -> None:
    phone = surgery.texting(MENSAH)
    assert "stopped all online access" in phone.says(SAID)
    for first_name in ("Grace", "Daniel"):
        phone.says("can i see my test results")
        assert "I cannot check who you are online" in phone.says(first_name)


def test_from_nobody_we_know_staff_are_told_and_what_to_do_is_said(surgery: Surgery) -> None:
    for writer in (surgery.texting(NOBODY), surgery.chatting()):
        answer = writer.says(SAID)
        assert "could not lock anything" in answer
        assert "NOT ME to 07700 900000" in answer and "020 7946 0123" in answer
        assert surgery.escalations()[-1].urgency == "urgent"


def test_it_ends_what_was_being_done(amira: Writer, surgery: Surgery) -> None:
    amira.says("book an appointment tomorrow")
    amira.says(SAID)
    amira.says("1")
    assert surgery.appointments("Amira") == []
