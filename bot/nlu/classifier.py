"""Rasa's side of the intent model: trained from the training data, kept in the model, asked on every message."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.intent_model import OUT_OF_SCOPE, IntentModel, Settings, fit
from bot.nlu.requests import Read, find_requests
from bot.nlu.sentence_encoder import CLAUSES, Vectors, sentence_of
from bot.nlu.spelling import is_word, spelt_right
from bot.nlu.text_speak import written_out

_RANKED = 3
_WORD = re.compile(r"\b[a-z]{2,}\b")
_SURE_OUTSIDE = 0.8  # below it, "I cannot help with that" would claim to have understood

Ranking = list[dict[str, Any]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PatientIntentClassifier(GraphComponent, IntentClassifier):  # type: ignore[misc]
    """Intents with calibrated probabilities; `nlu_fallback` for what may well not belong here; `request` entities.

    Comes after `SentenceEncoder`. Config: the fields of `bot.nlu.intent_model.Settings`. A refused message has the
    shape of Rasa's own fallback: `nlu_fallback` first in the ranking, and what it might have been after it.
    """

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._settings = Settings(**{name: config[name] for name in vars(Settings()) if name in config})
        self._storage, self._resource = model_storage, resource
        self._model: IntentModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PatientIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> PatientIntentClassifier:
        """Raises if the stored model is missing or damaged: a classifier that knows nothing must not be served."""
        loaded = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            loaded._model = IntentModel.load(folder)
        return loaded

    def train(self, training_data: TrainingData) -> Resource:
        examples = [each for each in training_data.intent_examples if each.get(TEXT)]
        sentences = np.stack([sentence_of(each) for each in examples])
        self._model = fit(
            [each.get(TEXT) for each in examples], sentences, [each.get(INTENT) for each in examples], self._settings
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            clauses = [
                Read(self.rank(text[start:end], vector), start, end)
                for start, end, vector in message.get(CLAUSES) or []
            ]
            ranking, requests = find_requests(self.rank(text, sentence_of(message)), clauses)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
            if requests:
                message.set(ENTITIES, [*message.get(ENTITIES, []), *map(_as_entity, requests)], add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def rank(self, text: str, sentence: Vectors) -> Ranking:
        """The likeliest intents with their probabilities, likeliest first."""
        if self._model is None:
            raise RuntimeError("neither trained nor loaded")
        likely = self._model.probabilities(text, sentence)
        best = [int(each) for each in np.argsort(-likely)[:_RANKED]]
        ranking = [_named(self._model.intents[each], likely[each]) for each in best]
        is_outside = ranking[0][INTENT_NAME_KEY] == OUT_OF_SCOPE and likely[best[0]] >= _SURE_OUTSIDE
        is_understood = is_outside or not self._model.refuses(likely)
        if is_understood and not _is_gibberish(text, self._model.vocabulary):
            return ranking
        return [_named(DEFAULT_NLU_FALLBACK_INTENT_NAME, 1 - likely[best[0]]), *ranking]


def _named(intent: str, probability: float) -> dict[str, Any]:
    return {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: float(probability)}


def _is_gibberish(text: str, vocabulary: Set[str]) -> bool:
    """Whether none of its words is one: the pieces of "plok mjhg" may look like anything."""
    words = _WORD.findall(spelt_right(written_out(text)).casefold())
    return bool(words) and not any(word in vocabulary or is_word(word) for word in words)


def _as_entity(request: Read) -> dict[str, Any]:
    return {
        "entity": "request",
        "value": request.intent,
        "start": request.start,
        "end": request.end,
        "extractor": PatientIntentClassifier.__name__,
    }
