"""Writing to the practice by text and in the chat: what it is about, the message, the read-back, what comes of it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from bot.store.messages import PATIENT, messages_after
from bot.store.writing_tables import thread
from tests.conversations.conftest import Known
from tests.support import AMIRA, HANNAH, MENSAH, NOBODY, NOVAK, SMS, SOFIA, TOM, HandClock, Surgery, Writer

TOPICS = ("Fit note", "Referral", "Letter", "Form", "Question about medicine", "Change of address", "Complaint")
ASKS_TOPIC = "What is your message about?"
ASKS_MESSAGE = "What would you like to tell us?"
WORDS = "I have been off work since Monday with my back and need a note for two weeks"


@pytest.fixture()
def amira(patient: Known) -> Writer:
    return patient(AMIRA)


def sent(surgery: Surgery) -> list[tuple[str, str, str]]:
    """(patient, topic, text) of every message in a thread, oldest first."""
    with surgery.program.database.read() as connection:
        rows = connection.execute(select(thread).order_by(thread.c.begun_at)).all()
        return [
            (row.patient_id, row.topic, each.text)
            for row in rows
            for each in messages_after(connection, row.conversation_id, 0)
            if each.author == PATIENT
        ]


def agrees(writer: Writer) -> str:
    """To the read-back, as it asks to be answered."""
    return writer.says("1") if writer.channel == SMS else writer.presses("Yes, send it")


# From the beginning to the end.


def test_step_by_step(amira: Writer, surgery: Surgery) -> None:
    assert ASKS_TOPIC in amira.says("I want to send a message to the doctor")
    answer = amira.says("fit note")
    assert ASKS_MESSAGE in answer and "Our staff will read it" in answer
    assert WORDS in amira.says(WORDS)
    answer = agrees(amira)
    assert "I have sent your message" in answer and re.search(r"reference is [A-Z0-9]{6}\.", answer)
    assert "will answer by Wednesday 25 November" in answer and "020 7946 0123" in answer
    assert sent(surgery) == [(surgery.patient_id("Amira"), "fit_note", WORDS)]
    assert [(each.reason, each.urgency) for each in surgery.escalations()] == [("about_fit_note", "routine")]
    assert ("message.write", "done") in surgery.audit()


@pytest.mark.parametrize("number, topic", enumerate(TOPICS, 1))
def test_a_topic_by_its_number_or_its_button(amira: Writer, surgery: Surgery, number: int, topic: str) -> None:
    amira.says("send a message")
    if amira.channel == SMS:
        assert f"{number}. {topic}" in amira.answer
        amira.says(str(number))
    else:
        amira.presses(f"{number}. {topic}")
    amira.says("these are my words for the surgery")
    agrees(amira)
    assert len(sent(surgery)) == 1
    assert surgery.escalations()[0].reason.startswith("about_")


@pytest.mark.parametrize(
    "said, topic",
    [
        ("it's about a referral", "referral"),
        ("I need a letter", "letter"),
        ("a form to be signed", "form"),
        ("my tablets", "medicine"),
        ("something else", "other"),
        ("complaint", "complaint"),
        ("change of address", "address"),
    ],
)
def test_a_topic_in_ones_own_words(amira: Writer, surgery: Surgery, said: str, topic: str) -> None:
    amira.says("send a message")
    amira.says(said)
    amira.says("these are my words for the surgery")
    agrees(amira)
    assert [each for _, each, _ in sent(surgery)] == [topic]


@pytest.mark.parametrize(
    "said, topic, message",
    [
        ("can the doctor extend my sick note another 2 weeks", "fit_note", None),
        ("the hospital say they havent got my referral", "referral", None),
        ("please tell dr patel that my blood pressure is 140 over 85", "other", "my blood pressure is 140 over 85"),
    ],
)
def test_what_was_said_already_is_not_asked_again(
    amira: Writer, surgery: Surgery, said: str, topic: str, message: str | None
) -> None:
    answer = amira.says(said)
    assert (message or said) in answer and ASKS_TOPIC not in answer
    agrees(amira)
    assert sent(surgery) == [(surgery.patient_id("Amira"), topic, message or said)]


def test_a_whole_message_in_place_of_a_topic_is_both(amira: Writer, surgery: Surgery) -> None:
    amira.says("send a message")
    said = "I would like the nurse to know that the dressing came off my leg yesterday evening"
    assert said in amira.says(said)
    agrees(amira)
    assert sent(surgery) == [(surgery.patient_id("Amira"), "other", said)]


def test_a_long_message_is_read_back_by_its_beginning_by_text_and_whole_in_the_chat(amira: Writer) -> None:
    amira.says("send a message")
    amira.says("something else")
    words = " ".join(f"word{number}" for number in range(150))
    answer = amira.says(words)
    assert ("word149" in answer) == (amira.channel != SMS) and "word5" in answer
    assert "I have sent your message" in agrees(amira)


# Changes of mind.


def test_no_to_the_read_back_asks_for_the_message_anew(amira: Writer, surgery: Surgery) -> None:
    amira.says("sick note please")
    amira.says("I need one for one week only")
    assert ASKS_MESSAGE in (amira.says("2") if amira.channel == SMS else amira.presses("No, change it"))
    amira.says("I need one for two weeks, from Monday")
    agrees(amira)
    assert [text for _, _, text in sent(surgery)] == ["I need one for two weeks, from Monday"]


def test_what_is_added_at_the_read_back_is_added(amira: Writer, surgery: Surgery) -> None:
    amira.says("sick note please")
    amira.says("I need one for one week only")
    assert "and my employer is the council" in amira.says("and my employer is the council, at the town hall")
    agrees(amira)
    assert [text for _, _, text in sent(surgery)] == [
        "I need one for one week only\nand my employer is the council, at the town hall"
    ]


@pytest.mark.parametrize("way_out", ["leave it", "stop", "never mind", "start again"])
@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_way_out_sends_nothing(amira: Writer, surgery: Surgery, way_out: str, steps: int) -> None:
    amira.says("send a message")
    for said in ("something else", "these are my words for the surgery")[:steps]:
        amira.says(said)
    if way_out == "stop" and amira.channel == SMS:
        way_out = "leave it"  # the network takes STOP for no more texts
    amira.says(way_out)
    assert sent(surgery) == []
    assert ASKS_MESSAGE not in amira.answer and ASKS_TOPIC not in amira.answer


def test_another_journey_in_few_words_takes_its_place(amira: Writer, surgery: Surgery) -> None:
    amira.says("send a message")
    amira.says("something else")
    answer = amira.says("book an appointment")
    assert "I have not sent your message" in answer and "when would you like" in answer.lower()
    assert sent(surgery) == []


def test_a_booking_that_is_left_for_it_is_named(amira: Writer) -> None:
    amira.says("book an appointment tomorrow")
    answer = amira.says("send a message to the doctor")
    assert "Nothing has been booked" in answer and ASKS_TOPIC in answer


def test_a_question_in_the_middle_is_answered_and_the_message_asked_for_again(amira: Writer, surgery: Surgery) -> None:
    amira.says("sick note please")
    answer = amira.says("help")
    assert "what would you like to tell us" in answer
    amira.says("I need one for two weeks, from Monday")
    agrees(amira)
    assert len(sent(surgery)) == 1


@pytest.mark.parametrize(
    "said",
    [
        "I want to stop smoking and need the leaflet you promised me",
        "the receptionist told me to cancel my hospital appointment and I am not sure",
        "are you open on Christmas Eve because my tablets run out then",
        "thank you for the letter but it has the wrong date on it",
        "who has looked at my record while I was in hospital last month",
    ],
)
def test_whatever_it_reminds_of_a_message_is_a_message(amira: Writer, surgery: Surgery, said: str) -> None:
    amira.says("send a message")
    amira.says("8" if amira.channel == SMS else "something else")
    assert said in amira.says(said)
    agrees(amira)
    assert [text for _, _, text in sent(surgery)] == [said]


def test_words_that_may_be_an_emergency_are_answered_first_and_it_can_go_on(amira: Writer, surgery: Surgery) -> None:
    amira.says("send a message")
    amira.says("something else")
    assert "Call 999" in amira.says("I have crushing chest pain")
    assert sent(surgery) == [] and surgery.escalations()[-1].urgency == "urgent"
    amira.says("false alarm")
    amira.says("I would like a copy of my last letter please")
    agrees(amira)
    assert len(sent(surgery)) == 1


def test_what_is_no_message_is_asked_about_and_a_person_offered(amira: Writer) -> None:
    amira.says("send a message")
    amira.says("something else")
    amira.says("hmm")
    answer = amira.says("??? 123")
    assert "speak to someone" in answer


def test_one_that_is_too_long_is_not_lost(amira: Writer, surgery: Surgery) -> None:
    amira.says("send a message")
    amira.says("something else")
    answer = amira.says("word " * 20_000)
    assert "too long" in answer and "020 7946 0123" in answer
    assert len(surgery.escalations()[-1].summary.open(amira.conversation_id)) == 100_000
    amira.says("a shorter one for the surgery")
    agrees(amira)
    assert len(sent(surgery)) == 1


# Files.


@pytest.mark.parametrize("said", ["send a photo", "i want to send a picture to the doctor", "can i attach a file"])
def test_who_wants_to_send_a_file_is_led_to_the_page(amira: Writer, said: str) -> None:
    assert "photo or a file" in amira.says(said) and "prove who you are" in amira.answer
    assert amira.link()[0]


def test_in_the_chat_a_file_can_be_added_afterwards(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("sick note please")
    assert ASKS_MESSAGE in chat.identifies(AMIRA)
    chat.says("I need one for two weeks, from Monday")
    chat.presses("Yes, send it")
    assert "To add a photo or a file" in chat.answer
    assert chat.attachment and set(chat.attachment) == {"label", "secure"}


def test_a_picture_that_comes_along_is_not_passed_over(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("sick note please")
    answer = amira.says("here is a photo of my old one", media=1)
    assert "pictures" in answer and "here is a photo of my old one" in answer


# Complaints.


def test_a_complaint_says_how_to_complain_and_can_be_written_at_once(amira: Writer, surgery: Surgery) -> None:
    answer = amira.says("I want to make a complaint")
    assert "practice manager" in answer and "What happened?" in answer
    assert "not kept in your health record" in answer
    amira.says("I waited for two hours and nobody told me why")
    agrees(amira)
    assert [topic for _, topic, _ in sent(surgery)] == ["complaint"]
    assert surgery.escalations()[0].reason == "about_complaint"


def test_in_the_middle_of_something_else_it_is_only_said_how(amira: Writer) -> None:
    amira.says("book an appointment tomorrow")
    answer = amira.says("how do I complain")
    assert "practice manager" in answer and "Which time would you like" in answer


# Who may.


def test_somebody_unknown_is_asked_who_they_are_first(surgery: Surgery) -> None:
    chat = surgery.chatting()
    assert "mobile number" in chat.says("I need a fit note")
    assert ASKS_MESSAGE in chat.identifies(TOM)
    assert sent(surgery) == []


def test_a_number_that_is_not_held_sends_nothing(surgery: Surgery) -> None:
    assert "does not have it for you" in surgery.texting(NOBODY).says("send a message to the doctor")


def test_who_has_no_online_services_is_told_to_call(patient: Known, surgery: Surgery) -> None:
    answer = patient(SOFIA).says("send a message to the doctor")
    assert answer == "I cannot do that for you here. Please call 020 7946 0123, or ask to speak to a person."


def test_on_a_shared_phone_it_is_asked_who_it_is_for(surgery: Surgery) -> None:
    grace = surgery.texting(MENSAH)
    assert "Who is this for?" in grace.says("sick note please")
    assert ASKS_MESSAGE in grace.says("Grace Mensah")
    grace.says("I need one for two weeks, from Monday")
    grace.says("1")
    assert [patient for patient, _, _ in sent(surgery)] == [surgery.patient_id("Grace")]


def test_a_mother_writes_for_her_son_in_her_own_name(surgery: Surgery) -> None:
    eva = surgery.texting(NOVAK)
    eva.says("I need a letter for school")
    eva.says("Leo")
    eva.says("Leo needs a letter for school about his asthma")
    eva.says("1")
    assert [patient for patient, _, _ in sent(surgery)] == [surgery.patient_id("Leo")]


def test_a_practice_that_takes_no_messages_says_so(amira: Writer, surgery: Surgery) -> None:
    practice = surgery.program.practice
    kept, practice.services = practice.services, practice.services.copy(update={"messages": False})
    assert "I cannot do that for you here" in amira.says("sick note please")
    assert "practice manager" in amira.says("I want to complain")
    practice.services = kept
    assert sent(surgery) == []


# When.


@pytest.mark.parametrize(
    "now, day",
    [
        ("2026-11-22T12:00", "Tuesday 24 November"),  # a Sunday
        ("2026-11-26T17:00", "Monday 30 November"),  # over a weekend
        ("2026-12-23T10:00", "Tuesday 29 December"),  # over Christmas
        ("2028-02-28T10:00", "Wednesday 1 March"),  # a leap year
    ],
)
def test_an_answer_is_promised_in_working_days(surgery: Surgery, clock: HandClock, now: str, day: str) -> None:
    clock.now = clock.now.replace(**_parts(now))
    hannah = surgery.texting(HANNAH)
    hannah.says("sick note please")
    hannah.says("I need one for two weeks, from Monday")
    assert f"will answer by {day}" in hannah.says("1")


def _parts(now: str) -> dict[str, int]:
    day, _, at = now.partition("T")
    year, month, date = map(int, day.split("-"))
    hour, minute = map(int, at.split(":"))
    return {"year": year, "month": month, "day": date, "hour": hour, "minute": minute}
