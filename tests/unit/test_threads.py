"""What people write to the practice: kept with its files, brought to staff, answered, and told of without its words."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.backend.local import LocalBackend
from bot.identity.desk import Desk
from bot.identity.policy import NO_TEXTS, UNDER_PRESSURE, Access
from bot.practice import Practice
from bot.store import attachments, contacts, escalations, threads
from bot.store.conversations import THREAD, get_conversation
from bot.store.database import Database
from bot.store.escalations import ROUTINE, URGENT
from bot.store.messages import PATIENT, STAFF
from bot.store.private import CannotOpen
from bot.store.tables import outbox
from bot.store.turn_queue import TurnQueue
from bot.store.writing_tables import attachment
from bot.writing.files import GoodFile
from bot.writing.threads import what_to_do_now
from tests.support import TOM, HandClock
from tests.unit.escalation_support import ALEX, SAM
from tests.unit.writing_support import AMIRAS, TOMS, Post

ANSWERED = "The surgery has answered your message"
CAROL = "+447700900019"  # no patient here


@pytest.fixture()
def post(database: Database, practice: Practice, clock: HandClock, backend: LocalBackend) -> Post:
    return Post(database, practice, clock, backend)


# What is written.


def test_a_message_is_a_conversation_of_its_own_that_staff_own(post: Post) -> None:
    held = post.receives("I need a note")
    with post.database.read() as connection:
        conversation = get_conversation(connection, held.conversation_id)
    assert (conversation.channel, conversation.owner) == (THREAD, "staff")
    assert [(each.author, each.text) for each in post.read(held)] == [(PATIENT, "I need a note")]


def test_no_turn_is_run_for_it(post: Post) -> None:
    post.receives()
    assert TurnQueue(post.database).take() is None


def test_staff_find_it_by_what_it_is_about(post: Post) -> None:
    found = post.escalation(post.receives("I need a note", "fit_note"))
    assert (found.reason, found.urgency, found.patient_id) == ("about_fit_note", ROUTINE, AMIRAS)
    assert post.events(found)[0].summary == "I need a note"


def test_more_of_it_is_one_request_and_it_is_the_patient_who_waits_again(post: Post) -> None:
    held = post.receives()
    post.answers(held)
    assert post.escalation(held).waiting_since is None
    post.receives_more(held)
    assert post.escalation(held).waiting_since == post.clock()
    assert post.story(post.escalation(held)).count("raised") == 2


def test_what_comes_after_it_was_closed_is_brought_to_staff_anew(post: Post) -> None:
    held = post.receives()
    first = post.escalation(held)
    post.handover.claim(first.id, SAM)
    post.handover.resolve(first.id, SAM, "answered", post.escalation(held).version)
    assert post.owner(first) == "staff", "there is no assistant to give it to"
    post.receives_more(held)
    assert post.escalation(held).id != first.id
    assert post.escalation(held).reason == "about_fit_note"


def test_the_same_sending_of_a_message_counts_once(post: Post) -> None:
    held = post.receives(once="first")
    assert post.receives_more(held, "more", once="second")
    assert not post.receives_more(held, "more", once="second")
    assert not post.receives_more(held, "please", once="first")
    assert len(post.read(held)) == 2


@pytest.mark.parametrize(
    "text, reason, urgency, answer",
    [
        ("I have crushing chest pain", "emergency", URGENT, "utter_emergency"),
        ("I want to end my life", "crisis", URGENT, "utter_crisis"),
        ("no chest pain any more", "emergency_unclear", ROUTINE, None),
    ],
)
def test_what_may_be_an_emergency_is_urgent_and_it_is_said_what_to_do(
    post: Post, text: str, reason: str, urgency: str, answer: str | None
) -> None:
    found = post.escalation(post.receives(text, "other"))
    assert reason in [each.reason for each in post.events(found)]
    assert found.urgency == urgency
    assert what_to_do_now(text, is_open=True) == answer


def test_a_routine_message_asks_nobody_to_do_anything_at_once() -> None:
    assert what_to_do_now("please may I have a letter", is_open=True) is None


def test_what_needs_the_surgery_today_depends_on_whether_it_is_open() -> None:
    text = "my baby has a temperature of 38.4"
    assert what_to_do_now(text, is_open=True) == "utter_urgent_today"
    assert what_to_do_now(text, is_open=False) == "utter_urgent_today_closed"


def test_it_is_overdue_only_after_the_days_that_the_patient_was_told(post: Post) -> None:
    held = post.receives()  # Monday, 10 in the morning
    post.passes(minutes=1)
    due = post.escalation(held).due_at
    assert due and due.astimezone(post.practice.zone).strftime("%A %H:%M") == "Wednesday 18:30"
    post.receives_more(held, "I have crushing chest pain")
    post.passes(minutes=1)
    assert post.escalation(held).due_at < due


# Files.


def test_files_are_kept_sealed_with_their_message(post: Post) -> None:
    held = post.receives(files=[GoodFile("note.pdf", "application/pdf", b"%PDF-canary")])
    with post.database.read() as connection:
        [[file]] = attachments.files_of(connection, held.conversation_id).values()
        row = repr(tuple(connection.exec_driver_sql("SELECT * FROM attachment").one()))
        found = attachments.find_file(connection, file.id)
        nothing = attachments.find_file(connection, "0" * 32)
    assert (file.name, file.content_type, file.size) == ("note.pdf", "application/pdf", 11)
    assert found == (file, b"%PDF-canary") and nothing is None
    assert "canary" not in row and "note.pdf" not in row


def test_a_file_put_in_place_of_another_does_not_open(post: Post) -> None:
    files = [GoodFile("a.pdf", "application/pdf", b"a"), GoodFile("b.pdf", "application/pdf", b"b")]
    post.receives(files=files)
    with post.database.write() as connection:
        first, second = connection.execute(select(attachment.c.id)).scalars()
        connection.exec_driver_sql(
            "UPDATE attachment SET content = (SELECT content FROM attachment WHERE id = ?) WHERE id = ?",
            (first, second),
        )
    with post.database.read() as connection, pytest.raises(CannotOpen):
        attachments.find_file(connection, second)


# Answers.


def test_an_answer_is_not_texted_but_told_of_once(post: Post) -> None:
    held = post.receives()
    post.answers(held, "Your note is ready: back pain, two weeks.")
    post.answers(held, "Reception has it.")
    [text] = post.tells()
    assert text.startswith(f"Riverside Surgery: {ANSWERED}")
    assert "back pain" not in text
    assert [(each.author, each.text) for each in post.read(held)][1][0] == STAFF


def test_after_it_was_read_the_next_answer_is_told_of_again(post: Post) -> None:
    held = post.receives()
    post.answers(held)
    post.tells()
    post.sees(held)
    post.answers(held, "One more thing.")
    assert len(post.tells()) == 2


def test_what_was_read_before_it_could_be_told_is_not_told(post: Post) -> None:
    held = post.receives()
    post.answers(held)
    post.sees(held)
    assert post.tells() == []
    assert post.planned() == [("answered", AMIRAS, "dropped")]


def test_staff_who_take_it_hand_it_on_and_close_it_say_nothing_in_it(post: Post) -> None:
    held = post.receives()
    found = post.escalation(held)
    post.handover.claim(found.id, SAM)
    post.handover.transfer(found.id, SAM, ALEX, post.escalation(held).version)
    post.handover.resolve(found.id, ALEX, "called", post.escalation(held).version)
    assert len(post.read(held)) == 1
    assert post.planned() == [] and post.texts() == []


def test_nothing_is_said_in_it_by_text_whatever_its_address_is(post: Post) -> None:
    held = post.receives()
    post.answers(held)
    with post.database.read() as connection:
        assert connection.execute(select(outbox)).all() == []


# Who reads it.


def test_each_reads_what_they_wrote_themselves(post: Post) -> None:
    own = post.receives("mine")
    by_other = post.receives("for her", person_id=TOMS)
    of_other = post.receives("his own", patient_id=TOMS)

    def lists(patient_id: str, person_id: str) -> list[str]:
        with post.database.read() as connection:
            return [each.thread.reference for each in threads.threads_of(connection, patient_id, person_id, 10)]

    assert lists(AMIRAS, AMIRAS) == [own.reference]
    assert lists(AMIRAS, TOMS) == [by_other.reference]
    assert lists(TOMS, TOMS) == [of_other.reference]


def test_whoever_wrote_it_is_told_of_the_answer_at_their_own_number(post: Post) -> None:
    post.trusts(TOMS)
    post.answers(post.receives(person_id=TOMS))
    post.tells()
    assert (post.planned(), post.numbers()) == ([("answered", AMIRAS, "sent")], [TOM])


def test_somebody_trusted_who_is_no_patient_here_is_told_at_the_number_of_their_entry(post: Post) -> None:
    post.trusts("proxy-99", CAROL)
    post.answers(post.receives(person_id="proxy-99"))
    [text] = post.tells()
    assert ANSWERED in text and "Amira" not in text
    assert (post.planned(), post.numbers()) == ([("answered", AMIRAS, "sent")], [CAROL])


def test_whoever_may_do_nothing_for_the_patient_is_not_told(post: Post) -> None:
    post.trusts("proxy-99", CAROL, "none")
    post.answers(post.receives(person_id="proxy-99"))
    assert post.tells() == []


def test_when_trust_is_over_nothing_is_told(post: Post) -> None:
    post.trusts("proxy-99", CAROL, ends_on=post.clock().date())
    held = post.receives(person_id="proxy-99")
    post.clock.forward(days=1)
    post.answers(held)
    assert post.tells() == []
    assert post.planned() == [("answered", AMIRAS, "dropped")]


@pytest.mark.parametrize("flag", [NO_TEXTS, UNDER_PRESSURE])
def test_a_flag_that_stops_texts_about_the_patient_stops_those_to_whoever_acts_for_them(post: Post, flag: str) -> None:
    post.trusts("proxy-99", CAROL)
    with post.database.write() as connection:
        flagged = Access("appointments", flags=frozenset({flag}))
        Desk(post.practice).set_access(connection, AMIRAS, flagged, "reception", post.clock())
    post.answers(post.receives(person_id="proxy-99"))
    assert post.tells() == []


def test_somebody_trusted_who_wants_no_texts_gets_none(post: Post) -> None:
    post.trusts("proxy-99", CAROL)
    with post.database.write() as connection:
        contacts.set_opted_out(connection, CAROL, post.clock())
    post.answers(post.receives(person_id="proxy-99"))
    assert post.tells() == []


def test_the_list_has_the_newest_first_and_says_what_is_new(post: Post) -> None:
    first, second = post.receives("a"), post.receives("b")
    post.clock.forward(minutes=5)
    post.answers(first)
    with post.database.read() as connection:
        listed = threads.threads_of(connection, AMIRAS, AMIRAS, 10)
    assert [(each.thread.reference, each.unread, each.answers) for each in listed] == [
        (first.reference, 1, 1),
        (second.reference, 0, 0),
    ]
    post.sees(first)
    with post.database.read() as connection:
        assert [each.unread for each in threads.threads_of(connection, AMIRAS, AMIRAS, 10)] == [0, 0]
        assert len(threads.threads_of(connection, AMIRAS, AMIRAS, 1)) == 1


def test_reading_an_older_page_does_not_unread_what_was_read(post: Post) -> None:
    held = post.receives()
    post.answers(held)
    post.sees(held)
    with post.database.write() as connection:
        threads.note_read(connection, post.thread(held), 1)
    assert post.thread(held).read_to == post.newest(held)


def test_what_one_person_writes_in_a_day_is_counted(post: Post) -> None:
    start = post.clock()
    held = post.receives()
    post.receives_more(held)
    post.receives(patient_id=TOMS, person_id=AMIRAS)
    post.receives(patient_id=TOMS)
    with post.database.read() as connection:
        assert threads.count_written_since(connection, AMIRAS, start.replace(hour=0)) == 3
        assert threads.count_written_since(connection, AMIRAS, start) == 0


def test_a_thread_is_found_by_its_reference(post: Post) -> None:
    held = post.receives()
    with post.database.read() as connection:
        assert threads.find_thread(connection, held.reference) == held
        assert threads.find_thread(connection, "NONE") is None
        assert escalations.live_escalation(connection, held.conversation_id) is not None
