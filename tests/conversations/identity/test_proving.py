"""Logging in for its own sake, for the first time, and where a practice asks for proof before appointments too."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from bot.backend.demo_people import passcodes
from bot.identity.step_up import Verdict
from bot.store.tables import message, rasa_event
from tests.conversations.conftest import Known, offered
from tests.support import AMIRA, MENSAH, OSEI, SMS, SOFIA, TOM, Surgery, Writer

Proved = Callable[[str, str], Writer]


@pytest.fixture()
def strict(surgery: Surgery) -> Iterator[Surgery]:
    """A surgery that asks for proof before appointments are seen or changed."""
    rules = surgery.program.practice.identity
    surgery.program.practice.identity = rules.copy(update={"preset": "nhs_login_table"})
    yield surgery
    surgery.program.practice.identity = rules


@pytest.mark.parametrize(
    "said", ["log me in", "i want to register for online access", "i forgot my passcode", "how do i prove who i am"]
)
def test_a_link_to_log_in_and_how_to_get_a_key(amira: Writer, said: str) -> None:
    answer = amira.says(said)
    assert amira.link()[0]
    assert "photo ID" in answer and "key" in answer and "NHS login" in answer


def test_it_reads_the_same_for_somebody_without_access(patient: Known) -> None:
    writer = patient(SOFIA)
    assert "photo ID" in writer.says("log me in")
    assert writer.link()[0]


def test_in_the_chat_the_number_comes_first(surgery: Surgery) -> None:
    chat = surgery.chatting()
    assert "mobile number" in chat.says("log me in")
    assert "photo ID" in chat.identifies(TOM)


def test_with_the_usual_rules_appointments_need_no_proof(surgery: Surgery) -> None:
    assert "Your next appointment is" in surgery.texting(TOM).says("when is my appointment")


@pytest.mark.parametrize("said", ["when is my appointment", "cancel my appointment", "move my appointment to friday"])
def test_a_strict_practice_asks_for_proof_first_and_then_goes_on(strict: Surgery, patient: Known, said: str) -> None:
    tom = patient(TOM)
    answer = tom.says(said)
    assert "prove who you are" in answer and "ask me again" in answer
    assert "24 November" not in answer
    assert tom.proves(strict.passcode("Tom")) is Verdict.PASSED
    answer = tom.says(said)
    assert "Dr" in answer or "Nurse" in answer or offered(answer)


def test_booking_needs_no_proof_there(strict: Surgery) -> None:
    assert offered(strict.texting(TOM).says("book an appointment tomorrow"))


def test_on_a_shared_phone_a_proof_counts_for_the_one_who_gave_it(surgery: Surgery) -> None:
    phone = surgery.texting(MENSAH)
    phone.says("can i see my test results")
    phone.says("Grace")
    assert phone.proves(surgery.passcode("Grace")) is Verdict.PASSED
    phone.says("book an appointment tomorrow")
    phone.says("Daniel")
    for said in ("1", "no", "1"):
        phone.says(said)
    assert "Booked" in phone.answer
    assert len(surgery.appointments("Grace")) == 0
    assert len(surgery.appointments("Daniel")) == 2


def test_a_proof_does_not_open_the_record_of_another_on_the_same_phone(surgery: Surgery) -> None:
    phone = surgery.texting(MENSAH)
    phone.says("can i see my test results")
    phone.says("Grace")
    grace = phone.link()[0]
    visit = surgery.program.services.step_up.visit(surgery.program.services.step_up.spend(grace, None, None) or "")
    assert visit and visit.patient_id == surgery.patient_id("Grace")
    phone.says("can i see my test results")
    phone.says("Daniel")
    assert phone.proves(surgery.passcode("Grace")) is Verdict.WRONG


def test_somebody_trusted_is_told_for_whom_it_is(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("can i see my test results")
    chat.identifies(OSEI)
    chat.says("Jade")
    assert chat.proves(passcodes()["proxy-osei"]) is Verdict.PASSED
    assert "This is for Jade Osei" in chat.says("can i see my test results")
    assert chat.attachment and chat.attachment["card"] == "results"


def test_no_name_of_a_patient_is_texted(surgery: Surgery) -> None:
    abena = surgery.texting(OSEI)
    abena.says("can i see my test results")
    answer = abena.says("Jade")
    assert abena.channel == SMS and "Jade" not in answer and "/secure/" in answer


@pytest.mark.parametrize("said", ["K7QM-93XD-TWRB", "my key is k7qm 93xd twrb what now"])
def test_a_registration_key_typed_into_a_message_is_not_kept(surgery: Surgery, said: str) -> None:
    amira = surgery.texting(AMIRA)
    assert "do not send your registration key here" in amira.says(said)
    with surgery.program.database.read() as connection:
        kept = connection.execute(select(message)).all()
        events = connection.execute(select(rasa_event)).all()
    written = [row.text.open(row.conversation_id) for row in kept]
    assert not any("93" in text for text in written)
    assert events == []
