"""The things a message names, each with what belongs to it: "both 5mg ramipril capsules", "the cream for my eczema"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Union

from bot.nlu.medicines_line import FILLERS, JOINS, Line, Thing
from bot.nlu.medicines_words import Lexeme

_LOOSE = frozenset(["big", "little", "high", "low"])
_MASS = frozenset(["medication", "stuff", "treatment"])
_NOT_ALL = frozenset(
    "thats that at is for with about after be its morning afternoon evening hi hello dear delete clear remove erase to"
    " hey".split()
)
_NOT_EVERYTHING = frozenset(
    ["ok", "fine", "is", "hurts", "alright", "was", "about", "looks", "seems", "has", "i", "worked", "to"]
)
_NOT_USUAL = frozenset(
    "doctor gp dr nurse pharmacy chemist time place surgery appointment clinic doctors boots pharmacist way day slot"
    " from at".split()
)


@dataclass
class _Before:
    """What was said before a thing and belongs to it."""

    all: Lexeme | None = None
    size: str = ""
    strengths: list[Lexeme] = field(default_factory=list)


Piece = Union[Thing, Lexeme]  # what is no thing is a cue, a mark or a word


def pieces_of(lexemes: list[Lexeme]) -> list[Piece]:
    """Things, cues and other words in the order said."""
    return _Phrases(lexemes).pieces


class _Phrases(Line):
    def __init__(self, lexemes: list[Lexeme]) -> None:
        super().__init__(lexemes)
        self.pieces = list[Piece]()
        self._before = _Before()
        at = 0
        while at < len(lexemes):
            at = self._phrase(at)
        self._let_go(None)

    def _phrase(self, at: int) -> int:
        """Reads one phrase; gives where the next begins."""
        lexeme = self._lexemes[at]
        reader = getattr(self, f"_{lexeme.value if lexeme.sort == 'cue' else lexeme.sort}", None)
        if reader is not None:
            return int(reader(at))
        if lexeme.value not in FILLERS:
            self._let_go(lexeme)
        self.pieces.append(lexeme)
        return at + 1

    # phrases; each gives where the next begins

    def _name(self, at: int) -> int:
        lexeme = self._lexemes[at]
        thing = self._add(Thing("name", lexeme.value, lexeme.text, lexeme))
        thing.is_all = thing.is_all or lexeme.is_plural  # "both my warfarins"
        return self._complete(thing, at + 1)

    def _kind(self, at: int) -> int:
        lexeme = self._lexemes[at]
        thing = Thing("kind", lexeme.value, lexeme.text, lexeme, is_plural=lexeme.is_plural)
        return self._complete(self._add(thing), at + 1)

    def _form(self, at: int) -> int:
        lexeme = self._lexemes[at]
        reasons, after = self._reasons(at + 1)
        if reasons:
            self._add_kinds(reasons, lexeme)
            return after
        beside = self._lexemes[at + 1] if at + 1 < len(self._lexemes) else lexeme
        noun = self._next(at + 2)
        if beside.sort == "condition" and not (noun is not None and self._is_noun(noun)):
            self._add_kinds([beside], lexeme)  # "inhaler blue"
            return at + 2
        following = self._skip(at + 1, FILLERS - {"and", "also"}, 1)
        if not lexeme.is_plural and following < len(self._lexemes) and self._lexemes[following].sort == "name":
            return at + 1  # "inhaler ventolin"
        thing = Thing("form", lexeme.value, lexeme.text, lexeme, is_plural=lexeme.is_plural, form=lexeme.value)
        return self._complete(self._add(thing), at + 1)

    def _condition(self, at: int) -> int:
        """ "Blood pressure and cholesterol tablets": they share the noun; without a noun they name no medicine."""
        reasons, end = [self._lexemes[at]], at + 1
        while end < len(self._lexemes):
            lexeme = self._lexemes[end]
            if self._is_noun(lexeme):
                self._add_kinds(reasons, lexeme)
                return end + 1
            if lexeme.sort == "condition":
                reasons.append(lexeme)
            elif lexeme.value not in JOINS and lexeme.value not in ("my", "the", "control"):
                break
            end += 1
        self._let_go(self._lexemes[at])
        return at + 1

    def _strength(self, at: int) -> int:
        """Before a name it belongs to that; "the 5mg one" stands for itself; a bare number is how many."""
        lexeme, after = self._lexemes[at], self._next(at + 1)
        before = self._lexemes[at - 1].text if at else ""
        is_bare = lexeme.value == "bare"
        is_next = after is not None and after.sort in ("name", "kind", "form")
        is_beside = after is not None and after.first == lexeme.last
        if is_next and (not is_bare or (before == "the" and is_beside)):
            self._before.strengths.append(lexeme)
        elif not is_bare or lexeme.is_plural or before in ("the", "my", "not", "no", "just", "only"):
            self._add(Thing("strength", "", lexeme.text, lexeme, strengths=[lexeme]))
        return at + 1

    def _bigger(self, at: int) -> int:
        """Only beside "dose", "strength" or "one"."""
        lexeme = self._lexemes[at]
        noun = self._lexemes[at + 1] if at + 1 < len(self._lexemes) else lexeme
        if noun.value != "generic" or (lexeme.text in _LOOSE and noun.text not in ("dose", "strength")):
            return at + 1
        after = self._next(at + 2)
        if after is not None and after.sort == "name":
            self._before.size = lexeme.value
        else:
            self._add(Thing("size", "", lexeme.text, lexeme, size=lexeme.value))
        return at + 2

    _smaller = _bigger

    def _all(self, at: int) -> int:
        self._before.all = self._lexemes[at]
        return at + 1

    def _generic(self, at: int) -> int:
        """ "All my meds"; "the ones for my heart"."""
        lexeme = self._lexemes[at]
        reasons, after = self._reasons(at + 1)
        is_of_noun = after < len(self._lexemes) and self._is_noun(self._lexemes[after])  # "… for my thyroid tablets"
        if reasons and self._is_noun(lexeme) and not is_of_noun:
            self._add_kinds(reasons, lexeme)
            return after
        self._let_go(lexeme)
        return at + 1

    def _everything(self, at: int) -> int:
        before = self._lexemes[at - 1].text if at else ""
        after = self._lexemes[at + 1].text if at + 1 < len(self._lexemes) else ""
        if before in _NOT_ALL or after in _NOT_EVERYTHING:
            return at + 1
        return self._whole(at)

    def _rest(self, at: int) -> int:
        """ "The rest of my tablets", not "the rest of the week"."""
        of = self._next(at + 1) if at + 1 < len(self._lexemes) and self._lexemes[at + 1].value == "of" else None
        return at + 1 if of is not None and of.sort == "word" else self._everything(at)

    def _usual(self, at: int) -> int:
        after = self._lexemes[at + 1] if at + 1 < len(self._lexemes) else None
        if after is not None and (after.value in _NOT_USUAL or after.sort in ("name", "kind", "form", "condition")):
            return at + 1
        return self._whole(at)

    def _last(self, at: int) -> int:
        return self._whole(at)

    def _whole(self, at: int) -> int:
        lexeme = self._lexemes[at]
        self._before = _Before()
        self.pieces.append(Thing(lexeme.value, "", lexeme.text, lexeme))
        return at + 1

    # what belongs to a thing

    def _complete(self, thing: Thing, at: int) -> int:
        """Takes what follows a thing and belongs to it: "… 5mg tablets", "… the bigger dose", "… for my heart"."""
        while at < len(self._lexemes):
            lexeme = self._lexemes[at]
            reasons, after = self._reasons(at)
            if reasons:
                thing.reason = reasons[0].value
                return after
            if lexeme.value == "for":
                return self._skip_use(at)
            if lexeme.sort == "form" and thing.sort != "form" and not thing.form:
                thing.form = lexeme.value
                thing.is_plural = thing.is_plural or (thing.sort == "kind" and lexeme.is_plural)
                self._share(lexeme, thing)
            elif lexeme.sort == "strength" and self._is_its(lexeme, thing, at):
                thing.strengths.append(lexeme)
            elif lexeme.value in JOINS and thing.strengths and self._is_one_more(at + 1):
                thing.strengths.append(self._lexemes[at + 1])  # "25 and 100"
                at += 1
            elif lexeme.value == "x" or (
                lexeme.value.isdigit() and self._lexemes[at + 1 : at + 2] and self._lexemes[at + 1].value == "x"
            ):
                pass  # "2 x 50mg"
            elif lexeme.value == "generic" and not self._is_collective(lexeme):
                thing.is_plural = thing.is_plural or lexeme.is_plural or lexeme.text in _MASS
            elif lexeme.value == "all" and self._closes(at):
                thing.is_all = True
                return self._skip(at + 1, FILLERS | {"generic"}, 3)
            elif lexeme.value not in ("the", "my", "of"):
                break
            at += 1
        while self._lexemes[at - 1].value in ("the", "my", "of") and self._lexemes[at - 1].sort == "word":
            at -= 1
        return at

    def _skip_use(self, at: int) -> int:
        """ "Needles for my pen": the pen is not asked for."""
        after = self._skip(at + 1, FILLERS, 3)
        is_use = after < len(self._lexemes) and self._lexemes[after].sort == "form"
        return after + 1 if is_use else at

    def _is_its(self, strength: Lexeme, thing: Thing, at: int) -> bool:
        """A strength right after it; "20mg simvastatin" after a comma-less name belongs to the next."""
        after = self._lexemes[at + 1] if at + 1 < len(self._lexemes) else None
        if after is not None and after.sort == "name" and thing.strengths:
            return False
        article = self._lexemes[at - 1].value == "the"
        return thing.sort in ("name", "kind") and (strength.value != "bare" or not thing.form or article)

    def _share(self, form: Lexeme, thing: Thing) -> None:
        """ "salbutamol and clenil inhalers": both are inhalers."""
        if not form.is_plural or thing.sort != "name":
            return
        for piece in reversed(self.pieces[:-1]):
            if isinstance(piece, Thing) and piece.sort == "name" and not piece.form:
                piece.form = form.value
            elif isinstance(piece, Thing) or piece.value not in JOINS:
                return

    # adding

    def _add(self, thing: Thing) -> Thing:
        before, self._before = self._before, _Before()
        thing.is_all = before.all is not None or self._goes_on(thing)
        thing.size = before.size or thing.size
        thing.strengths = before.strengths + thing.strengths
        self.pieces.append(thing)
        return thing

    def _goes_on(self, thing: Thing) -> bool:
        """ "All creams and drops"."""
        joint, first = self.pieces[-1:], self.pieces[-2:-1]
        is_joined = bool(joint) and isinstance(joint[0], Lexeme) and joint[0].value in JOINS
        return thing.sort == "form" and is_joined and any(isinstance(each, Thing) and each.is_all for each in first)

    def _add_kinds(self, conditions: list[Lexeme], noun: Lexeme) -> None:
        before = self._before
        for condition in conditions:
            self._before = before
            thing = Thing("kind", condition.value, f"{condition.text} {noun.text}", condition)
            thing.is_plural = noun.is_plural or noun.text in _MASS
            thing.form = noun.value if noun.sort == "form" else ""
            self._add(thing)

    def _let_go(self, by: Lexeme | None) -> None:
        """ "All" that belongs to no thing is everything: "all please", "all my meds"; "both" is what came before."""
        word, self._before = self._before.all, _Before()
        if word is None:
            return
        at = self._lexemes.index(word)
        closes = by is None or by.sort == "mark" or by.value in ("generic", "except") or by.text in ("but", "thanks")
        if not closes or (at and self._lexemes[at - 1].text in _NOT_ALL):
            return
        last = self.pieces[-1] if self.pieces else None
        if word.text.startswith(("all", "every")) and (by is not None or word.text.startswith("all")):
            self.pieces.append(Thing("everything", "", word.text, word))
        elif isinstance(last, Thing):
            last.is_all = True
