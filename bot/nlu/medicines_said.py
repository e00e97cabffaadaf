"""Whether each thing a message names is wanted, not wanted, or only talked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.nlu.medicines_line import Thing
from bot.nlu.medicines_phrases import Piece
from bot.nlu.medicines_words import Lexeme

Said = Literal["wanted", "unwanted", "unsure", "mentioned"]

_ENDS = frozenset(".;!?\n")
_HAVE_NONE = frozenset("got have had ive has theres hav is are am im was".split())  # "i have no metformin"
_BETWEEN = frozenset("the my any that this need for his her more of".split())


@dataclass
class Mention:
    """A thing and what is said of it: "mentioned" is for "i take …", "unsure" for "… makes me dizzy"."""

    thing: Thing
    said: Said
    segment: int


def mentions_of(pieces: list[Piece]) -> tuple[list[Mention], bool]:
    """In the order said; and whether something is not wanted that could not be read ("all but the omprzl")."""
    hearer = _Hearer(pieces)
    for at, piece in enumerate(pieces):
        if isinstance(piece, Thing):
            hearer.hear_thing(piece)
        elif piece.sort == "mark":
            hearer.hear_mark(piece)
        elif piece.sort == "cue":
            hearer.hear_cue(piece, at)
        elif piece.value == "or":
            hearer.hear_or(at)
    hearer.look_back()
    return hearer.mentions, hearer.is_unread


class _Hearer:
    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces, self.mentions = pieces, list[Mention]()
        self._said: Said = "wanted"
        self._segment = 0
        self._is_soft = False  # "no aspirin, ramipril": is the ramipril wanted?
        self.is_unread = self._excepts = False
        self._awaits = False  # a "don't need" that has met nothing yet: "the metformin i don't need"

    def hear_thing(self, thing: Thing) -> None:
        is_after = self._said == "unwanted" and not self._awaits and not self._excepts
        said = "wanted" if thing.sort == "rest" and is_after else self._said  # "no aspirin, the rest please"
        self.mentions.append(Mention(thing, said, self._segment))
        self._awaits = self._excepts = False

    def hear_or(self, at: int) -> None:
        """ "Metformin or amlodipine": which?"""
        around = self._pieces[at - 1 : at] + self._pieces[at + 1 : at + 2]
        if self._said == "wanted" and len(around) == 2 and all(isinstance(piece, Thing) for piece in around):
            self.mentions[-1].said = self._said = "unsure"

    def hear_mark(self, mark: Lexeme) -> None:
        if mark.value in _ENDS:
            self._turn("wanted")
        elif mark.value == ",":
            self.look_back()
            self._segment += 1
            if self._said == "unwanted" and self._is_soft:
                self._said = "unsure"

    def hear_cue(self, cue: Lexeme, at: int) -> None:
        if cue.value == "wanted":
            is_all_but = cue.text == "but" and self._follows_everything(at)
            self._turn("unwanted" if is_all_but else "wanted")
        elif cue.value == "except":
            self._turn("unwanted")
        elif cue.value == "unwanted":
            self._excepts = False  # "except i don't need the …"
            self.look_back()
            self._said, self._is_soft, self._awaits = "unwanted", False, True
        elif cue.value == "lone_not" and self._answers(at):
            self._awaits = True
            self.look_back()
        elif cue.value == "lone_not" and self._is_about_a_thing(at):
            self._turn("unwanted")
            self._is_soft = True
        elif cue.value == "statement":
            self.look_back()
            self._said = "mentioned" if self._said == "wanted" else self._said
        elif cue.value == "unsure":
            self._doubt()
        elif cue.value == "low":
            self._want_more()

    def look_back(self) -> None:
        """A "don't need" that met nothing is about what came before it."""
        self.is_unread = self.is_unread or self._excepts
        self._excepts = False
        if not self._awaits:
            return
        self._awaits = False
        for mention in self._here() or self.mentions[-1:]:
            if mention.thing.sort not in ("everything", "rest"):
                mention.said = "unwanted"
        self._said = "wanted"

    def _turn(self, said: Said) -> None:
        self.look_back()
        self._said, self._is_soft = said, False
        self._excepts = said == "unwanted"
        self._segment += 1

    def _doubt(self) -> None:
        self.look_back()
        for mention in self._here():
            if mention.said in ("wanted", "mentioned"):
                mention.said = "unsure"
        self._said, self._is_soft = "unsure", False

    def _want_more(self) -> None:
        """ "I have two metformin left" asks for more."""
        for mention in self._here():
            if mention.said == "mentioned":
                mention.said = "wanted"
        self._said = "wanted" if self._said == "mentioned" else self._said

    def _here(self) -> list[Mention]:
        return [mention for mention in self.mentions if mention.segment == self._segment]

    def _follows_everything(self, at: int) -> bool:
        before = self._pieces[at - 1] if at else None
        return isinstance(before, Thing) and (before.sort == "everything" or before.is_all)

    def _answers(self, at: int) -> bool:
        """ "Metformin no, ramipril yes"."""
        before = [
            piece for piece in self._pieces[max(at - 2, 0) : at] if isinstance(piece, Thing) or piece.text not in "?:"
        ]
        if not before or not isinstance(before[-1], Thing) or self._pieces[at].text != "no":  # type: ignore[union-attr]
            return False
        after = self._pieces[at + 1] if at + 1 < len(self._pieces) else None
        says_yes = any(isinstance(piece, Lexeme) and piece.text == "yes" for piece in self._pieces[at + 1 : at + 4])
        return after is None or says_yes or (isinstance(after, Lexeme) and after.sort == "mark")

    def _is_about_a_thing(self, at: int) -> bool:
        """ "Not the metformin" and "no inhaler", but not "not well" or "i have no metformin left"."""
        before = self._pieces[at - 1] if at else None
        if isinstance(before, Lexeme) and before.text.split()[-1] in _HAVE_NONE:
            return False
        ahead = at + 1
        while ahead < len(self._pieces):
            piece = self._pieces[ahead]
            if isinstance(piece, Thing):
                return True
            if piece.text not in _BETWEEN:
                return False
            ahead += 1
        return False
