"""All times of day that were said, settled into one window of wall-clock times."""

from __future__ import annotations

from datetime import time
from typing import Optional

from bot.nlu.when_clock import HALVES
from bot.nlu.when_hours import Times, wall_clock

Window = tuple[Optional[time], Optional[time]]


def combined(windows: list[Times], parts: list[Times]) -> Window:
    """The first and last start that suit everything said.

    A bound ("not before 2") narrows a part of the day; a time or a window of times replaces it.
    """
    half = _common_half(parts)
    said = [_settled(window, half) for window in windows]
    bounds = [limits for limits in said if None in limits]
    full = _either([limits for limits in said if None not in limits]) or _overlap(
        [_settled(part, "") for part in parts]
    )
    first = max((start for start, _ in bounds + full if start), default=None)
    last = min((stop for _, stop in bounds + full if stop), default=None)
    if first and last and last < first:  # such as "10pm to 3": only the start can be of use
        first, last = (bounds or full)[0]
    return (first, None) if first and last and last < first else (first, last)


def _either(windows: list[Window]) -> list[Window]:
    """Several times are alternatives: from the earliest to the latest of them."""
    starts, stops = [a for a, _ in windows if a], [b for _, b in windows if b]
    return [(min(starts), max(stops))] if starts and stops else []


def _overlap(parts: list[Window]) -> list[Window]:
    """Parts of the day that overlap narrow each other; others are alternatives."""
    starts, stops = [a for a, _ in parts if a], [b for _, b in parts if b]
    if not starts or not stops:
        return []
    narrowed = max(starts), min(stops)
    return [narrowed] if narrowed[0] < narrowed[1] else _either(parts)


def _common_half(parts: list[Times]) -> str:
    """The half of the day that all parts lie in, if there is one."""
    halves = {HALVES.get(part.part.split()[-1], "") for part in parts if part.part != "lunch"}
    return halves.pop() if len(halves) == 1 else ""


def _settled(window: Times, half: str) -> Window:
    first, last = (wall_clock(clock, half) if clock else None for clock in (window.first, window.last))
    if first and last and last < first and last.hour < 12 and window.last and not window.last.half:
        last = last.replace(hour=last.hour + 12)
    return first, last
