"""What a correction means: what was denied is left out, and what remains is the new value."""

from __future__ import annotations

import re

from bot.actions.talk import Talk
from bot.nlu.short_replies import read_short_reply
from bot.nlu.when import read_when

_POSITION = r"(?:\d[\d:.]*(?: ?[ap]m)?|first|second|third|fourth|last|one|two|three|four)"
_DENIED = re.compile(
    rf"\b(?:not|instead of|rather than)(?: (?:at|the|number|option|for|no))* {_POSITION}(?: one)?(?![\w:])", re.I
)
_LEAD_IN = re.compile(
    r"\b(?:no|nope|sorry|oh|oops|whoops|wait|hang on|actually|i (?:meant|mean|said|want(?:ed)?|picked)|(?:to )?say"
    r"|make (?:it|that)|(?:it )?should be|change (?:it|that) to|instead|but|rather|please|pls|at)\b",
    re.I,
)
_CORRECTS = re.compile(
    r"\b(?:no|nope|not|sorry|oops|whoops|wait|actually|instead|rather|meant|mean|said|wanted)\b", re.I
)


def option_meant(text: str, count: int) -> int | None:
    """The number in "not 1, i meant 2" or "no, the second one": what is left once the correcting is taken away.

    None if a number was denied that the list of `count` does not have: in "not 10, i meant 2" both are hours.

    >>> option_meant("sorry not the first one i meant the 3rd", 3)
    3
    """
    rest = " ".join(re.sub(r"[^\w\s:]", " ", _LEAD_IN.sub(" ", _DENIED.sub(" ", text))).split())
    if not rest or not _CORRECTS.search(text) or _denied_hour(text, count):
        return None
    read = read_short_reply(rest)
    return read[1] if read else None


def read_past_what_is_denied(talk: Talk, offered: int) -> None:
    """In "not 10, i meant 2" the 10 is no wish, and 2 is an hour unless both are numbers of the list."""
    rest = _DENIED.sub(" ", talk.text)
    if rest == talk.text:
        return
    hour = re.fullmatch(r"\W*(\d{1,2})\W*", _LEAD_IN.sub(" ", rest))
    if hour and not _denied_hour(talk.text, offered) and int(hour[1]) <= offered:
        return
    talk.take_when(read_when(f"at {hour[1]}" if hour else rest, talk.turn.now))


def _denied_hour(text: str, count: int) -> bool:
    denied = re.findall(r"\d+", " ".join(found[0] for found in _DENIED.finditer(text)))
    return any(int(number) > count for number in denied)
