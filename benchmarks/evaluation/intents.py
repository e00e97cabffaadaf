"""How well intents are read: five-fold cross-validation of several candidates on the same folds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.evaluation import candidates
from benchmarks.evaluation.candidates import Answers, Candidate
from benchmarks.evaluation.corpus import FOLDS, Corpus, folds, our_examples, public
from bot.nlu.intent_model import OUT_OF_SCOPE

OURS = "ours: encoder and words, kernel ridge"
DIET = "stock Rasa: DIET, 20 epochs"
CANDIDATES: dict[str, Candidate] = {
    OURS: candidates.ours,
    "encoder alone, logistic regression": candidates.meaning_alone,
    "words alone, logistic regression": candidates.words_alone,
    "Rasa: count vectors, LogisticRegressionClassifier": candidates.rasa_regression,
    DIET: candidates.diet,
}


@dataclass(frozen=True)
class Result:
    """One candidate's held-out answers on our examples, and each fold's answers on the public corpora.

    Attributes:
        corpus: the examples it was asked about, fold by fold.
        folds: how many of the folds.
    """

    corpus: Corpus
    answers: Answers
    outside: list[Answers]  # a fold each, on out_of_scope
    small_talk: list[Answers]
    folds: int

    @property
    def is_right(self) -> NDArray[np.bool_]:
        return np.array([said == meant for said, meant in zip(self.answers.intents, self.corpus.labels, strict=True)])

    @property
    def macro_f1(self) -> float:
        from sklearn.metrics import f1_score

        return float(f1_score(self.corpus.labels, self.answers.intents, average="macro", zero_division=0))

    def on_the_first(self, most: int) -> Result:
        """The same, of the first folds only."""
        kept = sum(len(left) for _, left in folds(our_examples())[:most])
        first = Corpus(self.corpus.texts[:kept], self.corpus.labels[:kept])
        return Result(first, _part(self.answers, 0, kept), self.outside[:most], self.small_talk[:most], most)

    @property
    def in_scope_refused(self) -> float:
        """Share of our own messages, out of scope left aside, that were taken to be none of ours."""
        ours = np.array([label != OUT_OF_SCOPE for label in self.corpus.labels])
        return float(self.answers.refused[ours].mean())

    @property
    def outside_refused(self) -> float | None:
        return float(np.mean([each.refused.mean() for each in self.outside])) if self.outside else None

    @property
    def small_talk_right(self) -> float | None:
        """Share of the public small talk that got an acceptable intent and was not refused."""
        rows = public("small_talk")
        if not rows or not self.small_talk:
            return None
        return float(np.mean([_acceptable(each, rows) for each in self.small_talk]))

    @property
    def calibration_error(self) -> float:
        """Expected calibration error: how far, on average, a probability is from the share that was right."""
        return sum(weight * abs(sure - right) for sure, right, weight in self.reliability())

    def reliability(self, bins: int = 10) -> list[tuple[float, float, float]]:
        """For each tenth of confidence: mean confidence, share right, share of all messages."""
        binned = np.minimum((self.answers.confidences * bins).astype(int), bins - 1)
        rows = [binned == each for each in range(bins)]
        return [
            (float(self.answers.confidences[row].mean()), float(self.is_right[row].mean()), float(row.mean()))
            for row in rows
            if row.any()
        ]

    def confused(self, most: int = 15) -> list[tuple[str, str, int]]:
        """The pairs most often taken for each other: meant, read as, times."""
        pairs = Counter(zip(self.corpus.labels, self.answers.intents, strict=True))
        return [(meant, said, times) for (meant, said), times in pairs.most_common() if meant != said][:most]


def cross_validate(corpus: Corpus, candidate: Candidate, most: int = FOLDS) -> Result:
    """Train on each fold, or the first few, and ask about what was left out, and about the public corpora."""
    outside, small_talk = ([row["text"] for row in public(name) or []] for name in ("out_of_scope", "small_talk"))
    asked, said, on_outside, on_small_talk = Corpus([], []), [], [], []
    for kept, left in folds(corpus)[:most]:
        fold = corpus.of(left)
        answers = candidate(corpus.of(kept), [*fold.texts, *outside, *small_talk])
        first, second = len(fold), len(fold) + len(outside)
        asked = Corpus([*asked.texts, *fold.texts], [*asked.labels, *fold.labels])
        said.append(_part(answers, 0, first))
        on_outside += [_part(answers, first, second)] if outside else []
        on_small_talk += [_part(answers, second, len(answers.intents))] if small_talk else []
    return Result(asked, _joined(said), on_outside, on_small_talk, most)


def _joined(parts: list[Answers]) -> Answers:
    return Answers(
        [intent for part in parts for intent in part.intents],
        np.concatenate([part.confidences for part in parts]),
        np.concatenate([part.refused for part in parts]),
    )


def _part(said: Answers, start: int, end: int) -> Answers:
    return Answers(said.intents[start:end], said.confidences[start:end], said.refused[start:end])


def _acceptable(said: Answers, rows: list[dict[str, list[str]]]) -> float:
    right = [
        intent in row["acceptable_intents"] and not refused
        for intent, refused, row in zip(said.intents, said.refused, rows, strict=True)
    ]
    return float(np.mean(right))
