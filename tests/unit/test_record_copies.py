"""Every message goes into the record once, whatever goes wrong on the way; a complaint never does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.backend.base import Unavailable
from bot.backend.local import LocalBackend
from bot.practice import Practice
from bot.store import record_copies
from bot.store.database import Database
from bot.writing.copies import Copies
from bot.writing.files import GoodFile
from tests.support import HandClock
from tests.unit.writing_support import AMIRAS, TOMS, Post


class Flaky:
    """A clinical system that can be told to be away, or to break just after it has kept something."""

    def __init__(self, backend: LocalBackend) -> None:
        self._backend = backend
        self.is_away = self.breaks_after = False
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def keep_message(self, patient_id: str, text: str, at: datetime, key: str) -> None:
        self.asked += 1
        if self.is_away:
            raise Unavailable
        self._backend.keep_message(patient_id, text, at, key)
        if self.breaks_after:
            raise RuntimeError("killed")


@pytest.fixture()
def flaky(backend: LocalBackend) -> Flaky:
    return Flaky(backend)


@pytest.fixture()
def post(database: Database, practice: Practice, clock: HandClock, flaky: Flaky) -> Post:
    return Post(database, practice, clock, flaky)  # type: ignore[arg-type]


def test_what_the_patient_and_the_practice_write_goes_into_the_record_as_it_was_written(post: Post) -> None:
    held = post.receives("I need a note")
    asked_at = post.clock()
    post.clock.forward(hours=1)
    post.answers(held, "It is ready.")
    post.copies_all()
    assert post.record() == [
        (AMIRAS, f"The patient wrote (message {held.reference}):\nI need a note", asked_at),
        (AMIRAS, f"The practice wrote (message {held.reference}):\nIt is ready.", post.read(held)[-1].at),
    ]


def test_the_names_of_files_go_with_it(post: Post) -> None:
    post.receives("here", files=[GoodFile("a.pdf", "application/pdf", b"a"), GoodFile("b.png", "image/png", b"b")])
    post.copies_all()
    [(_, text, _)] = post.record()
    assert text.endswith("here\nFile: a.pdf\nFile: b.png")


def test_it_says_so_where_somebody_else_wrote_for_the_patient(post: Post) -> None:
    post.receives("for her", person_id=TOMS)
    post.copies_all()
    assert post.record()[0][1].startswith("Somebody trusted to act for the patient wrote")


def test_a_complaint_and_its_answer_are_kept_apart_from_the_record(post: Post) -> None:
    held = post.receives("I was kept waiting", "complaint")
    post.answers(held, "We are sorry.")
    post.copies_all()
    assert post.record() == [] and post.due_copy() is None


def test_each_goes_there_once(post: Post, flaky: Flaky) -> None:
    post.receives()
    post.copies_all()
    post.copies_all()
    assert len(post.record()) == 1 and flaky.asked == 1


def test_a_clinical_system_that_is_away_gets_it_later_at_growing_pauses(post: Post, flaky: Flaky) -> None:
    post.receives("one")
    flaky.is_away = True
    tried: list[datetime] = []
    for _ in range(24 * 60):
        before = flaky.asked
        post.copies_all()
        if flaky.asked > before:
            tried.append(post.clock())
        post.clock.forward(minutes=1)
    pauses = [later - earlier for earlier, later in zip(tried, tried[1:])]
    assert pauses == sorted(pauses) and pauses[0] <= timedelta(minutes=2)
    assert pauses[-1] == timedelta(hours=6) and len(tried) < 15
    flaky.is_away = False
    post.clock.forward(hours=6)
    post.copies_all()
    assert len(post.record()) == 1


def test_one_that_cannot_go_keeps_no_other_back(post: Post, flaky: Flaky) -> None:
    first = post.receives("one")
    with post.database.write() as connection:
        connection.exec_driver_sql("UPDATE message SET text = x'00'")
    post.receives("two")
    post.copies_all()
    assert [text.rpartition("\n")[2] for _, text, _ in post.record()] == ["two"]
    assert first.reference not in str(post.record())


def test_killed_after_the_record_took_it_it_is_there_once(post: Post, flaky: Flaky) -> None:
    post.receives()
    flaky.breaks_after = True
    with pytest.raises(RuntimeError):
        post.copies.work_once()
    flaky.breaks_after = False
    again = Copies(post.database, flaky, post.clock)  # type: ignore[arg-type]
    assert again.work_once() and not again.work_once()
    assert len(post.record()) == 1 and flaky.asked == 2


def test_two_processes_at_once_make_one_copy(post: Post) -> None:
    post.receives()
    with post.database.read() as connection:
        due = record_copies.find_due(connection, post.clock())
    assert due
    other = Copies(post.database, post.backend, post.clock)
    other._copy(due)
    post.copies_all()
    assert len(post.record()) == 1
    with post.database.write() as connection:
        assert not record_copies.note_copied(connection, due.message_id, post.clock())


def test_a_patient_who_is_not_known_any_more_does_not_stop_the_others(post: Post) -> None:
    post.receives("lost", patient_id="patient-none")
    post.receives("kept")
    post.copies_all()
    assert [patient for patient, _, _ in post.record()] == [AMIRAS]


def test_one_that_does_not_open_is_tried_again_and_never_written(post: Post) -> None:
    post.receives()
    with post.database.write() as connection:
        connection.exec_driver_sql("UPDATE message SET text = (SELECT address FROM conversation LIMIT 1)")
    post.copies_all()
    assert post.record() == []
    post.clock.forward(minutes=1)
    assert post.due_copy() is not None
