"""Which repeats one thing that a patient names may be."""

from __future__ import annotations

from dataclasses import dataclass

from bot.nlu.medicines_book import joined, the_book
from bot.nlu.medicines_line import Thing
from bot.nlu.medicines_repeats import Repeat
from bot.nlu.medicines_spelling import LIKE, Guess, likeness
from bot.nlu.medicines_words import Lexeme

_RIVAL = 0.06  # of likeness: carbamazepine and carbimazole for "carbamazole"


@dataclass
class Found:
    """What one thing comes to."""

    meant: list[Repeat]
    ask: list[Repeat]
    stranger: str = ""

    @property
    def all(self) -> list[Repeat]:
        return [*self.meant, *self.ask]


class Matcher:
    """Looks on one patient's list."""

    def __init__(self, listed: list[Repeat]) -> None:
        self._listed, self._book = listed, the_book()

    def find(self, thing: Thing) -> Found:
        if thing.sort == "name":
            return self._named(thing)
        if thing.sort == "kind":
            return self._of_kind(thing)
        fits = [each for each in self._of_form(self._listed, thing.form) if each.form]
        is_counted = self._book.forms[thing.form].is_counted and thing.is_plural
        return chosen(of_strength(fits, thing.strengths), thing.is_all or is_counted)

    def _of_kind(self, thing: Thing) -> Found:
        if thing.form and not self._kind_comes_as(thing.value, thing.form):  # "the orange sachets"
            return chosen(self._of_form(self._listed, thing.form), thing.is_all)
        first = [each for each in self._listed if thing.value in each.kinds]
        second = [each for each in self._listed if thing.value in each.also]
        first = [each for each in first if thing.reason in each.kinds] or first
        fits = self._of_form(first, thing.form)
        if (
            not fits
            and not second
            and thing.value in self._book.or_form
            and thing.lexeme.text.startswith(("my", "the"))
        ):
            return chosen(self._of_form(self._listed, self._book.or_form[thing.value]), thing.is_all)
        if not fits:
            return Found(
                [], first or self._of_form(second, thing.form) or second, "" if first or second else thing.said
            )
        return self._narrowed(fits, thing)

    def _is_plural(self, thing: Thing) -> bool:
        number = self._book.number.get(thing.value)
        return thing.is_plural and number != "one" or number == "many"

    def _kind_comes_as(self, kind: str, form: str) -> bool:
        forms = self._book.kind_forms.get(kind)
        return forms is None or bool(forms & self._wider(form))

    def _named(self, thing: Thing) -> Found:
        unknown = [each for each in self._listed if not each.medicine and thing.value in each.words]
        if unknown:
            return self._narrowed(unknown, thing)
        if thing.lexeme.guesses:
            return self._guessed(thing)
        fits, others = self._of_name(thing.value)
        if not fits and not others and thing.value in self._book.only_if_listed:
            return Found([], [])
        if not fits:
            return Found([], others, "" if others else thing.said)
        return self._narrowed(fits, thing)

    def _of_name(self, name: str) -> tuple[list[Repeat], list[Repeat]]:
        """Repeats that are what is named; and those it may be: another brand of it, or something that holds it."""
        meanings = self._book.names[name]
        same = [each for each in self._listed if each.medicine in {meaning.medicine for meaning in meanings}]
        brands = {meaning.brand for meaning in meanings if meaning.brand}
        if brands and len(brands) == len(meanings):
            printed = [each for each in same if any(_same_brand(a, b) for a in brands for b in each.brands)]
            generic = [each for each in same if not each.brands]
            return printed or generic, same
        if same:
            return same, same
        holding = [each for each in self._listed if self._may_be(meanings[0].medicine, each)]
        return [], holding

    def _may_be(self, medicine: str, repeat: Repeat) -> bool:
        """Whether one holds the other: codeine and co-codamol."""
        ingredients = self._book.entries[medicine].ingredients
        return bool(repeat.ingredients) and (ingredients < repeat.ingredients or repeat.ingredients < ingredients)

    def _guessed(self, thing: Thing) -> Found:
        """A misspelt name: taken for a repeat only where nothing else is as near."""
        guesses = thing.lexeme.guesses
        near = [(guess, fits) for guess in guesses if (fits := self._of_name(guess.name)[0])]
        if not near:
            best = guesses[0]
            is_clear = len(best.name) >= 7 and best.changes <= 2 and best.name not in self._book.only_if_listed
            return Found([], [], thing.said if is_clear else "")
        best, fits = near[0]
        rivals = [each for guess, others in near[1:] for each in others if guess.changes <= best.changes + 1]
        rivals += [each for each in self._listed if _is_as_like(thing.value, each, best)]
        rivals = [each for each in rivals if each not in fits]
        nearer = min((guess.changes for guess in guesses if not self._of_name(guess.name)[0]), default=99)
        is_far = best.changes > 1 and best.name[0] != thing.value[0]
        if rivals or is_far or nearer <= best.changes:
            return Found([], [*fits, *rivals]) if nearer + 1 >= best.changes else Found([], [], thing.said)
        return self._narrowed(fits, thing)

    def _narrowed(self, fits: list[Repeat], thing: Thing) -> Found:
        """By form, strength and size; what is said and fits none is asked about."""
        formed = self._of_form(fits, thing.form) if thing.form else fits
        strong = of_strength(formed, thing.strengths)
        if not formed or not strong:
            return Found([], formed or fits)
        is_all = thing.is_all or len(thing.strengths) > 1 or (thing.sort == "kind" and self._is_plural(thing))
        return chosen(sized(strong, thing.size), is_all)

    def _of_form(self, fits: list[Repeat], form: str) -> list[Repeat]:
        """Those that come as what was said, or else as what may be called so."""
        exact = [each for each in fits if not form or not each.form or each.form in self._wider(form)]
        return exact or [each for each in fits if each.form in self._book.instead.get(form, ())]

    def _wider(self, form: str) -> frozenset[str]:
        return self._book.wider.get(form, frozenset([form]))


def chosen(fits: list[Repeat], is_all: bool) -> Found:
    return Found(fits, []) if is_all or len(fits) == 1 else Found([], fits)


def of_strength(fits: list[Repeat], strengths: list[Lexeme]) -> list[Repeat]:
    """Those that have one of the strengths."""
    strong = [each for said in strengths for each in _of_one(fits, said)]
    return [each for each in fits if each in strong] if strengths else fits


def _of_one(fits: list[Repeat], said: Lexeme) -> list[Repeat]:
    """By weight, or else by number: "50mg" of what is printed as 50 micrograms."""
    by_weight = [each for each in fits if said.milligrams and set(said.milligrams) <= each.in_mg]
    return by_weight or [each for each in fits if set(said.numbers) <= each.numbers]


def sized(fits: list[Repeat], size: str) -> list[Repeat]:
    amounts = {each.printed: max(each.in_mg or each.numbers or {0.0}) for each in fits}
    if not size or not fits:
        return fits
    wanted = max(amounts.values()) if size == "bigger" else min(amounts.values())
    return [each for each in fits if amounts[each.printed] == wanted]


def _same_brand(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _is_as_like(said: str, repeat: Repeat, best: Guess) -> bool:
    """Whether another repeat begins and sounds nearly as much like what was said."""
    return repeat.medicine != "" and likeness(said, joined(repeat.medicine)) >= max(best.likeness - _RIVAL, LIKE)
