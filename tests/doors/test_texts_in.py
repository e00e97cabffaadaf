"""Texts as they come in: taken at once and once only, whatever they hold."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from bot.app import web_app
from bot.sms_text import count_segments
from bot.store import contacts
from bot.store.notices import INBOX
from bot.workers import Workers
from tests.doors.support import PUBLIC_URL, TOKEN, Doors, short, wait_until, webhook
from tests.support import AMIRA, NOBODY, TOM

_HELLO = "what are your opening hours"


def test_twilio_is_answered_at_once_with_nothing_to_say(doors: Doors) -> None:
    answer = doors.texts_in(_HELLO, AMIRA)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert answer.text == '<?xml version="1.0" encoding="UTF-8"?><Response/>'
    assert doors.count_messages("patient") == 1
    assert doors.count_messages("assistant") == 0, "the turn is still to be run"
    doors.run()
    assert doors.count_messages("assistant") == 1


def test_a_text_is_answered_by_one_text_that_names_the_surgery_first(doors: Doors) -> None:
    for said in (_HELLO, "can i see dr patel tues pm", "2", "no", "1", "what can you do", "thanks"):
        doors.texts_in(said, AMIRA)
        doors.run()
    assert len(doors.telco.texts) == 7
    for number, body in doors.telco.texts:
        assert number == AMIRA
        assert body.startswith("Riverside Surgery: ")
        assert count_segments(body).count <= 3
        assert count_segments(body).encoding == "GSM-7"


def test_a_patient_books_by_text(doors: Doors) -> None:
    for said in ("can i see dr patel tues pm", "2", "no", "1"):
        doors.texts_in(said, AMIRA)
        doors.run()
    assert "Booked" in doors.telco.bodies()[-1]
    assert len(doors.surgery.appointments("Amira")) == 1


def test_several_texts_before_the_first_answer_are_answered_in_order(doors: Doors) -> None:
    for said in ("what are your opening hours", "what is your address", "is there a car park"):
        doors.texts_in(said, AMIRA)
    doors.run()
    hours, place, parking = doors.telco.bodies()
    assert "Monday" in hours
    assert "Mill Lane" in place
    assert "car park" in parking


def test_fifty_deliveries_of_one_text_at_once_are_one_turn_and_one_reply(doors: Doors) -> None:
    form = webhook("book an appointment with dr patel tomorrow", AMIRA)
    workers = Workers(doors.surgery.program.gateway.work_once, doors.surgery.program.notices, INBOX, 4)
    workers.start()
    try:
        with ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(lambda _: doors.posts("/sms/inbound", form).status_code, range(50)))
        wait_until(lambda: doors.count_messages("assistant"))
    finally:
        workers.stop()
    doors.run()
    assert answers == [200] * 50
    assert doors.count_conversations() == 1
    assert doors.count_messages("patient") == 1
    assert doors.count_messages("assistant") == 1
    assert len(doors.telco.texts) == 1


def test_fifty_texts_of_one_patient_at_once_are_one_conversation_and_fifty_replies(doors: Doors) -> None:
    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda _: doors.texts_in(_HELLO, AMIRA).status_code, range(50)))
    doors.run()
    assert answers == [200] * 50
    assert doors.count_conversations() == 1
    assert len(doors.telco.texts) == 50


@pytest.mark.parametrize(
    "body",
    [
        b"Body=" + b"a" * 70_000,
        b"Body=\xff\xfe&From=%2B447700900001&MessageSid=SM1",
        "&".join(f"f{n}=1" for n in range(5000)).encode(),
        b"&" * 60_000,
        b"\x00\x01\x02",
        b"{}",
    ],
    ids=["too big", "not UTF-8", "thousands of fields", "thousands of separators", "not text", "JSON"],
)
def test_a_body_that_no_text_has_is_refused(doors: Doors, body: bytes) -> None:
    for signature in (None, "A" * 28):
        assert doors.post_raw("/sms/inbound", body, signature).status_code == 403
    assert doors.count_messages() == 0


def test_thousands_of_fields_are_refused_even_if_they_are_signed(doors: Doors) -> None:
    form = webhook(_HELLO, AMIRA, **{f"field{number}": "1" for number in range(3000)})
    assert doors.posts("/sms/inbound", form).status_code == 403
    assert doors.count_messages() == 0


def test_an_empty_body_that_is_signed_says_nothing_and_is_answered(doors: Doors) -> None:
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC_URL}/sms/inbound", {})
    assert doors.post_raw("/sms/inbound", b"", signature).status_code == 200
    assert doors.count_messages() == 0


@pytest.mark.parametrize(
    "sender",
    ["", "NHSNoReply", "60777", "7726", "GOV123456", "whatsapp:+447700900001", "+", "+1", "07700900001", "\x00"],
    ids=short,
)
def test_a_sender_that_cannot_be_answered_starts_nothing(doors: Doors, sender: str) -> None:
    assert doors.texts_in(_HELLO, sender).status_code == 200
    doors.run()
    assert doors.count_messages() == 0
    assert doors.telco.texts == []


@pytest.mark.parametrize("missing", ["From", "MessageSid", "Body", "NumMedia"])
def test_a_text_without_one_of_its_fields_is_answered_and_does_no_harm(doors: Doors, missing: str) -> None:
    form = webhook(_HELLO, AMIRA)
    sid = form["SmsSid"]
    del form[missing]
    assert doors.posts("/sms/inbound", form).status_code == 200
    doors.run()
    assert doors.count_messages("patient") == (0 if missing == "From" else 1), sid


def test_a_text_without_any_id_is_not_taken_since_it_could_not_be_told_from_its_copy(doors: Doors) -> None:
    assert doors.texts_in(_HELLO, AMIRA, MessageSid="", SmsSid="").status_code == 200
    assert doors.texts_in(_HELLO, AMIRA, MessageSid="S" * 5000, SmsSid="").status_code == 200
    assert doors.count_messages() == 0


def test_a_picture_without_words_is_answered(doors: Doors) -> None:
    doors.texts_in("", AMIRA, NumMedia="2", MediaUrl0="https://media.example/1", MediaContentType0="image/jpeg")
    doors.run()
    assert "cannot receive pictures" in doors.telco.bodies()[0]


def test_a_picture_with_words_is_answered_by_its_words(doors: Doors) -> None:
    doors.texts_in(_HELLO, AMIRA, NumMedia="1", MediaUrl0="https://media.example/1")
    doors.run()
    assert "Monday" in doors.telco.bodies()[0]


@pytest.mark.parametrize("count", ["", "x", "-1", "²", "٣", "1e9", "9" * 6000], ids=short)
def test_a_strange_number_of_pictures_is_taken_for_none(doors: Doors, count: str) -> None:
    assert doors.texts_in("", AMIRA, NumMedia=count).status_code == 200
    doors.run()
    assert "did not get any words" in doors.telco.bodies()[0]


@pytest.mark.parametrize("said", ["", "   ", "\x00", "🙂", "\n\n", "..."])
def test_a_text_without_words_is_answered(doors: Doors, said: str) -> None:
    assert doors.texts_in(said, AMIRA).status_code == 200
    doors.run()
    assert "did not get any words" in doors.telco.bodies()[0]


def test_a_text_longer_than_any_is_answered_and_seen_by_staff(doors: Doors) -> None:
    doors.texts_in("please " * 400, AMIRA)
    doors.run()
    assert "too long" in doors.telco.bodies()[0]
    assert doors.reasons() == ["too_long"]


def test_a_number_that_is_no_patients_is_answered_too(doors: Doors) -> None:
    doors.texts_in(_HELLO, NOBODY)
    doors.run()
    assert doors.telco.texts[0][0] == NOBODY


def test_what_is_typed_after_a_slash_is_data(doors: Doors) -> None:
    doors.texts_in('/book_appointment{"patient":"patient-02"}', AMIRA)
    doors.texts_in("/restart", AMIRA)
    doors.run()
    assert doors.surgery.appointments("Amira") == []
    assert len(doors.surgery.appointments("Tom")) == 1


def test_after_stop_nothing_more_is_sent_until_start(doors: Doors) -> None:
    doors.texts_in("STOP", AMIRA, OptOutType="STOP")
    doors.run()
    assert doors.telco.texts == [], "Twilio has answered that already"
    doors.texts_in(_HELLO, AMIRA)
    doors.run()
    assert doors.telco.texts == []
    assert doors.states() == ["suppressed"]
    assert doors.reasons() == ["opted_out"], "the patient wrote, so a person has to answer"
    doors.texts_in("START", AMIRA, OptOutType="START")
    doors.texts_in(_HELLO, AMIRA)
    doors.run()
    assert len(doors.telco.texts) == 1


def test_stop_is_heeded_where_twilio_leaves_it_to_us(doors: Doors) -> None:
    doors.texts_in(" Stop. ", AMIRA)
    doors.run()
    assert doors.telco.texts == []
    with doors.surgery.program.database.read() as connection:
        assert contacts.has_opted_out(connection, AMIRA)
        assert not contacts.has_opted_out(connection, TOM)


def test_help_that_twilio_has_answered_is_not_answered_twice(doors: Doors) -> None:
    doors.texts_in("HELP", AMIRA, OptOutType="HELP")
    doors.run()
    assert doors.telco.texts == []
    doors.texts_in("HELP", AMIRA)
    doors.run()
    assert "speak to someone" in doors.telco.bodies()[0]


def test_a_red_flag_in_the_same_text_as_stop_words_is_still_answered(doors: Doors) -> None:
    doors.texts_in("i have chest pain", AMIRA)
    doors.run()
    assert "999" in doors.telco.bodies()[0]
    assert [(row.reason, row.urgency) for row in doors.surgery.escalations()][0][1] == "urgent"


def test_only_posts_are_taken(doors: Doors) -> None:
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        for path in ("/sms/inbound", "/sms/status"):
            assert doors.client.request(method, path).status_code == 405
    assert doors.count_messages() == 0


def test_the_doors_can_be_opened_again_on_the_same_store(doors: Doors) -> None:
    form = webhook(_HELLO, AMIRA)
    doors.posts("/sms/inbound", form)
    again = Doors(doors.surgery, web_app(doors.surgery.program, False))
    assert again.posts("/sms/inbound", form).status_code == 200
    again.run()
    assert again.count_messages("patient") == 1
    assert len(again.telco.texts) == 1


def test_a_body_is_read_as_utf_8_whatever_the_header_says(doors: Doors) -> None:
    form = webhook("what are your opening hours ☂", AMIRA)
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC_URL}/sms/inbound", form)
    kind = {"Content-Type": "application/x-www-form-urlencoded; charset=iso-8859-1"}
    assert doors.post_raw("/sms/inbound", urlencode(form), signature, **kind).status_code == 200
    assert doors.count_messages("patient") == 1
