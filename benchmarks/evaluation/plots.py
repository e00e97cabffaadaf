"""Pictures of how intents are read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from benchmarks.evaluation.corpus import public
from benchmarks.evaluation.intents import Result
from bot.nlu.intent_model import OUT_OF_SCOPE


def confusion(result: Result, path: Path) -> None:
    """Meant by row, read as by column; each row adds up to 1."""
    intents = result.corpus.intents
    row = {intent: number for number, intent in enumerate(intents)}
    counted = np.zeros((len(intents), len(intents)))
    for meant, said in zip(result.corpus.labels, result.answers.intents, strict=True):
        counted[row[meant], row[said]] += 1
    figure = Figure(figsize=(11, 10), layout="constrained")
    axes = figure.subplots()
    shown = axes.imshow(counted / counted.sum(1, keepdims=True), cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(intents)), intents, rotation=90, fontsize=8)
    axes.set_yticks(range(len(intents)), intents, fontsize=8)
    axes.set_xlabel("read as")
    axes.set_ylabel("meant")
    figure.colorbar(shown, shrink=0.6, label="share of the messages meant")
    figure.savefig(path, dpi=80)


def calibration(results: dict[str, Result], path: Path) -> None:
    """How often a probability was right, against the probability."""
    figure = Figure(figsize=(6, 5.5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":", label="what it should be")
    for name, result in results.items():
        sure, right, _ = zip(*result.reliability(), strict=True)
        axes.plot(sure, right, marker="o", label=f"{name} (error {result.calibration_error:.3f})")
    axes.set_xlabel("probability given")
    axes.set_ylabel("share right")
    axes.legend(fontsize=8)
    figure.savefig(path, dpi=80)


def out_of_scope(results: dict[str, Result], path: Path) -> None:
    """What a higher threshold on the probability would refuse, of ours and of the rest; the dot is what is served."""
    figure = Figure(figsize=(6, 5.5), layout="constrained")
    axes = figure.subplots()
    thresholds = np.linspace(0, 1, 101)
    for name, result in results.items():
        ours = np.array([label != OUT_OF_SCOPE for label in result.corpus.labels])
        curve = [(_refused(result, ours, each), _outside_refused(result, each)) for each in thresholds]
        (line,) = axes.plot(*zip(*curve, strict=True), label=name)
        axes.plot(result.in_scope_refused, result.outside_refused, marker="o", color=line.get_color())
    axes.set_xlim(0, 0.3)
    axes.set_ylim(0.5, 1)
    axes.set_xlabel("our own held-out messages refused")
    axes.set_ylabel("out of scope refused")
    axes.legend(fontsize=8, loc="lower right")
    figure.savefig(path, dpi=80)


def has_public() -> bool:
    return public("out_of_scope") is not None


def _refused(result: Result, rows: np.ndarray, threshold: float) -> float:
    said = result.answers
    named = np.array([intent == OUT_OF_SCOPE for intent in said.intents])
    return float((named | (said.confidences < threshold))[rows].mean())


def _outside_refused(result: Result, threshold: float) -> float:
    shares = [
        np.mean(
            [
                intent == OUT_OF_SCOPE or sure < threshold
                for intent, sure in zip(each.intents, each.confidences, strict=True)
            ]
        )
        for each in result.outside
    ]
    return float(np.mean(shares))
