"""A message cut where people start on something else: at the end of a sentence, at "and", "also", "but"."""

from __future__ import annotations

import re

_CUT = re.compile(
    r"[.!?;\n…]+(?:\s+|$)"
    r"|,?\s+(?:and(?:\s+(?:also|then))?|plus|but|as\s+well\s+as|&|\+|n)\s+(?=\w)"
    r"|,\s+",
    re.I,
)
_MOST = 8
_WORD = re.compile(r"\w+")

Span = tuple[int, int]


def split_clauses(text: str) -> list[Span]:
    """Start and end of each clause in `text`; none where there is only one. A lone word joins what stands before it."""
    spans: list[Span] = []
    start = 0
    for end, after in [*(match.span() for match in _CUT.finditer(text)), (len(text), len(text))]:
        words = len(_WORD.findall(text, start, end))
        if words > 1:
            spans.append((start, end))
        elif words and spans:
            spans[-1] = (spans[-1][0], end)
        start = after
    return spans[:_MOST] if len(spans) > 1 else []
