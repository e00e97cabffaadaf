"""Which clinician a person means."""

from __future__ import annotations

import pytest

from bot.backend.demo import CLINICIANS
from bot.nlu.clinicians import find_clinicians

GPS = {"dr-patel", "dr-hughes", "dr-okafor"}


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("can i see dr patel", "dr-patel"),
        ("PATEL please", "dr-patel"),
        ("dr pattel tomorrow", "dr-patel"),
        ("doctor okafour", "dr-okafor"),
        ("dr okafor's next appointment", "dr-okafor"),
        ("with Hughes if possible", "dr-hughes"),
        ("dr huges", "dr-hughes"),
        ("dr james", "dr-hughes"),
        ("nurse kelly", "nurse-byrne"),
        ("nurse byrne pls", "nurse-byrne"),
        ("sam whitaker", "whitaker"),
        ("mei chen for bloods", "chen"),
    ],
)
def test_a_clinician_is_found_by_name_and_by_misspelt_name(text: str, identifier: str) -> None:
    assert find_clinicians(text, CLINICIANS).ids == (identifier,)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("i want to see a doctor", GPS),
        ("gp appointment", GPS),
        ("the nurse please", {"nurse-byrne"}),
        ("pharmacist", {"whitaker"}),
        ("hca", {"chen"}),
        ("a lady doctor please", {"dr-patel", "dr-okafor"}),
        ("a female gp", {"dr-patel", "dr-okafor"}),
        ("male doctor", {"dr-hughes"}),
    ],
)
def test_a_role_gives_everyone_who_has_it(text: str, ids: set[str]) -> None:
    assert set(find_clinicians(text, CLINICIANS).ids) == ids


@pytest.mark.parametrize("text", ["anyone", "any doctor", "i dont mind who", "someone else", "a different doctor"])
def test_anyone_is_nobody_in_particular(text: str) -> None:
    wanted = find_clinicians(text, CLINICIANS)
    assert wanted.anyone and not wanted.ids


@pytest.mark.parametrize(
    "text", ["", "tomorrow morning", "i am a new patient", "the chemist", "can i come on friday", "my neck hurts"]
)
def test_nobody_is_read_into_other_words(text: str) -> None:
    assert not find_clinicians(text, CLINICIANS)


@pytest.mark.parametrize(
    "text", ["can i see dr smith", "Dr. O'Neill on monday", "appt with dr jonesy pls", "dr adams", "dr monroe"]
)
def test_a_doctor_whom_the_practice_does_not_have_is_noticed(text: str) -> None:
    assert find_clinicians(text, CLINICIANS).is_stranger


@pytest.mark.parametrize(
    "text",
    ["can i see dr patel", "dr okafour thurs", "see a dr tomorrow", "any dr please", "dr asap", "a dr for my knee"]
    + ["dr monday am", "need a dr next week", "dr about my back", "the doctor on friday", "is the dr in today"],
)
def test_a_doctor_in_general_or_one_of_ours_is_no_stranger(text: str) -> None:
    assert not find_clinicians(text, CLINICIANS).is_stranger
