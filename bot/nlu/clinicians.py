"""Which clinician a person means: by name, nickname or misspelt name, by role, or as "my usual doctor"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.backend.base import Clinician

_DOCTOR = r"(?:gps?|doctors?|docs?|dr)"
_ROLES = {
    "GP": rf"{_DOCTOR}",
    "nurse": r"nurses?|practice nurse|nurse practitioner",
    "pharmacist": r"pharmacists?",
    "healthcare assistant": r"hca|health ?care assistants?|phlebotomist|blood (?:lady|woman|man|person|taker)|vampire",
}
# Said only where the practice has one.
_OTHER_ROLES = {"physiotherapist": r"physio(?:therapist)?s?", "paramedic": r"paramedics?"}
_FEMALE, _MALE = r"(?:lady|female|woman|women)", r"(?:male|man|gentleman|bloke)"
_ASKED = r"(?:see|seeing|want|wants|prefer|need|be|with|have|rather|only) (?:a |an )?"
_SEX = {
    "female": rf"\b{_FEMALE} (?:{_DOCTOR}|nurse|please|pls)\b|\b{_ASKED}{_FEMALE}\b|\bnot? (?:a )?{_MALE}\b",
    "male": rf"\b{_MALE} (?:{_DOCTOR}|nurse|please|pls)\b|\b{_ASKED}{_MALE}\b|\bnot? (?:a )?{_FEMALE}\b",
}
_ANYONE = re.compile(
    rf"\b(any ?one|any {_DOCTOR}|(?:do ?n'?t|dont) mind who|whoever|someone else"
    rf"|(?:different|another|other) {_DOCTOR})\b",
    re.I,
)
_USUAL = re.compile(
    r"\b(?:my|her|his|our) (?:usual|normal|regular|own|named|registered|family|ordinary)"
    rf" (?:{_DOCTOR}|one|clinician)\b"
    rf"|\b(?:{_DOCTOR}|one|person) (?:that |who |whom )?i (?:always|usually|normally|generally)"
    r" (?:see|have|get|go to)\b"
    rf"|\bsame {_DOCTOR} (?:as (?:last|before|always|usual)|i (?:always|usually|saw))"
    rf"|\b(?:the |my )?usual {_DOCTOR}\b",
    re.I,
)
# What comes after is not wanted, up to the end of the sentence or to a "but".
_NOT = re.compile(
    r"\b(?:any ?(?:one|body) (?:but|except|other than|apart from|else than)|except(?: for)?|other than|apart from"
    r"|instead of|rather than|anything but|(?:do ?n'?t|dont|do not|would ?n'?t|rather not|never) (?:want|like|see|have)"
    r"(?: to see)?|rather not see|as long as (?:its|it'?s) not|not)\b"
    r"(?P<rest>[^.;!?,]*?)(?=[.;!?,]|\bbut\b|\bplease\b|\bi (?:mean|meant|said|want)\b|$)",
    re.I,
)
_TITLED = re.compile(r"\b(?:dr|doctor|doc|nurse)\.? ([a-z'’-]+)", re.I)
_FIRST_NAMED = re.compile(r"\b(?:with|see|seeing) ([a-z'’-]{3,})", re.I)
_NAMED_DOCTOR = re.compile(r"\bdr\.? ([a-z'’-]{3,})", re.I)
# What follows "dr" in "can i see a dr on monday please": no names.
_NO_NAMES = frozenset(
    "please pls plz today tomorrow tmrw tmw asap appt appts appointment about for next this any who the and"
    " when soon urgent urgently now again before after first over with because cos surgery that can could want need not"
    " but from around anytime later early sometime week weekend call phone ring mon monday tue tues tuesday wed weds"
    " wednesday thu thur thurs thursday fri friday sat saturday sun sunday morning afternoon evening as at in on or if"
    " me my i is it to am pm ok thanks thx ta u r a an of so too tho though ref re then there"
    " here instead maybe would will has have had said says told".split()
)
_CLOSE_ENOUGH = 86  # of 100: "pattel" and "okafour" pass, "patient" for "Patel" does not
_CLOSE_WITH_TITLE = 75  # "dr patal"
_SOUNDS = (
    *(("ughe", "u"), ("ugh", "u"), ("ewe", "u"), ("ew", "u"), ("ph", "f"), ("ck", "k"), ("ou", "o"), ("ee", "i")),
    *(("ea", "i"), ("ie", "i"), ("y", "i"), ("th", "t"), ("oa", "o"), ("wh", "w"), ("c", "k")),
)


@dataclass(frozen=True)
class Wanted:
    """Whom a text asks for.

    Attributes:
        ids: empty when nobody in particular was named.
        anyone: anyone would do.
        is_stranger: a doctor was named whom this practice does not have.
        is_usual: the doctor whom the patient usually sees, whoever that is.
    """

    ids: tuple[str, ...] = ()
    role: str | None = None
    anyone: bool = False
    is_stranger: bool = False
    is_usual: bool = False

    def __bool__(self) -> bool:
        return bool(self.ids or self.role or self.anyone or self.is_usual)


def find_clinicians(text: str, clinicians: Iterable[Clinician]) -> Wanted:
    """Whom the text asks for.

    A role alone gives all who have it in `ids`, narrowed by "lady doctor"; a name gives the ones that fit it best;
    "anyone but" gives the others who do the same work.
    """
    listed = list(clinicians)
    wanted, unwanted = _without_unwanted(text, listed)
    named = _by_name(wanted, listed)
    if named:
        return Wanted(named)
    if unwanted:
        return Wanted(_others(unwanted, listed))
    if _USUAL.search(text):
        return Wanted(is_usual=True)
    if _ANYONE.search(text):
        return Wanted(anyone=True)
    role, sex = _role(text, listed), _sex(text)
    if role is None and sex is None:
        return Wanted()
    fits = (each.id for each in listed if (role is None or each.role == role) and (sex is None or each.sex == sex))
    return Wanted(tuple(fits), role, is_stranger=_names_a_doctor(text))


def _without_unwanted(text: str, clinicians: list[Clinician]) -> tuple[str, tuple[str, ...]]:
    """The text without what is said not to be wanted, and who that is."""
    unwanted: list[str] = []
    for match in _NOT.finditer(text):
        named = _by_name(match["rest"], clinicians)
        unwanted.extend(named)
        if named:
            text = text.replace(match[0], " ", 1)
    return text, tuple(dict.fromkeys(unwanted))


def _others(unwanted: tuple[str, ...], clinicians: list[Clinician]) -> tuple[str, ...]:
    roles = {each.role for each in clinicians if each.id in unwanted}
    return tuple(each.id for each in clinicians if each.role in roles and each.id not in unwanted)


def _role(text: str, clinicians: list[Clinician]) -> str | None:
    held = {each.role for each in clinicians}
    patterns = {**_ROLES, **{role: words for role, words in _OTHER_ROLES.items() if role in held}}
    return next((role for role, words in patterns.items() if re.search(rf"\b(?:{words})\b", text, re.I)), None)


def _sex(text: str) -> str | None:
    """ "Not a man" is no wish for one."""
    refused = re.search(rf"\bnot? (?:a )?(?:({_MALE})|{_FEMALE})\b", text, re.I)
    if refused:
        return "female" if refused[1] else "male"
    return next((sex for sex, words in _SEX.items() if re.search(words, text, re.I)), None)


def _names_a_doctor(text: str) -> bool:
    return any(word.casefold() not in _NO_NAMES for word in _NAMED_DOCTOR.findall(text))


def _by_name(text: str, clinicians: list[Clinician]) -> tuple[str, ...]:
    """Those whose name fits best: of "dr p" only where one alone begins so."""
    scores = {each.id: _score(text, each) for each in clinicians}
    best = max(scores.values(), default=0.0)
    if best >= _CLOSE_WITH_TITLE:
        return tuple(identifier for identifier, score in scores.items() if score == best)
    begun = tuple(each.id for each in clinicians if _is_begun(text, each))
    return begun if len(begun) == 1 else ()


def _score(text: str, clinician: Clinician) -> float:
    """How well any word fits the surname, or after "dr" the first name: 0, or `_CLOSE_WITH_TITLE` to 100."""
    first, surname = _names(clinician)
    words = re.findall(r"[^\W\d_]+", re.sub(r"['’]s?\b", "", text.casefold()))
    untitled = max((fuzz.ratio(word, surname) for word in words if len(word) >= 4), default=0.0)
    titled = [word for word in _words_after(_TITLED, text) if len(word) >= 3]
    scores = [untitled if untitled >= _CLOSE_ENOUGH else 0.0]
    scores += [fuzz.ratio(word, surname) for word in titled]
    scores += [99.0 for word in titled if _folded(word) == _folded(surname)]
    scores += [100.0 for word in (*titled, *_words_after(_FIRST_NAMED, text)) if word == first]
    best = max(scores)
    return best if best >= _CLOSE_WITH_TITLE else 0.0


def _is_begun(text: str, clinician: Clinician) -> bool:
    """ "Dr P", "Dr Pat", "Dr Anj", "see Raj"."""
    first, surname = _names(clinician)
    if any(name.startswith(word) for word in _words_after(_TITLED, text) for name in (surname, first) if name):
        return True
    return any(len(word) >= 3 and first.startswith(word) for word in _words_after(_FIRST_NAMED, text))


def _words_after(pattern: re.Pattern[str], text: str) -> list[str]:
    return [word for word in pattern.findall(text.casefold()) if word not in _NO_NAMES]


def _names(clinician: Clinician) -> tuple[str, str]:
    """First name, which may be "", and surname, in lower case and without the title."""
    words = [word for word in clinician.name.casefold().split() if word not in ("dr", "nurse")]
    return (words[0] if len(words) > 1 else ""), (words[-1] if words else "")


def _folded(name: str) -> str:
    """As it sounds: "hews" is "hughes"."""
    for written, spoken in _SOUNDS:
        name = name.replace(written, spoken)
    return re.sub(r"(.)\1+", r"\1", name)
