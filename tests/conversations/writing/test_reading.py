"""Reading what the practice answered, and new contact details: both on the secure page, and never said in a message."""

from __future__ import annotations

import pytest

from bot.identity.step_up import Verdict
from bot.store import messages, threads
from bot.store.conversations import get_conversation
from bot.store.messages import STAFF, Reply
from bot.store.saying import say
from bot.store.tracker import load_tracker
from bot.writing import threads as writing
from bot.writing.threads import Written
from tests.conversations.conftest import Known
from tests.support import AISHA, AMIRA, LAURA, SMS, SOFIA, Surgery, Writer

ANSWER = "Your canary note is at reception."
ASKING = (
    *("my messages", "have you answered my message", "any reply to my message", "has the doctor replied"),
    *("show me the answer", "MY MESSAGES", "have u replied"),
)
CHANGING = ("change my phone number", "I have moved house", "update my email address", "my number has changed")


@pytest.fixture()
def amira(patient: Known) -> Writer:
    return patient(AMIRA)


def answer(surgery: Surgery, first_name: str = "Amira") -> None:
    """Somebody wrote, and the surgery has answered."""
    program, patient_id = surgery.program, surgery.patient_id(first_name)
    with program.database.write() as connection:
        written = Written("when is it ready", f"once-{first_name}")
        held = writing.begin(connection, patient_id, patient_id, "fit_note", "REF123", written, surgery.clock())
        conversation = get_conversation(connection, held.conversation_id)
        say(connection, conversation, Reply(ANSWER, author=STAFF), program.practice.name, surgery.clock())


@pytest.mark.parametrize("said", ASKING)
def test_asking_leads_to_the_secure_page(amira: Writer, said: str) -> None:
    assert "To read your messages" in amira.says(said) and "prove who you are" in amira.answer
    assert amira.link()[0]


@pytest.mark.parametrize("said", CHANGING)
def test_new_details_are_given_on_the_secure_page(amira: Writer, said: str) -> None:
    assert "To change your phone number, address or email" in amira.says(said)
    assert amira.link()[0]


def test_after_proof_the_chat_shows_a_card_of_messages(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("my messages")
    chat.identifies(AMIRA)
    assert chat.proves(surgery.passcode("Amira")) is Verdict.PASSED
    assert chat.attachment == {"label": "Your messages", "card": "messages"}
    chat.says("has the doctor replied")
    assert chat.attachment and chat.attachment["card"] == "messages"


def test_new_details_have_no_card_but_always_the_page(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("change my phone number")
    chat.identifies(AMIRA)
    assert chat.proves(surgery.passcode("Amira")) is Verdict.PASSED
    assert chat.attachment is None
    chat.says("change my phone number")
    assert chat.attachment and "secure" in chat.attachment


@pytest.mark.parametrize("number", [SOFIA, AISHA, LAURA])
@pytest.mark.parametrize("said", ["my messages", "change my phone number"])
def test_whatever_the_reason_a_refusal_reads_the_same(patient: Known, number: str, said: str) -> None:
    writer = patient(number)
    assert writer.says(said) == "I cannot do that for you here. Please call 020 7946 0123, or ask to speak to a person."
    assert writer.attachment is None


def test_the_answer_is_announced_by_text_and_said_nowhere(patient: Known, surgery: Surgery) -> None:
    amira = patient(AMIRA)
    answer(surgery)
    surgery.run()
    told = [body for number, body in surgery.network.texts if number == AMIRA and "answered your message" in body]
    assert told == ['Riverside Surgery: The surgery has answered your message. To read it, say "my messages".']
    for said in ASKING[:3]:
        amira.says(said)
    with surgery.program.database.read() as connection:
        conversation = get_conversation(connection, amira.conversation_id)
        kept = str(load_tracker(connection, conversation).events) + str(amira.reads())
    assert "canary" not in kept and "canary" not in str(surgery.network.texts)


def test_saying_what_the_text_says_leads_there(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    answer(surgery)
    surgery.run()
    assert "To read your messages" in amira.says('"my messages".')
    assert amira.proves(surgery.passcode("Amira")) is Verdict.PASSED
    assert amira.sees()


def test_in_the_middle_of_a_booking_the_page_is_offered_and_the_booking_goes_on(amira: Writer) -> None:
    amira.says("book an appointment tomorrow")
    said = amira.says("have you answered my message")
    assert "To read your messages" in said and "Which time would you like" in said


def test_asked_along_with_something_else_both_are_done(amira: Writer) -> None:
    said = amira.says("can i see my test results and have you answered my message")
    assert "test results" in said and ("read your messages" in said)


def test_the_assistant_never_answers_in_a_thread(surgery: Surgery) -> None:
    answer(surgery)
    surgery.run()
    with surgery.program.database.read() as connection:
        held = threads.find_thread(connection, "REF123")
        assert held
        said = messages.messages_after(connection, held.conversation_id, 0)
    assert [each.author for each in said] == ["patient", STAFF]


def test_by_text_the_link_comes_each_time(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("my messages")
    first = amira.link()[0]
    amira.says("change my phone number")
    assert amira.channel == SMS and amira.link()[0] != first
    assert surgery.program.services.step_up.look(first) is None
