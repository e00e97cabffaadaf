"""Text messages as they are sent: the GSM-7 alphabet, segments, and fitting a reply into few of them.

Alphabet: 3GPP TS 23.038, 6.2.1. A segment holds 160 GSM-7 characters alone and 153 in a row (70 and 67 in UCS-2).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")  # each takes the room of two
_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'",
        "“": '"', "”": '"', "„": '"', "″": '"', "«": '"', "»": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
        "…": "...", "•": "-", "·": "-", "\t": " ", "\u00a0": " ", "\u2007": " ", "\u2009": " ", "\u202f": " ",
        "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": "", "\u2060": "",
        "ł": "l", "Ł": "L", "œ": "oe", "Œ": "OE", "×": "x",
    }
)  # fmt: skip

MAX_SEGMENTS = 3
MAX_SEGMENTS_URGENT = 8  # what to do in an emergency is said in full, in two languages if need be


@dataclass(frozen=True)
class Segments:
    """`encoding` is "GSM-7" or "UCS-2"; `count` is what a network bills."""

    encoding: str
    count: int


def count_segments(text: str) -> Segments:
    if all(character in _BASIC or character in _EXTENDED for character in text):
        widths = [2 if character in _EXTENDED else 1 for character in text]
        return Segments("GSM-7", _pack(widths, alone=160, in_row=153))
    widths = [len(character.encode("utf-16-le")) // 2 for character in text]
    return Segments("UCS-2", _pack(widths, alone=70, in_row=67))


def to_gsm(text: str) -> str:
    """The same text in GSM-7: "smart" punctuation made plain, accents it does not know dropped.

    A script that has no such form (Arabic, Chinese, …) is left as it is: a costlier text is better than none.
    """
    plain = text.translate(_PLAIN)
    return "".join(character if _is_gsm(character) else _nearest(character) for character in plain)


def fit(text: str, segments: int = MAX_SEGMENTS) -> str:
    """A text of at most so many segments; a longer one ends at a word with three dots."""
    fitted = to_gsm(text).strip()
    while count_segments(fitted).count > segments:
        shorter = re.sub(r"\s*\S+\s*(\.\.\.)?$", "", fitted) or fitted[: len(fitted) // 2]
        fitted = shorter.rstrip(".,; ") + "..."
    return fitted


def _is_gsm(character: str) -> bool:
    return character in _BASIC or character in _EXTENDED


def _nearest(character: str) -> str:
    bare = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    return bare if bare and all(map(_is_gsm, bare)) else character


def _pack(widths: list[int], alone: int, in_row: int) -> int:
    """How many segments; a character of two units is never cut in half."""
    if sum(widths) <= alone:
        return 1
    count, room = 1, in_row
    for width in widths:
        if width > room:
            count, room = count + 1, in_row
        room -= width
    return count


def compose_text(surgery: str, said: str, segments: int = MAX_SEGMENTS) -> tuple[str, int]:
    """A reply as one text: the surgery's name first, no blank lines, GSM-7 where possible, at most so many segments.

    Returns:
        The body, and how many segments it takes.
    """
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    body = fit(f"{surgery}: " + "\n".join(lines), segments)
    return body, count_segments(body).count
