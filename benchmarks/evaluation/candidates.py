"""Ways to read an intent, each trained on one fold and asked about the rest."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from benchmarks.evaluation.corpus import Corpus
from bot.nlu.intent_model import OUT_OF_SCOPE, Settings, fit, pieces_of, words_of
from bot.nlu.sentence_encoder import shared_encoder
from bot.settings import ROOT

KEPT = ROOT / ".bench" / "evaluation"
DIET_TRAINING = {"epochs": 20, "batch_size": 256}


@dataclass(frozen=True)
class Answers:
    """What a candidate says of each text, in order.

    Attributes:
        intents: the likeliest intent.
        confidences: its probability, 0 to 1.
        refused: whether the text is taken to be none of ours.
    """

    intents: list[str]
    confidences: NDArray[np.float64]
    refused: NDArray[np.bool_]


Candidate = Callable[[Corpus, list[str]], Answers]


def ours(train: Corpus, asked: list[str], settings: Settings | None = None) -> Answers:
    """The model that is served, without the short replies that are settled before it."""
    chosen = settings or Settings()
    encode = shared_encoder().encode
    model = fit(train.texts, encode(train.texts), train.labels, chosen)
    likely = np.stack([model.probabilities(text, vector) for text, vector in zip(asked, encode(asked), strict=True)])
    intents = [model.intents[best] for best in likely.argmax(1)]
    refused = [intent == OUT_OF_SCOPE or model.refuses(row) for intent, row in zip(intents, likely, strict=True)]
    return Answers(intents, likely.max(1), np.array(refused))


def words_alone(train: Corpus, asked: list[str]) -> Answers:
    """Logistic regression over words and pieces of words, without the encoder."""
    vectorizer = _words().fit(train.texts)
    return _regression(vectorizer.transform(train.texts), train, vectorizer.transform(asked))


def meaning_alone(train: Corpus, asked: list[str]) -> Answers:
    """Logistic regression over the encoder's vectors, without words."""
    encode = shared_encoder().encode
    return _regression(encode(train.texts), train, encode(asked), strength=30)


def rasa_regression(train: Corpus, asked: list[str]) -> Answers:
    """Rasa's own LogisticRegressionClassifier over its count vectors."""
    return _rasa(train, asked, [{"name": "LogisticRegressionClassifier"}])


def diet(train: Corpus, asked: list[str]) -> Answers:
    """Stock Rasa: the pipeline that `rasa init` writes, DIET at its end.

    A hundred epochs of small batches, as it writes them, take 40 minutes a fold on two cores; by the twentieth epoch of
    large ones the training examples are learnt.
    """
    return _rasa(train, asked, [{"name": "DIETClassifier", "constrain_similarities": True, **DIET_TRAINING}])


def _words() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer=lambda text: words_of(text) + pieces_of(text), sublinear_tf=True, min_df=2)


def _regression(known: Any, train: Corpus, new: Any, strength: float = 10) -> Answers:
    from sklearn.linear_model import LogisticRegression

    regression = LogisticRegression(C=strength, max_iter=100, class_weight="balanced").fit(known, train.labels)
    likely = regression.predict_proba(new)
    intents = [str(regression.classes_[best]) for best in likely.argmax(1)]
    return Answers(intents, likely.max(1), np.array([intent == OUT_OF_SCOPE for intent in intents]))


_STOCK = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
]
_FALLBACK = {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1}


def _rasa(train: Corpus, asked: list[str], classifier: list[dict[str, Any]]) -> Answers:
    """Train and ask Rasa in a process of its own. Kept in .bench/: the same question is not computed twice."""
    pipeline = [*_STOCK, *classifier, _FALLBACK]
    whole = json.dumps([pipeline, train.texts, train.labels, asked])
    kept = KEPT / f"{hashlib.sha256(whole.encode()).hexdigest()[:20]}.json"
    if not kept.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(_ask_rasa(train, asked, pipeline)), encoding="utf-8")
    rankings = json.loads(kept.read_text(encoding="utf-8"))
    refused = [ranking[0][0] in ("nlu_fallback", OUT_OF_SCOPE) for ranking in rankings]
    likeliest = [ranking[1] if ranking[0][0] == "nlu_fallback" else ranking[0] for ranking in rankings]
    return Answers([name for name, _ in likeliest], np.array([sure for _, sure in likeliest]), np.array(refused))


def _ask_rasa(train: Corpus, asked: list[str], pipeline: list[dict[str, Any]]) -> list[list[tuple[str, float]]]:
    """For each text the two likeliest intents with their probabilities."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = {"recipe": "default.v1", "language": "en", "assistant_id": "stock", "pipeline": pipeline}
        blocks = [
            {"intent": intent, "examples": "".join(f"- {text}\n" for text in _texts_of(train, intent))}
            for intent in train.intents
        ]
        (folder / "config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}), encoding="utf-8")
        (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.evaluation.stock_reader", str(folder)]
        environment = {
            **os.environ,
            "RASA_TELEMETRY_ENABLED": "false",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "LOG_LEVEL": "ERROR",
        }
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        answers: list[list[tuple[str, float]]] = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
        return answers


def _texts_of(corpus: Corpus, intent: str) -> list[str]:
    return [text for text, label in zip(corpus.texts, corpus.labels, strict=True) if label == intent]
