"""Test results, the record, and who has looked at it: a link by text, a card in the chat, and never a word of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.backend.demo_record import demo_entries, demo_results
from bot.identity.step_up import Verdict
from bot.store.conversations import get_conversation
from bot.store.tracker import load_tracker
from tests.conversations.conftest import Known
from tests.support import AISHA, AMIRA, LAURA, NOBODY, NOVAK, SMS, SOFIA, HandClock, Surgery, Writer

Proved = Callable[[str, str], Writer]

PAGES = {
    "can i see my test results": "results",
    "are my blood results back": "results",
    "can i see my record": "record",
    "which medicines am I on": "record",
    "what am I allergic to": "record",
    "who has looked at my record": "activity",
}
SUBJECTS = {"results": "test results", "record": "health record", "activity": "who has looked at your record"}


@pytest.mark.parametrize("said", PAGES)
def test_asking_leads_to_the_secure_page(amira: Writer, said: str) -> None:
    answer = amira.says(said)
    assert SUBJECTS[PAGES[said]] in answer and "prove who you are" in answer and "10 minutes" in answer
    assert amira.link()[0]
    if amira.channel != SMS:
        assert amira.attachment and amira.attachment["label"] == "Open the secure page"
        assert "/secure/" not in answer


@pytest.mark.parametrize("said", PAGES)
def test_after_proof_the_chat_shows_a_card_and_a_text_has_a_fresh_link(proved: Proved, said: str) -> None:
    amira = proved(AMIRA, "Amira")
    amira.says(said)
    if amira.channel == SMS:
        assert amira.link()[0]
    else:
        assert amira.attachment and amira.attachment["card"] == PAGES[said]
        assert "nobody else can see your screen" in amira.answer


def test_in_the_chat_the_card_comes_by_itself_after_proof(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("can i see my test results")
    assert "prove who you are" in chat.identifies(AMIRA)
    assert chat.proves(surgery.passcode("Amira")) is Verdict.PASSED
    assert "I know it is you now" in chat.answer
    assert chat.attachment == {"label": "Your test results", "card": "results"}


def test_a_code_alone_shows_nothing(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("can i see my record")
    chat.identifies(AMIRA)
    assert chat.attachment and set(chat.attachment) == {"label", "secure"}


@pytest.mark.parametrize("number", [SOFIA, AISHA, LAURA])
@pytest.mark.parametrize("said", ["can i see my test results", "can i see my record"])
def test_whatever_the_reason_a_refusal_reads_the_same(patient: Known, number: str, said: str) -> None:
    writer = patient(number)
    answer = writer.says(said)
    assert answer == "I cannot do that for you here. Please call 020 7946 0123, or ask to speak to a person."
    assert writer.attachment is None


def test_by_text_an_unknown_number_gets_no_link(surgery: Surgery) -> None:
    answer = surgery.texting(NOBODY).says("can i see my test results")
    assert "/secure/" not in answer and "020 7946 0123" in answer


def test_on_a_shared_phone_it_is_asked_who_it_is_for(surgery: Surgery) -> None:
    eva = surgery.texting(NOVAK)
    assert "Who is this for?" in eva.says("can i see my test results")
    assert "/secure/" in eva.says("Leo")


def test_a_proof_that_is_too_old_is_asked_for_again(proved: Proved, clock: HandClock) -> None:
    amira = proved(AMIRA, "Amira")
    clock.forward(minutes=31)
    amira.says("can i see my test results")
    assert amira.link()[0]


def test_each_new_link_ends_the_one_before(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("can i see my test results")
    old = amira.link()[0]
    amira.says("can i see my record")
    step_up = surgery.program.services.step_up
    assert step_up.look(old) is None
    assert step_up.look(amira.link()[0])


def test_after_too_many_wrong_passcodes_only_the_surgery_can_help(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    for _ in range(2):
        for _ in range(5):
            amira.says("can i see my test results")
            if amira.attachment or "/secure/" in amira.answer:
                amira.proves("not-the-passcode")
    answer = amira.says("can i see my test results")
    assert "I cannot check who you are online" in answer and "020 7946 0123" in answer
    amira.says("can i see my record")
    assert [each.reason for each in surgery.escalations()] == ["step_up_locked"]


def test_nothing_of_the_record_is_in_the_conversation(proved: Proved, surgery: Surgery) -> None:
    amira = proved(AMIRA, "Amira")
    for said in PAGES:
        amira.says(said)
    today = surgery.clock().date()
    results, entries = [each for _, each in demo_results(today)], [each for _, each in demo_entries(today)]
    told = {text for each in results for text in (each.title, each.comment, each.outcome)}
    told |= {text for each in entries for text in (each.title, each.detail, each.note)}
    with surgery.program.database.read() as connection:
        conversation = get_conversation(connection, amira.conversation_id)
        kept = str(load_tracker(connection, conversation).events) + str(amira.reads())
    assert [text for text in told if text and text in kept] == []


def test_a_service_switched_off_reads_as_any_refusal(amira: Writer, surgery: Surgery) -> None:
    practice = surgery.program.practice
    kept, practice.services = practice.services, practice.services.copy(update={"results": False})
    assert "I cannot do that for you here" in amira.says("can i see my test results")
    practice.services = kept


def test_two_wishes_are_dealt_with_one_after_the_other(amira: Writer) -> None:
    assert "test results" in amira.says("can i see my test results and book an appointment")
    assert "You also asked to book an appointment" in amira.answer
