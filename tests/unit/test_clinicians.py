"""Which clinician a person means."""

from __future__ import annotations

import pytest

from bot.backend.base import Clinician
from bot.backend.demo_people import CLINICIANS
from bot.nlu.clinicians import find_clinicians

GPS = {"dr-patel", "dr-hughes", "dr-okafor"}
PHYSIO = Clinician("physio", "Jo Marsh", "physiotherapist", "female")
RAJ = Clinician("dr-kumar", "Dr Rajesh Kumar", "GP", "male")


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
        ("doc patel", "dr-patel"),
        ("doctor patal pls", "dr-patel"),
        ("dr hews", "dr-hughes"),
        ("dr hughs tomorrow", "dr-hughes"),
        ("dr hewes am", "dr-hughes"),
        ("Dr Pat", "dr-patel"),
        ("dr p please", "dr-patel"),
        ("Dr. O", "dr-okafor"),
        ("dr anjali", "dr-patel"),
        ("can i see ngozi", "dr-okafor"),
        ("with kelly on monday", "nurse-byrne"),
        ("nurse kellie", "nurse-byrne"),
        ("not dr patel, dr hughes please", "dr-hughes"),
        ("dr hughes rather than dr patel", "dr-hughes"),
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
        ("not a man please", {"dr-patel", "dr-okafor", "nurse-byrne", "chen"}),
        ("a doctor but not a man", {"dr-patel", "dr-okafor"}),
        ("i'd prefer a woman doctor", {"dr-patel", "dr-okafor"}),
        ("practice nurse", {"nurse-byrne"}),
        ("the phlebotomist", {"chen"}),
        ("the blood lady", {"chen"}),
    ],
)
def test_a_role_gives_everyone_who_has_it(text: str, ids: set[str]) -> None:
    assert set(find_clinicians(text, CLINICIANS).ids) == ids


@pytest.mark.parametrize("text", ["anyone", "any doctor", "i dont mind who", "someone else", "a different doctor"])
def test_anyone_is_nobody_in_particular(text: str) -> None:
    wanted = find_clinicians(text, CLINICIANS)
    assert wanted.anyone and not wanted.ids


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow morning", "i am a new patient", "the chemist", "can i come on friday", "my neck hurts"]
    + [
        "a nursery place",
        "the hue of my skin",
        "i am a woman of 40",
        "my patella hurts",
        "a man hit me",
        "physio please",
    ]
    + ["it is james here", "see the letter", "with pain", "my usual time", "same as last time", "burns", "then when"],
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


@pytest.mark.parametrize("text", ["anyone but dr hughes", "not dr hughes again", "i dont want to see Dr Hughs"])
def test_somebody_not_wanted_leaves_the_others_who_do_the_same_work(text: str) -> None:
    wanted = find_clinicians(text, CLINICIANS)
    assert set(wanted.ids) == {"dr-patel", "dr-okafor"} and not wanted.anyone


@pytest.mark.parametrize(
    "text",
    ["my usual doctor", "my own gp please", "can i have my regular dr", "the dr i always see", "the usual doctor"]
    + ["same doctor as last time", "doctor that i normally see", "with my normal GP on tuesday"],
)
def test_the_usual_doctor_is_whoever_that_is(text: str) -> None:
    wanted = find_clinicians(text, CLINICIANS)
    assert wanted and wanted.is_usual and not wanted.ids


def test_a_first_letter_is_enough_where_one_alone_has_it() -> None:
    assert find_clinicians("dr p", [*CLINICIANS, Clinician("dr-price", "Dr Ann Price", "GP", "female")]).role == "GP"


def test_a_nickname_is_the_beginning_of_a_first_name() -> None:
    assert find_clinicians("can i see raj", [*CLINICIANS, RAJ]).ids == ("dr-kumar",)
    assert find_clinicians("dr raj", [*CLINICIANS, RAJ]).ids == ("dr-kumar",)


def test_a_physiotherapist_is_asked_for_where_there_is_one() -> None:
    assert find_clinicians("the physio", [*CLINICIANS, PHYSIO]).ids == ("physio",)


@pytest.mark.parametrize("name", ["", "Locum", "Dr", "Dr Locum"])
def test_an_odd_name_is_no_trouble(name: str) -> None:
    find_clinicians("dr patel or a locum", [Clinician("x", name, "GP", "unknown")])
