"""Very short replies, read the same way every time: yes, no, a number or a position, a time of day among offers.

A classifier is not to be trusted with "2". Where the whole message is such a reply, this decides the intent; an
`option` entity is found in longer messages too ("i'll take the second one").
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

_YES_LIST = """yes|y|ye|yh|yeh|yea|yeah|yep|yup|yess|yesss|aye|ok|okay|k|kk|oki|okey|okey dokey|sure|sure thing|please|please do
do it|go ahead|go for it|go on|go on then|correct|right|thats right|thats correct|yes thats right|confirm|confirmed|i confirm|perfect
great|lovely|fine|thats fine|thats great|thats perfect|thats good|good|sounds good|that works|works for me|alright|all right
definitely|absolutely|of course|book it|yes book it|book it please|yes please book it|yes do it|yes go ahead|yes please|yes pls
yes plz|yes thanks|yes thank you|yes ta|yeah please|yeah thats fine|yeah go on|ok yes|yes ok|ok then|ok thanks|ok please|ok book it|yea go on
yes thats fine|yes thats great|yep thats fine|yep please|yes i do|i do|true|affirmative"""
_NO_LIST = """no|n|na|nah|nope|noo|nooo|no thanks|no thank you|no ta|no thx|not really|dont|do not|dont do that|no dont|no way|negative|never
not that|thats wrong|wrong|incorrect|not right|no thats wrong|no its not|i dont|nothing|none|no reason|skip|skip it|skip this|pass
rather not|id rather not|prefer not to say|not now|no not now"""
_POSITIONS = {
    "first": 1, "1st": 1, "one": 1, "second": 2, "2nd": 2, "two": 2, "third": 3, "3rd": 3, "three": 3,
    "fourth": 4, "4th": 4, "four": 4, "fifth": 5, "5th": 5, "five": 5, "last": -1, "middle": 2,
}  # fmt: skip
_LEAD = (
    r"(?:(?:i'?ll|i will|can i|could i|i'?d|let'?s)?\s*(?:have|take|go (?:for|with)|do|like|want|book|pick|choose)?\s*)"
)
_TAIL = r"(?:\s*(?:please|pls|plz|thanks|thank you|ta|thx|is fine|is good|works|is ok|is great|then))*"
_NUMBER = re.compile(
    rf"^{_LEAD}(?:the |option |number |no\.? ?|#|slot )*(\d)(?: one)?\)?[.!]?{_TAIL}[.!]?$", re.IGNORECASE
)
_ORDINAL = re.compile(
    rf"^{_LEAD}(?:the |option |number )*({'|'.join(_POSITIONS)})(?: (?:one|option|slot|time|appointment))?{_TAIL}[.!]?$",
    re.IGNORECASE,
)
_NUMBER_ALONE = re.compile(r"^\D{0,3}(\d{1,4})\D{0,3}$")


def _phrases(listed: str) -> frozenset[str]:
    return frozenset(phrase for line in listed.splitlines() for phrase in line.split("|"))


YES, NO = _phrases(_YES_LIST), _phrases(_NO_LIST)


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
class ShortReplies(GraphComponent):
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
