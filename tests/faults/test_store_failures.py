"""A database that fails in the middle of a turn, damaged rows, actions that fail, and the workers through it all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, update

from bot.gateway import MAX_ATTEMPTS
from bot.store.notices import INBOX
from bot.store.private import Private
from bot.store.tables import message, outbox, rasa_event
from bot.workers import Workers
from tests.faults.support import (
    at_work,
    booked,
    fail,
    is_all_done,
    network_of,
    out_of_order,
    receive,
    replies,
    rows,
    wait_until,
    waiting_messages,
)
from tests.support import AMIRA, HANNAH, TOM, Surgery

APOLOGY = "Sorry, something went wrong on our side"


@contextmanager
def trouble(surgery: Surgery, moment: str, *errors: Exception | None) -> Iterator[None]:
    """These errors, one each time the database comes to this moment ("commit", "before_cursor_execute", …)."""
    engine, raises = surgery.program.database.engine, fail(*errors)
    event.listen(engine, moment, raises)
    try:
        yield
    finally:
        event.remove(engine, moment, raises)


@contextmanager
def answers_lost(surgery: Surgery, monkeypatch: pytest.MonkeyPatch, *errors: Exception | None) -> Iterator[None]:
    """The connection breaks just after a commit: it was made, and nobody was told."""
    dialect, raises = surgery.program.database.engine.dialect, fail(*errors)
    commit = dialect.do_commit

    def commit_and_break(connection: Any) -> None:
        commit(connection)
        raises()

    with monkeypatch.context() as patch:
        patch.setattr(dialect, "do_commit", commit_and_break)
        yield


def about_to_confirm(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    for said in ("can i see dr patel tues pm", "2"):
        amira.says(said)
    assert "Reply 1 to book it" in amira.says("no")


def urgent(surgery: Surgery) -> list[str]:
    return [each.reason for each in surgery.escalations() if each.urgency == "urgent"]


# The database.


def test_a_turn_whose_commit_fails_is_run_again_and_answered_once(surgery: Surgery) -> None:
    receipt = receive(surgery, AMIRA, "when are you open")
    with trouble(surgery, "commit", out_of_order(), out_of_order()), at_work(surgery):
        wait_until(lambda: is_all_done(surgery))
    surgery.run()
    assert len(replies(surgery, receipt)) == 1
    assert len(network_of(surgery).bodies_to(AMIRA)) == 1


def test_a_booking_whose_turn_could_not_be_committed_is_not_made_again(surgery: Surgery) -> None:
    about_to_confirm(surgery)
    receipt = receive(surgery, AMIRA, "1")
    with trouble(surgery, "commit", None, out_of_order()), at_work(surgery):
        wait_until(lambda: is_all_done(surgery))
    (reply,) = replies(surgery, receipt)
    assert reply.startswith("Booked")
    assert len(booked(surgery, surgery.patient_id("Amira"))) == 1


def test_a_message_that_met_a_database_out_of_reach_is_not_counted_as_tried(surgery: Surgery) -> None:
    receipt = receive(surgery, AMIRA, "when are you open")
    with trouble(surgery, "before_cursor_execute", *[None, None, out_of_order("gone")] * MAX_ATTEMPTS):
        for _ in range(MAX_ATTEMPTS):
            with pytest.raises(type(out_of_order())):
                surgery.program.gateway.work_once()
    assert rows(surgery, message, message.c.id == receipt.message_id)[0].attempts == 0
    surgery.run()
    (reply,) = replies(surgery, receipt)
    assert APOLOGY not in reply


def test_a_turn_that_found_the_database_gone_at_its_tracker_is_run_again(surgery: Surgery) -> None:
    about_to_confirm(surgery)
    receipt = receive(surgery, AMIRA, "1")

    def no_tracker(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM rasa_event" in statement:
            once()

    once = fail(out_of_order("gone"))
    event.listen(surgery.program.database.engine, "before_cursor_execute", no_tracker)
    with at_work(surgery):
        wait_until(lambda: is_all_done(surgery))
    (reply,) = replies(surgery, receipt)
    assert reply.startswith("Booked")


def test_a_booking_that_was_made_although_the_answer_was_lost_is_told_as_made(
    surgery: Surgery, monkeypatch: pytest.MonkeyPatch
) -> None:
    about_to_confirm(surgery)
    receipt = receive(surgery, AMIRA, "1")
    with answers_lost(surgery, monkeypatch, out_of_order("connection lost")):
        surgery.run()
    (reply,) = replies(surgery, receipt)
    assert reply.startswith("Booked")
    assert len(booked(surgery, surgery.patient_id("Amira"))) == 1


def test_an_appointment_book_that_stays_out_of_reach_is_told_in_plain_words(surgery: Surgery) -> None:
    about_to_confirm(surgery)
    receipt = receive(surgery, AMIRA, "1")
    with trouble(surgery, "commit", out_of_order(), out_of_order()):
        surgery.run()
    (reply,) = replies(surgery, receipt)
    assert "cannot reach the appointment book" in reply
    assert booked(surgery, surgery.patient_id("Amira")) == []


def test_a_turn_that_was_committed_although_the_answer_was_lost_is_not_run_again(
    surgery: Surgery, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = receive(surgery, AMIRA, "when are you open")
    with answers_lost(surgery, monkeypatch, out_of_order("connection lost")), at_work(surgery):
        wait_until(lambda: is_all_done(surgery))
    surgery.run()
    assert len(replies(surgery, receipt)) == 1
    assert len(network_of(surgery).bodies_to(AMIRA)) == 1


# Rows that no longer open.


def damage(surgery: Surgery, column: Any, row_id: int) -> None:
    """Put a value there that was sealed for something else."""
    with surgery.program.database.write() as connection:
        moved = Private("{}", "somebody else")
        connection.execute(update(column.table).where(column.table.c.id == row_id).values({column.name: moved}))


def test_a_damaged_tracker_is_answered_with_an_apology_and_a_person_and_never_taken_for_an_empty_one(
    surgery: Surgery,
) -> None:
    about_to_confirm(surgery)
    events = rows(surgery, rasa_event)
    damage(surgery, rasa_event.c.data, events[3].id)
    for _ in range(2):
        assert surgery.texting(AMIRA).says("1").startswith(APOLOGY)
    assert urgent(surgery) == ["turn_failed", "turn_failed"]
    assert len(rows(surgery, rasa_event)) == len(events)
    assert booked(surgery, surgery.patient_id("Amira")) == []


def test_a_damaged_message_is_answered_with_an_apology_and_holds_nobody_up(surgery: Surgery) -> None:
    damaged = receive(surgery, AMIRA, "when are you open")
    other = receive(surgery, TOM, "when are you open")
    damage(surgery, message.c.text, damaged.message_id)
    with at_work(surgery):
        wait_until(lambda: is_all_done(surgery))
    (apology,) = replies(surgery, damaged)
    assert apology.startswith(APOLOGY)
    assert urgent(surgery) == ["turn_failed"]
    (answer,) = replies(surgery, other)
    assert APOLOGY not in answer


def test_a_damaged_text_is_given_to_a_person_and_holds_nobody_up(surgery: Surgery) -> None:
    for number in (AMIRA, TOM):
        receive(surgery, number, "when are you open")
    while surgery.program.gateway.work_once():
        pass
    damage(surgery, outbox.c.body, rows(surgery, outbox)[0].id)
    surgery.run()
    assert network_of(surgery).bodies_to(AMIRA) == []
    assert len(network_of(surgery).bodies_to(TOM)) == 1
    assert [each.reason for each in surgery.escalations()] == ["not_delivered"]


# Turns that fail.


def failing(surgery: Surgery, monkeypatch: pytest.MonkeyPatch, *errors: Exception | None) -> None:
    """The appointment book raises these, one a call."""
    find, raises = surgery.program.backend.free_slots, fail(*errors)

    def free_slots(*arguments: Any) -> Any:
        raises()
        return find(*arguments)

    monkeypatch.setattr(surgery.program.backend, "free_slots", free_slots)


def test_a_turn_that_fails_once_is_run_again(surgery: Surgery, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(surgery, monkeypatch, ZeroDivisionError())
    assert "1. " in surgery.texting(AMIRA).says("can i see dr patel tues pm")
    assert surgery.escalations() == []
    assert ("turn.retry", "again") in surgery.audit()


def test_a_turn_that_keeps_failing_ends_with_an_apology_and_an_urgent_request_for_a_person(
    surgery: Surgery, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(surgery, monkeypatch, *[ZeroDivisionError()] * MAX_ATTEMPTS)
    amira = surgery.texting(AMIRA)
    assert amira.says("can i see dr patel tues pm").startswith(APOLOGY)
    assert urgent(surgery) == ["turn_failed"]
    assert waiting_messages(surgery) == 0
    assert "1. " in amira.says("can i see dr patel tues pm")


def test_what_a_failed_try_was_about_to_write_is_not_written(surgery: Surgery, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write of the turn's own transaction fails: nothing of that try is left, and the next one writes all of it."""
    store, raises = surgery.program.gateway._deliver, fail(ValueError())

    def store_and_fail(*arguments: Any) -> None:
        store(*arguments)
        raises()

    monkeypatch.setattr(surgery.program.gateway, "_deliver", store_and_fail)
    receipt = receive(surgery, AMIRA, "when are you open")
    surgery.run()
    assert len(replies(surgery, receipt)) == 1
    assert len(network_of(surgery).bodies_to(AMIRA)) == 1
    assert rows(surgery, message, message.c.id == receipt.message_id)[0].attempts == 1


