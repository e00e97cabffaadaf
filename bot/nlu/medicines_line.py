"""The lexemes of a message in a row, and how to look around in them."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.nlu.medicines_words import Lexeme

FILLERS = frozenset(
    "of the my me his her your our their repeat regular usual monthly normal other current those these daily for a an"
    " some any that this pls please mums dads high bad underactive new old extra own little control bit more two three"
    " and also as well".split()
)
_INSIDE_REASON = FILLERS | frozenset("i take get im on help with her his help helps again like before".split())
JOINS = frozenset(["and", "n", "&", "+", ",", "or", "plus", "/", "an"])


@dataclass
class Thing:
    """One thing named.

    Attributes:
        sort: "name", "kind", "form", "strength" (only a strength was said), "size" ("the bigger dose"),
            "everything", "rest", "usual" or "last" (as last time).
        value: the name run together, or the kind.
        said: its words.
        form: the form said with it. size: "bigger" or "smaller".
        is_all: all that fit are meant: "both", "all my".
        reason: another kind, said as what it is for: "eye drops for dry eyes".
    """

    sort: str
    value: str
    said: str
    lexeme: Lexeme
    is_plural: bool = False
    is_all: bool = False
    form: str = ""
    reason: str = ""
    size: str = ""
    strengths: list[Lexeme] = field(default_factory=list)


class Line:
    """What stands behind a place in a message."""

    def __init__(self, lexemes: list[Lexeme]) -> None:
        self._lexemes = lexemes

    def _reasons(self, at: int) -> tuple[list[Lexeme], int]:
        """The conditions in "for my high blood pressure and cholesterol", and where that ends."""
        found, end, has_for = list[Lexeme](), at, False
        for place in range(at, min(at + 10, len(self._lexemes))):
            lexeme = self._lexemes[place]
            if lexeme.sort == "condition" and has_for:
                found.append(lexeme)
                end = place + 1
            elif lexeme.value == "for" or (lexeme.value in JOINS and found):
                has_for = True
            elif lexeme.value not in _INSIDE_REASON or lexeme.value in JOINS:
                break
        return found, end

    def _next(self, at: int) -> Lexeme | None:
        place = self._skip(at, FILLERS, 4)
        return self._lexemes[place] if place < len(self._lexemes) else None

    def _skip(self, at: int, words: frozenset[str], most: int) -> int:
        end = at
        while end < len(self._lexemes) and end < at + most and self._lexemes[end].value in words:
            end += 1
        return end

    def _is_noun(self, lexeme: Lexeme) -> bool:
        return lexeme.sort == "form" or (
            lexeme.value == "generic" and lexeme.text not in ("it", "its", "them", "thing")
        )

    def _is_collective(self, lexeme: Lexeme) -> bool:
        return lexeme.text in (
            "prescription",
            "repeat",
            "repeats",
            "repeat prescription",
            "prescriptions",
            "it",
            "them",
        )

    def _is_one_more(self, at: int) -> bool:
        after = self._lexemes[at + 1] if at + 1 < len(self._lexemes) else None
        is_strength = at < len(self._lexemes) and self._lexemes[at].sort == "strength"
        return is_strength and (after is None or after.sort not in ("name", "kind", "form"))

    def _closes(self, at: int) -> bool:
        """Whether "both" or "all" looks back: "ramipril both strengths", not "ramipril both inhalers"."""
        after = self._next(at + 1)
        if after is not None and after.text in ("strengths", "doses"):
            return True
        is_end = after is None or after.sort in ("mark", "word") or (after.sort == "cue" and after.value != "generic")
        return self._lexemes[at].text == "both" and is_end
