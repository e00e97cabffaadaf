"""What a sentence means, as numbers: all-MiniLM-L6-v2 under onnxruntime. See bot/nlu/minilm/README.md."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tokenizers import Tokenizer

from bot.nlu.clauses import split_clauses
from bot.nlu.spelling import spelt_right
from bot.nlu.text_speak import written_out

Vectors = NDArray[np.float32]

FOLDER = Path(__file__).with_name("minilm")
CLAUSES = "clauses"  # of a message: [(start, end, vector)] where it has several
_LONGEST = 128  # tokens; what a text message holds. The rest of a longer one is read by its clauses
_MANY = 50  # texts from which on a pool of threads is worth it


class EncoderDamaged(RuntimeError):
    """A file of the encoder is missing or is not the one that belongs here: run scripts/build_encoder.py."""


class Encoder:
    """Sentences in, unit vectors out. Safe to share between threads."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Raises EncoderDamaged: another model would read nonsense without a word."""
        _verify(folder)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # turns run side by side; one sentence needs no second core
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of 768 numbers a text: 384 of the last layer and 384 of the fourth, each half of length 1.

        The dot product of two halves is how alike they are (-1 to 1): the last layer in what they mean, the fourth in
        how they say it. One sentence at a time: int8 rounds by the largest number of a batch, and a sentence must mean
        the same in whatever company it is trained and asked.
        """
        if len(texts) < _MANY:
            return np.vstack([self._encode(text) for text in texts])
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return np.vstack(list(pool.map(self._encode, texts)))

    def _encode(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(spelt_right(written_out(text))).ids], np.int64)
        layers: Vectors = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]
        return layers.reshape(1, -1)


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """The encoder of this process, loaded once."""
    return Encoder()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(GraphComponent):  # type: ignore[misc]
    """Gives each message a dense sentence feature, and its clauses a vector each."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: Any, resource: Any, execution_context: Any
    ) -> SentenceEncoder:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            spans = split_clauses(text)
            vectors = shared_encoder().encode([text, *(text[start:end] for start, end in spans)])
            _add_feature(message, vectors[0])
            message.set(CLAUSES, [(*span, vector) for span, vector in zip(spans, vectors[1:], strict=True)])
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        messages = [message for message in training_data.training_examples if message.get(TEXT)]
        vectors = shared_encoder().encode([message.get(TEXT) for message in messages])
        for message, vector in zip(messages, vectors, strict=True):
            _add_feature(message, vector)
        return training_data


def sentence_of(message: Message) -> Vectors:
    """The vector that `SentenceEncoder` gave the whole message."""
    _, sentence = message.get_dense_features(TEXT, [])
    vector: Vectors = sentence.features[0]
    return vector


def _add_feature(message: Message, vector: Vectors) -> None:
    message.add_features(Features(vector[np.newaxis], FEATURE_TYPE_SENTENCE, TEXT, SentenceEncoder.__name__))


def _verify(folder: Path) -> None:
    try:
        for line in (folder / "SHA256SUMS").read_text(encoding="ascii").splitlines():
            expected, name = line.split()
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected:
                raise EncoderDamaged(name)
    except OSError as error:
        raise EncoderDamaged(str(error.filename)) from None
