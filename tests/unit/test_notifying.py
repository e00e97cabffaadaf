"""The one schedule of texts that nobody has just asked for: each once, at a decent hour, and only if it still holds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.engine import Connection

from bot.backend import tables
from bot.backend.base import Patient, Unavailable
from bot.delivery import SendFailed
from bot.identity.policy import NO_TEXTS, UNDER_PRESSURE, UNDER_REVIEW, Access
from bot.notifying.notifier import Notifier, NotNow
from bot.notifying.reach import OutOfReach, number_to_text
from bot.notifying.schedule import Schedule
from bot.store import contacts, notifications
from bot.store.notification_tables import notification
from bot.store.notifications import Notification
from bot.store.tables import message
from tests.faults.support import rows
from tests.support import LONDON, MONDAY, TOM, HandClock, NoDialogue, Surgery, make_surgery

TOMORROW = MONDAY + timedelta(days=1)


@pytest.fixture()
def surgery(tmp_path: Path, quiet_home: Path, clock: HandClock) -> Iterator[Surgery]:
    """A surgery nobody writes to."""
    shutil.copytree(quiet_home, tmp_path, dirs_exist_ok=True)
    made = make_surgery(tmp_path, NoDialogue(), clock)
    yield made
    made.program.database.close()


@pytest.fixture(scope="module")
def quiet_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("quiet")
    make_surgery(home, NoDialogue(), HandClock()).program.database.close()
    return home


class News:
    """A teller that says what it is told to."""

    kind = "news"

    def __init__(self, says: str | Exception = "News.") -> None:
        self.says, self.heard = says, list[str]()

    def words(self, due: Notification, patient: Patient, now: datetime) -> str:
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    def told(self, connection: Connection, due: Notification, now: datetime) -> None:
        self.heard.append(due.key)


def plan(surgery: Surgery, key: str = "news:1", due_in: float = 0, expires_in: float | None = None) -> bool:
    """News for Tom, due and expiring in so many hours."""
    now = surgery.clock()
    expires_at = None if expires_in is None else now + timedelta(hours=expires_in)
    with surgery.program.database.write() as connection:
        patient_id, due_at = surgery.patient_id("Tom"), now + timedelta(hours=due_in)
        return notifications.plan(connection, "news", key, patient_id, key, due_at, now, expires_at)


def notifier(surgery: Surgery, news: News) -> Notifier:
    program = surgery.program
    about = (program.database, program.backend, program.practice, program.notices, surgery.clock)
    return Notifier(*about, {news.kind: news})


def held(surgery: Surgery, key: str = "news:1") -> Notification:
    with surgery.program.database.read() as connection:
        found = notifications.find_by_key(connection, key)
    assert found is not None
    return found


def flag(surgery: Surgery, *flags: str) -> None:
    with surgery.program.database.write() as connection:
        access = Access("appointments", flags=frozenset(flags))
        surgery.program.services.desk.set_access(
            connection, surgery.patient_id("Tom"), access, "reception", surgery.clock()
        )


def send(surgery: Surgery) -> list[str]:
    while surgery.delivery.work_once():
        pass
    return [body for number, body in surgery.network.texts if number == TOM]


def test_what_is_due_is_told_once(surgery: Surgery) -> None:
    news = News()
    assert plan(surgery) and not plan(surgery)
    assert notifier(surgery, news).work_once() and not notifier(surgery, news).work_once()
    assert send(surgery) == ["Riverside Surgery: News."]
    assert news.heard == ["news:1"]
    assert (held(surgery).state, held(surgery).sent_at) == ("sent", MONDAY)
    assert not plan(surgery), "it was told"


def test_what_is_not_due_waits(surgery: Surgery) -> None:
    plan(surgery, due_in=1)
    assert not notifier(surgery, News()).work_once()
    surgery.clock.forward(hours=1)
    assert notifier(surgery, News()).work_once()


@pytest.mark.parametrize(
    ("hour", "minute", "is_told"), [(7, 59, False), (8, 0, True), (19, 59, True), (20, 0, False), (3, 0, False)]
)
def test_nothing_is_told_at_night(surgery: Surgery, hour: int, minute: int, is_told: bool) -> None:
    plan(surgery)
    surgery.clock.now = TOMORROW.replace(hour=hour, minute=minute)
    assert notifier(surgery, News()).work_once() is is_told


@pytest.mark.parametrize("day", [datetime(2026, 10, 25, tzinfo=LONDON), datetime(2027, 3, 28, tzinfo=LONDON)])
def test_on_the_days_the_clocks_change_night_ends_at_eight_on_the_wall(surgery: Surgery, day: datetime) -> None:
    surgery.clock.now = day
    plan(surgery)
    surgery.clock.now = day.replace(hour=7, minute=59)
    assert not notifier(surgery, News()).work_once()
    surgery.clock.now = day.replace(hour=8)
    assert notifier(surgery, News()).work_once()


def test_what_is_of_no_use_any_more_is_dropped(surgery: Surgery) -> None:
    plan(surgery, expires_in=1)
    surgery.clock.forward(hours=1)
    assert notifier(surgery, News()).work_once()
    assert (held(surgery).state, held(surgery).dropped_why) == ("dropped", "too_late")
    assert send(surgery) == []


def test_what_does_not_hold_any_more_is_dropped_with_why(surgery: Surgery) -> None:
    plan(surgery)
    notifier(surgery, News(NotNow("cancelled"))).work_once()
    assert held(surgery).dropped_why == "cancelled"
    assert ("notification", "cancelled") in surgery.audit()


def test_a_clinical_system_that_is_away_is_asked_again_later(surgery: Surgery) -> None:
    plan(surgery)
    news = News(Unavailable())
    worker = notifier(surgery, news)
    assert not worker.work_once() and held(surgery).state == "waiting"
    news.says = "News."
    assert not worker.work_once(), "not at once"
    surgery.clock.forward(minutes=2)
    assert worker.work_once() and held(surgery).state == "sent"


def test_one_that_cannot_be_told_does_not_keep_the_others_back(surgery: Surgery) -> None:
    plan(surgery, "news:broken")
    news = News(KeyError("broken"))
    assert notifier(surgery, news).work_once()
    assert held(surgery, "news:broken").dropped_why == "failed"
    plan(surgery, "news:2")
    assert notifier(surgery, News()).work_once() and held(surgery, "news:2").state == "sent"


def test_it_is_told_in_the_patients_conversation_and_by_the_system(surgery: Surgery) -> None:
    plan(surgery)
    notifier(surgery, News()).work_once()
    message_id = held(surgery).message_id
    assert message_id is not None
    told = rows(surgery, message, message.c.id == message_id)[0]
    assert told.author == "system"


def test_what_the_network_would_not_take_before_night_does_not_leave_at_night(surgery: Surgery) -> None:
    plan(surgery)
    surgery.clock.now = TOMORROW.replace(hour=19, minute=58)
    notifier(surgery, News()).work_once()

    def away(number: str, body: str) -> None:
        raise SendFailed("timeout")

    works, surgery.network.send = surgery.network.send, away  # type: ignore[method-assign,assignment]
    surgery.delivery.work_once()
    surgery.network.send = works  # type: ignore[method-assign]
    surgery.clock.now = TOMORROW.replace(hour=20, minute=5)
    assert send(surgery) == []
    assert [each.reason for each in surgery.escalations()] == ["not_delivered"], "a person sees to it"


# Who may be texted at all


def reach(surgery: Surgery) -> str:
    """The number, or why there is none."""
    patient = surgery.program.backend.patient(surgery.patient_id("Tom"))
    with surgery.program.database.read() as connection:
        try:
            return number_to_text(connection, patient, surgery.clock())
        except OutOfReach as reason:
            return reason.why


@pytest.mark.parametrize(
    ("flags", "reached"), [((), TOM), ((NO_TEXTS,), "flagged"), ((UNDER_PRESSURE,), "flagged"), ((UNDER_REVIEW,), TOM)]
)
def test_a_flag_keeps_texts_back(surgery: Surgery, flags: tuple[str, ...], reached: str) -> None:
    flag(surgery, *flags)
    assert reach(surgery) == reached


def test_a_number_that_opted_out_is_not_texted_until_it_opts_in(surgery: Surgery) -> None:
    with surgery.program.database.write() as connection:
        contacts.set_opted_out(connection, TOM, MONDAY)
    assert reach(surgery) == "opted_out"
    with surgery.program.database.write() as connection:
        contacts.set_opted_out(connection, TOM, None)
    assert reach(surgery) == TOM


def test_a_number_that_did_not_get_the_last_text_is_left_alone_for_two_days(surgery: Surgery) -> None:
    with surgery.program.database.write() as connection:
        contacts.set_unreachable(connection, TOM, MONDAY)
    assert reach(surgery) == "unreachable"
    surgery.clock.forward(days=2)
    assert reach(surgery) == TOM


def test_a_text_that_arrives_shows_that_the_number_is_reached(surgery: Surgery) -> None:
    plan(surgery)
    notifier(surgery, News()).work_once()
    with surgery.program.database.write() as connection:
        contacts.set_unreachable(connection, TOM, MONDAY)
    send(surgery)
    assert reach(surgery) == TOM


@pytest.mark.parametrize("status", ["left", "died"])
def test_somebody_who_is_no_longer_registered_is_not_texted(surgery: Surgery, status: str) -> None:
    with surgery.program.database.write() as connection:
        own = tables.patient.c.id == surgery.patient_id("Tom")
        connection.execute(update(tables.patient).where(own).values(status=status))
    assert reach(surgery) == "not_registered"


# The planner of reminders


def test_a_reminder_is_planned_once_however_often_it_is_looked_for(surgery: Surgery) -> None:
    for _ in range(3):
        surgery.run()
    found = [each for each in rows(surgery, notification) if each.patient_id == surgery.patient_id("Tom")]
    assert [each.state for each in found] == ["waiting"]


def test_a_planner_that_meets_trouble_does_not_keep_the_others_from_planning(surgery: Surgery) -> None:
    class Fails:
        def __init__(self, error: Exception) -> None:
            self.error = error

        def plan(self, now: datetime) -> None:
            raise self.error

    class Counts:
        count = 0

        def plan(self, now: datetime) -> None:
            self.count += 1

    counts = Counts()
    planners = [Fails(Unavailable()), Fails(KeyError()), counts]
    schedule = Schedule(planners, notifier(surgery, News()), surgery.clock, timedelta(minutes=1))
    schedule.work_once()
    schedule.work_once()
    assert counts.count == 1, "not every time"
    surgery.clock.forward(minutes=1)
    schedule.work_once()
    assert counts.count == 2


def remind(surgery: Surgery) -> list[str]:
    surgery.clock.now = TOMORROW
    surgery.run()
    return [body for number, body in surgery.network.texts if number == TOM]


def test_a_reminder_is_told_the_day_before(surgery: Surgery) -> None:
    surgery.run()
    assert [body for number, body in surgery.network.texts if number == TOM] == []
    assert len(remind(surgery)) == 1 and len(remind(surgery)) == 1


def test_a_cancelled_appointment_is_not_reminded_of(surgery: Surgery) -> None:
    surgery.run()
    held = surgery.appointments("Tom")[0]
    surgery.program.backend.cancel(held.patient_id, held.id, "test")
    assert remind(surgery) == []
    assert ("notification", "cancelled") in surgery.audit()


def test_an_appointment_moved_by_the_clinical_system_is_reminded_of_at_its_new_time(surgery: Surgery) -> None:
    surgery.run()
    held = surgery.appointments("Tom")[0]
    with surgery.program.database.write() as connection:
        later = held.slot.start + timedelta(days=1)
        connection.execute(update(tables.slot).where(tables.slot.c.id == held.slot.id).values(start=later))
    assert remind(surgery) == []
    surgery.clock.forward(days=1)
    surgery.run()
    assert "Thursday 26 November" in dict(surgery.network.texts)[TOM]


def test_without_appointments_or_reminders_nothing_is_planned(surgery: Surgery) -> None:
    surgery.program.practice.services.appointments = False
    try:
        assert remind(surgery) == []
    finally:
        surgery.program.practice.services.appointments = True


def test_a_store_of_old_reminders_is_not_told_again_after_a_long_night(surgery: Surgery) -> None:
    """The program was off from Monday until the appointment had begun."""
    surgery.run()
    surgery.clock.now = surgery.appointments("Tom")[0].slot.start + timedelta(minutes=5)
    surgery.run()
    assert send(surgery) == []
