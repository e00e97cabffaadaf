"""Very short replies, read the same way every time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.short_replies import NO, YES, read_short_reply

SPELT_YES = """yes|y|Yes.|YES!!|yeah|yep|yup|ye|yh|aye|ok|okay|k|Sure|please do|go ahead|thats fine|that's fine|yes pls
sounds good|book it|perfect|correct|thats right|definitely|alright""".replace("\n", "|").split("|")
SPELT_NO = """no|n|No.|NO!|nah|nope|no thanks|no thank you|not really|dont|don't|no ta|none|nothing|no reason|skip|pass
rather not|i'd rather not|prefer not to say|never""".replace("\n", "|").split("|")
OPTIONS = [
    ("1", 1),
    ("2.", 2),
    (" 3 ", 3),
    ("1)", 1),
    ("#2", 2),
    ("no 2", 2),
    ("number 3", 3),
    ("option 1", 1),
    ("the 2nd one", 2),
    ("the first one please", 1),
    ("i'll take the second", 2),
    ("can i have number 3 please", 3),
    ("third one pls", 3),
    ("one", 1),
    ("two please", 2),
    ("the last one", -1),
    ("last", -1),
    ("2 pls", 2),
    ("2 please", 2),
    ("go with 1", 1),
    ("784", 784),
    ("(417)", 417),
]
NEITHER = [
    "",
    "tomorrow",
    "yes but later",
    "no i meant wednesday",
    "2pm",
    "2 weeks",
    "at 2",
    "10:20",
    "the 9.20",
    "first thing tomorrow",
    "one of the nurses",
    "07700900001",
    "1st december",
    "half 2",
    "no earlier than 3",
]


@pytest.mark.parametrize("text", SPELT_YES)
def test_yes_is_yes_however_it_is_spelt(text: str) -> None:
    assert read_short_reply(text) == ("affirm", None)


@pytest.mark.parametrize("text", SPELT_NO)
def test_no_is_no_however_it_is_spelt(text: str) -> None:
    assert read_short_reply(text) == ("deny", None)


@pytest.mark.parametrize(("text", "option"), OPTIONS)
def test_a_choice_is_read_by_number_and_by_position(text: str, option: int) -> None:
    assert read_short_reply(text) == ("select_option", option)


@pytest.mark.parametrize("text", NEITHER)
def test_a_longer_message_is_left_to_the_classifier(text: str) -> None:
    assert read_short_reply(text) is None


def test_no_word_means_both_yes_and_no() -> None:
    assert not YES & NO


@given(st.text(max_size=300))
def test_no_text_whatever_makes_it_fail(text: str) -> None:
    read = read_short_reply(text)
    assert read is None or read[0] in ("affirm", "deny", "select_option")


@given(st.integers(1, 9), st.sampled_from(["{}", "{}.", " {} ", "option {}", "the {} one", "number {} please"]))
def test_every_option_can_be_chosen_in_every_form(option: int, form: str) -> None:
    assert read_short_reply(form.format(option)) == ("select_option", option)
