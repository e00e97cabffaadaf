"""Somebody is made to show their record: nothing on the screen tells, and everything behind it happens."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.identity.activity import activity_of, twelve_months_before
from bot.identity.policy import UNDER_PRESSURE
from bot.store import messages
from bot.store.access import find_access
from tests.support import AMIRA, MENSAH, NOBODY, Surgery, Writer

Proved = Callable[[str, str], Writer]
SAID = "my husband is making me show him my record"
TELLING = ("pressure", "forced", "partner", "husband", "record", "safe", "police", "999", "abuse", "log", "lock")


def flags(surgery: Surgery, first_name: str) -> frozenset[str]:
    with surgery.program.database.read() as connection:
        held = find_access(connection, surgery.patient_id(first_name))
    return held.flags if held else frozenset()


@pytest.mark.parametrize("said", [SAID, "i am being forced to log in", "someone is standing over me making me do this"])
def test_the_answer_tells_nothing(amira: Writer, said: str) -> None:
    answer = amira.says(said)
    assert "Thank you. The surgery will be in touch." in answer
    assert not [word for word in TELLING if word in answer.casefold()]
    assert amira.buttons == () and amira.attachment is None


def test_staff_are_told_at_once_and_in_the_patients_words(amira: Writer, surgery: Surgery) -> None:
    amira.says(SAID)
    told = surgery.escalations()[-1]
    assert (told.reason, told.urgency) == ("under_pressure", "urgent")
    assert told.summary.open(told.conversation_id) == SAID


def test_what_was_written_goes_from_the_conversation(amira: Writer) -> None:
    amira.says(SAID)
    written = [each.text for each in amira.reads() if each.author == messages.PATIENT]
    assert SAID not in written and "••••••" in written


def test_the_record_is_closed_and_reads_as_it_always_does(proved: Proved, surgery: Surgery) -> None:
    amira = proved(AMIRA, "Amira")
    amira.says(SAID)
    assert amira.sees() is None
    assert UNDER_PRESSURE in flags(surgery, "Amira")
    answer = amira.says("can i see my test results")
    assert answer == "I cannot do that for you here. Please call 020 7946 0123, or ask to speak to a person."


def test_nothing_of_it_is_told_to_who_looks_at_the_activity(amira: Writer, surgery: Surgery) -> None:
    def told() -> list[str]:
        now = surgery.clock()
        with surgery.program.database.read() as connection:
            listed = activity_of(connection, surgery.patient_id("Amira"), twelve_months_before(now))
        return [each.what for each in listed]

    before = told()
    amira.says(SAID)
    assert told() == before


def test_on_a_shared_phone_it_holds_for_everyone(surgery: Surgery) -> None:
    surgery.texting(MENSAH).says(SAID)
    assert UNDER_PRESSURE in flags(surgery, "Grace") and UNDER_PRESSURE in flags(surgery, "Daniel")


def test_from_nobody_we_know_it_reads_the_same(surgery: Surgery) -> None:
    known = surgery.texting(AMIRA).says(SAID)
    assert surgery.texting(NOBODY).says(SAID) == known
    assert surgery.chatting().says(SAID) == known
    assert [each.reason for each in surgery.escalations()] == ["under_pressure"] * 3


def test_a_journey_ends_without_a_word(amira: Writer, surgery: Surgery) -> None:
    amira.says("book an appointment tomorrow")
    answer = amira.says(SAID)
    assert "book" not in answer.casefold() and "left" not in answer
    amira.says("1")
    assert surgery.appointments("Amira") == []


def test_appointments_can_still_be_made(amira: Writer) -> None:
    amira.says(SAID)
    assert "I can offer" in amira.says("book an appointment tomorrow")
