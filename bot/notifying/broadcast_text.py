"""What a text to many will look like, what it costs, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.practice import Practice
from bot.sms_text import MAX_SEGMENTS, compose_text, count_segments

LONGEST = 1000  # characters
_AS_LONG_AS_IT_IS = 99  # segments
_ANSWER = re.compile(
    r"\b(?:reply|call|ring|phone|text us|book|visit|reception|speak to|come|website)\b|https?://|www\.", re.I
)
_STOP_WORD = re.compile(
    r"\b(?:reply|text|send)\b[^.!?]*\b(?:STOP|STOPALL|CANCEL|END|QUIT|UNSUBSCRIBE|OPTOUT|REVOKE)\b", re.I
)
_FOR_ONE = re.compile(r"\bDear (?:Mrs?|Ms|Miss|Dr)\b|[{}<>\[\]]", re.I)


@dataclass(frozen=True)
class Preview:
    """Attributes:
    body: as it arrives, the surgery's name first.
    encoding: "GSM-7" or "UCS-2"; segments: what a network bills.
    warnings: codes: "ucs2", "no_answer" (it does not say what to do), "stop_word" (networks would take the answer as
        a wish for no more texts), "for_one" (it looks as if names were to be filled in).
    """

    body: str
    encoding: str
    segments: int
    warnings: tuple[str, ...]

    @property
    def is_too_long(self) -> bool:
        return self.segments > MAX_SEGMENTS

    def pence(self, people: int, practice: Practice) -> float:
        return people * self.segments * practice.texts.pence_per_segment


def preview(text: str, practice: Practice) -> Preview:
    body, _ = compose_text(practice.name, text, _AS_LONG_AS_IT_IS)
    counted = count_segments(body)
    found = {
        "ucs2": counted.encoding != "GSM-7",
        "no_answer": not _ANSWER.search(text),
        "stop_word": bool(_STOP_WORD.search(text)),
        "for_one": bool(_FOR_ONE.search(text)),
    }
    return Preview(body, counted.encoding, counted.count, tuple(code for code, is_so in found.items() if is_so))
