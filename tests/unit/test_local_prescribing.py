"""Orders in the local practice: all or nothing, once, never two of one medicine, and decided by one person."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.backend import tables
from bot.backend.base import NoSuchPatient
from bot.backend.demo import ensure_demo
from bot.backend.demo_people import PATIENTS, PROXIES
from bot.backend.demo_prescribing import PHARMACIES
from bot.backend.demo_record import demo_entries
from bot.backend.local import LocalBackend
from bot.backend.local_medicines import repeat_to_row, request_to_row
from bot.backend.prescribing import (
    APPROVED,
    CANCELLED,
    READY,
    REJECTED,
    REQUESTED,
    SENT,
    AlreadyOrdered,
    NewOrder,
    NoSuchPharmacy,
    NoSuchRequest,
    NotOrderable,
    PrescriptionRequest,
    RepeatMedication,
    TooLateToChange,
)
from bot.backend.record import MEDICINES
from bot.backend.refused import Refused
from bot.identity.policy import Access
from bot.practice import Practice
from bot.prescribing.ordering import Item, Ordering, due, named
from bot.prescribing.rules import EARLY, REFUSALS
from bot.store.database import Database
from tests.support import MONDAY, HandClock

AMIRA, TOM, GRACE, LEO, HANNAH, MAYA, JADE = (f"patient-{number:02}" for number in (1, 2, 3, 6, 11, 13, 14))
CALLUM, AISHA, PETER, NIA = "patient-15", "patient-17", "patient-19", "patient-20"
READY_ON = date(2026, 11, 25)
WHOLE = Access("full", full_history=True, verified_by="documents")
THROUGH_ANOTHER = replace(WHOLE, is_proxy=True)


def medicine(backend: LocalBackend, patient_id: str, name: str) -> RepeatMedication:
    return next(each for each in backend.repeats(patient_id) if each.name.startswith(name))


def order(backend: LocalBackend, patient_id: str, *names: str, **more: str) -> NewOrder:
    return NewOrder(tuple(medicine(backend, patient_id, name).id for name in names), READY_ON, **more)


def request(backend: LocalBackend, patient_id: str = AMIRA, name: str = "Metformin", key: str = "k") -> str:
    """The id of an order of one medicine."""
    return backend.request_repeats(patient_id, order(backend, patient_id, name), key)[0].id


def statuses(backend: LocalBackend, patient_id: str) -> dict[str, str]:
    return {each.name.split()[0]: each.status for each in backend.prescription_requests(patient_id)}


def put(database: Database, patient_id: str, repeat: RepeatMedication) -> None:
    """As if the practice had changed it in its system."""
    row = repeat_to_row(patient_id, repeat)
    with database.write() as connection:
        connection.execute(update(tables.repeat).where(tables.repeat.c.id == repeat.id).values(**row))


def close(database: Database, pharmacy_id: str, day: date) -> None:
    with database.write() as connection:
        found = update(tables.pharmacy).where(tables.pharmacy.c.id == pharmacy_id)
        connection.execute(found.values(closed_on=day))


# Ordering.


def test_what_is_ordered_together_has_one_reference_and_all_that_was_said(backend: LocalBackend) -> None:
    wanted = order(backend, AMIRA, "Omeprazole", "Metformin", note="holiday", pharmacy_id="FZZ03", requested_by=AMIRA)
    made = backend.request_repeats(AMIRA, wanted, "k")
    assert [each.name for each in made] == ["Metformin 500mg tablets", "Omeprazole 20mg capsules"]
    assert len({each.reference for each in made}) == 1 and len(made[0].reference) == 6
    assert {(each.status, each.note, each.pharmacy_id, each.requested_by) for each in made} == {
        (REQUESTED, "holiday", "FZZ03", AMIRA)
    }
    assert {(each.ready_on, each.requested_at) for each in made} == {(READY_ON, MONDAY)}
    assert backend.prescription_requests(AMIRA) == made


def test_the_same_key_again_orders_nothing_twice_and_gives_the_first_outcome(backend: LocalBackend) -> None:
    wanted = order(backend, AMIRA, "Metformin", "Omeprazole")
    first = backend.request_repeats(AMIRA, wanted, "k")
    assert backend.request_repeats(AMIRA, wanted, "k") == first
    assert len(backend.prescription_requests(AMIRA)) == 2


def test_the_same_key_gives_the_order_as_it_stands_now(backend: LocalBackend) -> None:
    wanted = order(backend, AMIRA, "Metformin")
    made = backend.request_repeats(AMIRA, wanted, "k")[0]
    backend.decide_request(made.id, REJECTED, "Come and see us.", "d")
    assert [each.status for each in backend.request_repeats(AMIRA, wanted, "k")] == [REJECTED]


def test_a_medicine_named_twice_is_ordered_once(backend: LocalBackend) -> None:
    assert len(backend.request_repeats(AMIRA, order(backend, AMIRA, "Metformin", "Metformin"), "k")) == 1


def test_no_medicine_is_ordered_again_before_it_is_finished(backend: LocalBackend) -> None:
    made = request(backend)
    for status in (APPROVED, SENT):
        with pytest.raises(AlreadyOrdered):
            request(backend, key=f"again {status}")
        backend.decide_request(made, status, "", f"to {status}")
    assert len(backend.prescription_requests(AMIRA)) == 1


def test_all_or_nothing(backend: LocalBackend) -> None:
    for names, refusal in (
        (("Amlodipine", "Atorvastatin"), AlreadyOrdered),
        (("Atorvastatin", "Amlodipine"), AlreadyOrdered),
    ):
        with pytest.raises(refusal):
            backend.request_repeats(TOM, order(backend, TOM, *names), "k")
    with pytest.raises(NotOrderable):
        backend.request_repeats(AMIRA, order(backend, AMIRA, "Metformin", "Salbutamol"), "k")
    assert statuses(backend, TOM) == {"Atorvastatin": REQUESTED} and statuses(backend, AMIRA) == {}


@pytest.mark.parametrize(
    ("patient_id", "name"),
    [
        (AMIRA, "Salbutamol"),
        (AMIRA, "Colecalciferol"),
        ("patient-04", "Methotrexate"),
        ("patient-05", "Sertraline"),
        ("patient-07", "Apixaban"),
        (HANNAH, "Ramipril"),
        (HANNAH, "Zopiclone"),
        (MAYA, "Cetirizine"),
    ],
)
def test_what_a_rule_is_against_is_not_ordered_not_even_with_a_reason(
    backend: LocalBackend, patient_id: str, name: str
) -> None:
    with pytest.raises(NotOrderable):
        backend.request_repeats(patient_id, order(backend, patient_id, name, early_reason="holiday"), "k")
    assert backend.prescription_requests(patient_id) == []


def test_early_needs_a_reason_which_is_kept(backend: LocalBackend) -> None:
    with pytest.raises(NotOrderable):
        backend.request_repeats(GRACE, order(backend, GRACE, "Levothyroxine"), "k")
    made = backend.request_repeats(GRACE, order(backend, GRACE, "Levothyroxine", early_reason="a trip"), "k")
    assert made[0].early_reason == "a trip"


def test_a_reason_is_kept_with_what_is_early_alone(backend: LocalBackend) -> None:
    made = backend.request_repeats(AMIRA, order(backend, AMIRA, "Cetirizine", "Metformin", early_reason="a trip"), "k")
    assert {each.name.split()[0]: each.early_reason for each in made} == {"Cetirizine": "a trip", "Metformin": ""}


def test_what_was_stopped_between_reading_and_ordering_is_not_ordered(
    backend: LocalBackend, database: Database
) -> None:
    wanted = order(backend, AMIRA, "Metformin", "Omeprazole")
    yesterday = MONDAY.date() - timedelta(days=1)
    put(database, AMIRA, replace(medicine(backend, AMIRA, "Omeprazole"), stopped_on=yesterday))
    with pytest.raises(NotOrderable):
        backend.request_repeats(AMIRA, wanted, "k")
    assert backend.prescription_requests(AMIRA) == []


def test_what_is_redacted_is_as_if_it_were_not_there(backend: LocalBackend, database: Database) -> None:
    wanted = order(backend, AMIRA, "Metformin")
    put(database, AMIRA, replace(medicine(backend, AMIRA, "Metformin"), redacted=True))
    with pytest.raises(NotOrderable):
        backend.request_repeats(AMIRA, wanted, "k")


@pytest.mark.parametrize("ids", [(), ("nothing",)])
def test_there_must_be_something_to_order(backend: LocalBackend, ids: tuple[str, ...]) -> None:
    with pytest.raises(NotOrderable):
        backend.request_repeats(AMIRA, NewOrder(ids, READY_ON), "k")


def test_nobody_orders_what_is_somebody_elses(backend: LocalBackend) -> None:
    with pytest.raises(NotOrderable):
        backend.request_repeats(AMIRA, order(backend, TOM, "Amlodipine"), "k")


@pytest.mark.parametrize("patient_id", [CALLUM, "patient-16", "patient-99"])
def test_whoever_is_not_registered_orders_nothing(backend: LocalBackend, patient_id: str) -> None:
    with pytest.raises(NoSuchPatient):
        backend.request_repeats(patient_id, NewOrder(("any",), READY_ON), "k")


# Two at once.


def at_once(change: Callable[[int], object], count: int = 8) -> list[type[BaseException] | None]:
    """What each of so many came to."""

    def attempt(number: int) -> type[BaseException] | None:
        try:
            change(number)
        except Refused as refused:
            return type(refused)
        return None

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(attempt, range(count)))


def test_of_many_who_order_the_same_at_once_one_wins(backend: LocalBackend) -> None:
    wanted = order(backend, AMIRA, "Metformin", "Omeprazole")
    came_to = at_once(lambda number: backend.request_repeats(AMIRA, wanted, f"k{number}"))
    assert came_to.count(None) == 1 and came_to.count(AlreadyOrdered) == 7
    assert len(backend.prescription_requests(AMIRA)) == 2


def test_of_one_key_many_times_at_once_each_is_given_the_one_order(backend: LocalBackend) -> None:
    wanted = order(backend, AMIRA, "Metformin")
    assert at_once(lambda number: backend.request_repeats(AMIRA, wanted, "k")) == [None] * 8
    assert len(backend.prescription_requests(AMIRA)) == 1


def test_of_a_cancel_and_an_approval_at_once_one_wins(backend: LocalBackend) -> None:
    made = request(backend)

    def change(number: int) -> object:
        if number % 2:
            return backend.cancel_prescription(AMIRA, made, f"c{number}")
        return backend.decide_request(made, APPROVED, "", f"d{number}")

    came_to = at_once(change)
    assert came_to.count(None) == 1 and came_to.count(TooLateToChange) == 7


def test_the_database_itself_keeps_a_medicine_from_being_requested_twice(
    backend: LocalBackend, database: Database
) -> None:
    made = backend.request_repeats(AMIRA, order(backend, AMIRA, "Metformin"), "k")[0]
    with pytest.raises(IntegrityError), database.write() as connection:
        twin = request_to_row(replace(made, id="twin"))
        connection.execute(insert(tables.prescription_request).values(**twin))


# What becomes of an order.


def test_only_what_is_merely_requested_can_be_cancelled(backend: LocalBackend) -> None:
    made = request(backend)
    assert backend.cancel_prescription(AMIRA, made, "c").status == CANCELLED
    assert backend.cancel_prescription(AMIRA, made, "c").status == CANCELLED  # the same tap again
    with pytest.raises(TooLateToChange):
        backend.cancel_prescription(AMIRA, made, "another")


@pytest.mark.parametrize("way", [(APPROVED,), (APPROVED, SENT), (APPROVED, SENT, READY), (REJECTED,)])
def test_what_the_practice_has_decided_cannot_be_cancelled(backend: LocalBackend, way: tuple[str, ...]) -> None:
    made = request(backend)
    for status in way:
        backend.decide_request(made, status, "", status)
    with pytest.raises(TooLateToChange):
        backend.cancel_prescription(AMIRA, made, "c")
    assert statuses(backend, AMIRA) == {"Metformin": way[-1]}


@pytest.mark.parametrize("whose", [TOM, "patient-99", ""])
def test_nobody_cancels_the_order_of_somebody_else(backend: LocalBackend, whose: str) -> None:
    made = request(backend)
    with pytest.raises(NoSuchRequest):
        backend.cancel_prescription(whose, made, "c")


def test_an_order_that_is_not_there_is_neither_cancelled_nor_decided(backend: LocalBackend) -> None:
    with pytest.raises(NoSuchRequest):
        backend.cancel_prescription(AMIRA, "nothing", "c")
    with pytest.raises(NoSuchRequest):
        backend.decide_request("nothing", APPROVED, "", "d")


ALLOWED = {(REQUESTED, APPROVED), (REQUESTED, REJECTED), (APPROVED, SENT), (SENT, READY)}
WAYS = {
    REQUESTED: (),
    APPROVED: (APPROVED,),
    SENT: (APPROVED, SENT),
    READY: (APPROVED, SENT, READY),
    REJECTED: (REJECTED,),
}


@pytest.mark.parametrize("to", [REQUESTED, APPROVED, REJECTED, SENT, READY, CANCELLED, "nonsense", ""])
@pytest.mark.parametrize("held", list(WAYS))
def test_an_order_goes_forward_step_by_step(backend: LocalBackend, held: str, to: str) -> None:
    made = request(backend)
    for status in WAYS[held]:
        backend.decide_request(made, status, "", f"way {status}")
    if (held, to) in ALLOWED:
        assert backend.decide_request(made, to, "words", "d").status == to
    else:
        with pytest.raises(TooLateToChange):
            backend.decide_request(made, to, "words", "d")
        assert statuses(backend, AMIRA) == {"Metformin": held}


def test_a_decision_carries_the_practices_words_and_its_time(backend: LocalBackend, clock: HandClock) -> None:
    made = request(backend)
    clock.forward(hours=3)
    decided = backend.decide_request(made, REJECTED, "Please book a review first.", "d")
    assert (decided.status_reason, decided.changed_at) == ("Please book a review first.", clock())
    assert decided.requested_at == MONDAY


def test_of_two_who_decide_the_second_is_told_and_the_first_stands(backend: LocalBackend) -> None:
    made = request(backend)
    backend.decide_request(made, APPROVED, "", "first")
    with pytest.raises(TooLateToChange):
        backend.decide_request(made, REJECTED, "no", "second")
    assert backend.decide_request(made, APPROVED, "", "first").status == APPROVED  # the first form, sent twice
    assert backend.repeats(AMIRA) and medicine(backend, AMIRA, "Metformin").issues_left == 4


def test_what_is_approved_is_issued_once(backend: LocalBackend) -> None:
    before = medicine(backend, AMIRA, "Metformin")
    made = request(backend)
    assert medicine(backend, AMIRA, "Metformin") == before
    for status in (APPROVED, SENT, READY):
        backend.decide_request(made, status, "", status)
    after = medicine(backend, AMIRA, "Metformin")
    assert after == replace(before, last_issued_on=MONDAY.date(), issues_left=4)


def test_what_is_rejected_or_cancelled_may_be_ordered_again(backend: LocalBackend) -> None:
    backend.decide_request(request(backend), REJECTED, "no", "d")
    backend.cancel_prescription(AMIRA, request(backend, key="2"), "c")
    request(backend, key="3")
    assert [each.status for each in backend.prescription_requests(AMIRA)].count(REQUESTED) == 1


def test_the_last_issue_that_was_left_is_the_last(backend: LocalBackend, database: Database, clock: HandClock) -> None:
    put(database, AMIRA, replace(medicine(backend, AMIRA, "Metformin"), issues_left=1))
    backend.decide_request(request(backend), APPROVED, "", "d")
    clock.forward(days=25)
    assert medicine(backend, AMIRA, "Metformin").issues_left == 0
    with pytest.raises(NotOrderable):
        request(backend, key="again")


# The lists of the practice.


def test_the_practice_sees_everybodys_oldest_first(backend: LocalBackend, clock: HandClock) -> None:
    clock.forward(minutes=1)
    request(backend, LEO, "Salbutamol", "leo")
    clock.forward(minutes=1)
    request(backend, AMIRA, "Metformin", "amira")
    assert [each.patient_id for each in backend.requests_in({REQUESTED}, 10)] == [TOM, LEO, AMIRA]
    assert [each.patient_id for each in backend.requests_in({REQUESTED}, 2)] == [TOM, LEO]
    assert backend.requests_in({SENT, READY}, 10) == [] == backend.requests_in((), 10)


def test_what_has_changed_since(backend: LocalBackend, clock: HandClock) -> None:
    first, second = request(backend), request(backend, name="Omeprazole", key="2")
    then = clock()
    clock.forward(minutes=5)
    backend.decide_request(second, REJECTED, "no", "d2")
    clock.forward(minutes=5)
    backend.decide_request(first, APPROVED, "", "d1")
    assert [each.id for each in backend.requests_changed_since(then)] == [second, first]
    assert backend.requests_changed_since(clock()) == []


def test_whose_review_is_due(backend: LocalBackend, database: Database) -> None:
    today = MONDAY.date()
    assert backend.reviews_due(today) == ["patient-05", PETER]
    assert backend.reviews_due(today - timedelta(days=10)) == ["patient-05"]
    eva = medicine(backend, "patient-05", "Sertraline")
    put(database, "patient-05", replace(eva, stopped_on=today))
    assert backend.reviews_due(today) == [PETER]


# Pharmacies.


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("riverside pharmacy", ["FZZ01"]),
        ("Riverside", ["FZZ02", "FZZ01"]),
        ("chemist", ["FZZ02", "FZZ06"]),
        ("st annes", ["FZZ04"]),
        ("St. Anne's", ["FZZ04"]),
        ("little marling", ["FZZ04"]),
        ("marling", ["FZZ05", "FZZ04"]),
        ("WS7 6HJ", ["FZZ06"]),
        ("ws76hj", ["FZZ06"]),
        ("WS5", ["FZZ05", "FZZ04"]),
        ("mill lane ws1", ["FZZ01"]),
        ("oakfield parade", ["FZZ03"]),
        ("bridge street", []),
        ("nowhere", []),
        ("'; drop table practice_pharmacy", []),
        ("%", ["FZZ02", "FZZ05", "FZZ06", "FZZ03", "FZZ01", "FZZ04"]),
    ],
)
def test_pharmacies_are_found_by_name_place_or_postcode(backend: LocalBackend, said: str, found: list[str]) -> None:
    assert [each.id for each in backend.pharmacies(said)] == found


def test_without_words_all_that_are_open_are_given(backend: LocalBackend) -> None:
    assert {each.id for each in backend.pharmacies()} == {each.id for each in PHARMACIES}


def test_a_pharmacy_can_be_nominated_and_another_after_it(backend: LocalBackend) -> None:
    assert backend.nominated_pharmacy(NIA) is None
    assert backend.nominate_pharmacy(NIA, "FZZ02", "n1").name == "Harbour Chemist"
    assert backend.nominate_pharmacy(NIA, "FZZ05", "n2").id == "FZZ05"
    assert backend.nominate_pharmacy(NIA, "FZZ02", "n1").id == "FZZ02"  # the first message, run again
    nominated = backend.nominated_pharmacy(NIA)
    assert nominated and nominated.id == "FZZ05"


@pytest.mark.parametrize("pharmacy_id", ["FZZ07", "FZZ99", ""])
def test_a_pharmacy_that_is_closed_or_unknown_is_not_nominated(backend: LocalBackend, pharmacy_id: str) -> None:
    with pytest.raises(NoSuchPharmacy):
        backend.nominate_pharmacy(AMIRA, pharmacy_id, "n")
    nominated = backend.nominated_pharmacy(AMIRA)
    assert nominated and nominated.id == "FZZ01"


@pytest.mark.parametrize("pharmacy_id", ["FZZ07", "FZZ99"])
def test_nothing_is_ordered_to_a_pharmacy_that_is_closed_or_unknown(backend: LocalBackend, pharmacy_id: str) -> None:
    with pytest.raises(NoSuchPharmacy):
        backend.request_repeats(AMIRA, order(backend, AMIRA, "Metformin", pharmacy_id=pharmacy_id), "k")
    assert backend.prescription_requests(AMIRA) == []


def test_when_the_nominated_pharmacy_has_closed_another_is_needed(backend: LocalBackend, database: Database) -> None:
    close(database, "FZZ01", MONDAY.date())
    with pytest.raises(NoSuchPharmacy):
        request(backend)
    nominated = backend.nominated_pharmacy(AMIRA)
    assert nominated and nominated.is_closed(MONDAY.date())
    made = backend.request_repeats(AMIRA, order(backend, AMIRA, "Metformin", pharmacy_id="FZZ02"), "k")
    assert made[0].pharmacy_id == "FZZ02"


def test_a_pharmacy_that_closes_tomorrow_is_open_today(backend: LocalBackend, database: Database) -> None:
    close(database, "FZZ01", MONDAY.date() + timedelta(days=1))
    request(backend)
    assert "FZZ01" in {each.id for each in backend.pharmacies()}


def test_without_a_nomination_it_can_be_ordered_all_the_same(backend: LocalBackend) -> None:
    assert request(backend, NIA, "Fexofenadine")


# What is kept.


def test_no_medicine_and_no_word_of_an_order_stands_readable_in_the_store(
    backend: LocalBackend, database: Database
) -> None:
    wanted = order(backend, AMIRA, "Cetirizine", note="for my trip", early_reason="a cruise")
    backend.decide_request(backend.request_repeats(AMIRA, wanted, "k")[0].id, REJECTED, "Not so soon", "d")
    with database.read() as connection:
        stored = "".join(
            str(tuple(row))
            for table in ("practice_repeat", "practice_prescription_request", "practice_request")
            for row in connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608
        )
    words = ("Cetirizine", "Metformin", "tablets", "trip", "cruise", "so soon", "twice a day")
    assert not [word for word in words if word in stored]


def test_the_demo_is_made_anew_without_a_change(
    backend: LocalBackend, database: Database, practice: Practice, clock: HandClock
) -> None:
    made = request(backend)
    backend.nominate_pharmacy(AMIRA, "FZZ02", "n")
    clock.forward(days=2)
    ensure_demo(database, practice, clock)
    assert [each.id for each in backend.prescription_requests(AMIRA)] == [made]
    nominated = backend.nominated_pharmacy(AMIRA)
    assert nominated and nominated.id == "FZZ02"
    with database.read() as connection:
        count = connection.execute(select(func.count()).select_from(tables.prescription_request)).scalar()
    assert count == 2  # and Tom's


def test_the_demo_shows_every_way_it_can_come_out(backend: LocalBackend, practice: Practice, clock: HandClock) -> None:
    ordering = Ordering(backend, practice)
    items = [item for each in PATIENTS for item in ordering.items(each.patient.id, WHOLE, clock())]
    assert {item.verdict.code for item in items} == {"ok", EARLY, *REFUSALS}


def test_the_demo_repeats_are_those_of_the_record(backend: LocalBackend) -> None:
    entries = demo_entries(MONDAY.date())
    recorded = {(patient_id, entry.title) for patient_id, entry in entries if entry.section == MEDICINES}
    held = {(each.patient.id, repeat.name) for each in PATIENTS for repeat in backend.repeats(each.patient.id)}
    assert held <= recorded


# For whom.


@pytest.fixture()
def ordering(backend: LocalBackend, practice: Practice) -> Ordering:
    return Ordering(backend, practice)


def names(items: list[Item]) -> list[str]:
    return [each.repeat.name.split()[0] for each in items]


def test_whoever_acts_for_somebody_does_not_see_what_is_sensitive(ordering: Ordering, clock: HandClock) -> None:
    assert names(ordering.items(JADE, WHOLE, clock())) == ["Adapalene", "Desogestrel"]
    assert names(ordering.items(JADE, THROUGH_ANOTHER, clock())) == ["Adapalene"]


def test_nor_can_they_order_it_or_see_or_cancel_an_order_of_it(ordering: Ordering, backend: LocalBackend) -> None:
    hers = order(backend, JADE, "Desogestrel")
    with pytest.raises(NotOrderable):
        ordering.place(JADE, THROUGH_ANOTHER, hers, "mother")
    made = ordering.place(JADE, WHOLE, hers, "jade")[0]
    assert ordering.requests(JADE, THROUGH_ANOTHER) == [] == ordering.outstanding(JADE, THROUGH_ANOTHER, MONDAY)
    assert ordering.last_ordered(JADE, THROUGH_ANOTHER) == ()
    with pytest.raises(NoSuchRequest):
        ordering.cancel(JADE, THROUGH_ANOTHER, made.id, "c")
    assert ordering.requests(JADE, WHOLE) == [made]


def test_what_a_proxy_may_not_see_is_refused_like_what_is_not_there(ordering: Ordering, backend: LocalBackend) -> None:
    for wanted in (order(backend, JADE, "Desogestrel"), NewOrder(("nothing",), READY_ON)):
        with pytest.raises(NotOrderable) as refused:
            ordering.place(JADE, THROUGH_ANOTHER, wanted, "k")
        assert refused.value.args == ()


def test_what_is_redacted_nobody_sees(
    ordering: Ordering, backend: LocalBackend, database: Database, clock: HandClock
) -> None:
    made = ordering.place(AMIRA, WHOLE, order(backend, AMIRA, "Metformin"), "k")[0]
    put(database, AMIRA, replace(medicine(backend, AMIRA, "Metformin"), redacted=True))
    assert "Metformin" not in names(ordering.items(AMIRA, WHOLE, clock()))
    assert ordering.requests(AMIRA, WHOLE) == []
    with pytest.raises(NoSuchRequest):
        ordering.cancel(AMIRA, WHOLE, made.id, "c")


@pytest.mark.parametrize("level", ["none", "appointments"])
def test_access_that_does_not_reach_medicines_opens_nothing(
    ordering: Ordering, backend: LocalBackend, clock: HandClock, level: str
) -> None:
    access = Access(level, verified_by="documents")
    assert ordering.items(AMIRA, access, clock()) == []
    with pytest.raises(NotOrderable):
        ordering.place(AMIRA, access, order(backend, AMIRA, "Metformin"), "k")


def test_every_proxy_of_the_demo_sees_less_or_the_same(ordering: Ordering, clock: HandClock) -> None:
    for each in PROXIES:
        own = names(ordering.items(each.patient_id, WHOLE, clock()))
        assert set(names(ordering.items(each.patient_id, THROUGH_ANOTHER, clock()))) <= set(own)


def test_what_is_due_is_what_needs_no_reason(ordering: Ordering, clock: HandClock) -> None:
    items = ordering.items(AMIRA, WHOLE, clock())
    assert names(items) == ["Cetirizine", "Colecalciferol", "Metformin", "Omeprazole", "Salbutamol"]
    assert names(due(items)) == ["Metformin", "Omeprazole"]


def test_a_message_is_read_against_what_may_be_seen(ordering: Ordering, clock: HandClock) -> None:
    hers = ordering.items(JADE, WHOLE, clock())
    mothers = ordering.items(JADE, THROUGH_ANOTHER, clock())
    assert ordering.read("desogestrel please", hers).meant == ("Desogestrel 75microgram tablets",)
    assert ordering.read("desogestrel please", mothers).not_on_repeat == ("desogestrel",)


def test_same_as_last_time_is_what_was_ordered_together_last(
    ordering: Ordering, backend: LocalBackend, clock: HandClock
) -> None:
    assert ordering.last_ordered(AMIRA, WHOLE) == ()
    first = ordering.place(AMIRA, WHOLE, order(backend, AMIRA, "Metformin", "Omeprazole"), "1")
    clock.forward(hours=1)
    later = ordering.place(AMIRA, WHOLE, order(backend, AMIRA, "Cetirizine", early_reason="trip"), "2")[0]
    assert ordering.last_ordered(AMIRA, WHOLE) == ("Cetirizine 10mg tablets",)
    ordering.cancel(AMIRA, WHOLE, later.id, "c")
    assert ordering.last_ordered(AMIRA, WHOLE) == tuple(each.name for each in first)


def test_of_two_of_one_name_the_one_that_may_be_ordered_is_meant(
    ordering: Ordering, backend: LocalBackend, database: Database, clock: HandClock
) -> None:
    twin = replace(medicine(backend, AMIRA, "Metformin"), id="another", stopped_on=MONDAY.date())
    with database.write() as connection:
        connection.execute(insert(tables.repeat).values(**repeat_to_row(AMIRA, twin)))
    meant = named(ordering.items(AMIRA, WHOLE, clock()), ["Metformin 500mg tablets"])
    assert [each.verdict.code for each in meant] == ["ok"]


def outstanding(ordering: Ordering, clock: HandClock) -> list[PrescriptionRequest]:
    return ordering.outstanding(AMIRA, WHOLE, clock())


def test_an_order_is_outstanding_until_it_is_finished(
    ordering: Ordering, backend: LocalBackend, clock: HandClock
) -> None:
    made = request(backend)
    assert [each.id for each in outstanding(ordering, clock)] == [made]
    backend.decide_request(made, APPROVED, "", "d")
    assert outstanding(ordering, clock)
    clock.forward(days=3)
    assert outstanding(ordering, clock) == []
