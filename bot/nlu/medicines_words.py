"""The words of a message that have to do with medicines, in order: names, kinds, forms, strengths and cues."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.nlu.medicines_book import LONGEST, Book, Token, the_book, tokens_of
from bot.nlu.medicines_repeats import in_mg
from bot.nlu.medicines_spelling import Guess, by_sound, guesses, like_known, shortened

Sort = Literal["name", "kind", "condition", "form", "strength", "mark", "word", "cue"]

_SPLIT_NAME = 6  # letters of a name in pieces: "lan so prazole"; shorter ones are words by accident
_LONG_NAME, _SURE = 9, 0.9  # in pieces and misspelt: "my cards" is no Micardis
_UNITS = frozenset("mg mgs milligram milligrams mcg microgram micrograms ug g gram grams unit units iu".split())
_COUNTED = frozenset(
    "x box boxes pack packs packet packets month months week weeks day days times time tablets tabs capsules puffs of"
    " strips am pm years year th st nd rd left bottles pens inhalers a o more lots hours per daily".split()
)
_NUMBERED = re.compile(r"\s*1\s*[.)]\s*[^\d\s]")  # "1. metformin 2. ramipril"
_NUMBERING = re.compile(r"(?:^|(?<=[\s,;]))\d{1,2}\s*[.)](?!\d)")
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "eighty": 80,
}  # fmt: skip


@dataclass(frozen=True)
class Lexeme:
    """One piece of the message.

    Attributes:
        value: the name run together, the kind, the form, the cue, the mark or the word.
        text: its words as they stand, in lower case.
        is_plural: of kinds, forms and cues.
        guesses: for a name that is not spelt as in the book, what it may be.
        numbers, milligrams: a strength's amounts as said, and as weight where a unit was said.
        first, last: the positions of its first token and the one after its last.
    """

    sort: Sort
    value: str
    text: str
    first: int
    last: int
    is_plural: bool = False
    guesses: tuple[Guess, ...] = ()
    numbers: tuple[float, ...] = ()
    milligrams: tuple[float, ...] = ()


def lexemes_of(text: str, listed_words: frozenset[str]) -> list[Lexeme]:
    """`listed_words`: names on the list that the book does not know."""
    if _NUMBERED.match(text):
        text = _NUMBERING.sub(" ; ", text)
    book, tokens, found, position = the_book(), tokens_of(text), list[Lexeme](), 0
    while position < len(tokens):
        lexeme = _read(tokens, position, book, listed_words)
        found.append(lexeme)
        position = lexeme.last
    return found


def _lexeme(sort: Sort, value: str, tokens: list[Token], first: int, last: int, **more: Any) -> Lexeme:
    return Lexeme(sort, value, " ".join(token.word for token in tokens[first:last]), first, last, **more)


def _read(tokens: list[Token], first: int, book: Book, listed_words: frozenset[str]) -> Lexeme:
    word = tokens[first].word
    strength = _strength(tokens, first)
    if strength:
        return strength
    if not word[0].isalpha():
        return _lexeme("mark" if not word[0].isdigit() else "word", word, tokens, first, first + 1)
    known = _known(tokens, first, book, listed_words)
    behind = _misspelt_behind(tokens, first) if known and known.last == first + 1 else None
    return behind or known or _misspelt(tokens, first) or _lexeme("word", word, tokens, first, first + 1)


def _known(tokens: list[Token], first: int, book: Book, listed_words: frozenset[str]) -> Lexeme | None:
    """The longest run of words that the book knows."""
    for last in range(_reach(tokens, first), first, -1):
        words = "".join(token.word for token in tokens[first:last])
        in_pieces = last - first
        if words in listed_words or (words in book.names and (in_pieces == 1 or len(words) >= _SPLIT_NAME)):
            return _lexeme("name", words, tokens, first, last)
        if words.endswith("s") and in_pieces == 1 and words[:-1] in book.names:
            return _lexeme("name", words[:-1], tokens, first, last, is_plural=True)
        if words in book.called:
            kind, is_plural = book.called[words]
            return _lexeme("kind", kind, tokens, first, last, is_plural=is_plural)
        if words in book.conditions:
            return _lexeme("condition", book.conditions[words], tokens, first, last)
        if words in book.cues:
            cue, is_plural = book.cues[words]
            return _lexeme("cue", cue, tokens, first, last, is_plural=is_plural)
        if words in book.said_forms:
            form, is_plural = book.said_forms[words]
            return _lexeme("form", form, tokens, first, last, is_plural=is_plural)
    return None


def _misspelt_behind(tokens: list[Token], first: int) -> Lexeme | None:
    """ "Isosorbide dintrate": the first word is right, and there is more than one medicine that begins so."""
    word = tokens[first].word
    if not any(len(guess.name) > len(word) for guess in shortened(word)) or _reach(tokens, first) == first + 1:
        return None
    words = word + tokens[first + 1].word
    longer = tuple(guess for guess in guesses(words) if guess.name.startswith(word) and guess.name != word)
    return _lexeme("name", words, tokens, first, first + 2, guesses=longer) if longer and longer[0].changes else None


def _misspelt(tokens: list[Token], first: int) -> Lexeme | None:
    """One misspelt word, or several that sound like one name."""
    word = tokens[first].word
    known = like_known(word)
    if known:
        meant = _known([Token(known, 0, 0)], 0, the_book(), frozenset())
        return replace(meant, text=word, first=first, last=first + 1) if meant else None
    found = guesses(word)
    for last in range(min(_reach(tokens, first), first + 3), first + 1, -1) if found else ():
        words = "".join(token.word for token in tokens[first:last])
        longer = guesses(words)
        if longer and longer[0].changes <= found[0].changes:  # "iossorbide dinitrate"
            return _lexeme("name", words, tokens, first, last, guesses=longer)
    if found:
        return _lexeme("name", word, tokens, first, first + 1, guesses=found)
    for last in range(min(_reach(tokens, first), first + 4), first + 1, -1):
        words = "".join(token.word for token in tokens[first:last])
        heard = tuple(guess for guess in by_sound(words) if len(words) >= _LONG_NAME or guess.likeness >= _SURE)
        if heard:
            return _lexeme("name", words, tokens, first, last, guesses=heard)
    cut = shortened(word)
    return _lexeme("name", word, tokens, first, first + 1, guesses=cut) if cut else None


def _reach(tokens: list[Token], first: int) -> int:
    """How far a run of words without a mark goes."""
    last = first + 1
    while last < min(len(tokens), first + LONGEST) and tokens[last].word[0].isalnum():
        last += 1
    return last


def _strength(tokens: list[Token], first: int) -> Lexeme | None:
    """ "5mg", "five milligrams", "30/500", "100 / 6 mcg", or a bare number, which may be how many."""
    number = _number(tokens, first)
    if number is None:
        return None
    numbers, last = [number], first + 1
    while last + 1 < len(tokens) and tokens[last].word == "/" and _number(tokens, last + 1) is not None:
        numbers.append(_number(tokens, last + 1) or 0.0)
        last += 2
    unit = tokens[last].word if last < len(tokens) else ""
    if unit in _UNITS or unit == "%":
        weights = tuple(weight for each in numbers if (weight := in_mg(each, unit)) is not None)
        return _lexeme("strength", "", tokens, first, last + 1, numbers=tuple(numbers), milligrams=weights)
    is_clock = ":" in (unit, tokens[first - 1].word if first else "")
    if not tokens[first].word[0].isdigit() or (unit in _COUNTED and len(numbers) == 1) or is_clock:
        return None
    return _lexeme("strength", "bare", tokens, first, last, numbers=tuple(numbers), is_plural=unit == "s")


def _number(tokens: list[Token], at: int) -> float | None:
    word = tokens[at].word
    if word[0].isdigit():
        return float(word) if word.isascii() and len(word) < 9 else None
    return float(_NUMBERS[word]) if word in _NUMBERS else None
