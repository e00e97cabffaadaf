"""Text messages as they are sent."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import ROOT
from bot.sms_text import MAX_SEGMENTS, Segments, compose_text, count_segments, fit, to_gsm

CORPUS = ROOT.parent / "shared" / "eval" / "gsm_segments.jsonl"
EXTENDED = "^{}\\[~]|€"


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", Segments("GSM-7", 1)),
        ("a" * 160, Segments("GSM-7", 1)),
        ("a" * 161, Segments("GSM-7", 2)),
        ("a" * 306, Segments("GSM-7", 2)),
        ("a" * 307, Segments("GSM-7", 3)),
        ("a" * 459, Segments("GSM-7", 3)),
        ("a" * 460, Segments("GSM-7", 4)),
        ("€" * 80, Segments("GSM-7", 1)),
        ("€" * 81, Segments("GSM-7", 2)),
        ("a" * 152 + "€" + "a" * 20, Segments("GSM-7", 2)),
        ("ж" * 70, Segments("UCS-2", 1)),
        ("ж" * 71, Segments("UCS-2", 2)),
        ("😀" * 35, Segments("UCS-2", 1)),
        ("😀" * 36, Segments("UCS-2", 2)),
        ("ж" * 66 + "😀" * 2, Segments("UCS-2", 1)),
    ],
)
def test_segments_are_counted_as_a_network_bills_them(text: str, segments: Segments) -> None:
    assert count_segments(text) == segments


def test_a_character_of_two_units_is_never_cut_in_half() -> None:
    assert count_segments("ж" * 66 + "😀" + "ж" * 66) == Segments("UCS-2", 3)  # the emoji goes to the second whole
    assert count_segments("a" * 152 + "€" + "a" * 152) == Segments("GSM-7", 3)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("It’s “ready” – come…", 'It\'s "ready" - come...'),
        ("naïve Zoë Łukasz", "naive Zoe Lukasz"),
        ("café à la crème", "café à la crème"),
        ("a\u00a0b\u200bc\td", "a bc d"),
        ("œuvre", "oeuvre"),
        ("½ hour", "½ hour"),
        ("مرحبا", "مرحبا"),
    ],
)
def test_text_is_made_plain_where_that_loses_nothing(typed: str, sent: str) -> None:
    assert to_gsm(typed) == sent


@given(st.text(max_size=1200))
def test_a_fitted_text_never_takes_more_than_three_segments(text: str) -> None:
    assert count_segments(fit(text)).count <= MAX_SEGMENTS


@given(st.text(alphabet="ab ,.…€😀ж\n", max_size=900))
def test_a_fitted_text_of_awkward_characters_never_takes_more_than_three_segments(text: str) -> None:
    assert count_segments(fit(text)).count <= MAX_SEGMENTS


@given(st.text(max_size=1200))
def test_a_fitted_text_has_no_half_characters(text: str) -> None:
    fit(text).encode("utf-8")


@given(st.text(max_size=400))
def test_what_is_plain_stays_plain(text: str) -> None:
    assert to_gsm(to_gsm(text)) == to_gsm(text)


@given(st.text(alphabet="abcdefghijklmnop .,!?'@£", max_size=459).map(str.strip))
def test_a_text_that_fits_is_left_as_it_is(text: str) -> None:
    assert fit(text) == text


def test_a_text_that_is_cut_ends_at_a_word_with_three_dots() -> None:
    cut = fit("appointment " * 60)
    assert cut.endswith("appointment...")


def test_one_endless_word_is_cut_too() -> None:
    assert count_segments(fit("a" * 5000)).count <= MAX_SEGMENTS


def test_a_text_begins_with_the_surgery_and_has_no_blank_lines() -> None:
    body, segments = compose_text("Riverside Surgery", "Hello.\n\n  What do you need?  \n")
    assert body == "Riverside Surgery: Hello.\nWhat do you need?"
    assert segments == 1


@given(st.text(max_size=2000))
def test_whatever_is_said_the_text_names_the_surgery_and_fits(said: str) -> None:
    body, segments = compose_text("Riverside Surgery", said)
    assert body.startswith("Riverside Surgery:")
    assert segments == count_segments(body).count <= MAX_SEGMENTS


@pytest.mark.skipif(not CORPUS.exists(), reason=f"{CORPUS} is not present")
def test_segments_agree_with_the_public_corpus() -> None:
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    wrong = [
        row["id"]
        for row in rows
        if "segments" in row
        and (row["encoding"], row["segments"])
        != (count_segments(row["body"]).encoding, count_segments(row["body"]).count)
    ]
    assert wrong == []
