"""What a message asks for: kernel ridge regression over its meaning and over the pieces of its words.

Two messages are alike if the encoder puts them close together, in what they mean or in how they say it, or if they
share words and pieces of words. Each intent is fitted by least squares on that likeness, which has a closed form:
training is one linear system, and so is each fold of the cross-validation that calibrates the probabilities and finds
from where on a message is refused.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.calibration import Refusal, fit_refusal, fit_sharpness, softmax

Floats = NDArray[np.float32]

OUT_OF_SCOPE = "out_of_scope"
_ARRAYS = ("rarity", "axes", "sentences", "weights", "word_weights")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\b\d+\b")


def features(text: str) -> list[str]:
    """Words, pairs of words, and all pieces of 2 to 5 characters within each word and the blanks around it.

    Case does not count, and numbers are all alike.
    """
    plain = _NUMBER.sub("0", text.casefold())
    words = _WORD.findall(plain)
    found = [f"={word}" for word in words]
    found += [f"{first}_{second}" for first, second in zip(["^", *words], [*words, "$"], strict=True)]
    for word in plain.split():
        padded = f" {word} "
        for size in range(2, 6):
            found += [padded[start : start + size] for start in range(max(1, len(padded) - size + 1))]
    return found


@dataclass(frozen=True)
class Settings:
    """How alike is alike.

    Attributes:
        narrowness: of the likeness by each of the encoder's layers: exp(-2 * narrowness * (1 - cosine)).
        directions: how many of a layer's 384 are kept, those in which the examples differ most.
        words: weight of the likeness by words and pieces of words (cosine of their tf-idf).
        ridge: how little a single example counts.
        folds: of the cross-validation.
        refused: share of the messages that do belong here which may be refused.
    """

    narrowness: tuple[float, ...] = (1.0, 2.0)
    directions: int = 160
    words: float = 0.6
    ridge: float = 0.25
    folds: int = 3
    refused: float = 0.035


@dataclass(frozen=True)
class IntentModel:
    """A trained model."""

    settings: Settings
    intents: list[str]
    index: dict[str, int]  # feature → row of `word_weights`
    rarity: Floats  # idf of each feature
    axes: Floats  # layers × 384 × directions
    sentences: Floats  # layers × examples × directions
    weights: Floats  # examples × intents
    word_weights: Floats  # features × intents
    sharpness: float
    refusal: Refusal

    def probabilities(self, text: str, sentence: Floats) -> NDArray[np.float64]:
        """One probability an intent, in the order of `intents`, for a text and its vector; they add up to 1."""
        layers = _narrowed(sentence[np.newaxis], self.axes)
        scores = (_by_meaning(layers, self.sentences, self.settings.narrowness) @ self.weights)[0]
        known = Counter(self.index[feature] for feature in features(text) if feature in self.index)
        if known:
            rows = np.fromiter(known, np.intp)
            counted = (1 + np.log(np.fromiter(known.values(), np.float32))) * self.rarity[rows]
            scores = scores + (counted / np.linalg.norm(counted)) @ self.word_weights[rows]
        likely: NDArray[np.float64] = softmax(scores[np.newaxis], self.sharpness)[0]
        return likely

    def refuses(self, probabilities: NDArray[np.float64]) -> bool:
        """Whether a message with these probabilities is not one of ours, or cannot be told."""
        return bool(self.refusal.refuses(probabilities[np.newaxis], self._outside)[0])

    @property
    def _outside(self) -> int | None:
        return self.intents.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in self.intents else None

    def save(self, folder: Path) -> None:
        told = {
            "settings": vars(self.settings),
            "intents": self.intents,
            "features": sorted(self.index, key=self.index.__getitem__),
            "sharpness": self.sharpness,
            "refusal": vars(self.refusal),
        }
        (folder / "model.json").write_text(json.dumps(told), encoding="utf-8")
        np.savez(folder / "weights.npz", **{name: getattr(self, name) for name in _ARRAYS})

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Raises ValueError, KeyError or OSError if a file is missing or damaged."""
        told = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        stored = np.load(folder / "weights.npz", allow_pickle=False)
        return cls(
            settings=Settings(**{**told["settings"], "narrowness": tuple(told["settings"]["narrowness"])}),
            intents=told["intents"],
            index={feature: row for row, feature in enumerate(told["features"])},
            **{name: stored[name] for name in _ARRAYS},
            sharpness=told["sharpness"],
            refusal=Refusal(**told["refusal"]),
        )


