"""Finding out who writes: numbers, codes, shared phones, and what a wrong guess gives away: nothing."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from bot.practice_sections import Services
from bot.store import messages
from bot.store.conversations import get_conversation
from bot.store.identity_tables import grant, patient_access
from bot.store.tables import conversation, outbox
from bot.store.tracker import load_tracker
from tests.conversations.conftest import confirm, offered
from tests.support import AMIRA, MENSAH, NOBODY, NOVAK, SOFIA, HandClock, Surgery, Writer

EVERYBODY = "Grace Daniel Mensah Eva Leo Novak Amira Khan Tom Barker".split()


def code_for(surgery: Surgery, number: str) -> str:
    body = next(body for to, body in reversed(surgery.network.texts) if to == number)
    return re.findall(r"\b\d{6}\b", body)[0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def asked_for_code(surgery: Surgery, number: str = AMIRA) -> Writer:
    chat = surgery.chatting()
    chat.says("book an appointment tomorrow")
    chat.says(number)
    return chat


def test_in_the_chat_a_code_texted_to_the_number_proves_it(surgery: Surgery) -> None:
    chat = asked_for_code(surgery)
    assert offered(chat.says(code_for(surgery, AMIRA)))


@pytest.mark.parametrize("form", ["{}", "{} {}", "{}-{}", "it's {}", "the code is {} {}", "{}."])
def test_a_code_is_read_however_it_is_typed(surgery: Surgery, form: str) -> None:
    chat = asked_for_code(surgery)
    code = code_for(surgery, AMIRA)
    parts = (code[:3], code[3:]) if form.count("{}") == 2 else (code,)
    assert offered(chat.says(form.format(*parts)))


def test_a_number_the_surgery_does_not_have_reads_just_the_same(surgery: Surgery) -> None:
    known = asked_for_code(surgery, AMIRA).answer
    texts = len(surgery.network.texts)
    stranger = asked_for_code(surgery, NOBODY)
    assert stranger.answer == known
    assert len(surgery.network.texts) == texts
    assert "not the code we sent" in stranger.says("123456")


def test_after_five_wrong_codes_the_right_one_is_of_no_use(surgery: Surgery) -> None:
    chat = asked_for_code(surgery)
    code = code_for(surgery, AMIRA)
    for _ in range(4):
        assert "not the code we sent" in chat.says(wrong(code))
    assert "too many times" in chat.says(wrong(code))
    assert not offered(chat.says(code))


def test_a_wrong_code_then_the_right_one_is_fine(surgery: Surgery) -> None:
    chat = asked_for_code(surgery)
    code = code_for(surgery, AMIRA)
    chat.says(wrong(code))
    assert offered(chat.says(code))


def test_a_code_works_for_ten_minutes_and_no_longer(surgery: Surgery, clock: HandClock) -> None:
    chat = asked_for_code(surgery)
    code = code_for(surgery, AMIRA)
    clock.forward(minutes=10, seconds=1)
    assert "too old" in chat.says(code)
    assert offered(chat.identifies(AMIRA))


def test_a_code_of_another_conversation_is_of_no_use(surgery: Surgery) -> None:
    mine, theirs = asked_for_code(surgery), asked_for_code(surgery)
    first, second = (re.findall(r"\b\d{6}\b", body)[0] for _, body in surgery.network.texts[-2:])
    if first != second:
        assert not offered(theirs.says(first))
        assert not offered(mine.says(second))


@pytest.mark.parametrize(
    "said", ["new code", "i never got it", "send it again please", "where is my code", "no code came"]
)
def test_a_new_code_is_sent_and_the_old_one_no_longer_works(surgery: Surgery, said: str) -> None:
    chat = asked_for_code(surgery)
    old = code_for(surgery, AMIRA)
    chat.says(said)
    fresh = code_for(surgery, AMIRA)
    if fresh != old:
        assert not offered(chat.says(old))
    assert offered(chat.says(fresh))


def test_another_number_can_be_given(surgery: Surgery) -> None:
    chat = asked_for_code(surgery, NOBODY)
    assert "mobile number" in chat.says("wrong number")
    assert offered(chat.identifies(AMIRA))


def test_nobody_can_be_flooded_with_codes(surgery: Surgery) -> None:
    chat = asked_for_code(surgery)
    for _ in range(8):
        chat.says("new code")
    assert "as many codes to that number as we can" in chat.answer or "mobile number" in chat.answer
    assert len([to for to, _ in surgery.network.texts if to == AMIRA]) <= 5


@pytest.mark.parametrize(
    "text",
    [
        "i dont have a mobile",
        "I haven't got a phone",
        "sorry i have no mobile number",
        "ive lost my phone",
        "no mobile",
    ],
)
def test_without_a_number_a_way_on_is_named(surgery: Surgery, text: str) -> None:
    chat = surgery.chatting()
    first = chat.says("book an appointment")
    second = chat.says(text)
    assert second != first
    assert "020 7946 0123" in second
    assert "to speak to a person" in second


def test_a_code_is_kept_nowhere_in_the_conversation(surgery: Surgery) -> None:
    chat = asked_for_code(surgery)
    codes = [code_for(surgery, AMIRA)]
    codes.append(wrong(codes[0]))
    chat.says(codes[1])
    chat.says(codes[0])
    with surgery.program.database.read() as connection:
        for row in connection.execute(select(conversation.c.id)).scalars().all():
            held = get_conversation(connection, row)
            events = str(load_tracker(connection, held).events)
            written = " ".join(each.text for each in messages.messages_after(connection, row, 0))
            texts = connection.execute(select(outbox.c.body).where(outbox.c.conversation_id == row)).scalars()
            kept = f"{events} {written} {' '.join(body.open('outbox') for body in texts)}"
            assert not [code for code in codes if code in kept]
    assert not [pair for pair in surgery.audit() if set(codes) & set(pair)]


def test_by_text_an_unknown_number_is_told_what_to_do(surgery: Surgery) -> None:
    answer = surgery.texting(NOBODY).says("book an appointment")
    assert "the surgery does not have it for you" in answer and "020 7946 0123" in answer


@pytest.mark.parametrize("said", ["book an appointment", "cancel my appointment", "when is my appointment"])
def test_a_patient_without_online_services_is_sent_to_the_phone(surgery: Surgery, said: str) -> None:
    answer = surgery.texting(SOFIA).says(said)
    assert "cannot do that for you here" in answer and "020 7946 0123" in answer


def test_a_service_that_the_practice_switched_off_reads_the_same(surgery: Surgery) -> None:
    refused = surgery.texting(SOFIA).says("book an appointment")
    switches = Services(appointments=False, prescriptions=True, results=True, record=True, messages=True)
    kept, surgery.program.practice.services = surgery.program.practice.services, switches
    assert surgery.texting(AMIRA).says("book an appointment") == refused
    surgery.program.practice.services = kept


def test_of_two_on_one_phone_it_is_asked_who_and_nobody_is_named(surgery: Surgery) -> None:
    answer = surgery.texting(MENSAH).says("when is my appointment")
    assert "Who is this for?" in answer
    assert not [name for name in EVERYBODY if name in answer]


@pytest.mark.parametrize("name", ["Daniel", "daniel mensah", "it's for Daniel", "Daniel Mensah please"])
def test_a_name_settles_who_it_is(surgery: Surgery, name: str) -> None:
    writer = surgery.texting(MENSAH)
    writer.says("when is my appointment")
    assert "Your next appointment is" in writer.says(name)


@pytest.mark.parametrize("name", ["Amira Khan", "Mensah", "Bob", "Gracie", "Tom Barker", "D"])
def test_a_wrong_name_gives_nothing_away(surgery: Surgery, name: str) -> None:
    writer = surgery.texting(MENSAH)
    writer.says("when is my appointment")
    answer = writer.says(name)
    assert "appointment is" not in answer and "no appointments" not in answer
    assert not [each for each in EVERYBODY if each in answer]


def test_each_journey_from_a_shared_phone_asks_again_who_it_is_for(surgery: Surgery) -> None:
    eva = surgery.texting(NOVAK)
    for first_name, day in (("Leo", "tomorrow"), ("Eva", "thursday")):
        assert "Who is this for?" in eva.says(f"book an appointment {day}")
        eva.says(first_name)
        eva.says("1")
        eva.says("no")
        assert "Booked" in confirm(eva)
        assert len(surgery.appointments(first_name)) == 1


def test_until_the_name_is_given_the_last_one_does_not_count(surgery: Surgery) -> None:
    eva = surgery.texting(NOVAK)
    eva.says("book an appointment tomorrow")
    eva.says("Leo")
    eva.says("leave it")
    eva.says("book an appointment tomorrow")
    assert not offered(eva.says("tomorrow morning please"))
    assert not offered(eva.says("are you open today"))


def test_a_name_in_the_chat_needs_the_code_first(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("when is my appointment")
    assert "Your next appointment" not in chat.says("Daniel Mensah")
    assert "Who is this for?" in chat.identifies(MENSAH)
    assert "Your next appointment" in chat.says("Daniel Mensah")


def test_access_taken_away_in_the_middle_of_a_journey_ends_it(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    amira.says("can i see dr patel tomorrow")
    amira.says("1")
    amira.says("no")
    with surgery.program.database.write() as connection:
        connection.execute(update(patient_access).values(level="none"))
    assert "I cannot do that for you here" in amira.says("1")
    assert surgery.appointments("Amira") == []


def test_a_grant_that_ended_in_the_middle_of_a_journey_has_to_be_given_again(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("book an appointment tomorrow")
    assert "I can offer" in chat.identifies(AMIRA)
    with surgery.program.database.write() as connection:
        connection.execute(update(grant).values(ended_at=surgery.clock()))
    assert "mobile number" in chat.says("1")
