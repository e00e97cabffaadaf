"""Nothing ends by silence: the overdue is raised again, and so is who has not answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.backend import tables
from bot.backend.base import Unavailable
from bot.backend.local import LocalBackend
from bot.backend.local_record import result_to_row
from bot.backend.record import Result
from bot.practice import Practice
from bot.store import escalations
from bot.store.conversations import DESK
from bot.store.database import Database
from bot.store.escalations import OPEN, QUEUED, URGENT, Escalation
from bot.store.private import Private
from bot.store.staff_tables import held_reply
from tests.support import MONDAY, HandClock
from tests.unit.escalation_support import SAM, Office


@pytest.fixture()
def office(database: Database, practice: Practice, clock: HandClock) -> Office:
    return Office(database, practice, clock)


def test_what_nobody_looks_at_is_raised_again_and_again(office: Office) -> None:
    held = office.waiting()
    office.passes(minutes=0)
    office.passes(minutes=119)
    assert office.now(held).overdue == 0
    office.passes(minutes=1)
    assert office.now(held).overdue == 1
    office.passes(minutes=120)
    assert office.now(held).overdue == 2
    assert office.story(held) == ["raised", "overdue", "overdue"]


def test_the_urgent_is_raised_again_after_minutes(office: Office) -> None:
    held = office.waiting(reason="emergency", urgency=URGENT)
    office.passes(minutes=0)
    office.passes(minutes=10)
    assert office.now(held).overdue == 1


def test_nothing_is_overdue_while_the_surgery_is_shut(office: Office) -> None:
    office.clock.forward(hours=9)  # 7pm
    held = office.waiting()
    office.passes(minutes=0)
    office.passes(hours=12)
    assert office.now(held).overdue == 0
    office.passes(hours=3)
    assert office.now(held).overdue == 1


def test_who_took_it_and_does_not_answer_is_reminded_too(office: Office) -> None:
    held = office.handover.claim(office.waiting().id, SAM)
    office.passes(minutes=0)
    office.passes(hours=2)
    assert (office.now(held).overdue, office.now(held).state) == (1, OPEN)


def test_a_patient_who_does_not_answer_is_looked_at_again(office: Office) -> None:
    held = office.waiting()
    office.handover.reply(held.id, SAM, "Which day would suit you?", seen=0)
    office.passes(seconds=5)
    office.passes(days=3)
    now = office.now(held)
    assert (now.state, now.waiting_since, now.overdue) == (OPEN, office.clock(), 0)
    assert office.story(held)[-1] == "unanswered"


def test_what_was_put_aside_by_nobody_goes_back_to_the_queue(office: Office, clock: HandClock) -> None:
    held = office.waiting()
    office.handover.snooze(held.id, SAM, clock() + timedelta(hours=1), held.version)
    office.passes(hours=1)
    assert office.now(held).state == QUEUED


def test_the_queue_hears_of_what_is_new_whoever_raised_it(office: Office) -> None:
    heard: list[None] = []
    office.notices.listen("queue", lambda: heard.append(None))
    office.waiting()
    office.passes(seconds=1)
    assert len(heard) == 1


def test_of_two_processes_one_raises_it(office: Office, practice: Practice) -> None:
    held = office.waiting()
    office.passes(minutes=0)
    stale = office.now(held)
    office.passes(hours=2)
    with office.database.write() as connection:
        assert not escalations.note_overdue(connection, stale)


def test_a_reply_that_no_longer_opens_is_brought_to_staff_and_holds_up_nothing(office: Office) -> None:
    held = office.waiting()
    first = office.handover.reply(held.id, SAM, "Hello", seen=0)
    office.handover.reply(held.id, SAM, "and good morning", seen=0)
    with office.database.write() as connection:
        moved = Private("Hello", "another conversation")
        connection.execute(update(held_reply).where(held_reply.c.id == first).values(text=moved))
    office.passes(seconds=5)
    assert office.said(held)[-1][1] == "and good morning"
    assert (office.now(held).reason, office.now(held).urgency) == ("not_delivered", URGENT)


# Results that need action.

UNTOLD = Result("result-u", "Potassium", MONDAY.date(), (), "Action needed", "Call today.", "Dr Okafor", MONDAY)


@pytest.fixture()
def laboratory(database: Database, backend: LocalBackend, practice: Practice, clock: HandClock) -> Office:
    """The demo practice, with no result that anybody has to be told of."""
    with database.write() as connection:
        connection.execute(tables.result.delete())
    return Office(database, practice, clock, backend)


def file(office: Office, result: Result, patient_id: str = "patient-01") -> None:
    with office.database.write() as connection:
        connection.execute(insert(tables.result).values(**result_to_row(patient_id, result)))


def raised(office: Office) -> list[Escalation]:
    with office.database.read() as connection:
        return escalations.list_escalations(connection)


def test_a_result_that_needs_action_and_was_not_told_is_raised_after_a_day(laboratory: Office) -> None:
    file(laboratory, UNTOLD)
    laboratory.passes(hours=23)
    assert raised(laboratory) == []
    laboratory.passes(hours=2)
    [held] = raised(laboratory)
    assert (held.reason, held.patient_id, held.urgency) == ("untold_result", "patient-01", "routine")
    assert laboratory.events(held)[0].summary == "Potassium"


def test_each_such_result_is_raised_once_even_after_it_was_dealt_with(laboratory: Office) -> None:
    file(laboratory, UNTOLD)
    file(laboratory, replace(UNTOLD, id="result-v", title="Sodium"))
    laboratory.passes(days=2)
    first, second = raised(laboratory)
    assert first.conversation_id != second.conversation_id
    laboratory.handover.resolve(first.id, SAM, "called", first.version)
    laboratory.passes(days=2)
    assert [each.id for each in raised(laboratory)] == [second.id]


@pytest.mark.parametrize(
    "result",
    [
        replace(UNTOLD, outcome="No action needed"),
        replace(UNTOLD, told_at=MONDAY),
        replace(UNTOLD, filed_at=None),
    ],
)
def test_other_results_are_left_alone(laboratory: Office, result: Result) -> None:
    file(laboratory, result)
    laboratory.passes(days=3)
    assert raised(laboratory) == []


def test_nobody_can_be_written_to_about_a_result_from_its_own_conversation(laboratory: Office) -> None:
    file(laboratory, UNTOLD)
    laboratory.passes(days=2)
    [held] = raised(laboratory)
    with laboratory.database.read() as connection:
        [(_, conversation)] = escalations.queue(connection)
    assert conversation.channel == DESK
    laboratory.handover.claim(held.id, SAM)
    laboratory.passes(seconds=5)
    assert laboratory.texts() == []


def test_a_clinical_system_that_does_not_answer_is_asked_again_later(
    laboratory: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    file(laboratory, UNTOLD)
    with monkeypatch.context() as away:

        def unavailable(*_: object) -> None:
            raise Unavailable

        away.setattr(LocalBackend, "untold_results", unavailable)
        laboratory.passes(days=2)
        assert raised(laboratory) == []
    laboratory.passes(minutes=15)
    assert len(raised(laboratory)) == 1


def test_the_clinical_system_is_not_asked_at_every_beat(laboratory: Office) -> None:
    laboratory.passes(days=2)
    file(laboratory, UNTOLD)
    laboratory.passes(minutes=1)
    assert raised(laboratory) == []
    with laboratory.database.read() as connection:
        assert connection.execute(select(tables.result.c.id)).all()