def fit(texts: Sequence[str], sentences: Floats, labels: Sequence[str], settings: Settings) -> IntentModel:
    """Train on `texts` with their `sentences` (vectors, a row each) and `labels` (intents). Takes seconds."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(analyzer=features, sublinear_tf=True, min_df=2)
    counted = words.fit_transform(texts).astype(np.float32)
    intents = sorted(set(labels))
    answers = np.array([[label == intent for intent in intents] for label in labels], np.float32)
    axes = _directions(sentences.reshape(len(texts), len(settings.narrowness), -1), settings.directions)
    narrowed = _narrowed(sentences, axes)
    likeness = _by_meaning(narrowed, narrowed, settings.narrowness)
    likeness += settings.words * (counted @ counted.T).toarray()
    sharpness, refusal = _calibrate(likeness, answers, intents, settings)
    weights = _solve(likeness, answers, settings.ridge)
    return IntentModel(
        settings=settings,
        intents=intents,
        index={str(feature): int(row) for feature, row in words.vocabulary_.items()},
        rarity=words.idf_.astype(np.float32),
        axes=axes,
        sentences=narrowed,
        weights=weights,
        word_weights=(settings.words * (counted.T @ weights)).astype(np.float32),
        sharpness=sharpness,
        refusal=refusal,
    )


def _calibrate(likeness: Floats, answers: Floats, intents: list[str], settings: Settings) -> tuple[float, Refusal]:
    """From scores of examples that were left out: how sharp the probabilities are, and what is refused."""
    from sklearn.model_selection import StratifiedKFold

    meant = answers.argmax(1)
    scores = np.zeros_like(answers)
    folds = min(settings.folds, int(answers.sum(0).min()))
    for kept, left in StratifiedKFold(folds, shuffle=True, random_state=0).split(meant, meant):
        weights = _solve(likeness[np.ix_(kept, kept)], answers[kept], settings.ridge)
        scores[left] = likeness[np.ix_(left, kept)] @ weights
    sharpness = fit_sharpness(scores, meant)
    outside = intents.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in intents else None
    return sharpness, fit_refusal(softmax(scores, sharpness), meant, outside, settings.refused)


def _solve(likeness: Floats, answers: Floats, ridge: float) -> Floats:
    from scipy.linalg import solve

    system = likeness + ridge * np.eye(len(likeness), dtype=np.float32)
    solved: Floats = solve(system, answers, assume_a="pos", overwrite_a=True)
    return solved


def _directions(layers: Floats, kept: int) -> Floats:
    """The directions in which the examples of each layer differ most: layers × 384 × kept."""
    return np.stack([np.linalg.eigh(layer.T @ layer)[1][:, ::-1][:, :kept] for layer in layers.transpose(1, 0, 2)])


def _narrowed(sentences: Floats, axes: Floats) -> Floats:
    """Each layer in its own directions, at length 1: layers × sentences × directions."""
    layers = sentences.reshape(len(sentences), len(axes), -1).transpose(1, 0, 2) @ axes
    unit: Floats = layers / np.linalg.norm(layers, axis=2, keepdims=True)
    return unit


def _by_meaning(some: Floats, others: Floats, narrowness: Sequence[float]) -> Floats:
    likeness: Floats = np.zeros((some.shape[1], others.shape[1]), np.float32)
    for layer, other, narrow in zip(some, others, narrowness, strict=True):
        likeness += np.exp((2 * narrow) * (layer @ other.T - 1), dtype=np.float32)
    return likeness
