"""Examples for training: what could say who somebody is goes, however it is written, and the rest stays."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.insight.personal import STANDING, strip_personal

NAMES = ("Amira Hassan", "Dr Anjali Patel", "Tom O'Brien", "Zoë Müller", "Jo Li")


def strip(text: str) -> str:
    return strip_personal(text, NAMES)


# What goes.


@pytest.mark.parametrize(
    "spelling",
    [
        "amira",
        "AMIRA",
        "Amira's",
        "amiras",
        "amirahassan",
        "amria",  # two letters exchanged
        "amra",
        "amiraaaa",
        "a m i r a",
        "A.M.I.R.A",
        "a-m-i-r-a",
        "am ira",
        "am*ira",
        "ami ra",
        "am\u200bira",  # a space that nobody sees
        "Аmirа",  # noqa: RUF001 - Cyrillic
        "αmira",  # noqa: RUF001 - Greek
        "ÀMÌRÁ",
        "a\u0336mira",  # struck through
        "𝐀𝐦𝐢𝐫𝐚",
        "ａｍｉｒａ",  # noqa: RUF001 - full width
        "4mira",
        "zoe muller",
        "Zoë",
        "tom obrien",
        "o’brien",  # noqa: RUF001
        "jo",
    ],
)
def test_a_known_name_goes_however_it_is_spelled(spelling: str) -> None:
    left = strip(f"please tell {spelling} about it")
    assert re.fullmatch(r"please tell (?:NAME|NUMBER|NAME\*NAME)(?:'s)? about it", left), left


@pytest.mark.parametrize(
    "said",
    [
        "07700 900001",
        "0 7 7 0 0 9 0 0 0 0 1",
        "+44 (0)7700-900-001",
        "O77OO9OOOO1",
        "٠٧٧٠٠٩٠٠٠٠١",
        "⓪⑦⑦⓪⓪",
        "０７７００",  # noqa: RUF001
        "07\u200b700900001",
        "943 476 5919",
        "943-476-5919",
        "zero seven seven double oh nine hundred",
        "nine four three, four seven six",
        "14/02/1961",
        "1961-02-14",
        "14.2.61",
        "14th february 1961",
        "february 14 1961",
        "the fourteenth of february nineteen sixty one",
        "14 feb",
    ],
)
def test_numbers_and_dates_of_birth_go(said: str) -> None:
    left = strip(f"my details are {said} thanks")
    assert re.fullmatch(r"my details are (?:the |NUMBER |\+)?(?:NUMBER|DATE) thanks", left), left


@pytest.mark.parametrize("said", ["sw1a1aa", "SW1A 1AA", "S W 1 A 1 A A", "m1 1ae", "M1-1AE", "ec1a.1bb"])
def test_postcodes_go(said: str) -> None:
    assert strip(f"i live at {said} now") == "i live at POSTCODE now"


@pytest.mark.parametrize(
    "said",
    [
        "a.h@example.com",
        "a.h @ example . com",
        "sam (at) example dot com",
        "sam at example dot co dot uk",
        "https://example.com/sam",
        "www.example.com",
        "example.co.uk/sam",
    ],
)
def test_addresses_on_the_internet_go(said: str) -> None:
    assert "example" not in strip(f"write to {said} please")
    assert "LINK" in strip(f"write to {said} please")


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("my name is bob carter and i need a form", "my name is NAME and i need a form"),
        ("my name's bob", "my name's NAME"),
        ("can mrs okonkwo call me", "can mrs NAME call me"),
        ("is dr. smythe in today", "is dr. NAME in today"),
        ("i spoke to Janet about it", "i spoke to NAME about it"),
        ("kind regards bob", "kind regards NAME"),
    ],
)
def test_a_name_that_nobody_knows_goes_where_it_is_said_to_be_one(said: str, left: str) -> None:
    assert strip(said) == left


# What stays.


@pytest.mark.parametrize(
    "said",
    [
        "where has my prescription gone",
        "has my son's first appointment been moved",
        "i may need one or two of them",
        "can I see a doctor about Tuesday",
        "do you do ear syringing",
        "I would like to know about the NHS App please",
        "HELLO CAN YOU HELP ME",
        "what is my blood group",
    ],
)
def test_what_says_nothing_of_a_person_stays(said: str) -> None:
    assert strip(said) == said


def test_what_means_something_in_training_data_goes() -> None:
    assert strip('/restart [knee](body_part){"a": "b"} | x\n- y') == 'restart knee body_part "a": "b" x - y'


# Whatever is written.


@given(st.text(max_size=80))
def test_no_digit_and_nothing_invisible_is_left_of_anything(text: str) -> None:
    left = strip(text)
    assert not any(unicodedata.category(each).startswith("N") for each in left)
    assert not any(unicodedata.category(each) in ("Cc", "Cf") for each in left)


@given(st.text(max_size=80))
def test_stripping_again_changes_nothing_of_it(text: str) -> None:
    left = strip(text)
    assert strip(left) == left


@given(
    st.text(alphabet="abc .,-'\n", max_size=30),
    st.sampled_from(["amira", "HASSAN", "Patel's", "A m i r a", "amirahassan"]),
    st.text(alphabet="abc .,-'\n", max_size=30),
)
def test_a_known_name_is_never_left(before: str, name: str, after: str) -> None:
    left = strip(f"{before} {name} {after}")
    assert not re.search(r"amira|hassan|patel", re.sub(r"[\W_]", "", left.casefold()))


@given(st.lists(st.sampled_from([*STANDING, "amira", "07", "march", "please", "one", "x@y.z"]), max_size=8))
def test_standing_words_stay_as_they_are(words: list[str]) -> None:
    left = strip(" ".join(words))
    assert strip(left) == left
