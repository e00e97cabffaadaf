"""Finds words that need an immediate answer, whatever the state of the conversation."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml

from bot.nlu.languages import fold

Alarm = Literal["emergency", "crisis"]

_WORDS = Path(__file__).with_name("words.yml")
_WORD = re.compile(r"[\w\u0900-\u0963\u0966-\u0dff]+")  # the vowel signs of India's scripts are part of a word
_GAP = r"(?:\S+ ){0,3}?"
# "No chest pain": said to be absent. It still goes to a person's eyes through the usual journey.
_ABSENT = re.compile(
    r"\b(?:no|not|without|never|havent|hasnt|dont have|dont got|deny|denies|isnt|arent|wasnt)(?: \w+){0,2} $"
)


def screen(text: str) -> Alarm | None:
    """What the text calls for: "crisis", "emergency" or nothing. Takes microseconds; never raises."""
    words = _plain(text)
    for alarm in ("crisis", "emergency"):
        for match in _patterns()[alarm].finditer(words):
            if not _ABSENT.search(words[: match.start()]):
                return alarm
    return None


def _plain(text: str) -> str:
    """Lower case words without accents, with single spaces between and around them."""
    bare = re.sub(r"['’`]", "", fold(text))
    return " " + " ".join(_WORD.findall(bare)) + " "


@lru_cache(maxsize=1)
def _patterns() -> dict[Alarm, re.Pattern[str]]:
    listed = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return {
        alarm: re.compile("|".join(_as_pattern(fold(each)) for each in phrases)) for alarm, phrases in listed.items()
    }


def _as_pattern(phrase: str) -> str:
    return r"(?<= )" + _GAP.join(f"(?:{part}) " for part in phrase.split(" ~ "))
