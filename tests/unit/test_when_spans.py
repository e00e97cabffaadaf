"""Weeks and other spans: as they were said, what is left of them, and what narrows them. Said on a Wednesday."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.when_support import NOW, Span, days_of, read

TODAY = NOW.date()


def left_of(text: str) -> Span:
    when = read(text).still_to_come(TODAY).as_json()
    return when["date_from"], when["date_to"]


@pytest.mark.parametrize(
    ("text", "said", "left"),
    [
        ("this week", ("2026-11-23", "2026-11-29"), ("2026-11-25", "2026-11-29")),
        ("the beginning of this week", ("2026-11-23", "2026-11-25"), ("2026-11-25", "2026-11-25")),
        ("sometime this month", ("2026-11-01", "2026-11-30"), ("2026-11-25", "2026-11-30")),
        ("from the 20th of november to the 2nd", ("2026-11-20", "2026-12-02"), ("2026-11-25", "2026-12-02")),
        ("from 24 november", ("2026-11-24", None), ("2026-11-25", None)),
        ("next week", ("2026-11-30", "2026-12-06"), ("2026-11-30", "2026-12-06")),
        ("tomorrow", ("2026-11-26", "2026-11-26"), ("2026-11-26", "2026-11-26")),
    ],
)
def test_a_span_that_has_begun_is_read_as_it_was_said_and_what_is_left_begins_today(
    text: str, said: Span, left: Span
) -> None:
    assert days_of(text) == said
    assert read(text).problem == ""
    assert left_of(text) == left


def test_what_is_left_of_this_week_begins_today() -> None:
    assert days_of("the rest of this week") == ("2026-11-25", "2026-11-29")


def test_of_several_days_those_that_are_over_are_left_out() -> None:
    when = read("tuesday, thursday or friday this week")
    assert when.days == (date(2026, 11, 24), date(2026, 11, 26), date(2026, 11, 27))
    left = when.still_to_come(TODAY)
    assert (left.date_from, left.days) == (date(2026, 11, 26), (date(2026, 11, 26), date(2026, 11, 27)))


def test_one_day_left_of_several_is_a_day() -> None:
    left = read("monday or friday this week").still_to_come(TODAY)
    assert (left.date_from, left.date_to, left.days) == (date(2026, 11, 27), date(2026, 11, 27), ())


@pytest.mark.parametrize("text", ["last week", "from the 16th of november to the 20th of november", "24 november"])
def test_a_span_that_is_over_is_asked_about(text: str) -> None:
    when = read(text)
    assert when.problem == "past"
    assert when.still_to_come(TODAY) == when


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("next week but not before wednesday", "2026-12-02", "2026-12-06"),
        ("next week, by thursday", "2026-11-30", "2026-12-03"),
        ("next week but not before thursday", "2026-12-03", "2026-12-06"),
        ("december, after the 14th", "2026-12-15", "2026-12-31"),
        ("before christmas but not before the 7th", "2026-12-07", "2026-12-24"),
        ("this week, I'm away until tomorrow", "2026-11-27", "2026-11-29"),
        ("next week, I need it by christmas", "2026-11-30", "2026-12-06"),
        ("tomorrow, I need it by friday", "2026-11-26", "2026-11-26"),
    ],
)
def test_a_bound_within_a_span_narrows_it(text: str, first: str, last: str) -> None:
    assert days_of(text) == (first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("this week or next", "2026-11-23", "2026-12-06"),
        ("this week if poss, otherwise next", "2026-11-23", "2026-12-06"),
        ("the end of this week or early next", "2026-11-26", "2026-12-02"),
        ("this month or next please", "2026-11-01", "2026-12-31"),
        ("next week or the week after", "2026-11-30", "2026-12-13"),
        ("this weekend or the one after", "2026-11-28", "2026-12-06"),
        ("this week or next tuesday", "2026-11-23", "2026-12-01"),
    ],
)
def test_next_and_the_one_after_are_counted_from_the_span_before(text: str, first: str, last: str) -> None:
    assert days_of(text) == (first, last)
