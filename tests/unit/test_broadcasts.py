"""Texts to many: written by one, approved by another, sent once to everybody on the list, and stopped at once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.backend import tables
from bot.backend.base import Patient
from bot.backend.local import LocalBackend
from bot.backend.people import patient_to_row
from bot.notifying import notifier as notifying
from bot.notifying.broadcasts import Broadcasts, BroadcastTeller, NobodyLeft, OwnWork
from bot.notifying.notifier import Notifier
from bot.notifying.schedule import Schedule
from bot.practice import Practice
from bot.store import broadcasts, contacts
from bot.store.broadcasts import DONE, DRAFT, SENDING, STOPPED, SUBMITTED, Broadcast, Changed, Progress
from bot.store.database import Database
from bot.store.notices import Notices
from bot.store.tables import audit, outbox
from tests.support import AMIRA, LONDON, HandClock

JO, SAM = "staff-jo", "staff-sam"
TEXT = "Flu jabs are here. Call us to book."
KEY = "0" * 32


class Mailing:
    """A surgery that writes to many; `restarts` makes it anew on the same store."""

    def __init__(self, database: Database, practice: Practice, clock: HandClock) -> None:
        self.database, self.practice, self.clock = database, practice, clock
        self.backend = LocalBackend(database, practice, clock)
        self.restarts()

    def restarts(self) -> None:
        notices = Notices(self.database)
        self.desk = Broadcasts(self.database, self.backend, self.practice, notices, self.clock)
        teller = BroadcastTeller(self.database, self.backend, self.practice)
        told = Notifier(self.database, self.backend, self.practice, notices, self.clock, {teller.kind: teller})
        self.schedule = Schedule([teller], told, self.clock, timedelta(seconds=30))

    def writes(self, audience: str = "flu", typed: tuple[str, ...] = (), key: str = KEY) -> Broadcast:
        return self.now(self.desk.write(key, "Flu jabs", TEXT, audience, typed, JO))

    def sends(self, audience: str = "flu", typed: tuple[str, ...] = ()) -> Broadcast:
        """Written, handed in and approved."""
        held = self.writes(audience, typed)
        self.desk.submit(held, JO)
        self.desk.approve(self.now(held.id), SAM)
        return self.now(held.id)

    def now(self, broadcast_id: int) -> Broadcast:
        with self.database.read() as connection:
            held = broadcasts.find(connection, broadcast_id)
        assert held
        return held

    def works(self, minutes: float = 0) -> None:
        """Everything that is due up to so many minutes from now."""
        ends = self.clock.now + timedelta(minutes=minutes)
        while self.clock.now <= ends:
            while self.schedule.work_once():
                pass
            self.clock.forward(seconds=30)

    def texted(self) -> Counter[str]:
        """How many texts each number has been sent."""
        with self.database.read() as connection:
            rows = connection.execute(select(outbox.c.number)).all()
        return Counter(row.number.open("outbox") for row in rows)

    def progress(self, held: Broadcast) -> Progress:
        with self.database.read() as connection:
            return broadcasts.progress(connection, f"broadcast:{held.id}")

    def noted(self) -> list[tuple[str, str | None]]:
        with self.database.read() as connection:
            entries = connection.execute(select(audit).order_by(audit.c.id)).all()
        return [(each.action, each.actor_id) for each in entries if each.action.startswith("broadcast.")]


@pytest.fixture()
def mailing(database: Database, practice: Practice, clock: HandClock, backend: LocalBackend) -> Mailing:
    """With the patients of the demonstration."""
    return Mailing(database, practice, clock)


@pytest.fixture()
def crowd(database: Database, practice: Practice, clock: HandClock) -> Iterator[Mailing]:
    """Five hundred patients over 65, each with a phone."""
    people = [
        Patient(f"old-{n:03}", "Robin", f"N{n}", date(1950, 1, 1), "female", mobile=f"+447700900{n:03}")
        for n in range(500)
    ]
    with database.write() as connection:
        connection.execute(insert(tables.patient), [patient_to_row(each) for each in people])
    yield Mailing(database, practice, clock)


# Writing and approving.


def test_a_form_that_is_sent_twice_is_one_draft(mailing: Mailing) -> None:
    assert mailing.writes().id == mailing.writes().id
    assert mailing.noted() == [("broadcast.written", JO)]


def test_nobody_approves_what_they_wrote(mailing: Mailing) -> None:
    held = mailing.writes()
    mailing.desk.submit(held, JO)
    with pytest.raises(OwnWork):
        mailing.desk.approve(mailing.now(held.id), JO)
    assert mailing.now(held.id).state == SUBMITTED and mailing.texted() == Counter()


def test_whoever_changed_it_last_cannot_approve_it(mailing: Mailing) -> None:
    held = mailing.writes()
    mailing.desk.rewrite(held, "Flu", TEXT, "flu", (), SAM)
    mailing.desk.submit(mailing.now(held.id), JO)
    with pytest.raises(OwnWork):
        mailing.desk.approve(mailing.now(held.id), SAM)


def test_what_was_changed_since_it_was_read_is_not_approved(mailing: Mailing) -> None:
    held = mailing.writes()
    mailing.desk.submit(held, JO)
    read = mailing.now(held.id)
    mailing.desk.send_back(read, SAM)
    mailing.desk.rewrite(mailing.now(held.id), "Flu", "Something else. Call us.", "flu", (), JO)
    mailing.desk.submit(mailing.now(held.id), JO)
    with pytest.raises(Changed):
        mailing.desk.approve(read, SAM)
    assert mailing.now(held.id).state == SUBMITTED


@pytest.mark.parametrize("state", [DRAFT, SENDING, STOPPED])
def test_only_what_waits_for_approval_is_approved(mailing: Mailing, state: str) -> None:
    held = mailing.writes() if state != SENDING else mailing.sends()
    if state == STOPPED:
        mailing.desk.stop(held, JO)
    with pytest.raises(Changed):
        mailing.desk.approve(mailing.now(held.id), "staff-kim")


def test_with_nobody_to_send_it_to_it_is_not_handed_in(mailing: Mailing) -> None:
    with pytest.raises(NobodyLeft):
        mailing.desk.submit(mailing.writes("numbers", ("patient-18",)), JO)


def test_every_step_is_noted_with_who_took_it(mailing: Mailing) -> None:
    held = mailing.sends()
    mailing.desk.stop(held, SAM)
    steps = ("written", JO), ("submitted", JO), ("approved", SAM), ("stopped", SAM)
    assert mailing.noted() == [(f"broadcast.{step}", who) for step, who in steps]


# Who is left out.


@pytest.mark.parametrize(
    ("patient_id", "why"),
    [
        ("patient-01", None),
        ("patient-07", "no_number"),
        ("patient-15", "not_registered"),
        ("patient-16", "not_registered"),
        ("patient-18", "flagged"),
        ("patient-19", "flagged"),
        ("patient-77", "not_registered"),
    ],
)
def test_who_is_left_out_and_why(mailing: Mailing, patient_id: str, why: str | None) -> None:
    held = mailing.writes("numbers", (patient_id,))
    assert mailing.desk.recipients(held) == {patient_id: why}


def test_whoever_wants_no_texts_is_left_out(mailing: Mailing) -> None:
    with mailing.database.write() as connection:
        contacts.set_opted_out(connection, AMIRA, mailing.clock())
    assert mailing.desk.recipients(mailing.writes("numbers", ("patient-01",))) == {"patient-01": "opted_out"}


def test_two_who_share_a_phone_get_one_text(mailing: Mailing) -> None:
    held = mailing.sends("numbers", ("patient-03", "patient-04"))
    assert mailing.desk.recipients(held) == {"patient-03": None, "patient-04": "same_number"}
    mailing.works(1)
    assert mailing.texted() == Counter({"+447700900003": 1})


def test_whoever_opts_out_before_it_is_their_turn_gets_nothing(mailing: Mailing) -> None:
    held = mailing.sends("numbers", ("patient-01", "patient-02"))
    with mailing.database.write() as connection:
        contacts.set_opted_out(connection, AMIRA, mailing.clock())
    mailing.works(1)
    assert mailing.texted() == Counter({"+447700900002": 1})
    assert mailing.progress(held).dropped == {"opted_out": 1}


def test_whoever_has_no_appointment_that_day_any_more_gets_nothing(mailing: Mailing) -> None:
    (booked,) = mailing.backend.appointments("patient-02")
    day = booked.slot.start.astimezone(LONDON).date()
    held = mailing.sends(f"day:{day}")
    mailing.backend.cancel("patient-02", booked.id, "now")
    mailing.works(1)
    assert "+447700900002" not in mailing.texted()
    assert mailing.progress(held).dropped == {"changed": 1}


# Sending.


def test_they_leave_a_few_a_minute(crowd: Mailing) -> None:
    crowd.sends()
    crowd.works(1)
    assert 10 <= sum(crowd.texted().values()) <= 40


def test_none_leave_at_night(mailing: Mailing) -> None:
    mailing.clock.now = datetime(2026, 11, 23, 19, 59, 58, tzinfo=LONDON)
    held = mailing.sends("numbers", tuple(f"patient-{n:02}" for n in range(1, 13)))
    mailing.works(30)
    assert sum(mailing.texted().values()) == 1 and mailing.now(held.id).state == SENDING
    mailing.clock.now = datetime(2026, 11, 24, 8, 0, tzinfo=LONDON)
    mailing.works(2)
    assert sum(mailing.texted().values()) == 9 and mailing.now(held.id).state == DONE


def test_five_hundred_get_it_once_each_whatever_ends_and_restarts_on_the_way(
    crowd: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, chance = crowd.sends(), random.Random(1)
    said = notifying.say

    class Killed(BaseException):
        pass

    def dies_sometimes(*given: Any) -> int:
        message_id = said(*given)
        if chance.random() < 0.1:
            raise Killed
        return message_id

    monkeypatch.setattr(notifying, "say", dies_sometimes)
    deaths = 0
    while crowd.now(held.id).state == SENDING:
        try:
            crowd.works(1)
        except Killed:
            deaths += 1
            crowd.restarts()
    assert deaths > 20
    assert set(crowd.texted().values()) == {1} and len(crowd.texted()) == 500
    assert crowd.progress(held).sent == 500


def test_stopped_half_way_nothing_more_leaves_even_after_a_restart(crowd: Mailing) -> None:
    held = crowd.sends()
    crowd.works(15)
    before = crowd.texted()
    assert 100 < sum(before.values()) < 400
    crowd.desk.stop(crowd.now(held.id), JO)
    crowd.restarts()
    crowd.works(30)
    assert crowd.texted() == before and crowd.now(held.id).state == STOPPED
    reached = crowd.progress(held)
    assert reached.waiting == 0 and reached.sent + reached.dropped["stopped"] == 500


def test_stopped_while_a_text_is_being_worded_it_does_not_leave(
    mailing: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = mailing.sends("numbers", ("patient-01",))
    worded = BroadcastTeller.words

    def words(self: BroadcastTeller, *given: Any) -> str:
        said = worded(self, *given)
        mailing.desk.stop(mailing.now(held.id), JO)
        return said

    monkeypatch.setattr(BroadcastTeller, "words", words)
    mailing.works(1)
    assert mailing.texted() == Counter()


def test_once_the_last_has_left_it_is_done_and_cannot_be_stopped(mailing: Mailing) -> None:
    held = mailing.sends("numbers", ("patient-01",))
    mailing.works(2)
    assert mailing.now(held.id).state == DONE
    with pytest.raises(Changed):
        mailing.desk.stop(mailing.now(held.id), JO)