# The workers.


def test_a_worker_survives_whatever_its_work_raises(surgery: Surgery) -> None:
    raises, done = fail(out_of_order(), ValueError(), RuntimeError(), None), threading.Event()

    def work_once() -> bool:
        raises()
        done.set()
        return False

    workers = Workers(work_once, surgery.program.notices, INBOX, 1)
    workers.start()
    wait_until(done.is_set)
    workers.stop()


def test_stopping_lets_the_running_turn_finish_and_keeps_what_waits(
    surgery: Surgery, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, is_blocked = threading.Event(), threading.Event()
    stop_when = held_up(surgery, monkeypatch, is_blocked, go_on)
    workers = Workers(surgery.program.gateway.work_once, surgery.program.notices, INBOX, 1)
    workers.start()
    running = receive(surgery, AMIRA, "can i see dr patel tues pm")
    assert is_blocked.wait(60)
    kept = receive(surgery, HANNAH, "when are you open")
    stopping = threading.Thread(target=workers.stop)
    stopping.start()
    wait_until(workers._stopping.is_set)
    assert stopping.is_alive()
    stop_when()
    stopping.join(60)
    assert len(replies(surgery, running)) == 1
    assert replies(surgery, kept) == []
    assert waiting_messages(surgery) == 1
    surgery.run()
    assert len(replies(surgery, kept)) == 1


def held_up(
    surgery: Surgery, monkeypatch: pytest.MonkeyPatch, is_blocked: threading.Event, go_on: threading.Event
) -> Callable[[], None]:
    """The appointment book answers only once it is told to; gives what tells it."""
    find = surgery.program.backend.free_slots

    def free_slots(*arguments: Any) -> Any:
        is_blocked.set()
        assert go_on.wait(60)
        return find(*arguments)

    monkeypatch.setattr(surgery.program.backend, "free_slots", free_slots)
    return go_on.set
