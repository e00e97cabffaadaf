"""Handing over on a real PostgreSQL, where two processes do it at once: one owner, and nobody waits for ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.escalation.handover import Closed, Member, NotYours
from bot.practice import Practice
from bot.settings import Settings
from bot.store.database import Database, open_database
from bot.store.escalations import Escalation, Stale
from tests.faults.support import all_at_once
from tests.support import HandClock
from tests.unit.escalation_support import ALEX, SAM, Office


@pytest.fixture()
def offices(tmp_path: Path, url: str, practice: Practice, clock: HandClock) -> Iterator[list[Office]]:
    """The same surgery twice, as two processes with one key file have it."""
    databases: list[Database] = [
        open_database(Settings(home=tmp_path, database_url=url, _env_file=None)) for _ in range(2)
    ]
    databases[0].upgrade()
    yield [Office(each, practice, clock) for each in databases]
    for each in databases:
        each.close()


def test_of_fifty_who_claim_at_once_one_gets_it(offices: list[Office]) -> None:
    held = offices[0].waiting()
    members = [Member(f"staff-{number}", str(number)) for number in range(50)]
    claims = [
        lambda each=each, number=number: offices[number % 2].handover.claim(held.id, each)
        for number, each in enumerate(members)
    ]
    came_to = all_at_once(claims)
    won = [each for each in came_to if isinstance(each, Escalation)]
    assert len(won) == 1 and sum(isinstance(each, Stale) for each in came_to) == 49
    assert offices[1].now(held).assignee_id == won[0].assignee_id
    assert len(offices[0].said(held)) == 1


def test_of_two_who_reply_at_once_one_is_heard(offices: list[Office]) -> None:
    for _ in range(5):
        held = offices[0].raises(offices[0].opens(address=f"+44770090{9000 + _}"))
        replies = [
            lambda office=office, each=each: office.handover.reply(held.id, each, "Hello", 0)
            for office, each in zip(offices, (SAM, ALEX), strict=True)
        ]
        came_to = all_at_once(replies)
        assert sum(isinstance(each, NotYours) for each in came_to) == 1


def test_patients_who_ask_again_while_staff_take_over_and_close_stop_nobody(offices: list[Office]) -> None:
    """Turns, replies, timers and claims all lock in the same order."""
    held = offices[0].waiting()

    def staff(number: int) -> None:
        member = Member(f"staff-{number}", str(number))
        office = offices[number % 2]
        try:
            taken = office.handover.claim(office.now(held).id, member)
            office.handover.reply(held.id, member, f"Hello from {number}", 10**9)
            office.handover.give_back(held.id, member, taken.version)
        except (Stale, Closed, NotYours):
            pass

    def patient(number: int) -> None:
        offices[number % 2].hears(held.conversation_id, f"message {number}")
        offices[number % 2].raises(held.conversation_id, "emergency" if number % 3 else "too_long", "urgent")

    def clock_work(number: int) -> None:
        offices[number % 2].timers.work_once()

    calls = [lambda each=each, do=do: do(each) for each in range(8) for do in (staff, patient, clock_work)]
    assert [each for each in all_at_once(calls) if isinstance(each, Exception)] == []


def test_of_two_processes_one_sends_a_reply(offices: list[Office], clock: HandClock) -> None:
    held = offices[0].waiting()
    offices[0].handover.reply(held.id, SAM, "Hello", seen=0)
    clock.forward(seconds=6)
    all_at_once([office.timers.work_once for office in offices])
    assert len([text for _, text in offices[0].said(held) if text == "Hello"]) == 1
