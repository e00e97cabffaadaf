"""A message cut into clauses, and the requests found in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.clauses import split_clauses
from bot.nlu.requests import Ranking, Read, find_requests


def clauses(text: str) -> list[str]:
    return [text[start:end] for start, end in split_clauses(text)]


def ranking(*pairs: tuple[str, float]) -> Ranking:
    return [{"name": name, "confidence": confidence} for name, confidence in pairs]


def read(intent: str, confidence: float, at: int) -> Read:
    return Read(ranking((intent, confidence)), at, at + 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("book me in and order my tablets", ["book me in", "order my tablets"]),
        ("cancel it please. can you also order ramipril", ["cancel it please", "can you also order ramipril"]),
        ("what time do you open, where are you?", ["what time do you open", "where are you"]),
        ("see a nurse as well as change my address", ["see a nurse", "change my address"]),
        ("book with dr patel", []),
        ("metformin and ramipril", []),
        ("i need to see someone at 10.20 on 3.12", []),
    ],
)
def test_a_message_is_cut_where_something_else_begins(text: str, expected: list[str]) -> None:
    assert clauses(text) == expected


def test_a_lone_word_stays_with_what_stands_before_it() -> None:
    assert clauses("order my metformin and ramipril, and book me in") == [
        "order my metformin and ramipril",
        "book me in",
    ]


@given(st.text(max_size=500))
def test_clauses_stand_in_order_and_never_overlap(text: str) -> None:
    spans = split_clauses(text)
    assert len(spans) <= 8 and len(spans) != 1
    assert all(start < end for start, end in spans)
    assert all(first[1] <= second[0] for first, second in zip(spans, spans[1:]))


def test_two_clear_requests_are_both_kept_in_the_order_they_were_said() -> None:
    whole = ranking(("order_prescription", 0.6), ("book_appointment", 0.3))
    found, requests = find_requests(whole, [read("book_appointment", 0.9, 0), read("order_prescription", 0.95, 9)])
    assert [each.intent for each in requests] == ["book_appointment", "order_prescription"]
    assert found[0]["name"] == "book_appointment"


def test_the_same_request_twice_is_one() -> None:
    whole = ranking(("book_appointment", 0.9))
    assert find_requests(whole, [read("book_appointment", 0.9, 0), read("book_appointment", 0.9, 9)]) == (whole, [])


def test_an_unsure_clause_or_a_pleasantry_is_no_request() -> None:
    whole = ranking(("book_appointment", 0.9))
    asked = [read("book_appointment", 0.9, 0), read("view_record", 0.4, 9), read("thanks", 1.0, 20)]
    assert find_requests(whole, asked) == (whole, [])


def test_what_the_message_as_a_whole_does_not_mean_is_not_cut_out_of_it() -> None:
    whole = ranking(("reschedule_appointment", 0.95), ("correction", 0.03))
    asked = [read("cancel_appointment", 0.9, 0), read("book_appointment", 0.9, 9)]
    assert find_requests(whole, asked) == (whole, [])


def test_a_clear_clause_speaks_for_an_unclear_message() -> None:
    whole = ranking(("nlu_fallback", 0.7), ("chitchat", 0.3))
    found, requests = find_requests(whole, [read("chitchat", 0.8, 0), read("book_appointment", 0.9, 30)])
    assert (found[0]["name"], requests) == ("book_appointment", [])


def test_a_clear_message_is_not_overruled_by_one_clause() -> None:
    whole = ranking(("complaint", 0.9))
    assert find_requests(whole, [read("book_appointment", 0.99, 0), read("complaint", 0.5, 9)]) == (whole, [])
