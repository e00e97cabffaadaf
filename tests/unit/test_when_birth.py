"""Reading a date of birth, day first, on 25 November 2026."""

from __future__ import annotations

from datetime import date

import pytest

from bot.nlu.when import read_date_of_birth

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("3/4/1962", "1962-04-03"),
        ("03.04.62", "1962-04-03"),
        ("03-04-62", "1962-04-03"),
        ("3 4 62", "1962-04-03"),
        ("3 . 4 . 1962", "1962-04-03"),
        ("3/4/'62", "1962-04-03"),
        ("3\\4\\1962", "1962-04-03"),
        ("030462", "1962-04-03"),
        ("dob:03041962", "1962-04-03"),
        ("1962-04-03", "1962-04-03"),
        ("1962/4/3", "1962-04-03"),
        ("03-Apr-1962", "1962-04-03"),
        ("3apr62", "1962-04-03"),
        ("I was born on the 3rd of April 1962", "1962-04-03"),
        ("apr 3rd, '62", "1962-04-03"),
        ("3rd febuary 1980", "1980-02-03"),
        ("12th September '55", "1955-09-12"),
        ("03/04/1962 and I am 64", "1962-04-03"),
        ("the third of april nineteen sixty two", "1962-04-03"),
        ("April the third, nineteen sixty-two", "1962-04-03"),
        ("third of the fourth sixty two", "1962-04-03"),
        ("3rd of the 4th 62", "1962-04-03"),
        ("3rd may sixty two", "1962-05-03"),
        ("the fifth of may nineteen oh five", "1905-05-05"),
        ("twenty first of march nineteen eighty", "1980-03-21"),
        ("21st march two thousand and four", "2004-03-21"),
        ("21 march two thousand", "2000-03-21"),
        ("ninth of june twenty fifteen", "2015-06-09"),
        ("24th of the twelfth eighty five", "1985-12-24"),
        ("29/2/84", "1984-02-29"),
        ("29/2/00", "2000-02-29"),
    ],
)
def test_reads_a_date_of_birth(text: str, born: str) -> None:
    assert read_date_of_birth(text, TODAY) == date.fromisoformat(born)


@pytest.mark.parametrize(
    ("text", "born"), [("5/11/26", "2026-11-05"), ("5/12/26", "1926-12-05"), ("1/1/27", "1927-01-01")]
)
def test_two_digits_are_the_latest_year_that_is_over(text: str, born: str) -> None:
    assert read_date_of_birth(text, TODAY) == date.fromisoformat(born)


@pytest.mark.parametrize(
    "text",
    [
        "31/2/1980",
        "31/4/1980",
        "29/2/1981",
        "4/21/1962",
        "0/4/1962",
        "31st of november sixty two",
        "1/1/2030",
        "1/1/1890",
        "3/4",
        "3rd april",
        "april 1962",
        "1962",
        "nineteen sixty two",
        "tomorrow",
        "2 weeks ago",
        "bp 120/80",
        "07700900123",
        "943 476 5919",
        "no",
        "",
    ],
)
def test_what_is_no_day_of_birth_is_refused(text: str) -> None:
    assert read_date_of_birth(text, TODAY) is None
