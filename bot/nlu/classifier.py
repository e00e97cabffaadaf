"""What a message asks for: logistic regression over words and pieces of words.

The same as Rasa's CountVectorsFeaturizer (words; char_wb 2 to 5) with its LogisticRegressionClassifier, but in one pass
and stored as plain arrays: reading a message takes a fifth of the time, and serving needs no scikit-learn.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\b\d+\b")
_RANKED = 3


def features(text: str) -> list[str]:
    """Words, and all pieces of 2 to 5 characters within each word and the blanks around it. Numbers are all alike."""
    plain = _NUMBER.sub("0", text.casefold())
    found = [f"={word}" for word in _WORD.findall(plain)]
    for word in plain.split():
        padded = f" {word} "
        for size in range(2, 6):
            found += [padded[start : start + size] for start in range(max(1, len(padded) - size + 1))]
    return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NgramClassifier(GraphComponent, IntentClassifier):  # type: ignore[misc]
    """Intent classifier with calibrated-enough probabilities for a threshold. Config: `C`, `max_iter`, `min_df`."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, model_storage, resource
        self._index: dict[str, int] = {}
        self._intents: list[str] = []
        self._weights = np.zeros((0, 0), np.float32)  # features × intents
        self._bias = np.zeros(0, np.float32)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"C": 1.0, "max_iter": 300, "min_df": 1}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NgramClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> NgramClassifier:
        """Raises if the stored arrays are missing or damaged: a classifier that knows nothing must not be served."""
        loaded = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            arrays = np.load(folder / "weights.npz", allow_pickle=False)
            loaded._weights, loaded._bias = arrays["weights"], arrays["bias"]
            words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        loaded._intents = words["intents"]
        loaded._index = {feature: number for number, feature in enumerate(words["features"])}
        return loaded

    def train(self, training_data: TrainingData) -> Resource:
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.linear_model import LogisticRegression

        examples = [each for each in training_data.intent_examples if each.get(TEXT)]
        counter = CountVectorizer(analyzer=features, min_df=self._config["min_df"])
        counts = counter.fit_transform(each.get(TEXT) for each in examples)
        regression = LogisticRegression(
            C=self._config["C"], max_iter=self._config["max_iter"], class_weight="balanced", random_state=0
        ).fit(counts, [each.get(INTENT) for each in examples])
        self._intents = [str(intent) for intent in regression.classes_]
        self._index = {str(feature): int(number) for feature, number in counter.vocabulary_.items()}
        self._weights = np.ascontiguousarray(regression.coef_.T, np.float32)
        self._bias = regression.intercept_.astype(np.float32)
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranked = self.rank(message.get(TEXT) or "")
            message.set(INTENT, ranked[0], add_to_output=True)
            message.set("intent_ranking", ranked, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def rank(self, text: str) -> list[dict[str, Any]]:
        """The likeliest intents with their probabilities, likeliest first."""
        counts = Counter(self._index[feature] for feature in features(text) if feature in self._index)
        scores = self._bias.astype(np.float64)
        if counts:
            scores = scores + np.fromiter(counts.values(), np.float32) @ self._weights[list(counts)]
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        best = np.argsort(-likely)[:_RANKED]
        return [{INTENT_NAME_KEY: self._intents[each], PREDICTED_CONFIDENCE_KEY: float(likely[each])} for each in best]

    def _persist(self) -> None:
        words = {"intents": self._intents, "features": sorted(self._index, key=self._index.__getitem__)}
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / "weights.npz", weights=self._weights, bias=self._bias)
            (folder / "words.json").write_text(json.dumps(words), encoding="utf-8")
