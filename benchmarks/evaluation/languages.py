"""How well messages in other languages are told from English, beside plain py3langid. Prints a table in Markdown.

    .venv/bin/python -m benchmarks.evaluation.languages

`languages.tsv` was written for this: the words of bot/nlu/languages.yml were chosen with the messages marked "seen" at
hand, and before those marked "unseen" were written. English too: the training data and, where present, ../shared/eval.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import yaml
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.nlu.languages import OTHER, answered, detect
from bot.settings import ROOT

Row = tuple[str, str]  # the language's code ("en", "other" or one of the ten), and the message
Detector = Callable[[str], str]

ENGLISH = "en"
_SHARED = ROOT.parent / "shared" / "eval"
_TEN = {code.partition("_")[0] for code in answered()}


def ours(text: str) -> str:
    language = detect(text)
    return language.code.partition("_")[0] if language else ENGLISH


def plain_statistics(least: int, probability: float) -> Detector:
    """py3langid alone, believed from so many words and such a probability on."""
    identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)

    def find(text: str) -> str:
        code, sure = identifier.classify(text)
        if code == ENGLISH or sure < probability or len(text.split()) < least:
            return ENGLISH
        return code if code in _TEN else OTHER

    return find


def own_set(part: str) -> list[Row]:
    """The messages of languages.tsv that are marked so."""
    lines = Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return [(code, text) for marked, code, text in rows if marked == part]


def training_data() -> list[Row]:
    listed = (yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"] for path in (ROOT / "data" / "nlu").glob("*.yml"))
    blocks = (each["examples"] for file in listed for each in file if "intent" in each)
    return [(ENGLISH, line[2:]) for block in blocks for line in block.splitlines()]


_PAGE = """# Languages

Made by `make evaluate`. Do not edit by hand.

Whether a message is in English, and in which language otherwise. The messages of the unseen set were written after the
word lists and have not been used to mend them. Why it is done so is in docs/adr/0007-languages.md.

| messages | detector | English left alone | other languages seen | the ten named rightly |
| --- | --- | --- | --- | --- |
{table}
"""


def public_english() -> list[Row]:
    """Nothing where ../shared/eval is not present."""
    names = ("out_of_scope", "small_talk", "booking_dialogue_turns")
    paths = [path for name in names if (path := _SHARED / f"{name}.jsonl").exists()]
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return [(ENGLISH, json.loads(line)["text"]) for line in lines]


def share(right: Iterable[bool]) -> str:
    counted = list(right)
    return f"{sum(counted)}/{len(counted)} ({100 * sum(counted) / len(counted):.1f} %)" if counted else "not present"


def report(detector: Detector, rows: list[Row]) -> list[str]:
    """English left alone, other languages seen, and the ten named rightly."""
    found = [(code, detector(text)) for code, text in rows]
    return [
        share(given == ENGLISH for code, given in found if code == ENGLISH),
        share(given != ENGLISH for code, given in found if code != ENGLISH),
        share(given == code for code, given in found if code in _TEN),
    ]


def markdown() -> str:
    """The page docs/evaluation/languages.md."""
    sets = {
        "own set, seen": own_set("seen"),
        "own set, unseen": own_set("unseen"),
        "data/nlu": training_data(),
        "../shared/eval": public_english(),
    }
    detectors = {"words and py3langid": ours, "py3langid, 3 words, p 0.9": plain_statistics(3, 0.9)}
    rows = [
        f"| {name} | {called} | {' | '.join(report(detector, messages))} |"
        for name, messages in sets.items()
        for called, detector in detectors.items()
    ]
    return _PAGE.format(table="\n".join(rows))


if __name__ == "__main__":
    print(markdown())
