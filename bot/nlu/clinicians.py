"""Which clinician a person means: by name, misspelt name, or role."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.backend.base import Clinician

_ROLES = {
    "GP": r"gps?|doctors?|doc|docs|dr",
    "nurse": r"nurses?|practice nurse|nurse practitioner",
    "pharmacist": r"pharmacists?",
    "healthcare assistant": r"hca|health ?care assistants?",
}
_SEX = {
    "female": r"(?:lady|female|woman|women) (?:gp|doctor|doc|dr|nurse)|woman\b",
    "male": r"(?:male|man|gentleman) (?:gp|doctor|doc|dr|nurse)",
}
_ANYONE = re.compile(
    r"\b(any ?one|any (?:doctor|gp|dr)|(?:do ?n'?t|dont) mind who|whoever|someone else"
    r"|(?:different|another|other) (?:doctor|gp|dr))\b",
    re.I,
)
_NAMED_DOCTOR = re.compile(r"\bdr\.? ([a-z'’-]{3,})", re.I)
# What follows "dr" in "can i see a dr on monday please": no names.
_NO_NAMES = frozenset(
    "please pls plz today tomorrow tmrw tmw asap appt appts appointment about for next this any who the and"
    " when soon urgent urgently now again before after first over with because cos surgery that can could want need not"
    " but from around anytime later early sometime week weekend call phone ring mon monday tue tues tuesday wed weds"
    " wednesday thu thur thurs thursday fri friday sat saturday sun sunday morning afternoon evening".split()
)
_CLOSE_ENOUGH = 86  # of 100: "pattel" and "okafour" pass, "patient" for "Patel" does not


@dataclass(frozen=True)
class Wanted:
    """Whom a text asks for.

    Attributes:
        ids: empty when nobody in particular was named.
        anyone: anyone would do.
        is_stranger: a doctor was named whom this practice does not have.
    """

    ids: tuple[str, ...] = ()
    role: str | None = None
    anyone: bool = False
    is_stranger: bool = False

    def __bool__(self) -> bool:
        return bool(self.ids or self.role or self.anyone)


def find_clinicians(text: str, clinicians: Iterable[Clinician]) -> Wanted:
    """Whom the text asks for.

    A role alone gives all who have it in `ids`, narrowed by "lady doctor"; a name gives the ones that fit it best.
    """
    words = re.findall(r"[^\W\d_]+", text.casefold())
    listed = list(clinicians)
    named = _by_name(words, listed)
    if named:
        return Wanted(named)
    if _ANYONE.search(text):
        return Wanted(anyone=True)
    role = next((role for role, pattern in _ROLES.items() if re.search(rf"\b(?:{pattern})\b", text, re.I)), None)
    sex = next((sex for sex, pattern in _SEX.items() if re.search(rf"\b(?:{pattern})", text, re.I)), None)
    if role is None and sex is None:
        return Wanted()
    fits = (each.id for each in listed if (role is None or each.role == role) and (sex is None or each.sex == sex))
    return Wanted(tuple(fits), role, is_stranger=_names_a_doctor(text))


def _names_a_doctor(text: str) -> bool:
    return any(word.casefold() not in _NO_NAMES for word in _NAMED_DOCTOR.findall(text))


def _by_name(words: list[str], clinicians: list[Clinician]) -> tuple[str, ...]:
    scores = {each.id: _score(words, each) for each in clinicians}
    best = max(scores.values(), default=0.0)
    return tuple(identifier for identifier, score in scores.items() if best >= _CLOSE_ENOUGH and score == best)


def _score(words: list[str], clinician: Clinician) -> float:
    surname, first = clinician.name.casefold().split()[-1], clinician.name.casefold().split()[-2]
    by_surname = max((fuzz.ratio(word, surname) for word in words if len(word) >= 4), default=0.0)
    titled = re.search(rf"\b(?:dr|doctor|nurse) {re.escape(first)}\b", " ".join(words))
    return 100.0 if titled else by_surname
