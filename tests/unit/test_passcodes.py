"""Passcodes: length, not puzzles; nothing that is guessed first."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.identity.passcodes import (
    fits,
    hash_passcode,
    holds_registration_key,
    needs_rehash,
    new_registration_key,
    read_registration_key,
    weakness,
)

OWN = ("Amira", "Khan", "18041991", "1991", "Riverside Surgery", "07700900001")


@pytest.mark.parametrize("passcode", ["copper-lantern-42", "my dog is brown", "maple river 77", "приветсосед9"])
def test_a_few_plain_words_will_do(passcode: str) -> None:
    assert weakness(passcode, 10, OWN) is None


@pytest.mark.parametrize(
    "passcode", ["1234567890", "password123", "qwertyuiop", "liverpoolfc", "aaaaaaaaaaaa", "abcdefghij", "summer2024!"]
)
def test_what_is_guessed_first_is_refused(passcode: str) -> None:
    assert weakness(passcode, 10, OWN) == "guessable"


@pytest.mark.parametrize("passcode", ["amira khan 1991", "Khan18041991", "07700900001", "riversidesurgery1991"])
def test_what_others_know_of_somebody_is_refused(passcode: str) -> None:
    assert weakness(passcode, 10, OWN) == "guessable"


def test_too_short_and_too_long_are_told_apart() -> None:
    assert weakness("k7 mango", 10) == "short"
    assert weakness("long " * 40, 10) == "long"


def test_it_is_kept_as_argon2id_and_fits_only_itself() -> None:
    kept = hash_passcode("copper-lantern-42")
    assert kept.startswith("$argon2id$")
    assert fits("copper-lantern-42", kept)
    assert not fits("copper-lantern-43", kept)
    assert not needs_rehash(kept)


def test_without_a_passcode_nothing_fits() -> None:
    assert not fits("", None)
    assert not fits("copper-lantern-42", None)
    assert not fits("copper-lantern-42", "no hash at all")


def test_however_a_keyboard_writes_it_it_is_the_same_passcode() -> None:
    assert fits("cafe\u0301 au lait", hash_passcode("caf\u00e9 au lait"))


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=2000))
def test_nothing_that_can_be_typed_breaks_it(typed: str) -> None:
    weakness(typed, 10, OWN)
    assert not fits(typed + "x", hash_passcode("something else entirely"))


def test_a_key_in_a_message_is_seen_and_ordinary_words_are_not() -> None:
    assert holds_registration_key(f"my key is {new_registration_key().lower()} thanks")
    for ordinary in (
        "book me an appointment",
        "07700 900 123",
        "WS1 2AB",
        "BLUE FISH TANK",
        "my NHS number 999 000 0018",
    ):
        assert not holds_registration_key(ordinary)


def test_a_registration_key_is_read_however_it_is_typed() -> None:
    key = new_registration_key()
    assert len(key) == 14
    assert read_registration_key(f"  {key.lower().replace('-', ' ')} ") == key
    assert new_registration_key() != key
