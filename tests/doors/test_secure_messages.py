"""Writing to the practice on the secure page, with files, and reading its answers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from bot.identity.passcodes import new_registration_key
from bot.identity.policy import UNDER_REVIEW
from bot.store import attachments
from bot.store.attachments import Attachment
from bot.store.messages import PATIENT, messages_after
from bot.store.tables import conversation
from bot.store.threads import threads_of
from tests import files_support as made
from tests.attacks.support import knows_itself, opens_page
from tests.doors.secure import AMIRAS, PASSCODE, PASSCODES, TOMS, Phone, give_access, last_noted, noted, send_link
from tests.doors.support import Doors
from tests.doors.writing import WRITE, Answering, log_in, uploads, writes
from tests.support import AMIRA, OSEI, TOM

MB = 1024 * 1024


@pytest.fixture()
def phone(doors: Doors) -> Phone:
    return log_in(doors)


def kept(doors: Doors) -> list[str]:
    """All that patients have written in threads."""
    with doors.surgery.program.database.read() as connection:
        ids = connection.execute(select(conversation.c.id).where(conversation.c.channel == "thread")).scalars().all()
        said = [each for conversation_id in ids for each in messages_after(connection, conversation_id, 0)]
    return [each.text for each in said if each.author == PATIENT]


def files(doors: Doors) -> list[Attachment]:
    with doors.surgery.program.database.read() as connection:
        ids = connection.execute(select(conversation.c.id).where(conversation.c.channel == "thread")).scalars().all()
        found = [attachments.files_of(connection, conversation_id) for conversation_id in ids]
    return [file for each in found for came in each.values() for file in came]


# Writing.


def test_a_message_is_sent_and_it_is_said_when_an_answer_comes(doors: Doors, phone: Phone) -> None:
    reference = writes(phone, "I need a note\r\nfor two weeks")
    assert phone.heading == "Message sent"
    assert "answer by Wednesday 25 November" in phone.words and reference in phone.words
    assert kept(doors) == ["I need a note\nfor two weeks"]
    assert doors.reasons() == ["about_fit_note"]
    assert last_noted(doors) == ("message.write", "done", "page", reference)


@pytest.mark.parametrize("text", ["", "   \n ", "...!?", "\x00"])
def test_nothing_is_sent_without_words(doors: Doors, phone: Phone, text: str) -> None:
    phone.opens(WRITE)
    uploads(phone, WRITE, topic="letter", text=text)
    assert phone.status == 400 and "Write what you want to tell us" in phone.words
    assert re.search(r'value="letter" checked', phone.page.text), "what was chosen stays"
    assert kept(doors) == []


@pytest.mark.parametrize("topic", ["", "nonsense", "fit_note'--"])
def test_it_is_asked_what_it_is_about(doors: Doors, phone: Phone, topic: str) -> None:
    phone.opens(WRITE)
    uploads(phone, WRITE, topic=topic, text="my words")
    assert phone.status == 400 and "Choose what your message is about" in phone.words
    assert ">\nmy words</textarea>" in phone.page.text, "the words stay"
    assert kept(doors) == []


@pytest.mark.parametrize("length, is_sent", [(3000, True), (3001, False), (100_000, False)])
def test_a_message_that_is_too_long_is_given_back(doors: Doors, phone: Phone, length: int, is_sent: bool) -> None:
    phone.opens(WRITE)
    uploads(phone, WRITE, topic="other", text="word " * (length // 5) + "x" * (length % 5))
    assert (len(kept(doors)) == 1) == is_sent
    if not is_sent:
        assert phone.status == 400 and "3,000 characters or fewer" in phone.words and "word word" in phone.words


def test_a_registration_key_is_not_kept_in_a_message(doors: Doors, phone: Phone) -> None:
    phone.opens(WRITE)
    uploads(phone, WRITE, topic="other", text=f"my key is {new_registration_key()}")
    assert kept(doors) == [] and "registration key" in phone.words


def test_what_may_be_an_emergency_is_answered_at_once_on_the_page(doors: Doors, phone: Phone) -> None:
    writes(phone, "I have crushing chest pain and cannot breathe", "other")
    assert phone.heading == "Read this first"
    assert "Call 999 or go to A&amp;E now" in phone.words and "Message sent" in phone.words
    assert doors.reasons() == ["about_other", "emergency"]


def test_the_same_form_sent_twice_is_one_message(doors: Doors, phone: Phone) -> None:
    phone.opens(WRITE)
    form = phone.page
    uploads(phone, WRITE, topic="other", text="only once")
    first = phone.words
    phone.page = form
    uploads(phone, WRITE, topic="other", text="only once")
    assert phone.words == first and kept(doors) == ["only once"]


def test_somebody_who_writes_all_day_is_asked_to_call(doors: Doors, phone: Phone) -> None:
    for number in range(20):
        writes(phone, f"message {number}")
    phone.opens(WRITE)
    uploads(phone, WRITE, topic="other", text="one too many")
    assert "as many messages as you can" in phone.words and len(kept(doors)) == 20
    doors.clock.forward(minutes=20)
    again = log_in(doors)
    doors.clock.forward(hours=24)
    again = log_in(doors)
    writes(again, "the next day")


# Files.


def test_files_are_kept_with_the_message_by_what_they_are(doors: Doors, phone: Phone) -> None:
    sent = {"form.pdf": made.pdf(), "photo.png": made.photo_with_place(), "screen.jpeg": made.picture("PNG")}
    writes(phone, "here they are", "form", sent)
    assert [(each.name, each.content_type) for each in files(doors)] == [
        ("form.pdf", "application/pdf"),
        ("photo.jpg", "image/jpeg"),
        ("screen.png", "image/png"),
    ]
    assert all(each.name in phone.words for each in files(doors))


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("eicar.pdf", made.EICAR, "looks like a virus"),
        ("setup.pdf", made.EXE, "Choose a PDF, a JPEG or a PNG"),
        ("photo.png", made.HTML, "Choose a PDF, a JPEG or a PNG"),
        ("photo.jpg", made.SVG, "Choose a PDF, a JPEG or a PNG"),
        ("form.pdf", made.archive(), "Choose a PDF, a JPEG or a PNG"),
        ("empty.pdf", b"", "That one is empty"),
        ("photo.png", made.picture("PNG")[:60], "it may be damaged"),
        ("form.pdf", made.pdf(lambda writer: writer.encrypt("x")), "a PDF without a password"),
        ("form.pdf", made.pdf(made.named_script), "a program or other files"),
        ("bomb.png", made.bomb(), "Choose smaller files"),
        ("large.pdf", made.pdf() + b"\0" * (10 * MB), "up to 10 MB"),
    ],
    ids=["virus", "program", "web page", "svg", "archive", "empty", "cut off", "locked", "script", "bomb", "large"],
)
def test_a_bad_file_is_refused_and_the_words_are_kept(
    doors: Doors, phone: Phone, name: str, content: bytes, said: str
) -> None:
    phone.opens(WRITE)
    uploads(phone, WRITE, {"good.pdf": made.pdf(), name: content}, topic="form", text="my careful words")
    assert phone.status == 400 and said in phone.words
    assert "my careful words</textarea>" in phone.page.text
    assert kept(doors) == [] and files(doors) == []


def test_more_files_than_may_come_at_once_are_refused(doors: Doors, phone: Phone) -> None:
    phone.opens(WRITE)
    uploads(phone, WRITE, {f"{number}.pdf": made.pdf() for number in range(4)}, topic="form", text="words")
    assert phone.status == 400 and "3 files or fewer" in phone.words and files(doors) == []


def test_a_form_that_is_far_too_large_is_not_taken_in_and_its_words_come_back(doors: Doors, phone: Phone) -> None:
    phone.opens(WRITE)
    uploads(phone, WRITE, {"a.pdf": made.pdf() + b"\0" * (32 * MB)}, topic="form", text="my careful words")
    assert phone.status == 413 and "Choose smaller files" in phone.words
    assert "my careful words</textarea>" in phone.page.text
    assert kept(doors) == []


def test_a_form_whose_token_is_wrong_is_given_up_before_its_files(doors: Doors, phone: Phone) -> None:
    phone.opens(WRITE)
    url = phone.doors.settings.public_url
    for data in (
        {"token": "0" * 64, "text": "words", "topic": "other"},
        {"text": "words", "token": phone.hidden("token"), "topic": "other"},  # not the first
        {"text": "words", "topic": "other"},
    ):
        answer = phone.client.post(WRITE, data=data, files={"files": ("a.pdf", made.pdf())}, headers={"Origin": url})
        assert answer.status_code == 403
    assert kept(doors) == [] and files(doors) == []


@pytest.mark.parametrize(
    "kind, body",
    [
        ("multipart/form-data", b"--x\r\n"),  # without a boundary
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"nonsense"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=token\r\n\r\n"),
        ("multipart/form-data; boundary=" + "x" * 5000, b"--x--"),
        ("multipart/mixed; boundary=x", b"--x--\r\n"),
        ("application/json", b"{}"),
        ("", b""),
    ],
    ids=["no boundary", "nothing", "nonsense", "cut off", "long boundary", "mixed", "json", "no type"],
)
def test_what_no_browser_sends_is_refused(doors: Doors, phone: Phone, kind: str, body: bytes) -> None:
    headers = {"Origin": doors.settings.public_url, "Content-Type": kind}
    assert phone.client.post(WRITE, content=body, headers=headers).status_code == 403
    assert kept(doors) == []


# Reading.


def test_an_answer_is_new_until_it_is_read(doors: Doors, phone: Phone) -> None:
    reference = writes(phone, "when is my note ready")
    phone.opens("/secure/messages")
    assert "Waiting for an answer" in phone.words
    Answering(doors).answers("It is at reception now.")
    assert [body for number, body in doors.telco.texts if number == AMIRA][-1].endswith('say "my messages".')
    assert not any("at reception" in body for body in doors.telco.bodies())
    phone = log_in(doors)
    assert "New answer" in phone.words and "at reception" not in phone.words
    phone.opens(f"/secure/messages/{reference}")
    assert "when is my note ready" in phone.words and "It is at reception now." in phone.words
    assert "Riverside Surgery New" in phone.words
    assert last_noted(doors) == ("message.view", "done", "page", reference)
    phone.opens("/secure/messages")
    assert "New answer" not in phone.words and "Answered" in phone.words


def test_more_is_written_where_it_belongs_and_staff_see_it_is_waiting(doors: Doors, phone: Phone) -> None:
    reference = writes(phone, "first")
    phone.opens(f"/secure/messages/{reference}")
    uploads(phone, f"/secure/messages/{reference}", {"a.pdf": made.pdf()}, text="second")
    assert phone.heading == "Message sent" and reference in phone.words
    phone.opens(f"/secure/messages/{reference}")
    assert phone.words.index("first") < phone.words.index("second") and "File: a.pdf" in phone.words
    assert doors.reasons() == ["about_fit_note", "patient_wrote"]


def test_a_bad_file_with_more_of_it_keeps_the_words_too(doors: Doors, phone: Phone) -> None:
    reference = writes(phone, "first")
    phone.opens(f"/secure/messages/{reference}")
    uploads(phone, f"/secure/messages/{reference}", {"a.pdf": made.EXE}, text="second words")
    assert phone.status == 400 and "second words</textarea>" in phone.page.text
    assert kept(doors) == ["first"]


def test_files_are_listed_by_name_and_not_given_out(doors: Doors, phone: Phone) -> None:
    reference = writes(phone, "here", "form", {"a.pdf": made.pdf()})
    phone.opens(f"/secure/messages/{reference}")
    assert "File: a.pdf" in phone.words and files(doors)[0].id not in phone.page.text
    phone.opens(f"/secure/files/{files(doors)[0].id}")
    assert phone.status == 404


def test_what_is_written_is_shown_as_words_and_never_as_a_page(doors: Doors, phone: Phone) -> None:
    reference = writes(phone, "<script>alert(1)</script> </textarea> {{ 7 * 7 }}", files={"<b>.pdf": made.pdf()})
    phone.opens(f"/secure/messages/{reference}")
    assert "<script>" not in phone.page.text and "&lt;script&gt;" in phone.page.text
    assert "49" not in phone.words


def test_the_chat_shows_what_each_is_about_and_not_what_it_says(doors: Doors) -> None:
    browser = knows_itself(doors)
    page = opens_page(browser, purpose="messages")
    page.proves(PASSCODE)
    reference = writes(page, "canary words")
    Answering(doors).answers("canary answer")
    page = opens_page(browser, purpose="messages")
    card = browser.client.get("/chat/cards/messages", headers=browser.own_page)
    [item] = card.json()["groups"][0]["items"]
    assert item["title"] == "Fit note (sick note)"
    assert {each["name"]: each["text"] for each in item["facts"]} == {
        "answer": "New, to be read on the secure page",
        "reference": reference,
    }
    assert "canary" not in card.text


# Whose it is.


def test_nobody_opens_what_another_wrote(doors: Doors, phone: Phone) -> None:
    reference = writes(phone, "mine alone")
    tom = log_in(doors, TOM, TOMS, PASSCODES[TOMS])
    tom.opens(f"/secure/messages/{reference}")
    assert tom.status == 404 and "mine alone" not in tom.page.text
    assert last_noted(doors)[:2] == ("message.view", "not_found")
    tom.opens(WRITE)
    uploads(tom, f"/secure/messages/{reference}", text="not mine")
    assert tom.status == 404 and kept(doors) == ["mine alone"]


def test_somebody_trusted_reads_what_they_wrote_and_nothing_else(doors: Doors) -> None:
    """Abena writes for her daughter Maya. Neither reads what the other wrote."""
    maya, abena = doors.surgery.patient_id("Maya"), "proxy-osei"
    mother = log_in(doors, OSEI, maya, PASSCODES[abena])
    reference = writes(mother, "Maya needs a letter for school", "letter")
    mother.opens("/secure/messages")
    assert reference in mother.words
    with doors.surgery.program.database.read() as connection:
        assert threads_of(connection, maya, maya, 10) == []
    assert any(row.actor_id == abena and row.action == "message.write" for row in noted(doors))


def test_where_nothing_of_the_record_is_shown_online_no_answer_is_but_writing_works(doors: Doors, phone: Phone) -> None:
    reference = writes(phone, "first")
    give_access(doors, flags=frozenset({UNDER_REVIEW}))
    for path in ("/secure/messages", f"/secure/messages/{reference}"):
        assert phone.client.get(path).status_code == 403
    phone.opens(WRITE)
    assert phone.status == 200
    writes(phone, "second", "other")


def test_without_proof_nothing_is_read_or_written(doors: Doors) -> None:
    phone = Phone(doors)
    phone.spends(send_link(doors, "messages", AMIRA, AMIRAS))
    for path in ("/secure/messages", WRITE, "/secure/messages/ABCDEF"):
        assert phone.client.get(path).headers["Location"] == "/secure/prove"
    phone.opens("/secure/prove")
    token: dict[str, Any] = {"token": phone.hidden("token"), "topic": "other", "text": "words"}
    url = doors.settings.public_url
    answer = phone.client.post(WRITE, data=token, files={"files": ("", b"")}, headers={"Origin": url})
    assert answer.status_code == 303 and kept(doors) == []
