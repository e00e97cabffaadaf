"""How long a message takes to be read, and the model to be trained, on one core."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

import numpy as np

from benchmarks.evaluation.corpus import Corpus
from bot.settings import ROOT

_ASKED = 400
_NOW = "2026-11-23T09:00:00+00:00"


@dataclass(frozen=True)
class Speed:
    """Milliseconds for a whole `parse` (every component, Rasa around it); seconds for `python -m bot train`."""

    p50: float
    p95: float
    training: float


def measure(corpus: Corpus) -> Speed:
    """Read messages spread over the corpus with the served model, and train one from nothing (on all cores)."""
    training = _train_from_nothing()
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        taken = _parse_times(corpus)
    finally:
        os.sched_setaffinity(0, cores)
    return Speed(float(np.percentile(taken, 50)), float(np.percentile(taken, 95)), training)


def _parse_times(corpus: Corpus) -> list[float]:
    from bot.actions.registry import all_actions
    from bot.dialogue import Dialogue
    from bot.program import newest_model

    dialogue = Dialogue(newest_model(ROOT / "models"), all_actions())
    taken = []
    for text in corpus.texts[:: max(1, len(corpus) // _ASKED)]:
        start = time.perf_counter()
        dialogue.parse(text, _NOW)
        taken.append((time.perf_counter() - start) * 1000)
    dialogue.close()
    return taken


def _train_from_nothing() -> float:
    folder = tempfile.mkdtemp(prefix="evaluate-")
    environment = {**os.environ, "RASA_CACHE_DIRECTORY": f"{folder}/cache", "BOT_MODELS": f"{folder}/models"}
    start = time.perf_counter()
    command = [sys.executable, "-m", "bot", "train", "--quiet"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    taken = time.perf_counter() - start
    shutil.rmtree(folder)
    return taken
