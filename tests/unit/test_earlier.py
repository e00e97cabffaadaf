"""An earlier time: offered to those who wait, in turn, once, for so long, and given to one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.backend.base import Appointment, SlotSearch, SlotTaken
from bot.earlier.telling import say_until
from bot.identity.policy import NO_TEXTS, UNDER_PRESSURE, Access
from bot.practice import Practice
from bot.store import contacts, earlier
from bot.store.database import Database
from bot.store.earlier import Wishes
from tests.support import LONDON, HandClock
from tests.unit.earlier_support import EARLY, LATE, WaitingList, add_people, add_slots, unfair

TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture()
def line(database: Database, practice: Practice, clock: HandClock) -> WaitingList:
    return WaitingList(database, practice, clock)


def wait(line: WaitingList, *names: str, **wishes: Any) -> list[Appointment]:
    """Each has an appointment in December and waits for an earlier one, in this order."""
    people = add_people(line, names)
    slots = add_slots(line.database, "dr-patel", [LATE] * len(people))
    held = [line.books(each, slot) for each, slot in zip(people, slots, strict=True)]
    for each in held:
        line.asks(each, **wishes)
    return held


def number_of(line: WaitingList, held: Appointment) -> str:
    return next(each.number for each in line.live_offers() if each.patient_id == held.patient_id)


def phone_of(line: WaitingList, held: Appointment) -> str:
    mobile = line.local.patient(held.patient_id).mobile
    assert mobile
    return mobile


def booked(line: WaitingList, held: Appointment) -> list[datetime]:
    return [each.slot.start for each in line.local.appointments(held.patient_id)]


# Offering.


def test_a_freed_time_is_offered_to_the_first_in_line_by_text(line: WaitingList) -> None:
    wait(line, "Ann", "Ben")
    add_slots(line.database, "dr-patel", [EARLY])
    line.looks()
    assert line.offers() == [("Ann", None)]
    (text,) = line.texts()
    assert re.fullmatch(
        r"Riverside Surgery: An earlier time is free: Thursday 26 November at 9am with Dr Patel, at the surgery\. "
        r"You have Monday 14 December at 9am\. Reply \d{3} to take it, or NO\. We keep it for you until 11am\.",
        text,
    )


def test_with_nothing_free_nobody_is_told_anything(line: WaitingList) -> None:
    wait(line, "Ann")
    line.looks()
    assert line.offers() == [] and line.texts() == []


def test_two_freed_times_go_to_the_first_two(line: WaitingList) -> None:
    wait(line, "Ann", "Ben", "Cal")
    add_slots(line.database, "dr-patel", [EARLY, EARLY + TEN_MINUTES])
    line.looks()
    line.looks()
    assert line.offers() == [("Ann", None), ("Ben", None)]


def test_no_answer_in_time_makes_it_the_next_ones_turn(line: WaitingList, clock: HandClock) -> None:
    wait(line, "Ann", "Ben")
    add_slots(line.database, "dr-patel", [EARLY])
    line.looks()
    clock.forward(minutes=59)
    line.looks()
    assert line.offers() == [("Ann", None)]
    clock.forward(minutes=4)
    line.looks()
    assert line.offers() == [("Ann", "expired"), ("Ben", None)]


def test_nobody_is_asked_twice_for_the_same_time(line: WaitingList, clock: HandClock) -> None:
    wait(line, "Ann")
    add_slots(line.database, "dr-patel", [EARLY])
    for _ in range(4):
        line.looks()
        clock.forward(minutes=70)
    assert line.offers() == [("Ann", "expired")]


@pytest.mark.parametrize(
    ("wishes", "fits"),
    [
        ({}, True),
        ({"clinician_id": "dr-patel"}, True),
        ({"clinician_id": "dr-hughes"}, False),
        ({"weekdays": ("THU",)}, True),
        ({"weekdays": ("MON", "FRI")}, False),
        ({"day_from": EARLY.date()}, True),
        ({"day_from": EARLY.date() + timedelta(days=1)}, False),
        ({"day_to": EARLY.date() - timedelta(days=1)}, False),
        ({"time_from": EARLY.time()}, True),
        ({"time_to": EARLY.time()}, False),
    ],
)
def test_only_what_was_wished_for_is_offered(line: WaitingList, wishes: dict[str, Any], fits: bool) -> None:
    wait(line, "Ann", **wishes)
    add_slots(line.database, "dr-patel", [EARLY])
    line.looks()
    assert bool(line.offers()) == fits


def test_a_time_is_offered_to_the_first_whom_it_suits(line: WaitingList) -> None:
    wait(line, "Ann", weekdays=("MON",))
    (ben,) = add_people(line, ["Ben"], ["+447700900300"])
    line.asks(line.books(ben, add_slots(line.database, "dr-patel", [LATE])[0]))
    add_slots(line.database, "dr-patel", [EARLY])
    line.looks()
    assert line.offers() == [("Ben", None)]


def test_what_begins_soon_is_offered_to_nobody(line: WaitingList, clock: HandClock) -> None:
    wait(line, "Ann")
    add_slots(line.database, "dr-patel", [clock.now + timedelta(hours=3, minutes=50)])
    line.looks()
    assert line.offers() == []


def test_nothing_is_offered_at_night(line: WaitingList, clock: HandClock) -> None:
    wait(line, "Ann")
    add_slots(line.database, "dr-patel", [EARLY])
    clock.now = datetime(2026, 11, 23, 20, 1, tzinfo=LONDON)
    line.looks()
    assert line.offers() == []
    clock.now = datetime(2026, 11, 24, 8, 0, tzinfo=LONDON)
    line.looks()
    assert line.offers() == [("Ann", None)] and len(line.texts()) == 1


def flagged(flag: str) -> Callable[[WaitingList, Appointment], None]:
    def flag_them(line: WaitingList, held: Appointment) -> None:
        access = Access("appointments", flags=frozenset({flag}))
        with line.database.write() as connection:
            line.services.desk.set_access(connection, held.patient_id, access, "reception", line.clock())

    return flag_them


def opted_out(line: WaitingList, held: Appointment) -> None:
    with line.database.write() as connection:
        contacts.set_opted_out(connection, phone_of(line, held), line.clock())


def switched_off(line: WaitingList, held: Appointment) -> None:
    with line.database.write() as connection:
        line.services.desk.set_access(connection, held.patient_id, Access("none"), "reception", line.clock())


@pytest.mark.parametrize("change", [flagged(NO_TEXTS), flagged(UNDER_PRESSURE), opted_out, switched_off])
def test_whoever_cannot_be_told_is_passed_over_and_that_is_noted(
    line: WaitingList, change: Callable[[WaitingList, Appointment], None]
) -> None:
    ann, _ = wait(line, "Ann", "Ben")
    change(line, ann)
    add_slots(line.database, "dr-patel", [EARLY])
    line.looks()
    assert line.offers() == [("Ann", "unsent"), ("Ben", None)]
    assert len(line.texts()) == 1 and unfair(line.database) == []


def test_a_time_that_is_booked_before_the_text_leaves_is_not_offered(line: WaitingList, clock: HandClock) -> None:
    wait(line, "Ann")
    (slot,) = add_slots(line.database, "dr-patel", [EARLY])
    line.offering.plan(clock())
    (zoe,) = add_people(line, ["Zoe"], ["+447700900400"])
    line.books(zoe, slot)  # at the desk of the clinical system itself
    line.looks()
    line.looks()
    assert line.texts() == [] and line.offers() == [("Ann", "gone")]


# What is on offer is kept.


def test_what_is_on_offer_to_one_is_neither_shown_nor_given_to_another(line: WaitingList) -> None:
    (ann,) = wait(line, "Ann")
    (slot,) = add_slots(line.database, "dr-patel", [EARLY])
    line.looks()
    (zoe,) = add_people(line, ["Zoe"], ["+447700900400"])
    assert slot not in [each.id for each in line.backend.free_slots(zoe.id, SlotSearch(), 9)]
    assert slot in [each.id for each in line.backend.free_slots(ann.patient_id, SlotSearch(), 9)]
    with pytest.raises(SlotTaken):
        line.backend.book(zoe.id, slot, "", "zoe")


def test_as_many_times_are_shown_as_without_what_is_kept(line: WaitingList) -> None:
    wait(line, "Ann", "Ben", clinician_id="dr-patel")
    add_slots(line.database, "dr-patel", [EARLY + n * TEN_MINUTES for n in range(5)])
    line.looks()
    (zoe,) = add_people(line, ["Zoe"], ["+447700900400"])
    shown = line.backend.free_slots(zoe.id, SlotSearch(), 3)
    assert [each.start for each in shown] == [EARLY + n * TEN_MINUTES for n in (2, 3, 4)]


# Answering.


def test_its_number_takes_the_time_and_ends_the_wait(line: WaitingList) -> None:
    ann, _ = wait(line, "Ann", "Ben")
    add_slots(line.database, "dr-patel", [EARLY])
    line.looks()
    said = line.hears(phone_of(line, ann), f"yes please {number_of(line, ann)}")
    assert said.startswith("Moved. Your appointment is now Thursday 26 November at 9am with Dr Patel, at the surgery.")
    assert booked(line, ann) == [EARLY]
    line.looks()
    assert line.offers() == [("Ann", "taken")]


def test_the_number_said_twice_says_the_same_twice(line: WaitingList) -> None:
    (ann,) = wait(line, "Ann")
    add_slots(line.database, "dr-patel", [EARLY])
    line.looks()
    number = number_of(line, ann)
    assert line.hears(phone_of(line, ann), number) == line.hears(phone_of(line, ann), number)
    assert booked(line, ann) == [EARLY]


def test_a_yes_is_asked_for_the_number(line: WaitingList) -> None:
    (ann,) = wait(line, "Ann")
    add_slots(line.database, "dr-patel", [EARLY])
    line.looks()
    number = number_of(line, ann)
    assert (
        line.hears(phone_of(line, ann), "yes please")
        == f"To take the earlier time, reply {number}. To leave it, reply NO."
    )
    assert booked(line, ann) == [LATE]
    assert "Moved" in line.hears(phone_of(line, ann), number)


def test_a_no_keeps_the_appointment_and_the_place_in_line(line: WaitingList, clock: HandClock) -> None:
    ann, ben = wait(line, "Ann", "Ben")
    add_slots(line.database, "dr-patel", [EARLY])
    line.looks()
    assert line.hears(phone_of(line, ann), "no thanks").startswith("OK, your appointment stays as it is.")
    line.looks()
    assert line.offers() == [("Ann", "declined"), ("Ben", None)] and booked(line, ann) == [LATE]
    add_slots(line.database, "dr-patel", [EARLY + TEN_MINUTES])
    line.looks()
    assert line.offers()[-1] == ("Ann", None)
    assert unfair(line.database) == []


def test_after_the_time_is_over_it_is_gone(line: WaitingList, clock: HandClock) -> None:
    (ann,) = wait(line, "Ann")
    add_slots(line.database, "dr-patel", [EARLY])
    line.looks()
    number = number_of(line, ann)
    clock.forward(minutes=61)
    assert line.hears(phone_of(line, ann), number).startswith("Sorry, that time is gone.")
    clock.forward(minutes=10)
    line.looks()
    assert line.hears(phone_of(line, ann), number).startswith("Sorry, that time is gone.")
    assert booked(line, ann) == [LATE]


def test_a_time_that_somebody_took_elsewhere_is_gone_and_they_stay_in_line(line: WaitingList) -> None:
    (ann,) = wait(line, "Ann")
    (slot,) = add_slots(line.database, "dr-patel", [EARLY])
    line.looks()
    (zoe,) = add_people(line, ["Zoe"], ["+447700900400"])
    line.books(zoe, slot)
    assert line.hears(phone_of(line, ann), number_of(line, ann)).startswith("Sorry, that time is gone.")
    assert booked(line, ann) == [LATE] and len(line.services.line.wishes_of(ann.patient_id)) == 1


def test_the_number_from_another_phone_takes_nothing(line: WaitingList) -> None:
    ann, ben = wait(line, "Ann", "Ben")
    add_slots(line.database, "dr-patel", [EARLY])
    line.looks()
    assert line.hears(phone_of(line, ben), number_of(line, ann)) == ""
    assert booked(line, ann) == [LATE]


def test_on_a_phone_of_two_the_number_says_whose_offer_it_is(line: WaitingList) -> None:
    ann, ben = add_people(line, ["Ann", "Ben"], ["+447700900500"] * 2)
    slots = add_slots(line.database, "dr-patel", [LATE, LATE])
    held = [line.books(each, slot) for each, slot in zip((ann, ben), slots, strict=True)]
    for each in held:
        line.asks(each)
    add_slots(line.database, "dr-patel", [EARLY, EARLY + TEN_MINUTES])
    line.looks()
    assert "Moved" in line.hears("+447700900500", number_of(line, held[1]))
    assert booked(line, held[0]) == [LATE] and booked(line, held[1]) == [EARLY + TEN_MINUTES]


# The wish ends.


def test_whoever_has_cancelled_waits_no_more(line: WaitingList) -> None:
    ann, _ = wait(line, "Ann", "Ben")
    add_slots(line.database, "dr-patel", [EARLY])
    line.looks()
    number, phone = number_of(line, ann), phone_of(line, ann)
    line.cancels(ann)
    assert line.hears(phone, number) == "That earlier time is not on offer any more. Nothing has been changed."
    line.looks()
    assert line.offers()[:2] == [("Ann", "gone"), ("Ben", None)]


def test_whoever_has_moved_waits_no_more(line: WaitingList) -> None:
    (ann,) = wait(line, "Ann")
    (other,) = add_slots(line.database, "dr-patel", [LATE - timedelta(days=3)])
    line.backend.reschedule(ann.patient_id, ann.id, other, "by hand")
    line.looks()
    assert line.services.line.wishes_of(ann.patient_id) == []


def test_asking_again_keeps_the_place_and_changes_the_wishes(line: WaitingList) -> None:
    ann, _ = wait(line, "Ann", "Ben")
    first = line.services.line.wishes_of(ann.patient_id)[0]
    assert line.asks(ann, weekdays=("MON",)) == first.id
    (now,) = line.services.line.wishes_of(ann.patient_id)
    assert now.wishes == Wishes(weekdays=("MON",)) and now.asked_at == first.asked_at


def test_somebody_who_has_become_free_meanwhile_is_not_passed_over(line: WaitingList, clock: HandClock) -> None:
    """Ann declines between the look at who is free and the offer to Ben: the next time is hers."""
    wait(line, "Ann", "Ben")
    first, second = add_slots(line.database, "dr-patel", [EARLY, EARLY + TEN_MINUTES])
    with line.database.write() as connection:
        anns, bens = earlier.waiting(connection)
        offer = earlier.add_offer(connection, anns, first, "417", clock(), clock.now + timedelta(hours=1))
        assert offer and earlier.not_yet_asked(connection, bens.id, second) == set()
        earlier.end_offer(connection, offer, earlier.DECLINED, clock())
        assert earlier.not_yet_asked(connection, bens.id, second) == {anns.id}
        assert earlier.not_yet_asked(connection, bens.id, first) == set()


# Words about time.


@pytest.mark.parametrize(
    ("now", "minutes", "said"),
    [
        ("2026-11-23T10:15", 60, "11:15am"),
        ("2026-11-23T11:00", 60, "midday"),
        ("2026-11-23T19:59", 300, "Tuesday 24 November at 12:59am"),
        ("2026-10-24T19:30", 420, "Sunday 25 October at 1:30am"),  # the hour that happens twice
        ("2026-03-28T19:30", 360, "Sunday 29 March at 2:30am"),  # and the one that does not happen
    ],
)
def test_until_when_it_is_kept_is_said_by_the_clock_on_the_wall(
    practice: Practice, now: str, minutes: int, said: str
) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=LONDON).astimezone(timezone.utc)
    assert say_until(at + timedelta(minutes=minutes), at, practice) == said
