"""What a message is about, and what of the first words is the message itself."""

from __future__ import annotations

import pytest

from bot.writing.topics import TOPICS, find_message, find_topic, wants_files

ABOUT: dict[str | None, tuple[str, ...]] = {
    "fit_note": (
        "sick note please",
        "need note 4 wrk been off sick since mon",
        "my sick note runs out friday can i have another",
        "I need a fit note",
        "self cert form",
        "med certificate",
        "doctors note for work",
        "SICKNOTE",
    ),
    "referral": (
        "chasing my referral",
        "can i be referred to physio",
        "refer me for a hearing test",
        "private referral letter",
    ),
    "letter": (
        "letter from gp please",
        "to whom it may concern",
        "letters for the council",
    ),
    "form": (
        "i've a form needs signing",
        "blue badge",
        "dvla",
        "passport countersigning",
        "insurance report",
    ),
    "medicine": (
        "question about my tablets",
        "can i drink on these antibiotics",
        "the pills make me dizzy",
        "side effects",
    ),
    "address": (
        "change of address",
        "we've moved house",
        "i have moved",
        "new address",
    ),
    "complaint": (
        "i want to complain",
        "complaint about reception",
    ),
    "other": (
        "something else",
        "it's something else",
        "Other",
        "none of these",
    ),
    None: (
        "send a message to the doctor",
        "hello",
        "can i leave a message",
        "information please",
        "performance",
    ),
}

MESSAGES = {
    "please tell the doctor that my cough is not any better": "my cough is not any better",
    "tell dr patel my blood pressure readings please 140/85 138/82": "my blood pressure readings please 140/85 138/82",
    "let dr okafor know i stopped the tablets they made me sick": "i stopped the tablets they made me sick",
    "message for nurse kelly: the dressing has come off": "the dressing has come off",
    "can you ask dr shah whether i should carry on with the steroids": "i should carry on with the steroids",
    "please tell doctor that medicine make me dizzy": "medicine make me dizzy",
    "my sick note runs out friday can i have another": "my sick note runs out friday can i have another",
    "the hospital say they havent got my referral": "the hospital say they havent got my referral",
    "can the doctor write a letter for my housing": "can the doctor write a letter for my housing",
    # Only asked for:
    "can i send a message to dr hughes": None,
    "message for nurse kelly please": None,
    "i want to write to the doctor about my tablets": None,
    "where do i send photos of my rash the doctor asked for": None,
    "how do i make a complaint about the surgery": None,
    "i would like to make a complaint about reception": None,
    "sick note please": None,
    "send a message": None,
    "please pass this on to dr shah": None,
}


@pytest.mark.parametrize("topic, text", [(topic, text) for topic, texts in ABOUT.items() for text in texts])
def test_what_it_is_about(topic: str | None, text: str) -> None:
    assert find_topic(text) == topic


def test_every_topic_can_be_found() -> None:
    assert set(TOPICS) == set(ABOUT) - {None}


@pytest.mark.parametrize("text, message", MESSAGES.items())
def test_what_is_to_be_passed_on(text: str, message: str | None) -> None:
    assert find_message(text) == message


@pytest.mark.parametrize("text", ["send a photo", "can i attach a file", "upload a picture of my form", "send a pdf"])
def test_who_wants_to_send_a_file(text: str) -> None:
    assert wants_files(text)


@pytest.mark.parametrize(
    "text", ["tell dr patel the photo I sent was the wrong one", "sick note please", "my profile", "send a message"]
)
def test_who_does_not(text: str) -> None:
    assert not wants_files(text)
