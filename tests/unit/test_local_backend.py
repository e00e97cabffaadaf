"""The local practice: who may book what, once, and what comes of doing it twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from bot.backend import tables
from bot.backend.base import (
    NoSuchAppointment,
    NoSuchPatient,
    NotBookableOnline,
    NotSuitable,
    Slot,
    SlotSearch,
    SlotTaken,
    TooFarAhead,
    TooLateToCancel,
    TooManyBooked,
    TooSoon,
    Unavailable,
)
from bot.backend.demo_record import demo_entries, demo_results
from bot.backend.local import LocalBackend
from bot.backend.people import patient_to_row
from bot.backend.refused import Refused
from bot.store.database import Database
from bot.store.private import CannotOpen
from tests.support import LONDON, HandClock

AMIRA, TOM, PRIYA, MICHAEL, HANNAH = "patient-01", "patient-02", "patient-08", "patient-09", "patient-11"
CALLUM, MARGARET = "patient-15", "patient-16"
TUESDAY_AT_9 = datetime(2026, 11, 24, 9, tzinfo=LONDON)
ANYTHING = SlotSearch()
SCREENING = SlotSearch(session_types=("cervical screening",))


def free(backend: LocalBackend, count: int = 1, patient: str = AMIRA, search: SlotSearch = ANYTHING) -> list[Slot]:
    return backend.free_slots(patient, search, count)


def busy_slots(database: Database) -> int:
    with database.read() as connection:
        query = select(func.count()).select_from(tables.slot).where(tables.slot.c.status == "busy")
        return int(connection.execute(query).scalar_one())


def by_id(row: Any) -> str:
    return str(row.id)


def local(slot: Slot) -> datetime:
    return slot.start.astimezone(LONDON)


def test_a_booked_slot_is_held_and_no_longer_free(backend: LocalBackend) -> None:
    slot = free(backend)[0]
    made = backend.book(AMIRA, slot.id, "knee pain", "1:book")
    assert (made.slot.id, made.status, made.reason) == (slot.id, "booked", "knee pain")
    assert backend.appointments(AMIRA) == [made]
    assert slot not in free(backend, 10)


def test_a_reference_can_be_read_aloud(backend: LocalBackend) -> None:
    made = backend.book(AMIRA, free(backend)[0].id, "", "1:book")
    assert len(made.reference) == 6
    assert not set(made.reference) & set("AEIOU01L5S2Z")


def test_a_reason_is_sealed_in_the_table(backend: LocalBackend, database: Database) -> None:
    backend.book(AMIRA, free(backend)[0].id, "knee pain", "1:book")
    with database.read() as connection:
        stored = connection.execute(text("SELECT reason FROM practice_appointment WHERE patient_id = 'patient-01'"))
        assert b"knee" not in stored.scalar_one()


def test_the_same_key_again_changes_nothing_and_gives_the_first_outcome(
    backend: LocalBackend, database: Database
) -> None:
    slots = free(backend, 2)
    first = backend.book(AMIRA, slots[0].id, "", "1:book")
    taken = busy_slots(database)
    assert backend.book(AMIRA, slots[0].id, "", "1:book") == first
    assert backend.book(AMIRA, slots[1].id, "", "1:book") == first
    assert busy_slots(database) == taken


def test_a_key_used_again_after_a_refusal_is_tried_anew(backend: LocalBackend) -> None:
    slots = free(backend, 2)
    backend.book(TOM, slots[0].id, "", "1:book")
    with pytest.raises(SlotTaken):
        backend.book(AMIRA, slots[0].id, "", "2:book")
    assert backend.book(AMIRA, slots[1].id, "", "2:book").status == "booked"


def test_of_many_who_want_one_slot_one_gets_it(backend: LocalBackend) -> None:
    slot = free(backend)[0]

    def attempt(patient: str) -> str:
        try:
            return backend.book(patient, slot.id, "", f"{patient}:book").status
        except SlotTaken:
            return "taken"

    patients = [AMIRA, TOM, "patient-03", "patient-04", "patient-05", "patient-06", HANNAH, "patient-12"]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, patients))
    assert sorted(outcomes) == ["booked"] + ["taken"] * 7


def test_one_patient_who_books_twice_at_once_is_still_counted(backend: LocalBackend) -> None:
    slots = free(backend, 6)

    def attempt(index: int) -> str:
        try:
            return backend.book(AMIRA, slots[index].id, "", f"{index}:book").status
        except TooManyBooked:
            return "too many"

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(attempt, range(6)))
    assert outcomes.count("booked") == 2


def test_the_same_key_at_once_books_one_appointment(backend: LocalBackend) -> None:
    slot = free(backend)[0]
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: backend.book(AMIRA, slot.id, "", "1:book"), range(6)))
    assert len({each.id for each in made}) == 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"online_bookable": False}, NotBookableOnline),
        ({"status": "busy"}, SlotTaken),
        ({"start": datetime(2026, 11, 23, 10, 59, tzinfo=LONDON)}, TooSoon),
        ({"start": datetime(2027, 1, 5, 9, 0, tzinfo=LONDON)}, TooFarAhead),
    ],
)
def test_a_slot_against_the_rules_is_refused_and_nothing_is_changed(
    backend: LocalBackend, database: Database, change: dict[str, object], refusal: type[Refused]
) -> None:
    slot = free(backend)[0]
    with database.write() as connection:
        connection.execute(update(tables.slot).where(tables.slot.c.id == slot.id).values(**change))
    before = busy_slots(database)
    with pytest.raises(refusal):
        backend.book(AMIRA, slot.id, "", "1:book")
    assert backend.appointments(AMIRA) == []
    assert busy_slots(database) == before


def test_a_slot_that_does_not_exist_reads_like_one_that_is_taken(backend: LocalBackend) -> None:
    with pytest.raises(SlotTaken):
        backend.book(AMIRA, "no-such-slot", "", "1:book")


def test_a_clinic_for_others_is_refused(backend: LocalBackend) -> None:
    slot = free(backend, search=SCREENING)[0]
    for patient in (TOM, HANNAH, "patient-06"):
        with pytest.raises(NotSuitable):
            backend.book(patient, slot.id, "", f"{patient}:book")


def test_a_search_in_which_everything_is_for_others_says_so(backend: LocalBackend) -> None:
    for patient in (TOM, HANNAH):
        with pytest.raises(NotSuitable):
            free(backend, patient=patient, search=SCREENING)


def test_somebody_with_the_most_appointments_is_refused_another(backend: LocalBackend) -> None:
    with pytest.raises(TooManyBooked):
        backend.book(PRIYA, free(backend)[0].id, "", "1:book")


def test_a_cancelled_slot_is_free_for_others(backend: LocalBackend) -> None:
    held = backend.appointments(TOM)[0]
    assert backend.cancel(TOM, held.id, "1:cancel").status == "cancelled"
    assert backend.appointments(TOM) == []
    assert backend.book(AMIRA, held.slot.id, "", "2:book").slot.id == held.slot.id


def test_cancelling_with_the_same_key_again_gives_the_first_outcome(backend: LocalBackend) -> None:
    held = backend.appointments(TOM)[0]
    first = backend.cancel(TOM, held.id, "1:cancel")
    backend.book(AMIRA, held.slot.id, "", "2:book")
    assert backend.cancel(TOM, held.id, "1:cancel") == first
    assert len(backend.appointments(AMIRA)) == 1


def test_what_is_somebody_elses_cancelled_or_unknown_reads_the_same(backend: LocalBackend) -> None:
    held = backend.appointments(TOM)[0]
    with pytest.raises(NoSuchAppointment):
        backend.cancel(AMIRA, held.id, "1:cancel")
    with pytest.raises(NoSuchAppointment):
        backend.cancel(TOM, "unknown", "2:cancel")
    backend.cancel(TOM, held.id, "3:cancel")
    with pytest.raises(NoSuchAppointment):
        backend.cancel(TOM, held.id, "4:cancel")
    assert backend.appointments(AMIRA) == []


def test_an_appointment_too_near_is_not_cancelled_and_not_moved(backend: LocalBackend) -> None:
    held = backend.appointments(MICHAEL)[0]
    with pytest.raises(TooLateToCancel):
        backend.cancel(MICHAEL, held.id, "1:cancel")
    with pytest.raises(TooLateToCancel):
        backend.reschedule(MICHAEL, held.id, free(backend)[0].id, "2:move")
    assert backend.appointments(MICHAEL) == [held]


def test_moving_gives_the_old_slot_back_and_keeps_the_reason(backend: LocalBackend) -> None:
    slots = free(backend, 2)
    made = backend.book(AMIRA, slots[0].id, "knee pain", "1:book")
    moved = backend.reschedule(AMIRA, made.id, slots[1].id, "2:move")
    assert [each.slot.id for each in backend.appointments(AMIRA)] == [slots[1].id]
    assert moved.reason == "knee pain"
    assert slots[0].id in [slot.id for slot in free(backend, 2)]


def test_moving_to_a_slot_that_is_taken_keeps_the_old_one(backend: LocalBackend) -> None:
    held = backend.appointments(TOM)[0]
    slot = free(backend)[0]
    backend.book(AMIRA, slot.id, "", "1:book")
    with pytest.raises(SlotTaken):
        backend.reschedule(TOM, held.id, slot.id, "2:move")
    assert backend.appointments(TOM) == [held]


def test_somebody_with_the_most_appointments_can_still_move_one(backend: LocalBackend) -> None:
    held = backend.appointments(PRIYA)
    backend.reschedule(PRIYA, held[0].id, free(backend)[0].id, "1:move")
    assert len(backend.appointments(PRIYA)) == 2


def test_while_an_appointment_is_moved_there_are_never_none_and_never_two(backend: LocalBackend) -> None:
    slots = [slot.id for slot in free(backend, 12)]
    seen: list[int] = []

    def move() -> None:
        for step, slot_id in enumerate(slots):
            backend.reschedule(TOM, backend.appointments(TOM)[0].id, slot_id, f"{step}:move")

    def look() -> None:
        seen.extend(len(backend.appointments(TOM)) for _ in range(60))

    with ThreadPoolExecutor(3) as pool:
        for done in (pool.submit(move), pool.submit(look), pool.submit(look)):
            done.result()
    assert set(seen) == {1}


def test_moving_with_the_same_key_again_gives_the_first_outcome(backend: LocalBackend) -> None:
    held, slots = backend.appointments(TOM)[0], free(backend, 2)
    first = backend.reschedule(TOM, held.id, slots[0].id, "1:move")
    assert backend.reschedule(TOM, held.id, slots[1].id, "1:move") == first
    assert backend.appointments(TOM) == [first]


def test_an_appointment_that_has_begun_is_no_longer_listed(backend: LocalBackend, clock: HandClock) -> None:
    held = backend.appointments(TOM)[0]
    clock.now = held.slot.start
    assert backend.appointments(TOM) == []


def test_a_patient_the_practice_does_not_have_is_refused_and_has_no_record(backend: LocalBackend) -> None:
    for ask in (backend.patient, lambda patient_id: backend.free_slots(patient_id, ANYTHING, 1)):
        with pytest.raises(NoSuchPatient):
            ask("patient-99")
    assert (backend.results("patient-99"), backend.entries("patient-99")) == ([], [])


@pytest.mark.parametrize(("patient_id", "status"), [(CALLUM, "left"), (MARGARET, "died")])
def test_who_is_no_longer_registered_is_not_found_by_number_and_changes_nothing(
    backend: LocalBackend, database: Database, patient_id: str, status: str
) -> None:
    patient, taken = backend.patient(patient_id), busy_slots(database)
    assert patient.status == status
    assert backend.patients_with_mobile(str(patient.mobile)) == []
    with pytest.raises(NoSuchPatient):
        backend.book(patient_id, free(backend)[0].id, "", "1:book")
    assert busy_slots(database) == taken


def test_results_and_entries_come_back_as_they_were_written(backend: LocalBackend, clock: HandClock) -> None:
    written = [result for patient_id, result in demo_results(clock().date()) if patient_id == AMIRA]
    noted = [entry for patient_id, entry in demo_entries(clock().date()) if patient_id == AMIRA]
    assert sorted(backend.results(AMIRA), key=by_id) == sorted(written, key=by_id)
    assert sorted(backend.entries(AMIRA), key=by_id) == sorted(noted, key=by_id)


def test_a_patient_is_given_nothing_of_anybody_else(backend: LocalBackend) -> None:
    mine, theirs = backend.results(AMIRA), backend.results(TOM)
    assert mine and theirs and not {each.id for each in mine} & {each.id for each in theirs}
    assert not {each.id for each in backend.entries(AMIRA)} & {each.id for each in backend.entries(TOM)}


@pytest.mark.parametrize("table", ["practice_result", "practice_entry"])
def test_a_row_of_the_record_moved_to_another_patient_does_not_open(
    backend: LocalBackend, database: Database, table: str
) -> None:
    with database.write() as connection:
        connection.execute(text(f"UPDATE {table} SET patient_id = 'patient-12' WHERE patient_id = 'patient-01'"))
    with pytest.raises(CannotOpen):
        backend.results("patient-12")
        backend.entries("patient-12")


@pytest.mark.parametrize("table", ["practice_result", "practice_entry"])
def test_what_a_record_says_is_sealed_in_the_table(backend: LocalBackend, database: Database, table: str) -> None:
    with database.read() as connection:
        stored = repr(connection.execute(text(f"SELECT * FROM {table}")).all())
    assert not [word for word in ("HbA1c", "mmol", "metformin", "Metformin", "Asthma", "Hughes") if word in stored]


def test_a_database_that_does_not_answer_is_unavailable(backend: LocalBackend, database: Database) -> None:
    slot = free(backend)[0]
    with database.write() as connection:
        connection.execute(text("DROP TABLE practice_request"))
    with pytest.raises(Unavailable):
        backend.book(AMIRA, slot.id, "", "1:book")
    assert backend.appointments(AMIRA) == []


@pytest.mark.parametrize(
    ("search", "fits"),
    [
        (SlotSearch(date_from=date(2026, 11, 25), date_to=date(2026, 11, 25)), lambda at: at.day == 25),
        (SlotSearch(time_from=time(14), time_to=time(16)), lambda at: 14 <= at.hour < 16),
        (SlotSearch(exclude=("MON", "TUE")), lambda at: at.weekday() > 1),
        (SlotSearch(exclude=("2026-11-23",)), lambda at: at.day != 23),
        (SlotSearch(days=(date(2026, 11, 27), date(2026, 12, 1))), lambda at: at.day in (27, 1)),
        (SlotSearch(after=TUESDAY_AT_9), lambda at: at > TUESDAY_AT_9),
        (SlotSearch(before=TUESDAY_AT_9), lambda at: at < TUESDAY_AT_9),
    ],
)  # fmt: skip
def test_a_search_gives_only_what_fits_in_order_of_time(
    backend: LocalBackend, search: SlotSearch, fits: object
) -> None:
    found = free(backend, 20, search=search)
    assert found and all(fits(local(slot)) for slot in found)  # type: ignore[operator]
    assert [slot.start for slot in found] == sorted(slot.start for slot in found)


def test_an_exact_time_is_found_exactly(backend: LocalBackend) -> None:
    exact = local(free(backend)[0]).time()
    found = free(backend, 5, search=SlotSearch(time_from=exact, time_to=exact))
    assert found and {local(slot).time() for slot in found} == {exact}


def test_a_search_by_clinician_and_mode_gives_only_those(backend: LocalBackend) -> None:
    found = free(backend, 10, search=SlotSearch(clinician_ids=("dr-hughes",), mode="phone"))
    assert {(slot.clinician.id, slot.mode) for slot in found} == {("dr-hughes", "phone")}


def test_nothing_is_offered_that_could_not_be_booked(backend: LocalBackend, clock: HandClock) -> None:
    for slot in free(backend, 200):
        assert slot.online_bookable
        assert clock() + timedelta(minutes=60) <= slot.start < clock() + timedelta(days=43)


def test_everyone_with_a_number_is_found_by_it(backend: LocalBackend) -> None:
    names = [patient.first_name for patient in backend.patients_with_mobile("+447700900003")]
    assert names == ["Grace", "Daniel"]
    assert backend.patients_with_mobile("+447700900999") == []


@pytest.mark.parametrize("typed", ["anne-marie", "Anne Marie", "marie", "smith-jones", "anne-marie smith jones"])
def test_a_name_with_a_hyphen_is_found_however_it_is_typed(
    backend: LocalBackend, database: Database, typed: str
) -> None:
    called = replace(backend.patient(AMIRA), first_name="Anne-Marie", last_name="Smith-Jones")
    with database.write() as connection:
        own = tables.patient.c.id == AMIRA
        connection.execute(update(tables.patient).where(own).values(**patient_to_row(called)))
    assert [each.id for each in backend.find_patients(typed, 5)] == [AMIRA]
