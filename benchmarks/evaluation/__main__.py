"""`python -m benchmarks.evaluation`: how well patients are understood. Writes docs/evaluation/."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from rich.console import Console

from benchmarks.evaluation import dates, languages, medicines, plots, speed
from benchmarks.evaluation.corpus import FOLDS, NOT_PRESENT, Corpus, our_examples, public
from benchmarks.evaluation.intents import CANDIDATES, DIET, OURS, Result, cross_validate
from bot.nlu.intent_model import OUT_OF_SCOPE
from bot.settings import ROOT

COMMAND = "make evaluate"
FOLDER = ROOT / "docs" / "evaluation"

_HEADS = (
    "way of reading",
    "folds",
    "macro-F1",
    "right",
    "calibration error",
    "ours refused",
    "out of scope refused",
    "small talk",
)

_console = Console(stderr=True)


def main() -> None:
    asked = _arguments()
    asked.folder.mkdir(parents=True, exist_ok=True)
    corpus = our_examples()
    results = _results(corpus, asked.diet_folds)
    _draw(results, asked.folder)
    pages = {
        "intents.md": _intents(corpus, results, speed.measure(corpus)),
        "dates.md": dates.markdown(dates.evaluate(), dates.evaluate(dates.raw_dateparser)),
        "medicines.md": medicines.markdown(medicines.evaluate()),
        "languages.md": languages.markdown(),
    }
    for name, page in pages.items():
        if name == "dates.md" and public("datetime") is None:
            _console.print(f"{name}: {NOT_PRESENT}; left as it is")
            continue
        (asked.folder / name).write_text(page.rstrip("\n") + "\n", encoding="utf-8")
    _console.print(f"Written to {asked.folder}", soft_wrap=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluation", description=__doc__)
    parser.add_argument("--diet-folds", type=int, default=FOLDS, help="of how many folds DIET is asked: it is slow")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write")
    return parser.parse_args()


def _results(corpus: Corpus, diet_folds: int) -> dict[str, Result]:
    results = {}
    for name, candidate in CANDIDATES.items():
        most = diet_folds if name == DIET else FOLDS
        if not most:
            continue
        start = time.perf_counter()
        results[name] = cross_validate(corpus, candidate, most)
        took = time.perf_counter() - start
        _console.print(f"{name}: macro-F1 {results[name].macro_f1:.3f}, {took:.0f} s", soft_wrap=True)
    return results


def _draw(results: dict[str, Result], folder: Path) -> None:
    compared = {name: results[name] for name in (OURS, DIET) if name in results}
    plots.confusion(results[OURS], folder / "confusion.png")
    plots.calibration(compared, folder / "calibration.png")
    if plots.has_public():
        plots.out_of_scope(compared, folder / "out-of-scope.png")


def _intents(corpus: Corpus, results: dict[str, Result], taken: speed.Speed) -> str:
    ours = results[OURS]
    not_present = "" if plots.has_public() else f"\n\nOut of scope and small talk: {NOT_PRESENT}."
    asked = results[DIET].folds if DIET in results else 0
    command = COMMAND if asked == FOLDS else f'{COMMAND} ARGS="--diet-folds {asked}"'
    return f"""# Intents

Made by `{command}`. Do not edit by hand.

{len(corpus)} examples of {len(corpus.intents)} intents in data/nlu, in {FOLDS} folds, the same for every way of
reading. Each is asked about messages that it has not been trained on. "Ours refused" is the share of our own messages,
out of scope left aside, that were taken to be none of ours. Out of scope and small talk are public test corpora
(CLINC150, BANKING77 and HWU64) in `../shared/eval`, asked in every fold; nothing is trained on them.{not_present}

{_table(results)}
{_beside_diet(results)}
Stock Rasa has the pipeline that `rasa init` writes, with DIET trained for 20 epochs in batches of 256 instead of 100 in
small ones: five folds of those would take hours. By then it has learnt nearly all of its training examples.

Served, reading a message takes {taken.p50:.1f} ms at the median and {taken.p95:.1f} ms at the 95th percentile on one
core, with everything: encoder, intents, several requests, days and times, short replies, and Rasa around them. Training
from nothing took {taken.training:.0f} s.

The model that is served reads very short replies ("2", "yes", "the second one") before the classifier does; here they
are left to the classifier.

## Intent by intent

{_by_intent(ours)}

## Most often taken for each other

| meant | read as | times |
| --- | --- | ---: |
{_confused(ours)}

![Confusion matrix](confusion.png)

## How sure, how right

![Calibration](calibration.png)

## What is refused

The dot is what is served. The curve shows what a plain threshold on the probability would do instead.

![Out of scope](out-of-scope.png)
"""


def _table(results: dict[str, Result]) -> str:
    rows = [f"| {' | '.join(_HEADS)} |", f"| --- |{' ---: |' * (len(_HEADS) - 1)}"]
    for name, each in results.items():
        numbers = (
            each.macro_f1, float(each.is_right.mean()), each.calibration_error, each.in_scope_refused,
            each.outside_refused, each.small_talk_right,
        )  # fmt: skip
        rows.append(f"| {name} | {each.folds} | {' | '.join(_number(number) for number in numbers)} |")
    return "\n".join(rows)


def _beside_diet(results: dict[str, Result]) -> str:
    if DIET not in results or results[DIET].folds == FOLDS:
        return ""
    most = results[DIET].folds
    return (
        f"\nDIET was asked about the first {most} of the folds. On these alone ours has a macro-F1 of "
        f"{results[OURS].on_the_first(most).macro_f1:.3f}, DIET of {results[DIET].macro_f1:.3f}.\n"
    )


def _number(value: float | None) -> str:
    return "not present" if value is None else f"{value:.3f}"


def _by_intent(result: Result) -> str:
    from sklearn.metrics import precision_recall_fscore_support

    intents = result.corpus.intents
    measured = precision_recall_fscore_support(
        result.corpus.labels, result.answers.intents, labels=intents, zero_division=0
    )
    rows = ["| intent | examples | precision | recall | F1 |", "| --- | ---: | ---: | ---: | ---: |"]
    for intent, precision, recall, f1, number in zip(intents, *measured, strict=True):
        rows.append(f"| {intent} | {number} | {precision:.3f} | {recall:.3f} | {f1:.3f} |")
    return "\n".join(rows)


def _confused(result: Result) -> str:
    named = [pair for pair in result.confused(20) if OUT_OF_SCOPE not in pair[:2]]
    return "\n".join(f"| {meant} | {said} | {times} |" for meant, said, times in named[:12])


if __name__ == "__main__":
    main()
