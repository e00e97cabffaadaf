"""What is about to be ordered, as far as it is known: kept in a slot, by opaque ids and in the patient's own words.

Whoever has not proved who they are reads back only what they have said: no name here comes from the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.nlu.medicines import Medicines
from bot.prescribing.ordering import Item, due, named
from bot.prescribing.rules import EARLY, NOT_REPEAT, TOO_SOON
from bot.wording import say_list

EVERYTHING = "everything that is due"
_MANY = 100  # characters; a longer list is not said again
_FEW = 2
_LONGEST = 40  # characters of what one medicine is called
_WHOLES = ("everything", "rest", "usual")
_ARTICLE = re.compile(r"^(?:my|the|some|more|another) ", re.I)
_REPLACES = re.compile(r"\b(?:no|nope|not|sorry|oops|wait|actually|instead|just|only|meant|mean)\b", re.I)
_NO = re.compile(r"\W*no(?:pe)?\b", re.I)
_BOTH = re.compile(r"\b(?:both|all|each|either)\b", re.I)


@dataclass(frozen=True)
class Draft:
    """Attributes:
    items: repeat id: what the patient called it; "" where it was not named, only meant by "everything".
    early: ids of those that need a reason.
    is_whole: "everything that is due".
    left_out: what was said not to be wanted.
    unclear: what may be meant: repeat id, and the words.
    refused: what cannot be ordered: its words, and why.
    """

    items: dict[str, str] = field(default_factory=dict)
    early: list[str] = field(default_factory=list)
    is_whole: bool = False
    left_out: list[str] = field(default_factory=list)
    unclear: dict[str, str] = field(default_factory=dict)
    refused: list[list[str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def is_plain(self) -> bool:
        """Whether it is known what is meant, be it only what cannot be ordered."""
        return not self.unclear and bool(self.items or self.refused)

    def say(self) -> str:
        """Metformin, blue inhaler and everything that is due but not omeprazole."""
        words = list(dict.fromkeys(each for each in self.items.values() if each))
        if self.is_whole:
            but = f", but not {_say(self.left_out)}" if self.left_out else ""
            return " and ".join([*([_say(words)] if words else []), EVERYTHING + but])
        return _say(words)

    def without_early(self) -> Draft:
        """No reason was given: those are too soon."""
        refused = [*self.refused, *([self.items[each], EARLY] for each in self.early)]
        items = {key: words for key, words in self.items.items() if key not in self.early}
        return replace(self, items=items, early=[], refused=refused)


def read_draft(found: Medicines, items: Sequence[Item], is_early: bool) -> Draft:
    """What one message asks for. `is_early`: a reason was given, so that "everything" holds what is early too."""
    words = {name: _shown(said) for name, said in found.words.items()}
    wanted = named(items, [name for name in found.meant if name in words])
    is_whole = found.whole in _WHOLES and any(name not in words for name in found.meant)
    chosen = {each.repeat.id: words[each.repeat.name] for each in wanted if each.verdict.is_orderable}
    if is_whole:
        may = [*due(items), *(each for each in items if is_early and each.verdict.code == EARLY)]
        chosen |= {each.repeat.id: "" for each in may if each.repeat.name not in (*found.unwanted, *words)}
    refused = [[words[each.repeat.name], each.verdict.code] for each in wanted if not each.verdict.is_orderable]
    refused += [[_shown(each), NOT_REPEAT] for each in found.not_on_repeat]
    if is_whole and not chosen:
        refused.append([EVERYTHING, TOO_SOON])
    return Draft(
        items=chosen,
        early=[each.repeat.id for each in items if each.repeat.id in chosen and each.verdict.code == EARLY],
        is_whole=is_whole and bool(chosen),
        left_out=_unique(words[name] for name in found.unwanted) if is_whole else [],
        unclear=_few({each.repeat.id: words[each.repeat.name] for each in named(items, set(found.ask) & set(words))}),
        refused=refused,
    )


def amend(held: Draft, found: Medicines, items: Sequence[Item], text: str, is_early: bool) -> Draft:
    """What is wanted after another message: "not the metformin, the ramipril", "and the cream", "the 50 one"."""
    unwanted = {each.repeat.id: found.words[each.repeat.name] for each in named(items, found.unwanted)}
    dropped = [each for each in unwanted if each in held.items]
    if unwanted and not dropped and _NO.match(text):  # "no, the brown inhaler"
        found = replace(found, meant=found.unwanted, unwanted=(), ask=())
    elif dropped:  # "not the metformin, the omeprazole": it is plain enough here which is wanted
        found = replace(found, meant=(*found.meant, *found.ask), ask=())
    said = read_draft(found, items, is_early)
    if not dropped and (said.is_whole or (_REPLACES.search(text) and (said.items or said.refused))):
        return said
    kept = {key: words for key, words in held.items.items() if key not in dropped}
    chosen = {**kept, **{key: words for key, words in said.items.items() if not kept.get(key)}}
    left_out = [*held.left_out, *(_shown(unwanted[each]) for each in dropped if held.is_whole)]
    return Draft(
        items=chosen,
        early=[each for each in dict.fromkeys([*held.early, *said.early]) if each in chosen],
        is_whole=held.is_whole and any(not words for words in chosen.values()),
        left_out=_unique(left_out),
        unclear=said.unclear,
        refused=said.refused,
    )


def settle(held: Draft, found: Medicines, items: Sequence[Item], text: str) -> Draft | None:
    """What was asked about is answered: "the 50 one", "both". None if it is not. `items`: those asked about."""
    if not found.meant and _BOTH.search(text):
        found = Medicines(tuple(each.repeat.name for each in items))
    chosen = named(items, found.meant)
    if not chosen:
        return None
    words = {
        each.repeat.id: _told_apart(held.unclear[each.repeat.id], found.words.get(each.repeat.name)) for each in chosen
    }
    said = read_draft(
        replace(found, words={each.repeat.name: words[each.repeat.id] for each in chosen}, whole=""), items, False
    )
    refused = [*held.refused, *said.refused]
    return replace(held, items=held.items | said.items, early=[*held.early, *said.early], unclear={}, refused=refused)


def _told_apart(asked: str, said: str | None) -> str:
    """ "Levothyroxine", and then "the 50 one"."""
    return f"{asked} {said}" if said and said[0].isdigit() else said or asked


def _few(unclear: dict[str, str]) -> dict[str, str]:
    """Without words that may be too much to be asked about one by one: "my tablets"."""
    said = list(unclear.values())
    return {key: words for key, words in unclear.items() if said.count(words) <= _FEW}


def _shown(words: str) -> str:
    return _ARTICLE.sub("", words)[:_LONGEST]


def _say(words: Sequence[str]) -> str:
    said = say_list(words)
    return said if len(said) <= _MANY else f"the {len(words)} medicines you named"


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(_shown(each) for each in words))
