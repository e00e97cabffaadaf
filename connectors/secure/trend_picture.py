"""A trend as a picture: SVG made here, without script or style, so that the strictest page policy lets it in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from connectors.secure.trend import Reading, Trend

# Not Starlette's environment: that one escapes by the file's ending, and leaves .svg alone.
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

# In units of the picture, which is as wide as the narrowest screen: there a unit is a pixel.
_WIDTH, _HEIGHT = 320, 220
_TOP, _BOTTOM, _RIGHT = 48, 164, 312
_LETTER = 6.8  # the most a letter takes at the size of the labels
_SPACE = 6.0  # between labels side by side
_LINE = 13.0  # the height of a label
_LONGEST = 12  # letters of a label
_LONGEST_HEADING = 34  # the page has the whole name
_CLEAR = 0.15  # of the height, kept free above and below


@dataclass(frozen=True)
class _Label:
    """Text around `x`, on the line `y`."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class _Scale:
    """From a number to its height in the picture."""

    lowest: float
    highest: float

    def y(self, number: float) -> float:
        return round(_BOTTOM - (number - self.lowest) / (self.highest - self.lowest) * (_BOTTOM - _TOP), 1)


def draw(trend: Trend) -> Markup:
    """The picture, to be put into a page as it is. Its text alternative is the trend's sentence."""
    shown = trend.numbers
    scale = _scale(trend)
    ticks = _ticks(shown, scale)
    left = round(8 + _LETTER * max(len(tick.text) for tick in ticks), 1)
    points = [(x, scale.y(_number(reading))) for x, reading in zip(_across(shown, left), shown, strict=True)]
    values = [_Label(x, y - 9, _short(reading.printed)) for (x, y), reading in zip(points, shown, strict=True)]
    days = [_Label(x, _BOTTOM + 18, _short_date(reading)) for (x, _), reading in zip(points, shown, strict=True)]
    picture = _TEMPLATES.get_template("trend.svg").render(
        trend=trend,
        heading=_short(f"{trend.name} ({trend.unit})" if trend.unit else trend.name, _LONGEST_HEADING),
        frame={"width": _WIDTH, "height": _HEIGHT, "top": _TOP, "bottom": _BOTTOM, "left": left, "right": _RIGHT},
        points=points,
        labels=[*_that_fit(values, left), *_that_fit(days, 0)],
        ticks=ticks,
        band=_band(trend, scale),
    )
    return Markup(picture)  # noqa: S704 - the template escapes


def _scale(trend: Trend) -> _Scale:
    """Room for every number and for the reference range."""
    numbers = [_number(reading) for reading in trend.numbers]
    numbers += [bound for bound in (trend.low, trend.high) if bound is not None]
    clear = (max(numbers) - min(numbers)) * _CLEAR or max(abs(numbers[0]) * _CLEAR, 1.0)
    return _Scale(min(numbers) - clear, max(numbers) + clear)


def _across(shown: tuple[Reading, ...], left: float) -> list[float]:
    """In proportion to time; evenly, if all are of one day."""
    first, whole = shown[0].day, (shown[-1].day - shown[0].day).days
    shares = [
        (reading.day - first).days / whole if whole else at / (len(shown) - 1) for at, reading in enumerate(shown)
    ]
    start, length = left + 10, _RIGHT - left - 20
    return [round(start + share * length, 1) for share in shares]


def _ticks(shown: tuple[Reading, ...], scale: _Scale) -> list[_Label]:
    """The lowest and the highest number at the side, or one of them where they would touch."""
    lowest, highest = min(shown, key=_number), max(shown, key=_number)
    ticks = [_Label(0, scale.y(_number(reading)), _short(reading.printed)) for reading in (lowest, highest)]
    return ticks if abs(ticks[0].y - ticks[1].y) >= _LINE else ticks[:1]


def _that_fit(labels: list[_Label], left: float) -> list[_Label]:
    """As many labels as do not lie on each other: the last, the first, then from the left; all inside the picture."""
    kept: list[_Label] = []
    for label in (labels[-1], *labels[:-1]):
        half = len(label.text) * _LETTER / 2
        placed = replace(label, x=round(min(max(label.x, left + half), _WIDTH - half), 1))
        if all(_are_apart(placed, other) for other in kept):
            kept.append(placed)
    return kept


def _are_apart(one: _Label, other: _Label) -> bool:
    return abs(one.x - other.x) >= (len(one.text) + len(other.text)) * _LETTER / 2 + _SPACE


def _band(trend: Trend, scale: _Scale) -> dict[str, Any] | None:
    """The reference range; open where the laboratory left it open."""
    low, high = trend.low, trend.high
    if low is None and high is None:
        return None
    return {
        "top": _TOP if high is None else scale.y(high),
        "bottom": _BOTTOM if low is None else scale.y(low),
        "low": "" if low is None else f"{low:.12g}",
        "high": "" if high is None else f"{high:.12g}",
    }


def _number(reading: Reading) -> float:
    """Of a reading that has one."""
    return reading.number or 0.0


def _short(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _short_date(reading: Reading) -> str:
    return f"{reading.day.day} {reading.day:%b %Y}"
