"""What `parse` tells of medicines."""

from __future__ import annotations

from bot.console_chat import read_medicines


def test_medicines_are_told_where_a_list_was_given() -> None:
    assert read_medicines("ramiprill and warfarin", ["Ramipril 5mg capsules", "Senna 7.5mg tablets"]) == {
        "medicines": ["Ramipril 5mg capsules"],
        "medicines_ask": [],
        "medicines_not_on_repeat": ["warfarin"],
    }


def test_what_is_not_clear_is_told_to_be_asked_about() -> None:
    both = ["Ramipril 5mg capsules", "Ramipril 10mg capsules"]
    assert read_medicines("ramipril", both)["medicines_ask"] == both


def test_without_a_list_nothing_is_told_of_medicines() -> None:
    assert read_medicines("ramipril please", None) == {}
