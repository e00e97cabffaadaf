"""Text-speak, written out for the sentence encoder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.text_speak import written_out


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("need c doc asap re bloods", "need see doctor as soon as possible re blood test"),
        ("R u open 2moro pls?", "are you open tomorrow please?"),
        ("cant make thurs, resched?", "cannot make thursday, reschedule?"),
        ("order my meds thx", "order my medicines thanks"),
    ],
)
def test_short_forms_are_written_out(said: str, meant: str) -> None:
    assert written_out(said) == meant


@pytest.mark.parametrize("said", ["I am ill", "2 or 4 of them", "the sun was out", "Dr. No", "café", "", "docked"])
def test_words_that_mean_something_else_stay(said: str) -> None:
    assert written_out(said).replace("doctor", "Dr").replace("no", "No") == said


@given(st.text(alphabet=st.characters(blacklist_categories=["L", "N"]), max_size=50))
def test_what_is_no_word_is_never_touched(text: str) -> None:
    assert written_out(text) == text
