"""Runs the script against assistants and keeps the figures."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Protocol

from benchmarks.people import NUMBERS
from benchmarks.script import Assistant, Turn, converse

AT_ONCE = 8


class UnderTest(Assistant, Protocol):
    """An assistant in processes of its own.

    Attributes:
        start_seconds: from starting it until it could be written to.
    """

    name: str
    start_seconds: float

    def cpu_seconds(self) -> float:
        """Processor time used so far."""

    def memory(self) -> float:
        """Peak resident memory, in MB, of all its processes."""


@dataclass
class Figures:
    """What was measured of one assistant. Times in seconds, memory in MB.

    Attributes:
        alone: turns with one conversation at a time.
        together: turns with eight conversations at a time, and how long they took altogether.
    """

    name: str
    start: float
    alone: list[Turn] = field(default_factory=list)
    alone_cpu: float = 0
    together: list[Turn] = field(default_factory=list)
    together_seconds: float = 0
    memory: float = 0

    def whole(self, form: bool | None = None) -> list[float]:
        return [turn.timed.whole for turn in self.alone if form is None or turn.line.is_form is form]

    @property
    def cpu_per_turn(self) -> float:
        return self.alone_cpu / len(self.alone)

    @property
    def turns_per_second(self) -> float:
        return len(self.together) / self.together_seconds

    def accepted(self, turns: Iterable[Turn]) -> float:
        return median(turn.timed.accepted for turn in turns)

    @property
    def unexpected(self) -> list[Turn]:
        return [turn for turn in (*self.alone, *self.together) if not turn.is_right]


def p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


def measure(assistants: list[UnderTest], conversations: int) -> list[Figures]:
    """One warm-up each; then conversation by conversation in turns, so that a noisy machine is noisy for all alike."""
    figures = [Figures(each.name, each.start_seconds) for each in assistants]
    for each in assistants:
        list(converse(each.say, NUMBERS[0]))
    for number in NUMBERS[1 : 1 + conversations]:
        for each, its in zip(assistants, figures, strict=True):
            _alone(each, its, number)
    for each, its in zip(assistants, figures, strict=True):
        _together(each, its, NUMBERS[-AT_ONCE:])
        its.memory = each.memory()
    return figures


def _alone(assistant: UnderTest, its: Figures, number: str) -> None:
    before = assistant.cpu_seconds()
    its.alone.extend(converse(assistant.say, number))
    its.alone_cpu += assistant.cpu_seconds() - before


def _together(assistant: UnderTest, its: Figures, numbers: tuple[str, ...]) -> None:
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for turns in pool.map(lambda number: list(converse(assistant.say, number)), numbers):
            its.together.extend(turns)
    its.together_seconds = time.perf_counter() - began
