"""Charts as SVG made here, without script: columns over time, bars side by side, a ring for a share.

Colours and dark mode come from the page's own style sheet by class; a chart is as wide as its place.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

# Not Starlette's environment: that one escapes by the file's ending, and leaves .svg alone.
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates" / "charts"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ids = itertools.count(1)

# In units of the picture, which is as wide as the narrowest screen: there a unit is a pixel.
WIDTH = 320
_LETTER = 6.6  # the most a letter takes at the size of the labels
_COLUMNS = {"height": 190, "top": 14, "bottom": 150, "right": 316}
_ROW, _FIRST_ROW = 38, 4
_RADIUS = 52


@dataclass(frozen=True)
class Series:
    """One number for each column, from the same thing."""

    name: str
    values: Sequence[int]


@dataclass(frozen=True)
class Bar:
    """`printed`: the value in words: "12 minutes"."""

    name: str
    value: float
    printed: str


def columns(title: str, sentence: str, labels: Sequence[str], series: Sequence[Series]) -> Markup:
    """Columns beside each other, the series on top of each other. `sentence` says the same to whoever cannot see it."""
    sums = [sum(values) for values in zip(*(each.values for each in series), strict=True)]
    highest = nice_top(max(sums, default=0))
    left = round(6 + _LETTER * len(f"{highest:,}"), 1)
    step = (_COLUMNS["right"] - left) / max(len(labels), 1)
    width = max(round(step - (3 if step > 8 else 0.6), 2), 0.8)
    unit = (_COLUMNS["bottom"] - _COLUMNS["top"]) / highest
    drawn = []
    for at, label in enumerate(labels):
        x, y = round(left + at * step + (step - width) / 2, 2), float(_COLUMNS["bottom"])
        parts = []
        for number, each in enumerate(series):
            height = each.values[at] * unit
            y -= height
            parts.append({"kind": number, "y": round(y, 2), "height": round(height, 2)})
        said = ", ".join(f"{each.values[at]:,} {each.name}".strip() for each in series)
        drawn.append({"x": x, "parts": parts, "said": f"{label}: {said}"})
    return _render(
        "columns.svg",
        title,
        sentence,
        frame={"width": WIDTH, "left": left, **_COLUMNS},
        width=width,
        columns=drawn,
        legend=[each.name for each in series] if len(series) > 1 else [],
        ticks=[(f"{value:,}", round(_COLUMNS["bottom"] - value * unit, 1)) for value in _ticks(highest)],
        ends=[labels[0], labels[-1]] if labels else [],
    )


def bars(title: str, sentence: str, rows: Sequence[Bar]) -> Markup:
    """One bar below the other, each under its name."""
    highest = max((row.value for row in rows), default=0) or 1
    drawn = []
    for at, row in enumerate(rows):
        y, room = _FIRST_ROW + at * _ROW, WIDTH - _LETTER * (len(row.printed) + 2)
        length = round(max(row.value / highest * room, 1), 1)
        drawn.append({"name": row.name, "y": y, "length": length, "printed": row.printed})
    return _render("bars.svg", title, sentence, rows=drawn, size=(WIDTH, _FIRST_ROW + max(len(rows), 1) * _ROW))


def ring(title: str, sentence: str, part: float, printed: str) -> Markup:
    """A share, from 0 to 1."""
    around = 2 * math.pi * _RADIUS
    return _render("ring.svg", title, sentence, radius=_RADIUS, around=around, part=around * part, printed=printed)


def nice_top(highest: int) -> int:
    """The round number at which an axis ends: 1, 2, 4, 6, 8, 10, 15, 20, 30, 40, 60, 80, 100, …"""
    if highest <= 1:
        return 1
    power = int("1" + "0" * (len(str(highest - 1)) - 1))
    steps = (power, power * 3 // 2, 2 * power, 3 * power, 4 * power, 6 * power, 8 * power, 10 * power)
    return next(step for step in steps if step >= highest)


def _ticks(top: int) -> list[int]:
    return [0, top // 2, top] if top % 2 == 0 else [0, top]


def _render(template: str, title: str, sentence: str, **values: object) -> Markup:
    shared = {"title": title, "sentence": sentence, "name": f"chart-{next(_ids)}"}
    return Markup(_TEMPLATES.get_template(template).render(**shared, **values))  # noqa: S704 - the template escapes
