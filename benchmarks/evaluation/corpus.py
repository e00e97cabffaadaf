"""The messages that intents are measured with: our own training examples in folds, and public corpora where present."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from bot.settings import ROOT

PUBLIC = ROOT.parent / "shared" / "eval"
FOLDS = 5
NOT_PRESENT = "not present: `../shared/eval` is not on this machine"


@dataclass(frozen=True)
class Corpus:
    """`texts` with the intent of each in `labels`."""

    texts: list[str]
    labels: list[str]

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def intents(self) -> list[str]:
        return sorted(set(self.labels))

    def of(self, rows: NDArray[np.intp]) -> Corpus:
        return Corpus([self.texts[row] for row in rows], [self.labels[row] for row in rows])


def our_examples(folder: Path = ROOT / "data" / "nlu") -> Corpus:
    """Every example of the training data."""
    found = [pair for path in sorted(folder.glob("*.yml")) for pair in _examples(path)]
    return Corpus([text for text, _ in found], [intent for _, intent in found])


def _examples(path: Path) -> Iterator[tuple[str, str]]:
    for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
        for line in block.get("examples", "").splitlines():
            if "intent" in block and line.startswith("- "):
                yield line[2:].strip(), block["intent"]


def folds(corpus: Corpus) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Rows to train on and rows to ask about, five times; the same for every candidate."""
    from sklearn.model_selection import StratifiedKFold

    return list(StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(corpus.texts, corpus.labels))


def public(name: str) -> list[dict[str, Any]] | None:
    """The rows of a public corpus; None where it is not on this machine."""
    path = PUBLIC / f"{name}.jsonl"
    if not path.exists():
        return None
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
