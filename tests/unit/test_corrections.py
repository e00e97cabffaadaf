"""Corrections and reasons, as they are read from the words alone."""

from __future__ import annotations

import pytest

from bot.actions.corrections import option_meant
from bot.actions.journey import add_requests, is_instead, is_left_behind, journey_named
from bot.actions.reasons import agrees, find_reason
from tests.support import MONDAY


@pytest.mark.parametrize(
    ("said", "option"),
    [
        ("not 1 i meant 2", 2),
        ("i meant 2 not 1", 2),
        ("no sorry the second one", 2),
        ("sorry not the first one i meant the 3rd", 3),
        ("actually make it the last one", -1),
        ("no, number 3 please", 3),
        ("the third instead of the first", 3),
    ],
)
def test_the_number_that_is_meant_is_what_is_left_of_a_correction(said: str, option: int) -> None:
    assert option_meant(said, count=3) == option


@pytest.mark.parametrize(
    "said",
    ["not 10 i meant 2", "2", "2 please", "the second one", "no", "no sorry", "i meant tuesday", "not this one", ""],
)
def test_what_corrects_no_number_of_the_list_gives_none(said: str) -> None:
    assert option_meant(said, count=3) is None


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("tomorrow morning with dr patel about my knee", "my knee"),
        ("about my knee and my back", "my knee and my back"),
        ("about my knee and can you order my tablets", "my knee"),
        ("re bloods, any chance thurs pm?", "bloods"),
        ("it's for my back, the first one", "my back"),
        ("its about a rash on my arm please", "a rash"),
        ("i need to talk about my test results tomorrow", "my test results"),
        ("the reason is hay fever", "hay fever"),
        ("about my asthma with dr hughes", "my asthma"),
    ],
)
def test_a_reason_is_found_among_other_things(said: str, reason: str) -> None:
    assert find_reason(said, MONDAY) == reason


@pytest.mark.parametrize(
    "said",
    [
        "book an appointment tomorrow",
        "about 2pm",
        "about the 5th",
        "for my son",
        "for my mum on friday",
        "about my appointment",
        "for tomorrow",
        "what about the next day",
        "reschedule it",
        "about my " + "very " * 15 + "long story",
    ],
)
def test_what_may_be_something_else_is_no_reason(said: str) -> None:
    assert find_reason(said, MONDAY) is None


@pytest.mark.parametrize(
    ("said", "does"),
    [
        ("its fine to book", True),
        ("and happy to book it", True),
        ("please book it", True),
        ("just book it in", True),
        ("go ahead", True),
        ("can i book one", False),
        ("book an appointment", False),
        ("ok", False),
    ],
)
def test_leave_to_book_is_given_in_so_many_words(said: str, does: bool) -> None:
    assert agrees(said) is does


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("book for my son", "book_appointment"),
        ("my daughter needs an appointment", "book_appointment"),
        ("cancel my mums appointment", "cancel_appointment"),
        ("i need to move my sons appointment", "reschedule_appointment"),
        ("when is my dads appointment", "list_appointments"),
        ("its for my son", None),
    ],
)
def test_the_journey_named_for_another_person(said: str, intent: str | None) -> None:
    assert journey_named(said) == intent


def test_what_takes_the_place_of_a_journey_says_so() -> None:
    assert is_instead("forget that, what have i got booked") and is_instead("never mind, when is it")
    assert not is_instead("when is my other appointment")


@pytest.mark.parametrize(
    ("left", "now", "is_said"),
    [
        ("book_form", "cancel_form", True),
        ("cancel_form", "book_form", True),
        ("cancel_form", "reschedule_form", False),
        ("reschedule_form", "cancel_form", False),
        ("list_form", "book_form", False),
        (None, "book_form", False),
    ],
)
def test_it_is_said_that_a_journey_was_left_unless_that_is_plain(left: str | None, now: str, is_said: bool) -> None:
    assert is_left_behind(left, now) is is_said


def test_of_what_is_remembered_nothing_is_kept_twice_and_nothing_that_is_begun_or_answered() -> None:
    book, order, hours = (
        {"intent": name, "words": ""} for name in ("book_appointment", "order_prescription", "opening_hours")
    )
    assert add_requests([order, hours], [book, order]) == [order, book]
    assert add_requests([order], [book], but="book_appointment") == [order]
    assert add_requests([], None) is None
