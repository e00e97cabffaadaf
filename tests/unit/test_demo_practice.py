"""The invented practice: the same every day, dated relative to today, and with what it is there to show."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import nhs_number
import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from bot.backend import tables
from bot.backend.base import SlotSearch
from bot.backend.demo import ensure_demo, is_empty
from bot.backend.demo_people import CLINICIANS, PATIENTS, PROXIES, find_patient, passcodes
from bot.backend.local import LocalBackend
from bot.backend.record import MEASUREMENTS, SECTIONS
from bot.backend.rules import check_cancel, same_day
from bot.cli import app
from bot.identity.disclosure import visible_entries, visible_results
from bot.identity.policy import ACCESS_LEVELS, FLAGS, VERIFIED_BY, Access
from bot.identity.trusted import access_through
from bot.practice import Practice
from bot.settings import Settings
from bot.store.database import Database, open_database
from bot.store.proxies import Proxy
from tests.support import LONDON, MONDAY, HandClock


def rows(database: Database, table: Any) -> list[tuple[Any, ...]]:
    with database.read() as connection:
        return sorted(tuple(row) for row in connection.execute(select(table)))


def booked(database: Database) -> list[tuple[str, str]]:
    with database.read() as connection:
        held = select(tables.appointment.c.patient_id, tables.appointment.c.slot_id)
        return sorted((row.patient_id, row.slot_id) for row in connection.execute(held))


def record(database: Database) -> list[tuple[str, Any]]:
    """Ids and days of all results and entries."""
    with database.read() as connection:
        held = [tuple(row) for row in connection.execute(select(tables.result.c.id, tables.result.c.taken_on))]
        held += [tuple(row) for row in connection.execute(select(tables.entry.c.id, tables.entry.c.recorded_on))]
    return sorted(held)


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
    before = [rows(database, table) for table in (tables.slot, tables.session)], booked(database), record(database)
    ensure_demo(database, practice, clock)
    after = [rows(database, table) for table in (tables.slot, tables.session)], booked(database), record(database)
    assert after == before


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
    held = record(database)
    clock.forward(days=10)
    ensure_demo(database, practice, clock)
    assert record(database) == held
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
    for person in PROXIES:
        assert person.mobile is None or person.mobile.startswith("+447700900")
    for demo in PATIENTS:
        assert demo.patient.mobile is None or demo.patient.mobile.startswith("+447700900")
        assert nhs_number.is_valid(demo.patient.nhs_number)
        assert demo.patient.nhs_number.startswith("999")
    assert len({demo.patient.nhs_number for demo in PATIENTS}) == len(PATIENTS)


def test_the_tables_hold_no_name_and_no_number_in_clear(backend: LocalBackend, database: Database) -> None:
    with database.read() as connection:
        stored = connection.exec_driver_sql("SELECT * FROM practice_patient").all()
        count = connection.execute(select(func.count()).select_from(tables.patient)).scalar_one()
    assert count == len(PATIENTS)
    seen = repr(stored)
    assert not [demo.patient.name for demo in PATIENTS if demo.patient.last_name in seen]
    assert "7700900" not in seen


def test_access_is_of_the_kinds_there_are_and_open_only_after_a_check() -> None:
    for demo in PATIENTS:
        assert demo.access.level in ACCESS_LEVELS
        assert demo.access.flags <= set(FLAGS)
        assert demo.access.level == "none" or demo.access.verified_by in VERIFIED_BY
    assert {"none", "summary", "coded", "full"} <= {demo.access.level for demo in PATIENTS}


def test_passcodes_are_long_and_no_two_are_alike(practice: Practice) -> None:
    held = passcodes()
    assert len(set(held.values())) == len(held)
    assert min(map(len, held.values())) >= practice.identity.passcode_length
    assert "patient-20" not in held


def test_trusted_people_act_for_patients_there_are() -> None:
    patients = {demo.patient.id for demo in PATIENTS}
    for person in PROXIES:
        assert person.patient_id in patients and person.patient_id != person.person_id
        assert person.level in ACCESS_LEVELS
        assert person.person_id in passcodes()
        if person.person_id in patients:
            assert find_patient(person.person_id).patient.name == person.name
    assert len({person.id for person in PROXIES}) == len(PROXIES)


def test_amira_has_a_trend_a_long_result_and_every_section(backend: LocalBackend) -> None:
    amira = find_patient("patient-01")
    seen = visible_results(backend.results("patient-01"), amira.access)
    assert len([result for result in seen if result.title == "HbA1c"]) == 5
    assert max(len(result.values) for result in seen) > 10
    entries = visible_entries(backend.entries("patient-01"), amira.access)
    assert {entry.section for entry in entries} == set(SECTIONS)
    assert [entry.title for entry in entries if entry.section == MEASUREMENTS].count("Blood pressure") == 3


def test_amira_has_one_of_every_kind_of_result_that_is_held_back(backend: LocalBackend) -> None:
    held = backend.results("patient-01")
    seen = visible_results(held, find_patient("patient-01").access)
    back = {result.title: result for result in held if result not in seen}
    assert set(back) == {"Thyroid function", "Liver function", "Urine culture", "Ferritin"}
    assert back["Thyroid function"].filed_at is None
    assert not back["Liver function"].released
    assert back["Urine culture"].redacted
    assert back["Ferritin"].needs_action and back["Ferritin"].told_at is None
    assert [result.title for result in seen if result.needs_action] == ["Vitamin D"]


def test_tom_does_not_see_what_is_older_than_his_access(backend: LocalBackend) -> None:
    tom = find_patient("patient-02")
    assert tom.access.record_from and not tom.access.full_history
    assert "PSA" in {result.title for result in backend.results("patient-02")}
    assert "PSA" not in {result.title for result in visible_results(backend.results("patient-02"), tom.access)}


def test_every_result_and_entry_is_in_the_past(backend: LocalBackend, clock: HandClock) -> None:
    for demo in PATIENTS:
        for result in backend.results(demo.patient.id):
            assert max(filter(None, (result.filed_at, result.told_at, clock() - timedelta(days=1)))) < clock()
            assert result.taken_on < clock().date()
        assert all(entry.recorded_on < clock().date() for entry in backend.entries(demo.patient.id))


@pytest.mark.parametrize(
    ("proxy_id", "level"),
    [
        ("proxy-novak", "full"),
        ("proxy-whitfield", "summary"),
        ("proxy-osei", "appointments"),
        ("proxy-osei-jade", "coded"),
    ],
)
def test_trusted_people_reach_as_far_as_they_are_there_to_show(practice: Practice, proxy_id: str, level: str) -> None:
    assert through(proxy_id, practice).level == level


def test_jades_mother_does_not_see_what_is_sensitive_and_jade_does(backend: LocalBackend, practice: Practice) -> None:
    own, mothers = find_patient("patient-14").access, through("proxy-osei-jade", practice)
    kept_back = {"Desogestrel 75microgram tablets", "Contraception advice", "Chlamydia test"}
    entries, results = backend.entries("patient-14"), backend.results("patient-14")
    seen = {each.title for each in (*visible_entries(entries, own), *visible_results(results, own))}
    shown = {each.title for each in (*visible_entries(entries, mothers), *visible_results(results, mothers))}
    assert shown and seen - shown == kept_back


def through(proxy_id: str, practice: Practice) -> Access:
    """A demo patient's access as it reaches through somebody trusted, on the Monday of the tests."""
    person, today = next(each for each in PROXIES if each.id == proxy_id), MONDAY.date()
    reviewed = None if person.reviewed_days_ago is None else today - timedelta(days=person.reviewed_days_ago)
    held = Proxy(
        person.id,
        person.patient_id,
        person.person_id,
        person.name,
        person.mobile,
        person.level,
        person.basis,
        "reception",
        given_on=today - timedelta(days=person.given_days_ago),
        ends_on=person.ends_on,
        reviewed_on=reviewed,
    )
    demo = find_patient(person.patient_id)
    return access_through(held, demo.patient, demo.access, practice, today)


def test_the_command_line_says_who_is_who_and_with_what_they_prove_it() -> None:
    said = json.loads(CliRunner().invoke(app, ["demo", "--json"]).stdout)
    by_name = {each["name"]: each for each in said["patients"]}
    assert by_name["Amira Khan"]["passcode"] == passcodes()["patient-01"]
    assert by_name["Nia Roberts"]["passcode"] is None
    proxies = {(each["name"], each["patient"]): each for each in said["proxies"]}
    assert proxies["Abena Osei", "Jade Osei"]["passcode"] == passcodes()["proxy-osei"]
    assert proxies["Eva Novak", "Leo Novak"]["passcode"] == by_name["Eva Novak"]["passcode"]


def test_the_command_line_shows_it_as_a_table_too() -> None:
    said = CliRunner().invoke(app, ["demo"]).stdout
    assert all(passcode in said for passcode in passcodes().values())
