"""Reading when a person would like to come."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, time, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.nlu.when import When, read_date_of_birth, read_when
from bot.nlu.when_words import words
from tests.unit.when_support import NOW, days_of, read, times_of


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today if you can", "2026-11-25"),
        ("2moro pls", "2026-11-26"),
        ("day after tomorrow", "2026-11-27"),
        ("thurs", "2026-11-26"),
        ("Tuesday", "2026-12-01"),
        ("next Friday", "2026-12-04"),
        ("this fri", "2026-11-27"),
        ("tues week", "2026-12-08"),
        ("a week on Friday", "2026-12-04"),
        ("friday week", "2026-12-04"),
        ("monday fortnight", "2026-12-14"),
        ("3 weeks today", "2026-12-16"),
        ("in a fortnight", "2026-12-09"),
        ("in two weeks' time", "2026-12-09"),
        ("3/12", "2026-12-03"),
        ("fri 4/12", "2026-12-04"),
        ("05.12", "2026-12-05"),
        ("4 Dec 26", "2026-12-04"),
        ("the 5th", "2026-12-05"),
        ("on the 5th of dec", "2026-12-05"),
        ("dec 5", "2026-12-05"),
        ("12 Jan 2027", "2027-01-12"),
        ("2026-12-05", "2026-12-05"),
        ("monday the 30th", "2026-11-30"),
        ("mon 30th am", "2026-11-30"),
        ("How about the 3rd? I am free then", "2026-12-03"),
        ("second tuesday in january", "2027-01-12"),
        ("the 1st of next month", "2026-12-01"),
        ("two days after boxing day", "2026-12-28"),
        ("can we move it from monday to thursday", "2026-11-26"),
    ],
)
def test_reads_one_day(text: str, day: str) -> None:
    assert days_of(text) == (day, day)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("this week", "2026-11-23", "2026-11-29"),
        ("nxt wk", "2026-11-30", "2026-12-06"),
        ("the week after next", "2026-12-07", "2026-12-13"),
        ("mid next week", "2026-12-01", "2026-12-03"),
        ("end of next week", "2026-12-03", "2026-12-06"),
        ("rest of this week", "2026-11-25", "2026-11-29"),
        ("at the weekend", "2026-11-28", "2026-11-29"),
        ("next weekend", "2026-12-05", "2026-12-06"),
        ("next month", "2026-12-01", "2026-12-31"),
        ("beginning of january", "2027-01-01", "2027-01-10"),
        ("within a week", "2026-11-25", "2026-12-02"),
        ("in the next few days", "2026-11-26", "2026-11-28"),
        ("mon to weds", "2026-11-30", "2026-12-02"),
        ("between the 7th and the 11th", "2026-12-07", "2026-12-11"),
        ("from dec 28th to the 3rd", "2026-12-28", "2027-01-03"),
        ("before christmas", None, "2026-12-24"),
        ("not until next week", "2026-11-30", None),
        ("I'm away until the 7th", "2026-12-08", None),
    ],
)
def test_reads_a_run_of_days(text: str, first: str | None, last: str | None) -> None:
    assert days_of(text) == (first, last)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("at 10:20", "10:20"),
        ("9.20am", "09:20"),
        ("09.20", "09:20"),
        ("1420", "14:20"),
        ("2pm", "14:00"),
        ("at 2", "14:00"),
        ("at 8", "08:00"),
        ("quarter past 9", "09:15"),
        ("ten to 3", "14:50"),
        ("5 to 3", "14:55"),
        ("twenty past nine", "09:20"),
        ("at ten thirty", "10:30"),
        ("11 o'clock", "11:00"),
        ("tomorrow morning at 7", "07:00"),
        ("how about 2", "14:00"),
        ("8 in the evening", "20:00"),
    ],
)
def test_reads_an_exact_time_as_a_window_without_length(text: str, at: str) -> None:
    assert times_of(text) == (at, at)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("around 10", "10:00", "10:00"),
        ("between 9 and 11", "09:00", "11:00"),
        ("10-12", "10:00", "12:00"),
        ("weds 11 to 3pm", "11:00", "15:00"),
        ("from 3", "15:00", None),
        ("after 2", "14:00", None),
        ("not b4 2", "14:00", None),
        ("3pm onwards", "15:00", None),
        ("before 10", None, "10:00"),
        ("no later than 11", None, "11:00"),
        ("not after 4", None, "16:00"),
        ("after 10 but before 12", "10:00", "12:00"),
        ("last thing friday", "17:00", "18:30"),
        ("after work", "17:00", None),
        ("any morning", "08:00", "12:00"),
        ("weds aft", "12:00", "18:00"),
        ("late tomorrow afternoon", "15:00", "18:00"),
        ("thurs pm not b4 2", "14:00", "18:00"),
        ("tomorrow morning before 10", "08:00", "10:00"),
        ("not mornings", "12:00", None),
        ("9 or half 10 tomorrow", "09:00", "10:30"),
    ],
)
def test_reads_a_window_of_times(text: str, first: str | None, last: str | None) -> None:
    assert times_of(text) == (first, last)


def test_a_day_and_a_time_go_together() -> None:
    when = read("Could I come next Thursday at half nine please?")
    assert (when.date_from, when.time_from) == (date(2026, 12, 3), time(9, 30))


def test_the_span_covers_all_words_of_time() -> None:
    text = "my knee hurts, is thurs pm not b4 2 ok?"
    when = read(text)
    assert text[when.start : when.end] == "thurs pm not b4 2"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon or weds", ["2026-11-30", "2026-12-02"]),
        ("next week mon or tue", ["2026-11-30", "2026-12-01"]),
        ("today or tomorrow", ["2026-11-25", "2026-11-26"]),
        ("Friday morning or Monday at 2", ["2026-11-27", "2026-11-30"]),
        ("the 7th or the 9th", ["2026-12-07", "2026-12-09"]),
    ],
)
def test_keeps_separate_days_apart(text: str, days: list[str]) -> None:
    assert read(text).as_json()["days"] == days


@pytest.mark.parametrize(
    ("text", "exclude"),
    [
        ("not monday", ["MON"]),
        ("any day but weds", ["WED"]),
        ("cant do tues or thurs", ["TUE", "THU"]),
        ("except friday", ["FRI"]),
        ("any day except mondays and fridays", ["MON", "FRI"]),
        ("I work mondays", ["MON"]),
        ("weekdays only", ["SAT", "SUN"]),
        ("only saturdays", ["MON", "TUE", "WED", "THU", "FRI", "SUN"]),
    ],
)
def test_keeps_the_days_that_do_not_suit(text: str, exclude: list[str]) -> None:
    assert read(text).as_json()["exclude"] == exclude


def test_what_suits_and_what_does_not_are_kept_together() -> None:
    when = read("mon or weds but not 5th")
    assert (len(when.days), when.exclude) == (2, ("2026-12-05",))


def test_no_before_a_day_is_an_answer_and_not_an_exclusion() -> None:
    assert days_of("No, Tuesday please") == ("2026-12-01", "2026-12-01")


@pytest.mark.parametrize("text", ["asap", "as soon as possible", "first available", "the earliest you have", "soonest"])
def test_reads_haste(text: str) -> None:
    assert read(text).asap


def test_haste_and_a_day() -> None:
    when = read("urgently today")
    assert (when.asap, when.date_from) == (True, date(2026, 11, 25))


@pytest.mark.parametrize("text", ["any day", "whenever", "anytime", "I don't mind when"])
def test_no_preference_is_an_open_window(text: str) -> None:
    nothing = When(None, None, None, None, (), False, 0, 0)
    assert replace(read(text), start=0, end=0) == nothing


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("yesterday", "past"),
        ("last monday", "past"),
        ("3 days ago", "past"),
        ("3/1/2020", "past"),
        ("today at 9", "past"),
        ("29th feb", "impossible"),
        ("12/25/2026", "ambiguous"),
        ("Friday 28th November", "ambiguous"),
        ("friday 27th november", ""),
    ],
)
def test_doubtful_days_are_for_the_assistant_to_ask_about(text: str, problem: str) -> None:
    assert read(text).problem == problem


def test_a_day_that_is_over_this_year_is_next_year_s() -> None:
    assert days_of("3/1") == ("2027-01-03", "2027-01-03")


def test_a_day_to_come_wins_over_one_that_is_over() -> None:
    assert days_of("I came last week but can I come again tomorrow") == ("2026-11-26", "2026-11-26")


@pytest.mark.parametrize(
    "text",
    [
        "I have 2 kids",
        "may I book",
        "march in",
        "I want a second opinion",
        "the second one",
        "option 2",
        "500mg",
        "0.5 ml",
        "my number is 07700 900123",
        "943 476 5919",
        "24 hours a day",
        "24/7",
        "I sat down",
        "sun cream",
        "too much sun",
        "my mum's 80",
        "2 tablets at night",
        "I cough every morning",
        "Good morning",
        "Morning, can I have a doctor",
        "pain is 8/10",
        "bp 120/80",
        "a temperature of 39.5",
        "12 weeks pregnant",
        "ill for 3 weeks",
        "2/3 times a day",
        "thanks for your help today",
        "a cough since monday morning",
        "poorly for the last week",
        "12 High Street",
        "at 12 High Street",
        "flat 4a",
        "before I forget",
        "between you and me",
        "I don't mind who I see",
        "",
        "??",
    ],
)
def test_reads_no_day_or_time_where_there_is_none(text: str) -> None:
    assert read_when(text, NOW) is None


def test_a_bare_weekday_said_on_that_day_is_next_week_s() -> None:
    assert days_of("wednesday") == ("2026-12-02", "2026-12-02")
    assert days_of("this wednesday") == ("2026-11-25", "2026-11-25")


def test_hours_are_counted_across_the_change_of_the_clocks() -> None:
    before_change = datetime(2026, 10, 25, 0, 30)  # clocks go back at 02:00
    assert times_of("in 2 hours", before_change) == ("01:30", "01:30")
    assert times_of("in 3 hours", before_change) == ("02:30", "02:30")


def test_a_reference_in_another_zone_is_read_by_london_clocks() -> None:
    late = datetime(2026, 7, 1, 23, 30, tzinfo=timezone.utc)  # 00:30 on the 2nd in London
    assert days_of("today", late) == ("2026-07-02", "2026-07-02")


def test_days_run_on_across_the_end_of_the_year() -> None:
    new_years_eve = datetime(2026, 12, 31, 16, 0)
    assert days_of("tomorrow", new_years_eve) == ("2027-01-01", "2027-01-01")
    assert days_of("next tuesday", new_years_eve) == ("2027-01-05", "2027-01-05")
    assert days_of("31 dec", new_years_eve) == ("2026-12-31", "2026-12-31")


def test_bank_holidays_can_be_given() -> None:
    when = read_when("after the bank holiday", NOW, lambda year: {date(year, 12, 1): "A day off"})
    assert when is not None
    assert when.date_from == date(2026, 12, 2)


@pytest.mark.parametrize("text", ["thurs pm not b4 2", "mon or weds but not 5th", "asap", "in 30 minutes", "31/2"])
def test_a_window_survives_json(text: str) -> None:
    when = read(text)
    assert When.from_json(json.loads(json.dumps(when.as_json()))) == when


WORDS = st.sampled_from(
    sorted(
        words(
            """not any next last this the mon tuesday thurs sat may march 3 12 31 5th first half quarter to past at am
            pm week fortnight in ago from between and or but after before by end of tomorrow 3/12 31/2 9.30 10:75 99
            ish until - / easter xmas morning night 2026 0 a few hours days month on every couple"""
        )
    )
)


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=12).map(" ".join)))
@example("٣/٤ ½ hour 12:99 in 999 months")
@example("monday or the 3rd at 9 " * 450)
@example("9" * 10_000)
@example("in 99999999999 weeks, week 99, 31/2, 30th feb, 0000-00-00")
@settings(max_examples=300, deadline=None)
def test_no_text_raises(text: str) -> None:
    when = read_when(text, NOW)
    read_date_of_birth(text, NOW.date())
    if when is not None:
        assert 0 <= when.start < when.end <= len(text)
        assert When.from_json(when.as_json()) == when
        assert not (when.date_from and when.date_to) or when.date_from <= when.date_to
        assert not (when.time_from and when.time_to) or when.time_from <= when.time_to


def test_a_wish_deep_in_a_long_text_is_read() -> None:
    told = "I have been feeling rough and the tablets do not help at all. " * 20
    assert days_of(f"{told} Could I come in on Thursday please? {told}") == ("2026-11-26", "2026-11-26")
    assert days_of(f"{told.replace('.', '')} could I come in on Thursday") == ("2026-11-26", "2026-11-26")
