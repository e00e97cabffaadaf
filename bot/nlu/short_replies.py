"""Very short replies, read the same way every time: yes, no, any of them, hmm, a number or a position among offers.

A classifier is not to be trusted with "2". Where the whole message is such a reply, this decides the intent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

NO_ONE_THING = 0  # the option of "1st or 2nd", and of "0"

# A list stands in order of time, so the earliest is the first.
_POSITIONS = {
    "first": 1, "1st": 1, "one": 1, "top": 1, "earliest": 1, "soonest": 1, "earlier one": 1,
    "second": 2, "2nd": 2, "two": 2, "middle": 2, "third": 3, "3rd": 3, "three": 3, "fourth": 4, "4th": 4, "four": 4,
    "fifth": 5, "5th": 5, "five": 5, "last": -1, "bottom": -1, "latest": -1, "later one": -1,
}  # fmt: skip
_LEAD = (
    r"(?:(?:hi|hiya|hello|hey|yes|yeah|yep|yea|yh|ok|okay|oh|so|well|um+|er+m*|please)[ ,.!]+)*"
    r"(?:(?:i'?ll|i will|can i|can we|could i|may i|i'?d|i would|let'?s)\s+)?"
    r"(?:(?:have|take|go (?:for|with)|do|like|want|book|pick|choose|say|make it)\s+)?"
)
_TAIL = (
    r"(?:[ ,.!]*(?:please|pls|plz|plse|thanks|thank you|thankyou|ta|thx|cheers|then|mate|x+"
    r"|(?:(?:is|are|looks|sounds|works|would be|will be|suits)(?: (?:me|fine|good|ok|okay|great|best|perfect|lovely))?"
    r"(?: (?:for )?me)?)|will do|would do))*[ .!]*$"
)
_NAMED = r"(?:the |option |number |no\.? ?|num |slot |choice |time |#)*"
_POSITION = "|".join(sorted(_POSITIONS, key=len, reverse=True))
_NUMBER = re.compile(rf"^{_LEAD}{_NAMED}(?!999|111)(\d{{1,4}})(?: one)?\)?{_TAIL}", re.I)  # 999 is no choice
_ORDINAL = re.compile(rf"^{_LEAD}{_NAMED}({_POSITION})(?: (?:one|option|slot|time|appointment))?{_TAIL}", re.I)
_NUMBER_ALONE = re.compile(
    r"^[\s(\[#\"'*.]*(?:(?:number|num|code|reply)\s+)?(\d{1,4})[\s)\]\"'*.,!?]*$", re.I
)  # neither "2pm" nor "-1"
_EACH = rf"{_NAMED}(?:\d|{_POSITION})(?: ones?)?"
_SEVERAL = re.compile(rf"^{_LEAD}{_EACH}(?:(?:,| or| and| &| ?/)+ ?{_EACH})+{_TAIL}", re.I)
_REFERENCE = re.compile(r"(?:(?:its|the|my|order|reference|is) )*(?=\d*[a-z])[b-df-hj-np-tv-z\d]{6}")  # without vowels
_MOST_WORDS = 10  # of a short reply


_LISTED = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
YES, NO, ANY = (frozenset(_LISTED[name]) for name in ("affirm", "deny", "any"))


def _strung(phrases: Iterable[str]) -> re.Pattern[str]:
    """Any of the phrases, or several in a row, with fillers around them."""
    said, fillers = ("|".join(sorted(each, key=len, reverse=True)) for each in (phrases, _LISTED["filler"]))
    return re.compile(rf"(?:(?:{fillers}) )*(?:{said})(?: (?:{said}|{fillers}))*")


_STRUNG = {"affirm": _strung(YES), "deny": _strung(NO)}
_ANY = _strung(ANY)
_UNSURE = re.compile(rf"(?:{_strung(_LISTED['unsure']).pattern}|(?:(?:h+m+|u+h*m+|e+r+m*|a+h+|o+h+) ?)+)")


def read_short_reply(text: str) -> tuple[str, int | None] | None:
    """(intent, option) if the whole text is a short reply: option counts from 1, -1 is the last one.

    >>> read_short_reply("the 2nd one pls")
    ('select_option', 2)
    """
    words = _words(text)
    if not words or words.count(" ") >= _MOST_WORDS:
        return None
    for intent, pattern in _STRUNG.items():
        if pattern.fullmatch(words):
            return intent, None
    if means_any(text):
        return "select_option", None
    if _UNSURE.fullmatch(words):
        return DEFAULT_NLU_FALLBACK_INTENT_NAME, None
    if _REFERENCE.fullmatch(words):
        return "inform", None
    option = _option(_without_signs(text).strip())
    return None if option is None else ("select_option", option)


def means_any(text: str) -> bool:
    """Whether any of those offered would do."""
    return bool(_ANY.fullmatch(_words(text)))


def _option(text: str) -> int | None:
    match = _NUMBER.match(text) or _NUMBER_ALONE.match(text)
    if match:
        return int(match[1])
    ordinal = _ORDINAL.match(text)
    if ordinal:
        return _POSITIONS[ordinal[1].casefold()]
    return NO_ONE_THING if _SEVERAL.match(text) else None


def _words(text: str) -> str:
    """Lower case, signs such as a thumb as the word they stand for, no punctuation."""
    for intent, word in (("affirm", "yes"), ("deny", "no")):
        text = re.sub(f"[{_LISTED['signs'][intent]}]", f" {word} ", text)
    return " ".join(re.sub(r"[^\w\s#]", " ", re.sub(r"['’`]", "", text.casefold())).split())


def _without_signs(text: str) -> str:
    """Without emoji and what belongs to them: "2 👍", and the 2 on a key."""
    return re.sub(r"[^\w\s!-~]", "", re.sub(r"['’`]", "", text))


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=False)
class ShortReplies(GraphComponent):  # type: ignore[misc]
    """Settles the intent of a message that is nothing but a short reply."""

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: Any, resource: Any, execution_context: Any) -> ShortReplies:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            read = None if text.startswith("/") else read_short_reply(text)
            if read:
                _settle(message, *read)
        return messages


def _settle(message: Message, intent: str, option: int | None) -> None:
    message.set(INTENT, {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: 1.0}, add_to_output=True)
    if option is not None:
        text = message.get(TEXT)
        found = {"entity": "option", "value": option, "start": 0, "end": len(text), "extractor": "ShortReplies"}
        message.set(ENTITIES, [*message.get(ENTITIES, []), found], add_to_output=True)
