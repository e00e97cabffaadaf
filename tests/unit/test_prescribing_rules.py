"""Which repeats may be ordered, why not, from when, and when they are ready. Days around holidays are real ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.backend.prescribing import (
    ACUTE,
    APPROVED,
    CANCELLED,
    READY,
    REJECTED,
    REPEAT_DISPENSING,
    REQUESTED,
    SENT,
    PrescriptionRequest,
    RepeatMedication,
)
from bot.practice import Practice
from bot.practice_sections import Closure
from bot.prescribing.rules import (
    ALREADY_ORDERED,
    ASK_SURGERY,
    CONTROLLED,
    DISPENSED,
    EARLY,
    NO_ISSUES_LEFT,
    NOT_REPEAT,
    OK,
    REFUSALS,
    REVIEW_DUE,
    STOPPED,
    TOO_SOON,
    Verdict,
    judge,
    ready_on,
    runs_out_on,
)
from tests.support import LONDON

MONDAY = date(2026, 11, 23)
AT_10 = datetime(2026, 11, 23, 10, tzinfo=LONDON)


def repeat(days_ago: int | None = 21, on: date = MONDAY, **facts: object) -> RepeatMedication:
    """28 days of a medicine, issued so many days before `on`: after 21 it may just be ordered."""
    issued = None if days_ago is None else on - timedelta(days=days_ago)
    held = RepeatMedication("r1", "Metformin 500mg tablets", issue_days=28, last_issued_on=issued)
    return replace(held, **facts)  # type: ignore[arg-type]


def request(status: str = REQUESTED, repeat_id: str = "r1", ready: date = date(2026, 11, 25)) -> PrescriptionRequest:
    return PrescriptionRequest("q1", "patient-01", "KTR7M4", repeat_id, "Metformin", status, AT_10, AT_10, ready)


def verdict(held: RepeatMedication, practice: Practice, on: date = MONDAY, *requests: PrescriptionRequest) -> Verdict:
    return judge(held, requests, practice, on)


def with_rules(practice: Practice, **rules: object) -> Practice:
    return practice.copy(update={"prescriptions": practice.prescriptions.copy(update=rules)})


def at(day: str, clock: str = "10:00") -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), LONDON)


# The table: one line for each way it can come out.


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (repeat(), Verdict(OK)),
        (repeat(days_ago=None), Verdict(OK)),
        (repeat(days_ago=400), Verdict(OK)),
        (repeat(days_ago=20), Verdict(EARLY, date(2026, 11, 24))),
        (repeat(days_ago=0), Verdict(EARLY, date(2026, 12, 14))),
        (repeat(days_ago=12, issue_days=84), Verdict(TOO_SOON, date(2027, 1, 27))),
        (repeat(days_ago=12, is_controlled=True), Verdict(CONTROLLED, date(2026, 12, 7))),
        (repeat(stopped_on=date(2026, 11, 22)), Verdict(STOPPED, date(2026, 11, 22))),
        (repeat(stopped_on=MONDAY), Verdict(STOPPED, MONDAY)),
        (repeat(stopped_on=date(2026, 11, 24)), Verdict(OK)),
        (repeat(prescribed_as=ACUTE), Verdict(NOT_REPEAT)),
        (repeat(prescribed_as=REPEAT_DISPENSING), Verdict(DISPENSED)),
        (repeat(ask_surgery=True), Verdict(ASK_SURGERY)),
        (repeat(issues_left=0), Verdict(NO_ISSUES_LEFT)),
        (repeat(issues_left=1), Verdict(OK)),
        (repeat(issues_left=None), Verdict(OK)),
        (repeat(review_on=date(2026, 10, 25)), Verdict(REVIEW_DUE, date(2026, 10, 25))),
        (repeat(review_on=date(2026, 10, 26)), Verdict(OK)),
        (repeat(review_on=date(2027, 5, 1)), Verdict(OK)),
    ],
)
def test_each_way_it_can_come_out(held: RepeatMedication, said: Verdict, practice: Practice) -> None:
    assert verdict(held, practice) == said


def test_every_refusal_is_in_the_table_or_is_about_another_order() -> None:
    table = next(mark for mark in test_each_way_it_can_come_out.pytestmark if mark.name == "parametrize")  # type: ignore[attr-defined]
    assert {said.code for _, said in table.args[1]} == {OK, EARLY, *REFUSALS} - {ALREADY_ORDERED}


def test_only_ok_and_early_may_be_ordered() -> None:
    assert [code for code in (OK, EARLY, *REFUSALS) if Verdict(code).is_orderable] == [OK, EARLY]


# Another order of the same medicine.


@pytest.mark.parametrize(
    ("status", "today", "stands"),
    [
        (REQUESTED, date(2026, 11, 24), True),
        (REQUESTED, date(2026, 12, 24), True),
        (APPROVED, date(2026, 11, 25), True),
        (APPROVED, date(2026, 11, 26), False),
        (SENT, date(2026, 11, 25), True),
        (SENT, date(2026, 11, 26), False),
        (READY, date(2026, 11, 24), False),
        (REJECTED, date(2026, 11, 24), False),
        (CANCELLED, date(2026, 11, 24), False),
    ],
)
def test_no_second_order_while_the_first_is_under_way(
    status: str, today: date, stands: bool, practice: Practice
) -> None:
    said = verdict(repeat(), practice, today, request(status))
    assert said == (Verdict(ALREADY_ORDERED, date(2026, 11, 25)) if stands else Verdict(OK))


def test_an_order_of_another_medicine_does_not_count(practice: Practice) -> None:
    assert verdict(repeat(), practice, MONDAY, request(repeat_id="r2")) == Verdict(OK)


def test_what_has_stopped_is_said_to_have_stopped_whatever_else_there_is(practice: Practice) -> None:
    held = repeat(stopped_on=MONDAY, prescribed_as=ACUTE, issues_left=0, ask_surgery=True)
    assert verdict(held, practice, MONDAY, request()).code == STOPPED


# How early.


def test_with_a_reason_it_may_be_ordered_so_many_days_before_it_runs_out(practice: Practice) -> None:
    stricter = with_rules(practice, early_with_reason_days=14)
    held = repeat(days_ago=0)
    codes = [verdict(held, stricter, MONDAY + timedelta(days=ahead)).code for ahead in range(29)]
    assert codes == [TOO_SOON] * 14 + [EARLY] * 7 + [OK] * 8


def test_no_reason_makes_a_controlled_drug_sooner(practice: Practice) -> None:
    held = repeat(days_ago=0, is_controlled=True)
    codes = [verdict(held, practice, MONDAY + timedelta(days=ahead)).code for ahead in range(29)]
    # It runs out on Monday 21 December: ordered on Thursday, it is there on Monday.
    assert codes == [CONTROLLED] * 24 + [OK] * 5


def test_where_the_record_does_not_say_how_long_it_lasts_the_practice_does(practice: Practice) -> None:
    held = repeat(days_ago=0, issue_days=None)
    assert runs_out_on(held, practice) == date(2026, 12, 21)
    assert runs_out_on(held, with_rules(practice, usual_days=56)) == date(2027, 1, 18)
    assert runs_out_on(repeat(days_ago=None), practice) is None


@pytest.mark.parametrize(
    ("runs_out", "orderable_from"),
    [
        # Two days before it runs out, and never too late to have it in time.
        (date(2026, 12, 16), date(2026, 12, 14)),  # Wednesday, from Monday
        (date(2026, 12, 14), date(2026, 12, 10)),  # Monday, from Thursday
        (date(2026, 12, 28), date(2026, 12, 22)),  # Christmas Day is a Friday, Boxing Day is kept on that Monday
        (date(2026, 12, 29), date(2026, 12, 23)),
        (date(2026, 12, 31), date(2026, 12, 29)),
        (date(2027, 1, 4), date(2026, 12, 30)),  # New Year's Day
        (date(2027, 3, 30), date(2027, 3, 24)),  # Good Friday 26 March, Easter Monday 29 March
        (date(2027, 5, 4), date(2027, 4, 29)),  # the early May holiday, Monday 3 May
        (date(2028, 2, 29), date(2028, 2, 25)),  # a Tuesday, from Friday
        (date(2028, 3, 1), date(2028, 2, 28)),
    ],
)
def test_a_controlled_drug_is_never_late_for_a_holiday(
    runs_out: date, orderable_from: date, practice: Practice
) -> None:
    held = repeat(days_ago=28, on=runs_out, is_controlled=True)
    before = orderable_from - timedelta(days=1)
    assert verdict(held, practice, before) == Verdict(CONTROLLED, orderable_from)
    assert verdict(held, practice, orderable_from) == Verdict(OK)
    assert ready_on(practice, datetime.combine(orderable_from, time(9), LONDON)) <= runs_out


def test_what_is_ordered_on_the_first_day_is_there_before_the_last_has_run_out(practice: Practice) -> None:
    slow = with_rules(practice, early_days=0, turnaround_working_days=5)
    for ahead in range(500):
        on = MONDAY + timedelta(days=ahead)
        held = repeat(days_ago=0, on=on)
        first = verdict(held, slow, on).on
        assert first is not None
        assert ready_on(slow, datetime.combine(first, time(9), LONDON)) <= on + timedelta(days=28), on


# Month ends and leap days.


@pytest.mark.parametrize(
    ("issued", "days", "due"),
    [
        (date(2026, 12, 31), 28, date(2027, 1, 21)),
        (date(2027, 1, 31), 28, date(2027, 2, 21)),
        (date(2028, 2, 1), 28, date(2028, 2, 22)),
        (date(2028, 2, 8), 28, date(2028, 2, 29)),
        (date(2028, 2, 29), 28, date(2028, 3, 21)),
        (date(2028, 1, 31), 56, date(2028, 3, 20)),
        (date(2027, 3, 28), 28, date(2027, 4, 18)),  # clocks go forward
        (date(2027, 10, 31), 28, date(2027, 11, 21)),  # clocks go back
    ],
)
def test_it_is_due_a_week_before_it_runs_out(issued: date, days: int, due: date, practice: Practice) -> None:
    held = repeat(days_ago=0, on=issued, issue_days=days)
    assert verdict(held, practice, due - timedelta(days=1)) == Verdict(EARLY, due)
    assert verdict(held, practice, due) == Verdict(OK)


@pytest.mark.parametrize(
    ("review", "last_day"),
    [
        (date(2028, 2, 1), date(2028, 2, 29)),
        (date(2027, 2, 1), date(2027, 3, 1)),
        (date(2028, 2, 29), date(2028, 3, 28)),
        (date(2026, 12, 31), date(2027, 1, 28)),
    ],
)
def test_a_review_may_be_late_by_the_practices_days_and_no_more(
    review: date, last_day: date, practice: Practice
) -> None:
    held = repeat(days_ago=None, review_on=review)
    assert verdict(held, practice, last_day) == Verdict(OK)
    assert verdict(held, practice, last_day + timedelta(days=1)) == Verdict(REVIEW_DUE, review)


# Ready when.


@pytest.mark.parametrize(
    ("now", "ready"),
    [
        (at("2026-11-23"), "2026-11-25"),
        (at("2026-11-24"), "2026-11-26"),
        (at("2026-11-23", "00:01"), "2026-11-25"),
        (at("2026-11-23", "15:59"), "2026-11-25"),
        (at("2026-11-23", "16:00"), "2026-11-26"),  # late: read the next day
        (at("2026-11-23", "23:59"), "2026-11-26"),
        (at("2026-11-27", "15:59"), "2026-12-01"),  # Friday
        (at("2026-11-27", "16:00"), "2026-12-02"),  # read on Monday
        (at("2026-11-28"), "2026-12-02"),  # Saturday: read on Monday too, not sooner than what came on Friday
        (at("2026-11-29"), "2026-12-02"),
        (at("2026-12-10", "12:59"), "2026-12-14"),
        (at("2026-12-10", "13:00"), "2026-12-15"),  # staff training from 1pm
        (at("2026-12-22"), "2026-12-24"),
        (at("2026-12-23"), "2026-12-29"),  # Christmas Day, the weekend, Boxing Day on Monday
        (at("2026-12-24", "16:30"), "2026-12-31"),
        (at("2026-12-25"), "2026-12-31"),
        (at("2026-12-31"), "2027-01-05"),  # New Year's Day
        (at("2027-03-25"), "2027-03-31"),  # Maundy Thursday
        (at("2027-03-27"), "2027-04-01"),
        (at("2027-04-30"), "2027-05-05"),  # early May
        (at("2028-02-25"), "2028-02-29"),
        (at("2028-02-29"), "2028-03-02"),
        (at("2027-03-28", "00:59"), "2027-04-01"),  # just before clocks go forward, on Easter Sunday
        (at("2026-10-25", "01:30"), "2026-10-28"),  # the hour that happens twice, a Sunday
    ],
)
def test_the_day_it_is_ready(now: datetime, ready: str, practice: Practice) -> None:
    assert ready_on(practice, now) == date.fromisoformat(ready)


def test_the_hour_that_happens_twice_gives_one_day_both_times(practice: Practice) -> None:
    all_week = practice.copy(
        update={"opening_hours": {**practice.opening_hours, "sunday": practice.opening_hours["monday"]}}
    )
    twice = with_rules(all_week, late_from=time(1, 30))
    first = datetime(2026, 10, 25, 1, 29, tzinfo=LONDON, fold=0)
    second = first.replace(fold=1)
    assert ready_on(twice, first) == ready_on(twice, second) == date(2026, 10, 27)


def test_a_day_on_which_the_surgery_is_shut_does_not_count(practice: Practice) -> None:
    shut = practice.copy(update={"closures": [Closure.parse_obj({"date": "2026-11-24"})]})
    assert ready_on(shut, at("2026-11-23")) == date(2026, 11, 26)
    assert ready_on(shut, at("2026-11-24")) == date(2026, 11, 27)


def test_how_long_it_takes_is_the_practices(practice: Practice) -> None:
    assert ready_on(with_rules(practice, turnaround_working_days=1), AT_10) == date(2026, 11, 24)
    assert ready_on(with_rules(practice, turnaround_working_days=5), AT_10) == date(2026, 11, 30)
    assert ready_on(with_rules(practice, late_from=time(9)), AT_10) == date(2026, 11, 26)


def test_nothing_that_is_ordered_later_is_ready_sooner(practice: Practice) -> None:
    hours = [AT_10 + timedelta(hours=ahead) for ahead in range(0, 24 * 200, 3)]
    ready = [ready_on(practice, hour) for hour in hours]
    assert ready == sorted(ready)
    assert all(practice.is_working_day(day) for day in ready)
