"""What somebody makes of a reminder, in their own words: deterministic, since a wrong guess costs an appointment.

"I am coming" is read last, and only where nothing speaks against it: no negation, no condition, no wish for a change,
and hardly a word that is strange to it. Whatever else is said is an ordinary message (None). The words: attendance.yml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from pathlib import Path

import yaml

from bot.nlu.short_replies import read_short_reply
from bot.nlu.spelling import Speller, english_words
from bot.nlu.text_speak import written_out


class Reading(Enum):
    """The value is kept as the answer to the reminder."""

    COMING = "coming"
    NOT_COMING = "not_coming"
    MOVE = "move"
    UNSURE = "unsure"
    LATE = "late"
    WHO = "who"
    WHAT_FOR = "what_for"
    WRONG_NUMBER = "wrong_number"
    DIED = "died"


_MOST_WORDS = 60  # a letter is not read by rules
_STRANGE = 2  # words beside "I will be there", such as a name at the end; beside a mere yes there may be one

_LISTED = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))


def _pattern(alternatives: Iterable[str]) -> re.Pattern[str]:
    whole = "|".join(alternatives)
    for _ in range(2):  # a part may hold another
        whole = re.sub(r"<(\w+)>(?!=)", lambda found: _LISTED["parts"].get(found[1], found[0]), whole)
    return re.compile(whole)


_RULES = [(name, _pattern(patterns)) for rule in _LISTED["rules"] for name, patterns in rule.items()]
_FINE, _COMING, _ACCEPTS = (_pattern(_LISTED[name]) for name in ("fine", "coming", "accepts"))
_AGAINST, _MERE = (frozenset(_LISTED[name].split()) for name in ("against", "mere"))
_REMINDED = re.compile(r"\b(?:the|your|for)(?: \w+)? (?:reminders?|text|message)\b")
_ASKS = re.compile(r"\b(?:where|when|what|how|which|who|why|do i|should i|is there|(?:can|could) (?:you|i))\b")
_SIGNS = (("👍👌✅✔☑🙆", "yes"), ("👎❌✖🙅🚫", "no"))
_NOT = re.compile(
    r"(?<=[a-z])n['’`]t\b|(?:(?<=\b(?:do|is))|(?<=\b(?:are|did|was|has|had|sha))|(?<=\b(?:does|were|have|must|need))"
    r"|(?<=\b(?:would|could|might))|(?<=\bshould))nt\b"
)
_JOINED = (
    (re.compile(r"\b(?:can not|ca not)\b"), "cannot"),
    (re.compile(r"\bwo not\b"), "will not"),
    (re.compile(r"\bre (?=schedule|arrange|book)"), "re"),
    (re.compile(r"\bill (?=(?:be|come|attend|see|make|let|have|try|not|ring|call|do|get|need|pop)\b)"), "i will "),
)


def read_attendance(text: str) -> Reading | None:
    """What the whole message says about the appointment it was reminded of; None: an ordinary message.

    >>> read_attendance("yep ill be there")
    <Reading.COMING: 'coming'>
    >>> read_attendance("ok but can we move it")
    <Reading.MOVE: 'move'>
    """
    words = _words(text)
    if not words or words.count(" ") >= _MOST_WORDS:
        return None
    plain = _FINE.sub("fine", _REMINDED.sub("it", words))
    named = next((name for name, pattern in _RULES if pattern.search(plain)), None)
    if named is not None:
        return None if named == "ordinary" else Reading(named)
    if read_short_reply(words) == ("deny", None):
        return Reading.NOT_COMING
    return Reading.COMING if _is_coming(plain) else None


def is_bare(text: str) -> bool:
    """Whether it is a mere yes or no: an answer to whatever was asked last."""
    words = _words(text)
    return read_short_reply(text) is not None or not (_COMING.search(words) or _strange(words))


def asks_more(text: str) -> bool:
    """Whether a question stands beside the answer: "yes, where do I park?" """
    return "?" in text or bool(_ASKS.search(_words(text)))


def _is_coming(words: str) -> bool:
    if _AGAINST & set(words.split()):
        return False
    strange = len(_strange(words))
    is_said, is_yes = bool(_COMING.search(words)), bool(_ACCEPTS.search(words))
    return read_short_reply(words) == ("affirm", None) or (is_said and strange <= _STRANGE) or (is_yes and strange <= 1)


def _strange(words: str) -> list[str]:
    return [word for word in words.split() if word not in _MERE and not word.isdigit()]


def _words(text: str) -> str:
    """Lower case, without punctuation, written out and spelt as it should be; a thumb as the word it stands for."""
    for signs, word in _SIGNS:
        text = re.sub(f"[{signs}]", f" {word} ", text)
    said = re.sub(r"[^\w\s]", " ", re.sub(r"['’`]", "", _NOT.sub(" not", text.casefold()))).split()
    spelt = written_out(" ".join(_LISTED["typed"].get(word) or _spelt(word) for word in said)).replace("'", "")
    for apart, joined in _JOINED:
        spelt = apart.sub(joined, spelt)
    return spelt


def _spelt(word: str) -> str:
    return next(iter(_speller().meant(word)), word)


@lru_cache(maxsize=1)
def _speller() -> Speller:
    return Speller(_LISTED["spelt"].split(), english_words())
