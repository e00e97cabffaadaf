"""Phone numbers as people type them."""

from __future__ import annotations

import json

import pytest

from bot.identity.phone_numbers import as_e164, read_mobile, spoken
from bot.settings import ROOT

CORPUS = ROOT.parent / "shared" / "eval" / "phone_numbers.jsonl"


@pytest.mark.parametrize(
    "text",
    [
        "07700900001",
        "07700 900001",
        "07700 900 001",
        "07700-900-001",
        "+447700900001",
        "+44 7700 900001",
        "0044 7700 900001",
        "+44 (0)7700 900001",
        "my number is 07700 900001",
        "its 07700900001 thanks",
        "07700 900001.",
        "mobile: 07700 900001 (my wife's)",
    ],
)
def test_a_number_is_read_however_it_is_typed(text: str) -> None:
    assert read_mobile(text) == "+447700900001"


@pytest.mark.parametrize("text", ["", "i dont have one", "tomorrow at 9", "12", "999", "07700", "???"])
def test_what_is_no_number_is_not_read_as_one(text: str) -> None:
    assert read_mobile(text) is None


def test_the_first_of_two_numbers_is_read() -> None:
    assert read_mobile("07700 900001 or 07700 900002") == "+447700900001"


def test_a_number_from_abroad_is_read_with_its_country() -> None:
    assert read_mobile("+353 85 012 3456") == "+353850123456"


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("+447700900001", "+447700900001"),
        ("07700 900001", "+447700900001"),
        ("RIVERSIDE", None),
        ("", None),
        ("65000", None),  # a short code
    ],
)
def test_what_a_provider_gives_is_a_number_or_none(given: str, number: str | None) -> None:
    assert as_e164(given) == number


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("+447700900001", "07700 900001"),
        ("020 7946 0123", "020 7946 0123"),
        ("+353850123456", "+353 85 012 3456"),
    ],
)
def test_a_number_is_written_as_people_write_it(number: str, said: str) -> None:
    assert spoken(number) == said


@pytest.mark.skipif(not CORPUS.exists(), reason=f"{CORPUS} is not present")
def test_british_numbers_of_the_public_corpus_are_nearly_all_read() -> None:
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    british = [
        (row["text"], each["expression"])
        for row in rows
        for each in row.get("expected", [])
        if each["expression"].replace(" ", "").replace("(", "").startswith(("+44", "0044", "07"))
    ]
    read = [text for text, number in british if (read_mobile(text) or "")[-4:] == _digits(number)[-4:]]
    assert len(british) >= 10
    assert len(read) / len(british) >= 0.6, sorted({text for text, _ in british} - set(read))


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
