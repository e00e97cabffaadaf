"""Scores become probabilities that mean what they say, and a rule for what is refused; both from held-out scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_THRESHOLDS = np.linspace(0.3, 0.6, 31)  # below the first, nobody would call it understood


@dataclass(frozen=True)
class Refusal:
    """When a message is not taken to belong here.

    Attributes:
        threshold: the likeliest intent has at least this probability, or the message is refused.
        margin: and it is at least this many times as likely as being out of scope.
    """

    threshold: float
    margin: float

    def refuses(self, probabilities: Floats, outside: int | None) -> NDArray[np.bool_]:
        """One answer a row of `probabilities` (messages × intents); `outside` is the column of out of scope."""
        inside, out = _apart(probabilities, outside)
        refused: NDArray[np.bool_] = (inside < self.threshold) | (inside < self.margin * out)
        return refused


def softmax(scores: NDArray[np.floating[Any]], sharpness: float) -> Floats:
    """Each row of scores as probabilities."""
    likely = np.exp(sharpness * (scores - scores.max(1, keepdims=True)), dtype=np.float64)
    shares: Floats = likely / likely.sum(1, keepdims=True)
    return shares


def fit_sharpness(scores: NDArray[np.floating[Any]], meant: NDArray[np.intp]) -> float:
    """The one number with which held-out scores predict best (temperature scaling, Guo et al. 2017, inverted)."""
    from scipy.optimize import minimize_scalar

    def surprise(sharpness: float) -> float:
        likely = softmax(scores, sharpness)[np.arange(len(meant)), meant]
        return float(-np.log(np.maximum(likely, 1e-12)).mean())

    return float(minimize_scalar(surprise, bounds=(0.5, 50), method="bounded").x)


def fit_refusal(probabilities: Floats, meant: NDArray[np.intp], outside: int | None, allowed: float) -> Refusal:
    """The threshold and margin that refuse most of what is out of scope, and at most `allowed` of what is not.

    Args:
        probabilities: held-out, messages × intents.
        meant: the right column of each row.
        outside: the column of out of scope, None if there is none: then nothing is refused.
        allowed: a share, 0 to 1.
    """
    if outside is None or not (meant == outside).any():
        return Refusal(0.0, 0.0)
    inside, out = _apart(probabilities, outside)
    ours = meant != outside
    ratios = inside / np.maximum(out, 1e-12)
    best, most = Refusal(float(_THRESHOLDS[0]), 0.0), -1.0
    for threshold in _THRESHOLDS:
        weak = inside < threshold
        left = int((allowed - weak[ours].mean()) * ours.sum())  # how many of ours the margin may still refuse
        if left < 0:
            break
        margin = np.sort(ratios[ours & ~weak])[left]
        caught = float((weak | (ratios < margin))[~ours].mean())
        if caught > most:
            best, most = Refusal(float(threshold), float(margin)), caught
    return best


def _apart(probabilities: Floats, outside: int | None) -> tuple[Floats, Floats]:
    """The likeliest of our own intents, and out of scope."""
    if outside is None:
        return probabilities.max(1), np.zeros(len(probabilities))
    return np.delete(probabilities, outside, 1).max(1), probabilities[:, outside]
