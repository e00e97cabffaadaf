"""A patient turns off their own online access: read back, done at once, and care stays the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.identity.policy import DECLINED
from bot.store.access import find_access
from tests.conversations.conftest import Known, confirm
from tests.support import AMIRA, NOBODY, OSEI, SMS, Surgery, Writer

Proved = Callable[[str, str], Writer]
SAID = "turn off my online access"


def flags(surgery: Surgery, first_name: str) -> frozenset[str]:
    with surgery.program.database.read() as connection:
        held = find_access(connection, surgery.patient_id(first_name))
    return held.flags if held else frozenset()


@pytest.mark.parametrize("said", [SAID, "i dont want online access any more"])
def test_it_is_read_back_and_then_done(amira: Writer, surgery: Surgery, said: str) -> None:
    assert "Your care stays the same" in amira.says(said)
    answer = confirm(amira)
    assert "online access is off" in answer and "020 7946 0123" in answer
    assert DECLINED in flags(surgery, "Amira")
    assert [(each.reason, each.urgency) for each in surgery.escalations()] == [("access_off", "routine")]
    assert ("access.off", "done") in surgery.audit()


def test_whoever_is_logged_in_is_out(proved: Proved) -> None:
    amira = proved(AMIRA, "Amira")
    amira.says(SAID)
    confirm(amira)
    assert amira.sees() is None
    assert "I cannot do that for you here" in amira.says("can i see my test results")


def test_appointments_can_still_be_made(amira: Writer) -> None:
    amira.says(SAID)
    confirm(amira)
    assert "I can offer" in amira.says("book an appointment tomorrow")


@pytest.mark.parametrize("answer", ["no", "no thanks"])
def test_a_no_changes_nothing(amira: Writer, surgery: Surgery, answer: str) -> None:
    amira.says(SAID)
    assert "as it is" in amira.says(answer)
    assert DECLINED not in flags(surgery, "Amira")


def test_by_text_a_yes_is_not_enough(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says(SAID)
    assert "I need the number" in amira.says("yes")
    assert DECLINED not in flags(surgery, "Amira")


def test_a_question_in_the_middle_is_answered_and_it_is_asked_again(amira: Writer, surgery: Surgery) -> None:
    amira.says(SAID)
    answer = amira.says("are you open today")
    assert "We are open today" in answer and "shall I turn off your online access" in answer
    if amira.channel == SMS:
        assert "Reply " in answer
    confirm(amira)
    assert DECLINED in flags(surgery, "Amira")


def test_leaving_it_for_something_else_says_so(amira: Writer) -> None:
    amira.says(SAID)
    assert "left your online access as it is" in amira.says("book an appointment instead")


def test_nobody_turns_off_the_access_of_another(surgery: Surgery) -> None:
    abena = surgery.texting(OSEI)
    abena.says(SAID)
    assert "I cannot do that for you here" in abena.says("Jade")
    assert DECLINED not in flags(surgery, "Jade")


def test_an_unknown_number_is_sent_to_the_phone(surgery: Surgery) -> None:
    assert "020 7946 0123" in surgery.texting(NOBODY).says(SAID)


def test_in_the_chat_there_are_buttons(patient: Known) -> None:
    amira = patient(AMIRA)
    amira.says(SAID)
    assert [each.label for each in amira.buttons] == (
        [] if amira.channel == SMS else ["Yes, turn it off", "No, leave it on"]
    )
