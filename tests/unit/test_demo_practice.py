"""The invented practice: the same every day, dated relative to today, and with what it is there to show."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import nhs_number
import pytest
from sqlalchemy import func, select

from bot.backend import tables
from bot.backend.base import SlotSearch
from bot.backend.demo import CLINICIANS, PATIENTS, ensure_demo, is_empty
from bot.backend.local import LocalBackend
from bot.backend.rules import check_cancel, same_day
from bot.identity.policy import ACCESS_LEVELS
from bot.practice import Practice
from bot.settings import Settings
from bot.store.database import Database, open_database
from tests.support import LONDON, MONDAY, HandClock


def rows(database: Database, table: Any) -> list[tuple[Any, ...]]:
    with database.read() as connection:
        return sorted(tuple(row) for row in connection.execute(select(table)))


def booked(database: Database) -> list[tuple[str, str]]:
    with database.read() as connection:
        held = select(tables.appointment.c.patient_id, tables.appointment.c.slot_id)
        return sorted((row.patient_id, row.slot_id) for row in connection.execute(held))


def slot_days(database: Database) -> set[Any]:
    with database.read() as connection:
        return {start.astimezone(LONDON).date() for start in connection.execute(select(tables.slot.c.start)).scalars()}


def test_a_fresh_store_is_empty_until_the_practice_is_made(
    database: Database, practice: Practice, clock: HandClock
) -> None:
    assert is_empty(database)
    ensure_demo(database, practice, clock)
    assert not is_empty(database)


def test_making_it_again_changes_nothing(database: Database, practice: Practice, clock: HandClock) -> None:
    ensure_demo(database, practice, clock)
    before = [rows(database, table) for table in (tables.slot, tables.session)], booked(database)
    ensure_demo(database, practice, clock)
    assert ([rows(database, table) for table in (tables.slot, tables.session)], booked(database)) == before


def test_the_same_day_always_gives_the_same_practice(
    backend: LocalBackend, database: Database, practice: Practice, clock: HandClock, tmp_path: Any
) -> None:
    (tmp_path / "other").mkdir()
    other = open_database(Settings(home=tmp_path / "other", _env_file=None))
    other.upgrade()
    ensure_demo(other, practice, clock)
    assert rows(other, tables.slot) == rows(database, tables.slot)
    assert booked(other) == booked(database)
    other.close()


def test_it_is_dated_relative_to_today(backend: LocalBackend, database: Database, practice: Practice) -> None:
    days = slot_days(database)
    assert min(days) == MONDAY.date()
    assert max(days) == MONDAY.date() + timedelta(days=practice.booking.window_days)


def test_on_a_later_day_it_is_brought_up_to_date_and_keeps_what_was_booked(
    backend: LocalBackend, database: Database, practice: Practice, clock: HandClock
) -> None:
    made = backend.book("patient-01", backend.free_slots("patient-01", SlotSearch(), 500)[-1].id, "", "1:book")
    clock.forward(days=10)
    ensure_demo(database, practice, clock)
    assert max(slot_days(database)) == clock().date() + timedelta(days=practice.booking.window_days)
    assert made in backend.appointments("patient-01")
    assert len(backend.appointments("patient-02")) == 1


def test_there_are_no_sessions_on_weekends_bank_holidays_and_in_closures(
    backend: LocalBackend, database: Database, practice: Practice
) -> None:
    days = slot_days(database)
    assert not [day for day in days if day.weekday() > 4]
    assert datetime(2026, 12, 25).date() not in days and datetime(2026, 12, 28).date() not in days
    with database.read() as connection:
        starts = [start.astimezone(LONDON) for start in connection.execute(select(tables.slot.c.start)).scalars()]
    assert not [start for start in starts if start.date().isoformat() == "2026-12-10" and start.hour >= 13]


@pytest.mark.parametrize("now", ["2026-12-24T17:00", "2026-12-26T09:00", "2026-11-28T22:00", "2026-03-28T23:30"])
def test_it_can_be_made_at_any_hour_of_any_day(database: Database, practice: Practice, now: str) -> None:
    clock = HandClock(datetime.fromisoformat(now).replace(tzinfo=LONDON))
    ensure_demo(database, practice, clock)
    backend = LocalBackend(database, practice, clock)
    for demo in PATIENTS:
        assert len(backend.appointments(demo.patient.id)) == demo.has
    assert backend.free_slots("patient-01", SlotSearch(), 1)


def test_patients_have_what_they_are_there_to_show(backend: LocalBackend, practice: Practice, clock: HandClock) -> None:
    for demo in PATIENTS:
        assert len(backend.appointments(demo.patient.id)) == demo.has, demo.shows
    with pytest.raises(Exception, match="^$"):
        check_cancel(backend.appointments("patient-09")[0], practice.booking, clock())
    zainab = backend.appointments("patient-12")
    others = backend.free_slots("patient-12", SlotSearch(), 200)
    assert any(same_day(slot, zainab, LONDON) for slot in others)


def test_every_clinician_has_something_free(backend: LocalBackend) -> None:
    for clinician in CLINICIANS:
        search = SlotSearch(clinician_ids=(clinician.id,), session_types=("general", "blood test", "vaccination"))
        assert backend.free_slots("patient-01", search, 1), clinician.name


def test_numbers_are_from_the_ranges_kept_for_invented_people() -> None:
    for demo in PATIENTS:
        assert demo.patient.mobile is None or demo.patient.mobile.startswith("+447700900")
        assert nhs_number.is_valid(demo.patient.nhs_number)
        assert demo.patient.nhs_number.startswith("999")
        assert demo.patient.access in ACCESS_LEVELS
    assert len({demo.patient.nhs_number for demo in PATIENTS}) == len(PATIENTS)


def test_the_tables_hold_no_name_and_no_number_in_clear(backend: LocalBackend, database: Database) -> None:
    with database.read() as connection:
        stored = connection.exec_driver_sql("SELECT * FROM practice_patient").all()
        count = connection.execute(select(func.count()).select_from(tables.patient)).scalar_one()
    assert count == len(PATIENTS)
    seen = repr(stored)
    assert not [demo.patient.name for demo in PATIENTS if demo.patient.last_name in seen]
    assert "7700900" not in seen
