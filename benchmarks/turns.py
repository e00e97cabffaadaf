"""`python -m benchmarks.turns`: a whole text turn, ours and stock Rasa's, side by side on one core."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks import report
from benchmarks.inside import run_inside
from benchmarks.measure import Figures, measure
from benchmarks.ours import Ours
from benchmarks.people import NUMBERS
from benchmarks.processes import cores
from benchmarks.stock import Stock, trained
from bot.settings import ROOT

_KEPT = ROOT / ".bench"

_NOTES = """What is compared. Ours: `python -m bot serve` on SQLite. A turn begins with a signed Twilio webhook and ends
when another process sees its answer in the outbox, so storing, sealing, the audit trail and every commit are in it; its
processor time also holds handing the text to the pretend network. Stock: `rasa run` with the REST channel and an SQL
tracker store on SQLite, and `rasa run actions` over HTTP. A turn ends with the answer to the request. It keeps no
messages, seals nothing and has no outbox.

Both have the same training data, domain, rules and actions, and both processes of stock Rasa share the one core. Stock
Rasa has the pipeline and policies of its default configuration and, at the end of the pipeline, our readers of dates
and of short replies, without which no form could be filled. Its networks were trained {epochs}. There are no stories,
so TEDPolicy and UnexpecTEDIntentPolicy have learnt nothing and cost stock Rasa little here. Conversations alternate
between the two, so that whatever else the machine does meets both.

Stock Rasa's action server was ready after {actions_start} s (peak {actions} MB), its server {start} s after it was
started (peak {server} MB)."""


def main() -> None:
    asked = _arguments()
    under_test, writer = cores()
    os.sched_setaffinity(0, {writer})
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        text = _compare(asked, Path(folder), under_test)
        if asked.detail:
            text += "\n\n" + run_inside(Path(folder) / "inside", under_test)
    sys.stdout.write(text + "\n")
    if asked.markdown:
        asked.markdown.write_text(text + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.turns", description=__doc__)
    parser.add_argument("--conversations", type=int, default=10, help="conversations of 24 turns, one at a time")
    parser.add_argument("--epochs", type=int, default=5, help="how long stock Rasa's networks are trained")
    parser.add_argument("--ours-only", action="store_true", help="leave stock Rasa out")
    parser.add_argument("--detail", action="store_true", help="add where our time goes")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the report there as well")
    asked = parser.parse_args()
    asked.conversations = min(asked.conversations, len(NUMBERS) - 9)
    return asked


def _compare(asked: argparse.Namespace, folder: Path, core: int) -> str:
    model = None if asked.ours_only else trained(_KEPT, asked.epochs)
    ours, stock = Ours(folder / "ours", core), None
    try:
        stock = Stock(folder / "stock", model, core) if model else None
        figures = measure([ours, stock] if stock else [ours], asked.conversations)
        inside = ours.inside_seconds(NUMBERS[1 : 1 + asked.conversations])
        notes = _notes(asked.epochs, stock) if stock else ""
    finally:
        ours.stop()
        if stock:
            stock.stop()
    return _text(asked, figures, inside, notes)


def _text(asked: argparse.Namespace, figures: list[Figures], inside: float, notes: str) -> str:
    both = len(figures) == 2
    table = report.rows(figures[0], figures[1] if both else None)
    by_itself = "the same by the process's own clock, p50"
    table.insert(1, (by_itself, f"{inside * 1000:.1f} ms", *([""] * len(figures))[: len(table[0]) - 2]))
    parts = [
        "# Benchmark: a whole text turn",
        "    " + " ".join([".venv/bin/python -m benchmarks.turns", *sys.argv[1:]]),
        report.machine() + ". The processes under test share one core; whoever writes to them has another.",
        report.as_markdown(table, [each.name for each in figures]),
        report.reading(*figures) if both else "",
        " ".join(report.unexpected(each) for each in figures),
        notes,
    ]
    return "\n\n".join(part for part in parts if part)


def _notes(epochs: int, stock: Stock) -> str:
    server, actions = stock.memory_of_each()
    return _NOTES.format(
        epochs="for 100 epochs"
        if epochs == 100
        else f"for {epochs} epochs instead of 100, which changes how well they understand and not how long they take",
        start=f"{stock.start_seconds:.1f}",
        actions_start=f"{stock.actions_start_seconds:.1f}",
        server=f"{server:.0f}",
        actions=f"{actions:.0f}",
    )


if __name__ == "__main__":
    main()
