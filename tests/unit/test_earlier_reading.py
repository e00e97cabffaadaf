"""What is answered to the offer of an earlier time: taken only with its number, declined in any words."""

from __future__ import annotations

import pytest

from bot.earlier.reading import Answer, read_answer

TAKE = ["417", "417.", "yes 417", "Yes please 417", "417 please", "ok 417 thanks", "ill take 417", "reply 417",
        "#417", "yes please i would like the earlier one 417 thank you",
        "417 👍", "417 pls x", "take it 417", "YES 417!!"]  # fmt: skip
DECLINE = ["no", "NO", "No thanks", "no thank you", "nah", "nope", "n", "cant make that", "can't make it sorry",
           "sorry i cannot do tuesday", "i'll keep mine", "ill keep what i have", "keep my appointment", "not for me",
           "no i cant that day", "too early for me", "too short notice", "that doesnt work for me", "im at work then",
           "no 417", "dont want 417 no thanks", "no good", "not this time", "offer it to someone else", "👎",
           "i'll stick with mine", "no its ok", "no sorry", "I am away then", "wont be able to make that"]  # fmt: skip
YES = ["yes", "yes please", "ok", "yep", "ill take it", "I'll have it please", "yes i want it", "great", "sure", "👍",
       "id like that", "book it", "can i have that", "that would be great yes please"]  # fmt: skip
UNCLEAR = ["is 417 the right number to take it?", "not 417 wait", "417 if its with dr patel", "417 but can it be later"]
NOTHING = ["what are your opening hours", "cancel my appointment", "no i want to cancel my appointment", "418", "4175",
           "can you move it to friday", "order my metformin", "take me off the list", "speak to someone", "hmm",
           "my results", "i need another appointment as well", "2", "where are you"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *((text, Answer.TAKE) for text in TAKE),
        *((text, Answer.DECLINE) for text in DECLINE),
        *((text, Answer.YES) for text in YES),
        *((text, Answer.UNCLEAR) for text in UNCLEAR),
        *((text, None) for text in NOTHING),
    ],
)
def test_an_answer_is_read_in_peoples_own_words(text: str, answer: Answer | None) -> None:
    assert read_answer(text, "417") == answer


def test_what_quotes_the_whole_offer_takes_nothing() -> None:
    quoted = "An earlier time is free: Tuesday. Reply 417 to take it, or NO. We keep it for you until 11am."
    assert read_answer(quoted, "417") is not Answer.TAKE
