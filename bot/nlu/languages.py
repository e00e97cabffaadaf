"""Recognises a message that is not in English. Offline: letters tell a script, words tell a language.

English in any spelling must never be taken for another language. So a message in Latin letters needs two words that
only that language has, or words of that language and the statistics of py3langid agreeing with them. A word alone, a
name or a medicine is left to the assistant. What was compared, and the figures: docs/adr/0007-languages.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from py3langid.langid import MODEL_FILE, LanguageIdentifier

OTHER = "other"  # the code of every language without responses of its own

_LISTED = Path(__file__).with_name("languages.yml")
_WORD = re.compile(r"[^\W\d_]+")
_SURE = 2  # words of its own that are enough for a language
_LIKELY = 3  # points that are enough if the statistics agree: 2 for a word of its own, 1 for a little one
_SHARE = 0.3  # at least so many of all the words must be the language's
_FEWEST, _PROBABLE = 3, 0.5  # words, and probability, for which the statistics are asked and believed
_NOT_APART = str.maketrans({"ł": "l", "ı": "i", "đ": "d", "ø": "o"})  # letters that Unicode does not take apart
_URDU = frozenset("ٹڈڑںےھہ")  # letters that tell Urdu from the others in Arabic script
_NOT_ARABIC = frozenset("پچژگکیډړښږټڼۍې")  # letters of Persian, Pashto and Kurdish


@dataclass(frozen=True)
class Language:
    """`code`: as in the names of its responses in domain.yml, OTHER if it has none; `name`: in English, for staff."""

    code: str
    name: str

    @property
    def tag(self) -> str | None:
        """As in BCP 47 ("pa", "ur-Latn"); None for those that are answered in English."""
        return None if self.code == OTHER else self.code.replace("_roman", "-Latn")


@dataclass(frozen=True)
class _Listed:
    """A language of languages.yml; `key` is its ISO 639-1 code, with "_roman" where it is not its own script."""

    key: str
    language: Language
    words: frozenset[str]
    little: frozenset[str]


def detect(text: str) -> Language | None:
    """The language of a message; None if it is English or cannot be told. Takes well under a millisecond."""
    plain = unicodedata.normalize("NFKC", text)
    return _by_words(plain) or _by_script(plain)


def fold(text: str) -> str:
    """Lower case, without accents: "Łódź" and "lodz" are one word."""
    if text.isascii():
        return text.casefold()
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_NOT_APART))
    return "".join(character for character in apart if not unicodedata.combining(character))


def answered() -> dict[str, Language]:
    """The languages that have responses of their own, by code."""
    return {code: Language(code, each["name"]) for code, each in _file()["answered"].items()}


def _by_words(text: str) -> Language | None:
    words = set(_WORD.findall(fold(text)))
    best = max(_listed(), key=lambda each: _points(each, words))
    if len(words & best.words) >= _SURE and _outweighs(words & best.words, words):
        return best.language
    likely = _agreed(text, words, best) if len(words) >= _FEWEST and _points(best, words) >= _LIKELY else None
    return likely.language if likely and _outweighs(words & (likely.words | likely.little), words) else None


def _agreed(text: str, words: set[str], best: _Listed) -> _Listed | None:
    """The language that both the words and the statistics see; these know nothing of Asia in Roman letters."""
    seen, probability = _statistics().classify(text.casefold())
    if seen == "en" or probability < _PROBABLE:
        return None
    also = (each for each in _listed() if each.key == seen and _points(each, words) >= _LIKELY)
    return next(also, best if best.key.endswith("_roman") else None)


def _points(listed: _Listed, words: set[str]) -> int:
    return 2 * len(words & listed.words) + len(words & listed.little)


def _outweighs(found: set[str], words: set[str]) -> bool:
    return len(found) >= _SHARE * len(words) and len(found) > len(words & _english() - found)


def _by_script(text: str) -> Language | None:
    script = _script(text)
    if script == "LATIN":
        return None
    if script == "ARABIC" and not _URDU.isdisjoint(text):
        return answered()["ur"]
    if script == "ARABIC" and not _NOT_ARABIC.isdisjoint(text):
        return Language(OTHER, "Persian, Pashto or Kurdish")
    code = _file()["scripts"].get(script)
    if code:
        return answered()[code]
    return Language(OTHER, _file()["other_scripts"].get(script, f"a language in {script.title()} letters"))


def _script(text: str) -> str:
    """The script of most words; Latin if no other has more, or but one letter ("50μg")."""
    scripts = Counter(script for word in text.split() if (script := _script_of(word)))
    latin = scripts.pop("LATIN", 0)
    script, words = max(scripts.items(), key=lambda each: each[1], default=("LATIN", 0))
    letters = sum(_script_of(character) == script for character in text) if words > latin else 0
    return script if letters > 1 else "LATIN"


def _script_of(word: str) -> str:
    """How the Unicode name of its first letter begins: LATIN, ARABIC, CJK, …"""
    letter = next(filter(str.isalpha, word), None)
    return unicodedata.name(letter, "").partition(" ")[0] if letter else ""


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    return dict(yaml.load(_LISTED.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


@lru_cache(maxsize=1)
def _listed() -> tuple[_Listed, ...]:
    return tuple(_read_listed())


def _read_listed() -> Iterator[_Listed]:
    own = answered()
    for key, each in (_file()["answered"] | _file()["others"]).items():
        language = own.get(key, Language(OTHER, each["name"]))
        yield _Listed(
            key, language, frozenset(each.get("words", "").split()), frozenset(each.get("little", "").split())
        )


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    return frozenset(_file()["english"].split())


@lru_cache(maxsize=1)
def _statistics() -> LanguageIdentifier:
    return LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
