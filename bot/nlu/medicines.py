"""Which of their repeat medicines a patient means.

Nothing is guessed: two readings that are equally likely are asked about, a medicine that is not on the list is said to
be so, and a medicine known under its own name is never taken for one that is spelt like it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.nlu.medicines_match import Found, Matcher, chosen, of_strength, sized
from bot.nlu.medicines_phrases import pieces_of
from bot.nlu.medicines_repeats import Repeat, read_repeat
from bot.nlu.medicines_said import Mention, mentions_of
from bot.nlu.medicines_words import lexemes_of

WHOLE = ("everything", "rest", "usual", "last")
_LONGEST_TEXT = 4000


@dataclass(frozen=True)
class Medicines:
    """What a message means among a patient's repeats. Names are as they were given.

    Attributes:
        meant: to be ordered.
        ask: what it may mean; to be asked about.
        not_on_repeat: medicines named that are not on the list, in the patient's words.
        unwanted: said not to be wanted.
        whole: "everything", "rest", "usual" or "last", if it was said: `meant` may hold what was not named.
        words: for each of the above that was named, what the patient called it.
    """

    meant: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    not_on_repeat: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = field(default=(), compare=False)
    whole: str = field(default="", compare=False)
    words: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __bool__(self) -> bool:
        return bool(self.meant or self.ask or self.not_on_repeat)


def find_medicines(text: str, repeats: Iterable[str], last_ordered: Sequence[str] | None = None) -> Medicines:
    """Read a message against the patient's repeats. Never raises; well under a millisecond.

    Args:
        repeats: names as a GP system prints them, "Amlodipine 5mg tablets".
        last_ordered: those of the last request, for "same as last time"; without it that is asked about.
    """
    listed = [read_repeat(name) for name in dict.fromkeys(repeats) if isinstance(name, str) and name.strip()]
    unknown = frozenset(word for each in listed if not each.medicine for word in each.words)
    lexemes = lexemes_of(text[:_LONGEST_TEXT], unknown)
    return _Order(listed, last_ordered).read(*mentions_of(pieces_of(lexemes)))


class _Order:
    """Puts together what each mention comes to."""

    def __init__(self, listed: list[Repeat], last_ordered: Sequence[str] | None) -> None:
        self._listed, self._matcher = listed, Matcher(listed)
        self._last = None if last_ordered is None else [each for each in listed if each.printed in last_ordered]

    def read(self, mentions: list[Mention], is_unread: bool) -> Medicines:
        """`is_unread`: something is not wanted, and it is not known what."""
        found = self._resolve(mentions)
        refused = [repeat for mention, each in found if mention.said == "unwanted" for repeat in each.all]
        wanted = [each for mention, each in found if mention.said == "wanted"]
        talked = [
            repeat
            for mention, each in found
            if mention.said == "unsure" or (mention.said == "mentioned" and not any(each.all for each in wanted))
            for repeat in each.all
        ]
        meant = [repeat for each in wanted for repeat in each.meant]
        strangers = dict.fromkeys(each.stranger for each in wanted if each.stranger)
        whole, guessed = self._whole(mentions, bool(meant))
        if is_unread or any(mention.said == "unwanted" and not each.all for mention, each in found):
            whole, guessed = [], [*whole, *guessed]
        meant += whole
        ask = [*talked, *guessed, *(repeat for each in wanted for repeat in each.ask)]
        if refused and not (meant or ask or strangers):
            ask = self._listed
        return Medicines(
            self._printed(meant, but=refused),
            self._printed(ask, but=[*refused, *meant]),
            tuple(strangers),
            self._printed(refused, but=[]),
            next((mention.thing.sort for mention in mentions if mention.thing.sort in WHOLE), ""),
            {repeat.printed: _words(mention) for mention, each in found for repeat in each.all},
        )

    def _printed(self, repeats: list[Repeat], but: list[Repeat]) -> tuple[str, ...]:
        """In the order of the list."""
        return tuple(each.printed for each in self._listed if each in repeats and each not in but)

    def _whole(self, mentions: list[Mention], is_meant: bool) -> tuple[list[Repeat], list[Repeat]]:
        """What "everything", "the rest" and "same as last time" come to: meant, and to be asked about."""
        said = {mention.thing.sort: mention.said for mention in mentions if mention.said != "unwanted"}
        sorts = {sort for sort, how in said.items() if how == "wanted"}
        if sorts & {"everything", "rest"}:
            return self._listed, []
        if "everything" in said or "rest" in said:
            return [], self._listed
        is_first = bool(mentions) and mentions[0].thing.sort in ("usual", "last")  # "the usual, and the cream"
        if (is_meant and not is_first) or not said.keys() & {"usual", "last"}:
            return [], []
        if self._last is not None:
            return self._last, []
        return (self._listed, []) if "usual" in sorts or len(self._listed) == 1 else ([], self._listed)

    def _resolve(self, mentions: list[Mention]) -> list[tuple[Mention, Found]]:
        """Each mention with what it comes to; a strength alone narrows the medicine named before it."""
        found = list[tuple[Mention, Found]]()
        for mention in mentions:
            if mention.thing.sort in ("strength", "size"):
                self._narrow(mention, found)
            elif mention.thing.sort in ("name", "kind", "form"):
                found.append((mention, self._matcher.find(mention.thing)))
        return _without_loose(
            [each for at, each in enumerate(found) if not _is_told_by(each, found[max(at - 1, 0) : at + 2])]
        )

    def _narrow(self, mention: Mention, found: list[tuple[Mention, Found]]) -> None:
        before = found[-1][1] if found and len(found[-1][1].ask) > 1 else None
        scope = before.ask if before else self._listed if mention.thing.sort == "strength" else self._in_strengths()
        fits = sized(of_strength(scope, mention.thing.strengths), mention.thing.size)
        is_number = mention.thing.lexeme.value == "bare"
        if not fits and not is_number and found and found[-1][0].thing.sort == "name" and len(found[-1][1].meant) == 1:
            found[-1] = (found[-1][0], Found([], found[-1][1].meant))  # another strength than the one on the list
        if not fits or (before is None and is_number and mention.said != "wanted"):
            return
        if before is None:
            found.append((mention, chosen(fits, is_all=False)))
        elif mention.said == "unwanted":
            before.ask = [each for each in scope if each not in fits]
        else:
            found[-1] = (found[-1][0], chosen(fits, is_all=False))
            return
        if before and len(before.ask) == 1:
            before.meant, before.ask = before.ask, []

    def _in_strengths(self) -> list[Repeat]:
        """The medicines that are on the list in several strengths."""
        medicines = [each.medicine for each in self._listed]
        return [each for each in self._listed if each.medicine and medicines.count(each.medicine) > 1]


def _words(mention: Mention) -> str:
    """ "Levothyroxine 50 mcg": what the patient said of it."""
    thing = mention.thing
    said = [thing.said, *(each.text for each in thing.strengths if each.text != thing.said)]
    return " ".join(said)


def _is_told_by(said: tuple[Mention, Found], around: list[tuple[Mention, Found]]) -> bool:
    """ "Insulin lantus", "my blue inhaler ventolin": the kind only tells what the name beside it is."""
    kind = said[0].thing
    if kind.sort != "kind":
        return False
    for mention, found in around:
        name = mention.thing
        is_beside = name.lexeme.last == kind.lexeme.first or kind.lexeme.last == name.lexeme.first
        of_kind = [each for each in (*found.meant, *found.ask) if kind.value in each.kinds | each.also]
        if name.sort == "name" and is_beside and of_kind:
            return True
    return False


def _without_loose(found: list[tuple[Mention, Found]]) -> list[tuple[Mention, Found]]:
    """Without words that only lead to what is named: "I lost my tablets, i need the apixaban", "my insulin is low,
    only one pen left"."""
    wanted = [each for each in found if each[0].thing.sort != "form" and each[0].said == "wanted"]
    segments = {mention.segment for mention, _ in wanted}
    meant = [repeat for _, each in wanted for repeat in each.meant]
    return [
        (mention, each)
        for mention, each in found
        if mention.thing.sort == "name"
        or not each.ask
        or not (
            any(repeat in meant for repeat in each.ask)
            or (segments and mention.segment not in segments and mention.thing.form == "tablet" == mention.thing.value)
        )
    ]
