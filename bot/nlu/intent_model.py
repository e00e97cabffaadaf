"""What a message asks for: kernel ridge regression over its meaning, its words and the pieces of its words.

Two messages are alike if the encoder puts them close together, in what they mean or in how they say it, or if they
share words or pieces of words. Each intent is fitted by least squares on that likeness, which has a closed form:
training is one linear system, and so is each fold of the cross-validation that calibrates the probabilities and finds
from where on a message is refused.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.calibration import Refusal, fit_refusal, fit_sharpness, softmax

Floats = NDArray[np.float32]

OUT_OF_SCOPE = "out_of_scope"
_ARRAYS = ("axes", "sentences", "weights")
_ROWS = 512  # of the likeness at a time: they stay in the processor's cache
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\b\d+\b")


def words_of(text: str) -> list[str]:
    """Words and pairs of words. Case does not count, and numbers are all alike."""
    words = _WORD.findall(_plain(text))
    pairs = zip(["^", *words], [*words, "$"], strict=True)
    return [*words, *(f"{first} {second}" for first, second in pairs)]


def pieces_of(text: str) -> list[str]:
    """All pieces of 2 to 5 characters within each word and the blanks around it: what a misspelt word still shares."""
    found = []
    for word in _plain(text).split():
        padded = f" {word} "
        for size in range(2, 6):
            found += [padded[start : start + size] for start in range(max(1, len(padded) - size + 1))]
    return found


def _plain(text: str) -> str:
    return _NUMBER.sub("0", text.casefold())


@dataclass(frozen=True)
class Settings:
    """How alike is alike.

    Attributes:
        narrowness: of the likeness by each of the encoder's layers: exp(-2 * narrowness * (1 - cosine)).
        directions: how many of a layer's 384 are kept, those in which the examples differ most.
        words, pieces: weights of the likeness by words and by pieces of words (cosine of their tf-idf).
        ridge: how little a single example counts.
        folds: of the cross-validation.
        refused: share of the messages that do belong here which may be refused.
    """

    narrowness: tuple[float, ...] = (1.0, 2.0)
    directions: int = 160
    words: float = 0.4
    pieces: float = 0.5
    ridge: float = 0.1
    folds: int = 3
    refused: float = 0.035


@dataclass(frozen=True)
class Spoken:
    """What the features of one kind (words, or pieces of them) say for each intent.

    Attributes:
        index: feature → row of `rarity` and `weights`.
        rarity: idf of each feature.
        weights: features × intents.
    """

    index: dict[str, int]
    rarity: Floats
    weights: Floats

    def scores(self, features: list[str]) -> Floats | float:
        """One number an intent; nothing for a message without a known feature."""
        known = Counter(self.index[feature] for feature in features if feature in self.index)
        if not known:
            return 0.0
        rows = np.fromiter(known, np.intp)
        counted = (1 + np.log(np.fromiter(known.values(), np.float32))) * self.rarity[rows]
        said: Floats = (counted / np.linalg.norm(counted)) @ self.weights[rows]
        return said

    def arrays(self, kind: str) -> dict[str, Floats]:
        return {f"{kind}_rarity": self.rarity, f"{kind}_weights": self.weights}

    @classmethod
    def loaded(cls, kind: str, features: list[str], arrays: Mapping[str, Floats]) -> Spoken:
        index = {feature: row for row, feature in enumerate(features)}
        return cls(index, arrays[f"{kind}_rarity"], arrays[f"{kind}_weights"])


@dataclass(frozen=True)
class IntentModel:
    """A trained model."""

    settings: Settings
    intents: list[str]
    vocabulary: frozenset[str]  # every word of the examples, in small letters
    words: Spoken
    pieces: Spoken
    axes: Floats  # layers × 384 × directions
    sentences: Floats  # layers × examples × directions
    weights: Floats  # examples × intents
    sharpness: float
    refusal: Refusal

    def probabilities(self, text: str, sentence: Floats) -> NDArray[np.float64]:
        """One probability an intent, in the order of `intents`, for a text and its vector; they add up to 1."""
        layers = _narrowed(sentence[np.newaxis], self.axes)
        scores = (_by_meaning(layers, self.sentences, self.settings.narrowness) @ self.weights)[0]
        scores = scores + self.words.scores(words_of(text)) + self.pieces.scores(pieces_of(text))
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
            "vocabulary": sorted(self.vocabulary),
            "features": {"words": list(self.words.index), "pieces": list(self.pieces.index)},
            "sharpness": self.sharpness,
            "refusal": vars(self.refusal),
        }
        (folder / "model.json").write_text(json.dumps(told), encoding="utf-8")
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        np.savez(folder / "weights.npz", **arrays, **self.words.arrays("words"), **self.pieces.arrays("pieces"))

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Raises ValueError, KeyError or OSError if a file is missing or damaged."""
        told = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        stored = np.load(folder / "weights.npz", allow_pickle=False)
        words, pieces = (Spoken.loaded(kind, told["features"][kind], stored) for kind in ("words", "pieces"))
        return cls(
            settings=Settings(**{**told["settings"], "narrowness": tuple(told["settings"]["narrowness"])}),
            intents=told["intents"],
            vocabulary=frozenset(told["vocabulary"]),
            words=words,
            pieces=pieces,
            **{name: stored[name] for name in _ARRAYS},
            sharpness=told["sharpness"],
            refusal=Refusal(**told["refusal"]),
        )


