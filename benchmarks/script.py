"""What the pretend patients write: booking, looking up, moving, cancelling, and questions about the surgery."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

_NUMBER = re.compile(r"\b(\d{3}) to (?:move|cancel) it")


@dataclass(frozen=True)
class Line:
    """A message, and words that the right answer holds.

    In the text `{number}` is the one that the answer before asked for, and `{day}` a half day of the patient's own:
    several who write at once do not take each other's times.
    """

    text: str
    answer: str
    is_form: bool = False


def _form(text: str, answer: str) -> Line:
    return Line(text, answer, is_form=True)


_DAYS = [f"{day} {half}" for day in ("monday", "tuesday", "wednesday", "thursday") for half in ("morning", "afternoon")]

# 24 messages: 12 belong to a journey (a form, with its validation, question and search), 12 are answered at once.
LINES = (
    Line("hello", "surgery"),
    Line("what time do you open tomorrow", "open"),
    Line("is there anywhere to park", "car park"),
    _form("I'd like to book an appointment please", "When would you like"),
    _form("next week on {day}", "Which one?"),
    _form("2", "short reason"),
    _form("no", "Please check"),
    _form("1", "Booked"),
    Line("thanks", "welcome"),
    _form("when is my appointment", "Your next appointment"),
    Line("what is your address", "Mill Lane"),
    Line("are you open on saturday", "closed"),
    _form("can I move my appointment", "When would you like"),
    _form("the week after next on {day}", "Which one?"),
    _form("1", "to move it"),
    _form("{number}", "Moved"),
    Line("thank you", "welcome"),
    Line("how do I register with you", "register"),
    Line("are you a robot", "automated"),
    Line("what are your opening hours", "open"),
    _form("please cancel my appointment", "to cancel it"),
    _form("{number}", "cancelled"),
    Line("is there a ramp for a wheelchair", "ramp"),
    Line("bye", "Goodbye"),
)


@dataclass(frozen=True)
class Timed:
    """One turn as seen from outside, in seconds.

    Attributes:
        whole: from sending the message until its answer is there.
        accepted: from sending the message until the request was answered.
        answer: what was said.
    """

    whole: float
    accepted: float
    answer: str


class Assistant(Protocol):
    """Something that can be written to."""

    def say(self, number: str, text: str) -> Timed:
        """Send one message from this number and wait for its answer."""


@dataclass(frozen=True)
class Turn:
    line: Line
    timed: Timed

    @property
    def is_right(self) -> bool:
        return self.line.answer.casefold() in self.timed.answer.casefold()


def converse(say: Callable[[str, str], Timed], number: str) -> Iterator[Turn]:
    """One patient goes through the whole script, and leaves the appointment book as it was."""
    confirm, day = "", _DAYS[int(number[-3:]) % len(_DAYS)]
    for line in LINES:
        timed = say(number, line.text.format(number=confirm, day=day))
        found = _NUMBER.search(timed.answer)
        confirm = found[1] if found else confirm
        yield Turn(line, timed)
