"""The promises of the store on a real PostgreSQL, where several processes share it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.backend import tables
from bot.backend.base import Appointment, NoSuchAppointment, SlotSearch, SlotTaken, TooManyBooked
from bot.backend.demo import ensure_demo
from bot.dialogue import Dialogue
from bot.settings import ROOT, Settings
from bot.store import messages
from bot.store.conversations import SMS, open_conversation, owner_for_sending
from bot.store.database import Database, Work, open_database
from bot.store.tables import metadata
from bot.store.turn_queue import TurnQueue
from tests.faults.support import (
    add_patients,
    all_at_once,
    at_work,
    booked,
    close_surgery,
    conversation_of,
    is_all_done,
    network_of,
    open_surgery,
    receive,
    replies,
    rows,
    text_from,
    wait_until,
)
from tests.integration.postgresql_server import PostgresqlServer
from tests.support import AMIRA, HANNAH, TOM, ZAINAB, HandClock, Surgery

CROWD = 200
CUT_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)

WAITS_FOR_A_LOCK = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture()
def surgery(tmp_path: Path, dialogue: Dialogue, clock: HandClock, url: str) -> Iterator[Surgery]:
    made = open_surgery(tmp_path, dialogue, clock, url)
    ensure_demo(made.program.database, made.program.practice, clock)
    yield made
    close_surgery(made)


@pytest.fixture()
def other(surgery: Surgery, tmp_path: Path, dialogue: Dialogue, clock: HandClock, url: str) -> Iterator[Surgery]:
    """The same assistant once more on the same database, with connections and listeners of its own."""
    made = open_surgery(tmp_path, dialogue, clock, url)
    yield made
    close_surgery(made)


# The tables.


def open_empty(home: Path, url: str) -> Database:
    return open_database(Settings(home=home, database_url=url, _env_file=None))


def differences(database: Database) -> list[Any]:
    """What the revisions make that the tables in the code are not, and the other way round."""
    with database.engine.connect() as connection:
        options = {"compare_type": _differ, "render_as_batch": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _differ(_context: Any, _inspected: Any, _column: Any, held: Any, meant: Any) -> bool:
    """Of types made of others, only what the database knows of them counts."""
    meant = getattr(meant, "impl", meant)
    return getattr(held, "length", None) != getattr(meant, "length", None)


def test_the_revisions_make_the_tables_of_the_code_on_postgresql(tmp_path: Path, url: str) -> None:
    database = open_empty(tmp_path, url)
    assert not database.is_current()
    database.upgrade()
    assert database.is_current()
    assert differences(database) == []
    database.upgrade()
    assert database.is_current()
    database.close()


def test_the_revisions_make_the_tables_of_the_code_on_sqlite(tmp_path: Path) -> None:
    database = open_empty(tmp_path, "")
    assert not database.is_current()
    database.upgrade()
    assert database.is_current()
    assert differences(database) == []
    database.close()


def test_processes_that_start_at_once_on_an_empty_database_make_its_tables_once(tmp_path: Path, url: str) -> None:
    order = [sys.executable, "-m", "tests.integration.upgrade", str(tmp_path), url]
    processes = [subprocess.Popen(order, cwd=ROOT) for _ in range(4)]
    assert [process.wait(120) for process in processes] == [0] * len(processes)
    database = open_empty(tmp_path, url)
    assert database.is_current()
    database.close()


# The journeys.


def test_a_patient_books_moves_and_cancels_by_text(surgery: Surgery) -> None:
    amira = surgery.texting(AMIRA)
    for said in ("can i see dr patel tues pm", "2", "no"):
        amira.says(said)
    assert amira.says("1").startswith("Booked")
    assert len(network_of(surgery).bodies_to(AMIRA)) == 4
    amira.says("move my appointment")
    amira.says("next tuesday")
    assert amira.says(number_in(amira.says("1"))).startswith("Moved")
    assert "is cancelled" in amira.says(number_in(amira.says("cancel my appointment")))
    assert booked(surgery, surgery.patient_id("Amira")) == []


def number_in(read_back: str) -> str:
    return read_back.partition("Reply ")[2].split()[0]


def test_a_patient_books_in_the_chat(surgery: Surgery) -> None:
    chat = surgery.chatting()
    chat.says("book an appointment with a doctor tomorrow morning")
    assert "I can offer" in chat.identifies(AMIRA)
    chat.presses("2.")
    chat.presses("No reason")
    assert "Booked" in chat.presses("Yes")
    assert len(booked(surgery, surgery.patient_id("Amira"))) == 1


# Many at once.


def test_of_two_hundred_patients_who_book_one_slot_at_once_one_gets_it(surgery: Surgery) -> None:
    crowd, backend = add_patients(surgery, CROWD), surgery.program.backend
    slot = backend.free_slots(crowd[0].id, SlotSearch(), 1)[0].id

    def booking(patient_id: str) -> Callable[[], Appointment]:
        return lambda: backend.book(patient_id, slot, "", f"{patient_id}:book")

    came_to = all_at_once([booking(patient.id) for patient in crowd])
    assert sum(isinstance(each, Appointment) for each in came_to) == 1
    assert sum(isinstance(each, SlotTaken) for each in came_to) == CROWD - 1
    assert len(rows(surgery, tables.appointment, tables.appointment.c.slot_id == slot)) == 1


def test_of_two_changes_at_once_for_one_patient_only_one_passes(surgery: Surgery) -> None:
    tom, backend = surgery.patient_id("Tom"), surgery.program.backend
    held = booked(surgery, tom)[0].id
    slots = [slot.id for slot in backend.free_slots(tom, SlotSearch(), 8)]
    moves = all_at_once([lambda slot=slot: backend.reschedule(tom, held, slot, f"{slot}:move") for slot in slots])
    assert sum(isinstance(each, Appointment) for each in moves) == 1
    assert sum(isinstance(each, NoSuchAppointment) for each in moves) == len(slots) - 1
    slots = [slot.id for slot in backend.free_slots(tom, SlotSearch(), 8)]
    bookings = all_at_once([lambda slot=slot: backend.book(tom, slot, "", f"{slot}:book") for slot in slots])
    assert sum(isinstance(each, Appointment) for each in bookings) == 1
    assert sum(isinstance(each, TooManyBooked) for each in bookings) == len(slots) - 1


def test_patients_who_exchange_their_slots_at_once_are_never_told_that_the_book_cannot_be_reached(
    surgery: Surgery,
) -> None:
    backend = surgery.program.backend
    held = {name: booked(surgery, surgery.patient_id(name))[0] for name in ("Tom", "Zainab")}
    pairs = (("Tom", "Zainab"), ("Zainab", "Tom"))

    def exchange(giver: str, taker: str, key: str) -> Callable[[], Appointment]:
        return lambda: backend.reschedule(surgery.patient_id(giver), held[giver].id, held[taker].slot_id, key)

    for number in range(10):
        came_to = all_at_once([exchange(*pair, f"{number}:{pair[0]}") for pair in pairs])
        assert all(isinstance(each, SlotTaken) for each in came_to)


def test_one_message_delivered_fifty_times_at_once_to_two_processes_is_one_turn_one_reply_and_one_text(
    surgery: Surgery, other: Surgery
) -> None:
    message = text_from(AMIRA, "when are you open", "SM-fifty-times")
    with at_work(surgery), at_work(other):
        doors = [each.program.gateway for each in (surgery, other)]
        receipts = all_at_once([lambda door=doors[index % 2]: door.receive(message) for index in range(50)])
        wait_until(lambda: is_all_done(surgery) and network_of(surgery).texts)
    assert len({receipt.message_id for receipt in receipts}) == 1
    assert sum(receipt.is_new for receipt in receipts) == 1
    assert len(replies(surgery, receipts[0])) == 1
    assert len(network_of(surgery).bodies_to(AMIRA)) == 1


def test_a_message_that_comes_again_while_its_turn_is_finished_and_the_turn_do_not_wait_for_each_other(
    surgery: Surgery, server: PostgresqlServer, url: str
) -> None:
    database, now = surgery.program.database, surgery.clock()
    surgery.program.gateway.receive(text_from(AMIRA, "when are you open", "SM-comes-again"))
    claim = TurnQueue(database).take()
    assert claim
    work = Work()
    work.add(owner_for_sending, claim.waiting.conversation.id)
    failed: list[Exception] = []

    def finish() -> None:
        try:
            claim.finish(work, now)
        except Exception as error:
            failed.append(error)

    finishing = threading.Thread(target=finish)
    with database.write() as connection:
        conversation = open_conversation(connection, SMS, AMIRA, now, timedelta(hours=12))
        finishing.start()
        wait_until(lambda: server.query(url, WAITS_FOR_A_LOCK) == [(1,)])
        stored = messages.store_received(connection, conversation.id, "SM-comes-again", "when are you open", {}, now)
    finishing.join(10)
    claim.release()
    assert stored is None
    assert failed == []
    assert is_all_done(surgery)


# Several processes.


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
QUESTIONS = [*(f"when are you open on {day}" for day in DAYS), "where can i park", "can i see dr patel tues pm"]


class OtherProcess:
    """See `tests.integration.other_process`."""

    def __init__(self, does: str, home: Path, url: str) -> None:
        order = {"does": does, "home": str(home), "database_url": url}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.other_process", json.dumps(order)],
            cwd=ROOT,
            stdin=-1,
            stdout=-1,
            text=True,
        )
        self.hears("loaded")

    def tell(self, word: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def hears(self, word: str) -> None:
        assert self._process.stdout
        assert self._process.stdout.readline().strip() == word

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(30)

    def end(self) -> None:
        if self._process.poll() is None:
            self.kill()


@pytest.fixture()
def start(tmp_path: Path, url: str) -> Iterator[Callable[[str], OtherProcess]]:
    started: list[OtherProcess] = []

    def another(does: str) -> OtherProcess:
        started.append(OtherProcess(does, tmp_path, url))
        return started[-1]

    yield another
    for each in started:
        each.end()


def test_two_processes_share_the_work_each_message_once_and_each_conversation_in_order(
    surgery: Surgery, start: Callable[[str], OtherProcess]
) -> None:
    by_turns = surgery.texting(HANNAH)
    expected = [by_turns.says(question) for question in QUESTIONS]
    assert len(set(expected)) == len(QUESTIONS)
    numbers = [AMIRA, TOM, ZAINAB]
    process = start("work")
    process.tell("begin")
    process.hears("working")
    with at_work(surgery):
        receipts = [receive(surgery, number, question) for question in QUESTIONS for number in numbers]
        wait_until(lambda: is_all_done(surgery))
        wait_until(lambda: len(network_of(surgery).texts) == (1 + len(numbers)) * len(QUESTIONS))
    process.tell("stop")
    firsts = dict(zip(numbers, receipts))
    for number in numbers:
        assert replies(surgery, firsts[number]) == expected
        assert network_of(surgery).bodies_to(number) == network_of(surgery).bodies_to(HANNAH)


def test_a_conversation_whose_process_was_killed_is_taken_over_at_once(
    surgery: Surgery, start: Callable[[str], OtherProcess]
) -> None:
    receipt = receive(surgery, AMIRA, "when are you open")
    process = start("hold")
    process.tell("begin")
    process.hears("holding")
    assert not surgery.program.gateway.work_once()
    process.kill()
    wait_until(surgery.program.gateway.work_once)
    assert len(replies(surgery, receipt)) == 1
    assert surgery.audit().count(("turn.retry", "again")) == 0


def test_a_message_that_comes_during_the_turn_of_another_is_stored_without_waiting_for_it(
    surgery: Surgery, other: Surgery, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, is_blocked, go_on = surgery.program.backend.free_slots, threading.Event(), threading.Event()

    def free_slots(*arguments: Any) -> Any:
        is_blocked.set()
        assert go_on.wait(60)
        return find(*arguments)

    monkeypatch.setattr(surgery.program.backend, "free_slots", free_slots)
    first = receive(surgery, AMIRA, "can i see dr patel tues pm")
    with at_work(surgery):
        assert is_blocked.wait(60)
        stored: list[Any] = []
        door = threading.Thread(target=lambda: stored.append(receive(other, AMIRA, "when are you open")))
        door.start()
        door.join(10)
        is_stored_meanwhile = bool(stored)
        assert not other.program.gateway.work_once()  # the second waits for the first, in whichever process
        go_on.set()
        wait_until(lambda: is_all_done(surgery))
        door.join(10)
    assert is_stored_meanwhile
    said = replies(surgery, first)
    assert len(said) == 2
    assert "1. " in said[0]


def test_a_reply_made_by_one_process_wakes_the_listeners_of_another(surgery: Surgery, other: Surgery) -> None:
    hannah = surgery.texting(HANNAH)
    hannah.says("where can i park")
    conversation_id, news = conversation_of(surgery, HANNAH), threading.Event()
    listening(surgery, other, news, conversation_id)
    news.clear()
    hannah.says("when are you open")
    wait_until(news.is_set, 10)


def test_listeners_are_woken_again_after_the_connection_they_hang_on_was_lost(
    surgery: Surgery, other: Surgery, server: PostgresqlServer, url: str
) -> None:
    news = threading.Event()
    listening(surgery, other, news, "a-conversation")
    server.query(url, CUT_ALL)
    news.clear()
    wait_until(lambda: announced(surgery, news, "a-conversation"), 20)


def listening(announcer: Surgery, listener: Surgery, news: threading.Event, topic: str) -> None:
    """Have the one follow what the other announces, and wait until it does."""
    listener.program.notices.listen(topic, news.set)
    listener.program.notices.start()
    wait_until(lambda: announced(announcer, news, topic), 20)


def announced(announcer: Surgery, news: threading.Event, topic: str) -> bool:
    announcer.program.notices.announce(topic)
    return news.wait(0.2)


def test_workers_go_on_after_every_connection_was_cut(surgery: Surgery, server: PostgresqlServer, url: str) -> None:
    surgery.texting(AMIRA).says("when are you open")
    with at_work(surgery):
        server.query(url, CUT_ALL)
        wait_until(lambda: is_received(surgery))
        wait_until(lambda: is_all_done(surgery) and len(network_of(surgery).bodies_to(TOM)) == 1)


def is_received(surgery: Surgery) -> bool:
    """Deliver a message until it is stored, as a provider does whose webhook fails."""
    try:
        surgery.program.gateway.receive(text_from(TOM, "when are you open", "SM-again-and-again"))
    except Exception:
        return False
    return True
