"""The sixty days of the story in a process of its own, which is killed on the way and begun again."""

from __future__ import annotations

import os
import signal
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert, select, update
from sqlalchemy.engine import Connection

from bot.backend import tables
from bot.backend.base import Patient
from bot.backend.local import LocalBackend
from bot.backend.people import patient_to_row
from bot.delivery import Delivery
from bot.notifying.notifier import Notifier
from bot.notifying.reminders import Reminders
from bot.notifying.schedule import Schedule
from bot.practice import Practice
from bot.responses import Responses
from bot.settings import Settings
from bot.store import access as access_store
from bot.store import contacts
from bot.store.access import AccessRow
from bot.store.conversations import insert_or_ignore
from bot.store.database import Database, open_database
from bot.store.notices import Notices
from tests.faults.sixty_days import FIRST, PEOPLE, Happening, Story, local
from tests.faults.support import NetworkOnFile
from tests.support import HandClock

_RESTART = timedelta(seconds=70)  # a process is back after so long


def furnish(database: Database, story: Story) -> None:
    """The patients, and what is booked from the start."""
    with database.write() as connection:
        clinician = {"id": "dr", "name": "Dr Robin Vale", "role": "GP", "sex": "female"}
        connection.execute(insert(tables.clinician).values(**clinician))
        connection.execute(insert(tables.session).values(
            id="all", clinician_id="dr", type="general", site="Main", start=local(FIRST, 8)
        ))  # fmt: skip
        people = [_patient(person, story.number(person)) for person in range(PEOPLE)]
        connection.execute(insert(tables.patient), [patient_to_row(each) for each in people])
        for visit in story.visits:
            if visit.made_at <= story.ticks[0]:
                _book(connection, visit.id, visit.person, visit.start, visit.made_at)


def _patient(person: int, number: str | None) -> Patient:
    return Patient(f"p{person}", "Robin", f"Number{person}", date(1980, 1, 1), "female", mobile=number)


def _book(connection: Connection, visit: str, person: int, start: datetime, made_at: datetime) -> None:
    slot = {"id": visit, "session_id": "all", "start": start, "minutes": 10, "mode": "face to face"}
    insert_or_ignore(connection, tables.slot, **slot, online_bookable=True, status="busy")
    made = {"id": visit, "patient_id": f"p{person}", "slot_id": visit, "status": "booked", "reference": visit}
    insert_or_ignore(connection, tables.appointment, **made, made_at=made_at)


def happen(connection: Connection, each: Happening, story: Story) -> None:
    """Once or twice, with the same outcome."""
    number = story.number(each.person)
    if each.kind in ("cancelled", "moved"):
        held = tables.appointment.c.id == each.visit
        connection.execute(update(tables.appointment).where(held).values(status="cancelled"))
    if each.kind == "moved" and each.start:
        _book(connection, each.new_visit, each.person, each.start, each.at)
    elif each.kind == "shifted":
        connection.execute(update(tables.slot).where(tables.slot.c.id == each.visit).values(start=each.start))
    elif each.kind in ("opted_out", "opted_in") and number:
        contacts.set_opted_out(connection, number, each.at if each.kind == "opted_out" else None)
    elif each.kind in ("flagged", "unflagged"):
        flags = frozenset({"no_texts"} if each.kind == "flagged" else ())
        row = AccessRow("appointments", None, False, flags, None, "reception", None)
        access_store.save_access(connection, f"p{each.person}", row, each.at)
    elif each.kind == "left":
        gone = tables.patient.c.id == f"p{each.person}"
        connection.execute(update(tables.patient).where(gone).values(status="left"))


@dataclass
class World:
    """What outlives a process: the store, the network, and how far the clock has come."""

    home: Path
    story: Story
    practice: Practice
    responses: Responses

    def __post_init__(self) -> None:
        self._progress = self.home / "tick"
        self.restarts = 0

    @property
    def tick(self) -> int:
        return int(self._progress.read_text()) if self._progress.exists() else 0

    def live(self, dies_after: int | None) -> bool:
        """Let a process of its own live on from here; True if it came to the end, False if it was killed."""
        process = os.fork()
        if process == 0:
            code = 1
            try:
                self._live(dies_after)
                code = 0
            finally:
                os._exit(code)
        status = os.waitpid(process, 0)[1]
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            return False
        assert os.waitstatus_to_exitcode(status) == 0, "it came to grief by itself"
        return True

    def _live(self, dies_after: int | None) -> None:
        clock = HandClock()
        database = open_database(Settings(home=self.home, _env_file=None))
        network = NetworkOnFile(self.home / "texts.jsonl", clock)
        if dies_after is not None:
            _kill_after(dies_after, database, network)
        backend, notices = LocalBackend(database, self.practice, clock), Notices(database)
        reminders = Reminders(database, backend, self.practice, self.responses)
        notifier = Notifier(database, backend, self.practice, notices, clock, {reminders.kind: reminders})
        schedule = Schedule([reminders], notifier, clock, timedelta(minutes=1))
        delivery = Delivery(database, notices, network, clock)
        late = _RESTART * self.restarts
        for number in range(self.tick, len(self.story.ticks)):
            clock.now = self.story.ticks[number] + late
            late = timedelta()
            self._catch_up(database, number)
            while schedule.work_once() or delivery.work_once():
                pass
            self._progress.write_text(str(number + 1))

    def _catch_up(self, database: Database, number: int) -> None:
        """What has happened since the tick before."""
        now = self.story.ticks[number]
        before = self.story.ticks[number - 1] if number else datetime.min.replace(tzinfo=timezone.utc)
        with database.write() as connection:
            for visit in self.story.visits:
                if before < visit.made_at <= now:
                    _book(connection, visit.id, visit.person, visit.start, visit.made_at)
            for each in self.story.happenings:
                if before < each.at <= now:
                    happen(connection, each, self.story)


def _kill_after(count: int, database: Database, network: NetworkOnFile) -> None:
    """Kill this process after so many steps: a statement, a commit, the network on either side of taking a text."""
    left = count

    def step(*_: Any, **__: Any) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(database.engine, name, step)
    network.before_taking = network.after_taking = step


def tally(world: World) -> tuple[Counter[tuple[str, str]], list[datetime]]:
    """(number, when the appointment is) of each text that left, and when they left."""
    network = NetworkOnFile(world.home / "texts.jsonl", HandClock())
    sent = network._taken()
    when = [(each["number"], each["body"].split("appointment on ")[1].split(" with ")[0]) for each in sent]
    return Counter(when), [datetime.fromisoformat(each["at"]) for each in sent]


def rows_of(database: Database, table: Any) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(table)))
