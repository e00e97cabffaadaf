"""What somebody makes of the offer of an earlier time. Only its number takes it; a yes is asked for the number."""

from __future__ import annotations

import re
from enum import Enum

from bot.nlu.attendance import Reading, read_attendance
from bot.nlu.short_replies import read_short_reply


class Answer(Enum):
    TAKE = "take"
    DECLINE = "decline"
    YES = "yes"
    UNCLEAR = "unclear"


_MOST_WORDS = 20  # around the number; a longer text quotes ours
_AGAINST = frozenset("no not dont cant cannot wont don nope nah never keep wait unless if but".split())
_DECLINES = re.compile(
    r"\b(?:keep|stick with|stay with|leave|happy with) (?:it|mine|my|what i|things)"
    r"|\b(?:keep|stick with|stay with) the (?:one|other|appointment|original|old)"
    r"|\bno (?:thanks|thank you|thx|ta|good|use)\b|\bnot (?:for me|that one|this one|this time|convenient|possible)\b"
    r"|\bno,? (?:i|thats|that|its|it|sorry|not|ill|cant|wont|dont|ive)\b"
    r"|\b(?:doesnt|dont|does not|wont|will not) (?:work|suit)\b|\btoo (?:early|soon|short|late)\b|\bshort notice\b"
    r"|\bpass on (?:it|that|this)\b|\bsomeone else\b|\boffer it\b"
)
_ANOTHER_WISH = re.compile(
    r"\b(?:cancel\w*|move|reschedul\w+|rearrang\w+|swap|order|prescription|results?|change (?:my|the|it)"
    r"|(?:an?other|different|new) (?:day|time|appointment|appt|doctor|one)|list|someone to|speak|help)\b"
)
_TAKES = re.compile(
    r"\b(?:ill|i will|id|i would|id like to|can i|could i|please|want to|happy to|yes) (?:have|take|accept|like|love)\b"
    r"|\b(?:take|have|book|want) (?:it|that|this|the earlier|that one)\b|\byes please\b"
)


def read_answer(text: str, number: str) -> Answer | None:
    """What a message says of the offer with this number; None: it says nothing about it."""
    words = _words(text)
    if number in words:
        return _with_number(text, [word for word in words if word != number])
    short = read_short_reply(text)
    if short is not None:
        return {"affirm": Answer.YES, "deny": Answer.DECLINE}.get(short[0])
    said = " ".join(words)
    if len(words) > _MOST_WORDS or _ANOTHER_WISH.search(said):
        return None
    if _DECLINES.search(said):
        return Answer.DECLINE
    if _TAKES.search(said) and not _AGAINST & set(words):
        return Answer.YES
    return {Reading.COMING: Answer.YES, Reading.NOT_COMING: Answer.DECLINE}.get(read_attendance(text) or Reading.WHO)


def _with_number(text: str, others: list[str]) -> Answer:
    said = " ".join(others)
    if _DECLINES.search(said) or read_short_reply(said) == ("deny", None):
        return Answer.DECLINE
    is_question = "?" in text and len(others) > 2
    if is_question or len(others) > _MOST_WORDS or _AGAINST & set(others):
        return Answer.UNCLEAR
    return Answer.TAKE


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"['’`]", "", text.casefold()))
