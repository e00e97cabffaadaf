"""A repeat medicine as a GP system prints it: "Fostair 100micrograms/dose / 6micrograms/dose inhaler"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.nlu.medicines_book import LONGEST, Book, Name, Token, joined, the_book, tokens_of

_AMOUNT = re.compile(
    r"(\d+(?:\.\d+)?)\s*(micrograms?|mcg|ug|µg|milligrams?|mgs?|grams?|g|units?|iu|%)?(?![a-z])", re.IGNORECASE
)
_IN_MG = {"mg": 1.0, "milligram": 1.0, "g": 1000.0, "gram": 1000.0, "microgram": 0.001, "mcg": 0.001, "ug": 0.001}
_NOT_A_NAME = frozenset(
    "tablets tablet capsules oral powder solution suspension sugar free gastro resistant modified release dispersible"
    " soluble effervescent the for of with in and cfc dose hard soft extra strong max one plus compound liquid drops"
    " cream ointment gel lotion spray inhaler patches sachets eye ear nasal pack box system device size standard"
    " micrograms microgram units unit generic original flavour orange lemon vanilla chewable ml mg".split()
)


@dataclass(frozen=True)
class Repeat:
    """What a printed name tells.

    Attributes:
        medicine: its entry in the book, "" if it is not there.
        words: name words of the printed name, to be matched as they stand.
        numbers: every amount as printed; in_mg: those that are weights.
        kinds, also: what it is taken for, and what it may be taken for as well.
    """

    printed: str
    medicine: str
    brands: frozenset[str]
    ingredients: frozenset[str]
    words: frozenset[str]
    numbers: frozenset[float]
    in_mg: frozenset[float]
    form: str
    kinds: frozenset[str]
    also: frozenset[str]


@lru_cache(maxsize=4096)
def read_repeat(printed: str) -> Repeat:
    """Never raises; an unknown product still has its words, its amounts and its form."""
    book, tokens = the_book(), tokens_of(printed)
    names = _names_in(tokens, book)
    medicine = _medicine(names, book)
    form = _form(tokens, book)
    amounts = [(float(number), unit.lower().rstrip("s")) for number, unit in _AMOUNT.findall(printed)]
    entry = book.entries.get(medicine)
    kinds = (entry.kinds if entry else _kinds_printed(tokens, book)) | (book.forms[form].gives if form else frozenset())
    return Repeat(
        printed=printed,
        medicine=medicine,
        brands=frozenset(name.brand for name in names if name.brand and name.medicine == medicine),
        ingredients=entry.ingredients if entry else frozenset(),
        words=_name_words(tokens),
        numbers=frozenset(number for number, _ in amounts),
        in_mg=frozenset(round(number * _IN_MG[unit], 6) for number, unit in amounts if unit in _IN_MG),
        form=form,
        kinds=frozenset(kind for kind in kinds if _exists(kind, form, book)),
        also=frozenset(kind for kind in (entry.also if entry else ()) if _exists(kind, form, book)),
    )


def in_mg(number: float, unit: str) -> float | None:
    """`number` as a weight in mg; None if the unit is none of weight."""
    factor = _IN_MG.get(unit.lower().rstrip("s"))
    return round(number * factor, 6) if factor else None


def _names_in(tokens: list[Token], book: Book) -> list[Name]:
    """The book's names, longest first, each word used once."""
    found: list[Name] = []
    start = 0
    while start < len(tokens):
        for end in range(min(len(tokens), start + LONGEST), start, -1):
            names = book.names.get("".join(token.word for token in tokens[start:end]))
            if names:
                found.extend(names)
                start = end
                break
        else:
            start += 1
    return found


def _medicine(names: list[Name], book: Book) -> str:
    """A brand says what it is; several ingredients make a combination."""
    branded = [name.medicine for name in names if name.brand]
    generic = {name.medicine for name in names if not name.brand}
    ingredients = frozenset().union(*(book.entries[medicine].ingredients for medicine in generic))
    whole = [medicine for medicine, entry in book.entries.items() if entry.ingredients == ingredients]
    agreed = [medicine for medicine in branded if not generic or book.entries[medicine].ingredients >= ingredients]
    return next(iter(agreed or whole or sorted(generic)), "")


def _form(tokens: list[Token], book: Book) -> str:
    printed = {token.word for token in tokens}
    return next((form for form, given in book.forms.items() if given.printed & printed), "")


def _kinds_printed(tokens: list[Token], book: Book) -> frozenset[str]:
    """An unknown brand may print what it is: "… testing strips"."""
    words = [token.word for token in tokens]
    pieces = {"".join(words[start : start + size]) for start in range(len(words)) for size in (1, 2, 3)}
    return frozenset(book.called[piece][0] for piece in pieces if piece in book.called)


def _name_words(tokens: list[Token]) -> frozenset[str]:
    return frozenset(
        joined(token.word)
        for token in tokens
        if len(token.word) >= 4 and token.word.isalpha() and token.word not in _NOT_A_NAME
    )


def _exists(kind: str, form: str, book: Book) -> bool:
    return not form or kind not in book.kind_forms or form in book.kind_forms[kind]
