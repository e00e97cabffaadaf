"""Rules that replace a run of tokens by what it means, such as "half past 2" by one clock time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from bot.nlu.when_calendar import BankHolidays
from bot.nlu.when_tokens import Token
from bot.nlu.when_words import PATTERNS


@dataclass(frozen=True)
class Context:
    """What a rule may know besides the words: the local time now, and the bank holidays."""

    now: datetime
    bank_holidays: BankHolidays


@dataclass(frozen=True)
class Phrase:
    """The words a rule matched, with the words on either side."""

    match: re.Match[str]
    tokens: Sequence[Token]

    def __getitem__(self, group: str) -> str:
        return self.match.groupdict().get(group) or ""

    def first_of(self, *groups: str) -> str:
        """The first of these groups that matched something, or nothing."""
        return next((group for group in groups if self[group]), "")

    def number(self, group: str) -> int:
        """The number in a group such as "14", "14w" or "14o"."""
        return int(self[group].rstrip("wos"))

    def value(self, group: str) -> Any:
        """What the upper-case token in a group stands for."""
        return self.tokens[_index(self.match.string, self.match.start(group))].value

    def values(self, kind: str) -> list[Any]:
        """What all upper-case tokens of one kind in the phrase stand for."""
        first = _index(self.match.string, self.match.start())
        last = _index(self.match.string, self.match.end())
        return [token.value for token in self.tokens[first : last + 1] if token.text == kind]

    def broken(self, group: str) -> bool:
        """Whether a comma, full stop or line end comes within the group or right after it."""
        first, last = (_index(self.match.string, place(group)) for place in (self.match.start, self.match.end))
        text_starts_with_space = self[group].startswith(" ")
        return any(token.stops for token in self.tokens[first + text_starts_with_space : last + 1])

    @property
    def text_before(self) -> str:
        """All words before."""
        return self.match.string[: self.match.start("it")].rstrip()

    @property
    def before(self) -> str:
        """The word before, or nothing."""
        return self.text_before.rpartition(" ")[2]

    @property
    def following(self) -> str:
        """The next word, even after a comma or full stop, or nothing."""
        return self.match.string[self.match.end("it") :].lstrip().partition(" ")[0]

    @property
    def after(self) -> str:
        """The word after in the same clause, or nothing."""
        return "" if self.tokens[_index(self.match.string, self.match.end("it"))].stops else self.following


Builder = Callable[[Phrase, Context], Any]
AnyBuilder = TypeVar("AnyBuilder", bound=Builder)
Rule = tuple[re.Pattern[str], str, Builder]


@dataclass
class Grammar:
    """An ordered list of rules; `read` applies each of them wherever it fits.

    A pattern is a regular expression over canonical tokens; "{hour}" in it stands for the shared pattern of that name.
    """

    rules: list[Rule] = field(default_factory=list)

    def rule(self, kind: str, *patterns: str) -> Callable[[AnyBuilder], AnyBuilder]:
        """Register a builder: its value becomes a token `kind`; None leaves the words as they are.

        Only the group "it" is replaced where a pattern has one.
        """

        def register(build: AnyBuilder) -> AnyBuilder:
            self.rules += [(self._compiled(pattern), kind, build) for pattern in patterns]
            return build

        return register

    def read(self, tokens: list[Token], context: Context) -> list[Token]:
        """The tokens left when every rule has been applied in turn."""
        text = _joined(tokens)
        for rule in self.rules:
            tokens, text = _applied(tokens, text, rule, context)
        return tokens

    def _compiled(self, pattern: str) -> re.Pattern[str]:
        for name, meaning in PATTERNS.items():
            pattern = pattern.replace(f"{{{name}}}", meaning)
        if "(?P<it>" not in pattern:
            pattern = f"(?P<it>{pattern})"
        return re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")


def _joined(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)


def _index(text: str, position: int) -> int:
    """Which token a place in the joined text belongs to."""
    return text.count(" ", 0, position)


def _applied(tokens: list[Token], text: str, rule: Rule, context: Context) -> tuple[list[Token], str]:
    pattern, kind, build = rule
    position = 0
    while match := pattern.search(text, position):
        value = build(Phrase(match, tokens), context)
        if value is None:
            position = text.find(" ", match.start()) + 1 or len(text)
            continue
        first, last = _index(text, match.start("it")), _index(text, match.end("it"))
        read = Token(kind, tokens[first].start, tokens[last].end, value, tokens[last].stops)
        tokens = [*tokens[:first], read, *tokens[last + 1 :]]
        text, position = _joined(tokens), match.start("it")
    return tokens, text
