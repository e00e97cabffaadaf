"""Days and times as an entity `when`: a window, read relative to the message's own clock. A time alone is an answer."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.clock import LONDON
from bot.nlu.when import When, read_when

# What may stand around a time without saying anything else: "i'd like it to be at 3 please".
_FILLERS = frozenset(
    "i id ill im we it its is that to be at on for in by the a me my please pls plz thanks thank you ta mate yes yeah"
    " ok would will could can d ll s if possible poss prefer preferably ideally want like need make lets let try go"
    " about around maybe perhaps hi hello then so".split()
)
_CLEAR = 0.8
_TIME_SAID_AS_ANSWER = frozenset("inform select_option ask_alternatives correction affirm deny greet".split())


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=False)
class WhenReader(GraphComponent):  # type: ignore[misc]
    """Reads `bot.nlu.when`. Now comes from the message's metadata ("now", an ISO instant), else from the system."""

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: Any, resource: Any, execution_context: Any) -> WhenReader:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            when = None if text.startswith("/") else read_when(text, _now(message))
            if when is not None:
                found = {
                    "entity": "when",
                    "value": when.as_json(),
                    "start": when.start,
                    "end": when.end,
                    "extractor": "WhenReader",
                }
                message.set(ENTITIES, [*message.get(ENTITIES, []), found], add_to_output=True)
                if _is_unclear(message) and _says_nothing_else(text, when):
                    inform = {INTENT_NAME_KEY: "inform", PREDICTED_CONFIDENCE_KEY: 1.0}
                    message.set(INTENT, inform, add_to_output=True)
        return messages


def _is_unclear(message: Message) -> bool:
    intent = message.get(INTENT) or {}
    is_answer = intent.get(INTENT_NAME_KEY) in _TIME_SAID_AS_ANSWER
    is_refused = intent.get(INTENT_NAME_KEY) == DEFAULT_NLU_FALLBACK_INTENT_NAME
    return not is_answer and (is_refused or intent.get(PREDICTED_CONFIDENCE_KEY, 0.0) < _CLEAR)


def _says_nothing_else(text: str, when: When) -> bool:
    """Whether a time is all there is: then it is an answer, whatever the classifier makes of so few words."""
    around = re.findall(r"\w+", f"{text[: when.start]} {text[when.end :]}".casefold())
    return all(word in _FILLERS for word in around)


def _now(message: Message) -> datetime:
    given = (message.get("metadata") or {}).get("now")
    return datetime.fromisoformat(given) if given else datetime.now(LONDON)
