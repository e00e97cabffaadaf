"""Very short replies, read the same way every time: yes, no, a number or a position, a time of day among offers.

A classifier is not to be trusted with "2". Where the whole message is such a reply, this decides the intent; an
`option` entity is found in longer messages too ("i'll take the second one").
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

_POSITIONS = {
    "first": 1, "1st": 1, "one": 1, "second": 2, "2nd": 2, "two": 2, "third": 3, "3rd": 3, "three": 3,
    "fourth": 4, "4th": 4, "four": 4, "fifth": 5, "5th": 5, "five": 5, "last": -1, "middle": 2,
}  # fmt: skip
_LEAD = (
    r"(?:(?:i'?ll|i will|can i|could i|i'?d|let'?s)?\s*"
    r"(?:have|take|go (?:for|with)|do|like|want|book|pick|choose)?\s*)"
)
_TAIL = r"(?:\s*(?:please|pls|plz|thanks|thank you|ta|thx|is fine|is good|works|is ok|is great|then))*"
_NUMBER = re.compile(
    rf"^{_LEAD}(?:the |option |number |no\.? ?|#|slot )*(\d)(?: one)?\)?[.!]?{_TAIL}[.!]?$", re.IGNORECASE
)
_ORDINAL = re.compile(
    rf"^{_LEAD}(?:the |option |number )*({'|'.join(_POSITIONS)})"
    rf"(?: (?:one|option|slot|time|appointment))?{_TAIL}[.!]?$",
    re.IGNORECASE,
)
_NUMBER_ALONE = re.compile(r"^\W{0,3}(\d{1,4})\W{0,3}$")  # not "2pm"


_LISTED = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
YES, NO = frozenset(_LISTED["affirm"]), frozenset(_LISTED["deny"])


def read_short_reply(text: str) -> tuple[str, int | None] | None:
    """(intent, option) if the whole text is a short reply: option counts from 1, -1 is the last one.

    >>> read_short_reply("the 2nd one pls")
    ('select_option', 2)
    """
    words = " ".join(re.sub(r"[^\w\s#]", " ", re.sub(r"['’`]", "", text.casefold())).split())
    if words in YES:
        return "affirm", None
    if words in NO:
        return "deny", None
    stripped = re.sub(r"['’`]", "", text.strip())
    match = _NUMBER.match(stripped) or _NUMBER_ALONE.match(stripped)
    if match:
        return "select_option", int(match[1])
    ordinal = _ORDINAL.match(stripped)
    return ("select_option", _POSITIONS[ordinal[1].casefold()]) if ordinal else None


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
