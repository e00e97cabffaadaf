"""Writing to the practice on PostgreSQL: several processes answer, copy and decide, and each thing is done once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.backend.demo import ensure_demo
from bot.backend.local import LocalBackend
from bot.practice import Practice
from bot.settings import Settings
from bot.store import attachments, threads
from bot.store.contact_changes import APPROVED, DECLINED
from bot.store.database import Database, open_database
from bot.writing.copies import Copies
from bot.writing.details import NotAsked
from bot.writing.files import GoodFile
from tests.faults.support import all_at_once
from tests.support import HandClock
from tests.unit.escalation_support import ALEX, SAM
from tests.unit.test_contact_changes import NEW, Desks, Flaky
from tests.unit.writing_support import AMIRAS, Post


@pytest.fixture()
def database(tmp_path: Path, url: str) -> Iterator[Database]:
    opened = open_database(Settings(home=tmp_path, database_url=url, _env_file=None))
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture()
def backend(database: Database, practice: Practice, clock: HandClock) -> LocalBackend:
    ensure_demo(database, practice, clock)
    return LocalBackend(database, practice, clock)


@pytest.fixture()
def post(database: Database, practice: Practice, clock: HandClock, backend: LocalBackend) -> Post:
    return Post(database, practice, clock, backend)


def test_a_thread_is_written_answered_listed_and_read(post: Post) -> None:
    held = post.receives("I need a note", files=[GoodFile("a.pdf", "application/pdf", b"%PDF-" + b"x" * 10**6)])
    post.answers(held, "It is ready.")
    assert len(post.tells()) == 1
    with post.database.read() as connection:
        [listed] = threads.threads_of(connection, AMIRAS, AMIRAS, 10)
        [[file]] = attachments.files_of(connection, held.conversation_id).values()
        found = attachments.find_file(connection, file.id)
    assert (listed.thread.reference, listed.unread, listed.answers) == (held.reference, 1, 1)
    assert found and len(found[1]) == 10**6 + 5
    post.sees(held)
    with post.database.read() as connection:
        assert not threads.is_unread(connection, post.thread(held))


def test_the_same_message_sent_by_many_at_once_is_one(post: Post) -> None:
    held = post.receives()
    came_to = all_at_once([lambda: post.receives_more(held, "more", once="the same") for _ in range(20)])
    assert sorted(came_to) == [False] * 19 + [True]
    assert [each.text for each in post.read(held)].count("more") == 1


def test_of_many_copiers_each_message_goes_into_the_record_once(post: Post) -> None:
    for number in range(10):
        post.receives(f"message {number}")
    copiers = [Copies(post.database, post.backend, post.clock) for _ in range(4)]

    def work(copies: Copies) -> None:
        while copies.work_once():
            pass

    assert all_at_once([lambda each=each: work(each) for each in copiers]) == [None] * 4
    assert sorted(text.rpartition("\n")[2] for _, text, _ in post.record()) == [f"message {n}" for n in range(10)]


def test_of_many_who_decide_at_once_one_does(
    database: Database, practice: Practice, clock: HandClock, backend: LocalBackend
) -> None:
    desk = Desks(database, practice, clock, Flaky(backend))
    change = desk.asks()
    came_to = all_at_once(
        [
            *(lambda: desk.decisions.approve(change.id, change.asked_at, SAM) for _ in range(5)),
            *(lambda: desk.decisions.decline(change.id, change.asked_at, ALEX, "not_right") for _ in range(5)),
        ]
    )
    assert all(each is None or isinstance(each, NotAsked) for each in came_to), came_to
    decided = desk.now_is(change)
    assert decided.state in (APPROVED, DECLINED)
    assert (desk.patient().mobile == NEW) == (decided.state == APPROVED)
    assert len([each for each, _ in desk.audited() if each.startswith("details.")]) == 1
