"""Days and times as an entity `when`: a window, read relative to the message's own clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.clock import LONDON
from bot.nlu.when import read_when


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
        return messages


def _now(message: Message) -> datetime:
    given = (message.get("metadata") or {}).get("now")
    return datetime.fromisoformat(given) if given else datetime.now(LONDON)
