"""How a repeated numeric result went over time: its points, and the same in words. Nothing here judges a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.backend.record import Result, Value
from bot.wording import say_date

_FEWEST = 2


@dataclass(frozen=True)
class Reading:
    """One value as printed; `number` is None where it is words, such as "<5"."""

    day: date
    printed: str
    number: float | None


@dataclass(frozen=True)
class Trend:
    """Readings of one name in one unit, oldest first.

    Attributes:
        low, high: the laboratory's reference range, where all numbers were given the same; None is open.
    """

    name: str
    unit: str
    readings: tuple[Reading, ...]
    low: float | None = None
    high: float | None = None

    @property
    def numbers(self) -> tuple[Reading, ...]:
        """What can be drawn."""
        return tuple(reading for reading in self.readings if reading.number is not None)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """(date, value with unit) of everything, oldest first: the table beside the picture."""
        return [(say_date(reading.day), _with_unit(reading.printed, self.unit)) for reading in self.readings]

    @property
    def sentence(self) -> str:
        """3 results from 4 May 2025 to 2 November 2026: 48, 51, 53 mmol/mol."""
        first, last = self.readings[0].day, self.readings[-1].day
        when = f"on {say_date(first)}" if first == last else f"from {say_date(first)} to {say_date(last)}"
        printed = ", ".join(reading.printed for reading in self.readings)
        return f"{len(self.readings)} results {when}: {_with_unit(printed, self.unit)}."


def trend_of(results: Iterable[Result], name: str) -> Trend | None:
    """The trend of one name in the unit it was last given in; None if there are not two numbers.

    Args:
        results: only what may be shown (`bot.identity.disclosure`); in any order.
        name: of the value, in any case.
    """
    named = [
        (result.taken_on, value)
        for result in sorted(results, key=lambda result: (result.taken_on, result.id))
        for value in result.values
        if _fold(value.name) == _fold(name)
    ]
    numbers = [value for _, value in named if value.number is not None]
    if not numbers:
        return None
    last = numbers[-1]
    alike = [value for value in numbers if value.unit == last.unit]
    if len(alike) < _FEWEST:
        return None
    readings = tuple(
        Reading(day, value.value.strip(), value.number) for day, value in named if _is_comparable(value, last.unit)
    )
    low, high = _shared_range(alike)
    return Trend(last.name, last.unit, readings, low, high)


def _is_comparable(value: Value, unit: str) -> bool:
    """Words may come without the unit; a number may not."""
    return value.unit == unit or (value.number is None and not value.unit)


def _shared_range(values: list[Value]) -> tuple[float | None, float | None]:
    ranges = {(value.low, value.high) for value in values}
    return ranges.pop() if len(ranges) == 1 else (None, None)


def _with_unit(printed: str, unit: str) -> str:
    return f"{printed} {unit}".strip()


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())