def fit(texts: Sequence[str], sentences: Floats, labels: Sequence[str], settings: Settings) -> IntentModel:
    """Train on `texts` with their `sentences` (vectors, a row each) and `labels` (intents). Takes seconds."""
    intents = sorted(set(labels))
    answers = np.array([[label == intent for intent in intents] for label in labels], np.float32)
    axes = _directions(sentences.reshape(len(texts), len(settings.narrowness), -1), settings.directions)
    narrowed = _narrowed(sentences, axes)
    words, pieces = _Counted(texts, words_of), _Counted(texts, pieces_of)
    likeness = np.empty((len(texts), len(texts)), np.float32)

    def fill(start: int) -> None:
        rows = slice(start, start + _ROWS)
        likeness[rows] = _by_meaning(narrowed[:, rows], narrowed, settings.narrowness)
        likeness[rows] += words.likeness(rows, settings.words)
        likeness[rows] += pieces.likeness(rows, settings.pieces)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(fill, range(0, len(texts), _ROWS)))
    sharpness, refusal = _calibrate(likeness, answers, intents, settings)
    weights = _solve(likeness, answers, settings.ridge)
    return IntentModel(
        settings=settings,
        intents=intents,
        vocabulary=frozenset(word for text in texts for word in _WORD.findall(_plain(text))),
        words=words.spoken(weights, settings.words),
        pieces=pieces.spoken(weights, settings.pieces),
        axes=axes,
        sentences=narrowed,
        weights=weights,
        sharpness=sharpness,
        refusal=refusal,
    )


class _Counted:
    """The features of one kind in each of the examples: their tf-idf at length 1."""

    def __init__(self, texts: Sequence[str], features: Callable[[str], list[str]]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vectorizer = TfidfVectorizer(analyzer=features, sublinear_tf=True, min_df=2, dtype=np.float32)
        self._counted = self._vectorizer.fit_transform(texts)

    def likeness(self, rows: slice, weight: float) -> Floats:
        """Of some of the examples to all of them."""
        alike: Floats = ((weight * self._counted[rows]) @ self._counted.T).toarray()
        return alike

    def spoken(self, weights: Floats, weight: float) -> Spoken:
        """`weights`: examples × intents."""
        index = {str(feature): row for row, feature in enumerate(self._vectorizer.get_feature_names_out())}
        return Spoken(index, self._vectorizer.idf_.astype(np.float32), weight * (self._counted.T @ weights))


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
    """By Cholesky's factors: `likeness` is symmetric, and positive once the ridge is added. It is overwritten."""
    from scipy.linalg import cho_factor, cho_solve

    likeness.flat[:: len(likeness) + 1] += ridge
    factors = cho_factor(likeness.T, lower=True, overwrite_a=True, check_finite=False)
    solved: Floats = cho_solve(factors, answers, check_finite=False)
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
