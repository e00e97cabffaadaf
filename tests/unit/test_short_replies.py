"""Very short replies, read the same way every time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.short_replies import ANY, NO, NO_ONE_THING, YES, means_any, read_short_reply

SPELT_YES = """yes|y|Yes.|YES!!|yeah|yep|yup|ye|yh|aye|ok|okay|k|Sure|please do|go ahead|thats fine|that's fine|yes pls
sounds good|book it|perfect|correct|thats right|definitely|alright|okey doke
go on then mate|👍|👍🏽👍🏽|👍 thanks|lovely ta|yes yes yes|no problem|yes cancel it""".replace("\n", "|").split("|")
SPELT_NO = """no|n|No.|NO!|nah|nope|no thanks|no thank you|not really|dont|don't|no ta|none|nothing|no reason|skip|pass
rather not|i'd rather not|prefer not to say|never
👎|❌|no no no|no ta mate|keep it|dont cancel it|actually no""".replace("\n", "|").split("|")
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
    ("hi, 2 please", 2),
    ("yes 2 please", 2),
    ("ok the second one", 2),
    ("2 👍", 2),
    ("2️⃣", 2),
    ("2 sounds good", 2),
    ("number two would be great", 2),
    ("the earliest", 1),
    ("the earlier one", 1),
    ("the later one", -1),
    ("latest", -1),
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
    "earlier",
    "later",
    "-1",
    "x",
    "null",
    "<b>2</b>",
    "½",
    "yes no",
    "ok no",
    "cancel that",
    "yes " * 30,
]
UNSURE = "hmm|Hmmmm...|um|er|erm|maybe|not sure|hang on|one sec|wait".split("|")
SEVERAL = "1 or 2|1st or 2nd|1, 2 or 3|2 and 3|the first and the last|first/second|0".split("|")
WHICHEVER = "either|any of them|any is fine thanks|i dont mind|I don't mind!|you choose|whichever".split("|")


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


@pytest.mark.parametrize("text", UNSURE)
def test_thinking_aloud_is_no_answer(text: str) -> None:
    assert read_short_reply(text) == ("nlu_fallback", None)


@pytest.mark.parametrize("text", SEVERAL)
def test_several_options_are_no_choice(text: str) -> None:
    assert read_short_reply(text) == ("select_option", NO_ONE_THING)


@pytest.mark.parametrize("text", WHICHEVER)
def test_any_of_them_is_a_choice_without_a_number(text: str) -> None:
    assert means_any(text)
    assert read_short_reply(text) == ("select_option", None)


def test_no_word_means_two_things() -> None:
    assert not YES & NO and not YES & ANY and not NO & ANY


@given(st.text(max_size=300))
def test_no_text_whatever_makes_it_fail(text: str) -> None:
    read = read_short_reply(text)
    assert read is None or read[0] in ("affirm", "deny", "select_option", "nlu_fallback")


@given(st.integers(1, 9), st.sampled_from(["{}", "{}.", " {} ", "option {}", "the {} one", "number {} please"]))
def test_every_option_can_be_chosen_in_every_form(option: int, form: str) -> None:
    assert read_short_reply(form.format(option)) == ("select_option", option)


@pytest.mark.parametrize("text", ["499 please", "yes 499", "number 499", "499"])
def test_a_number_of_three_digits_is_a_choice_with_a_word_around_it(text: str) -> None:
    assert read_short_reply(text) == ("select_option", 499)


@pytest.mark.parametrize("text", ["999 please", "please 999", "yes 111"])
def test_the_emergency_numbers_are_no_choice_with_words_around_them(text: str) -> None:
    assert read_short_reply(text) is None
