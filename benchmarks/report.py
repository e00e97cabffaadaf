"""The figures as a table and in sentences."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from statistics import median

from benchmarks.measure import AT_ONCE, Figures, p95

Row = tuple[str, ...]


def rows(ours: Figures, stock: Figures | None) -> list[Row]:
    """What was measured, ours, stock, and how many times ours is better."""
    both = [each for each in (ours, stock) if each]

    def row(what: str, values: list[float], unit: str, more_is_better: bool = False) -> Row:
        shown = [f"{value:,.{_places(value)}f} {unit}".strip() for value in values]
        if len(values) == 1:
            return (what, *shown)
        better, worse = (values[0], values[1]) if more_is_better else (values[1], values[0])
        return (what, *shown, f"{better / worse:.1f}×" if worse else "")

    def milliseconds(what: str, values: list[float]) -> Row:
        return row(what, [value * 1000 for value in values], "ms")

    return [
        milliseconds("Whole turn, p50", [median(each.whole()) for each in both]),
        milliseconds("Whole turn, p95", [p95(each.whole()) for each in both]),
        milliseconds("Turn within a journey, p50", [median(each.whole(True)) for each in both]),
        milliseconds("Question answered at once, p50", [median(each.whole(False)) for each in both]),
        milliseconds("Processor time a turn, mean", [each.cpu_per_turn for each in both]),
        milliseconds("Request answered, p50", [each.accepted(each.alone) for each in both]),
        milliseconds(
            f"Request answered while {AT_ONCE} conversations run, p50", [each.accepted(each.together) for each in both]
        ),
        row(f"Turns a second, {AT_ONCE} conversations", [each.turns_per_second for each in both], "", True),
        row("Start until ready", [each.start for each in both], "s"),
        row("Peak memory", [each.memory for each in both], "MB"),
    ]


def as_markdown(table: list[Row], names: list[str]) -> str:
    heads = ["", *names, "better by"][: len(table[0])]
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *table]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def reading(ours: Figures, stock: Figures) -> str:
    """A few plain sentences, from the figures."""
    turn = median(stock.whole()) / median(ours.whole())
    processor = stock.cpu_per_turn / ours.cpu_per_turn
    memory = stock.memory / ours.memory
    load = ours.turns_per_second / stock.turns_per_second
    sentences = [
        f"A whole text turn of ours took {median(ours.whole()) * 1000:.0f} ms, stock Rasa's"
        f" {median(stock.whole()) * 1000:.0f} ms: {_times(turn)}.",
        f"It used {ours.cpu_per_turn * 1000:.0f} ms of processor time against {stock.cpu_per_turn * 1000:.0f} ms"
        f" ({processor:.1f} to 1), and the process held {ours.memory:.0f} MB at most against {stock.memory:.0f} MB"
        f" in two ({memory:.1f} to 1).",
        f"With {AT_ONCE} conversations at once one core finished {ours.turns_per_second:.0f} turns a second against"
        f" {stock.turns_per_second:.0f} ({load:.1f} to 1).",
        f"A webhook was answered in {ours.accepted(ours.together) * 1000:.0f} ms while they ran.",
    ]
    return " ".join(sentences)


def unexpected(each: Figures) -> str:
    """How often an answer was not the one the script waits for: a check that both did the same work."""
    wrong, asked = len(each.unexpected), len(each.alone) + len(each.together)
    return f"{each.name}: {asked - wrong} of {asked} answers as the script expects."


def machine() -> str:
    names = (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name"))
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"{os.cpu_count()} cores, {next(names, platform.machine())}, Python {platform.python_version()}; load {load}"


def _times(ratio: float) -> str:
    if 0.95 < ratio < 1.05:
        return "about as long"
    return f"stock Rasa takes {ratio:.1f} times as long" if ratio > 1 else f"ours takes {1 / ratio:.1f} times as long"


def _places(value: float) -> int:
    return 0 if value >= 100 else 1


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()
