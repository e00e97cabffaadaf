"""Read when a person would like to come: "thurs pm not b4 2" becomes a window of days and times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from bot.nlu.when_away import AWAY
from bot.nlu.when_birth import read_date_of_birth
from bot.nlu.when_bounds import BOUNDS, listed
from bot.nlu.when_calendar import BankHolidays, Days, Problem, england_bank_holidays, several
from bot.nlu.when_clock import CLOCK
from bot.nlu.when_days import DAYS
from bot.nlu.when_distance import DISTANCE, Moments, local
from bot.nlu.when_exclusions import EXCLUSIONS
from bot.nlu.when_history import HISTORY
from bot.nlu.when_hours import HOURS
from bot.nlu.when_parts import PARTS_OF_DAY
from bot.nlu.when_rules import Context
from bot.nlu.when_times import TIMES
from bot.nlu.when_tokens import Token, tokens_of
from bot.nlu.when_weekdays import WEEKDAYS
from bot.nlu.when_weeks import WEEKS
from bot.nlu.when_window import Window, combined
from bot.nlu.when_wishes import WISHES

__all__ = ["When", "read_date_of_birth", "read_when"]

GRAMMARS = (
    CLOCK,
    DAYS,
    HISTORY,
    WEEKS,
    WEEKDAYS,
    DISTANCE,
    AWAY,
    EXCLUSIONS,
    BOUNDS,
    HOURS,
    PARTS_OF_DAY,
    TIMES,
    WISHES,
)
ANSWERS = "DIXCPAF"  # days, moments, days ruled out, times, parts of the day, as soon as possible, free any time
PIECE_TOKENS = 200  # more than any message that is not pasted
FEW_WORDS = 1  # more than these besides the days and times, and a message is not only an answer
ALTERNATIVES = re.compile(
    r"\bD(?: [PC]| at)* (?:or|and|/)(?: [PC]| on| the| at)* D\b"
)  # "Friday morning or Monday at 2"


@dataclass(frozen=True)
class When:
    """A window of days and times that a person would accept. None is open.

    Times are wall-clock Europe/London. An exact time ("at 10:20") has time_from == time_to; otherwise time_to is the
    latest start, exclusive. A day in the past or one that does not exist is for the assistant to ask about. A week or
    other span is as it was said, and may have begun ("this week"); `still_to_come` is what is left of it.
    """

    date_from: date | None
    date_to: date | None  # inclusive
    time_from: time | None
    time_to: time | None
    exclude: tuple[str, ...]  # "MON".."SUN" or ISO days
    asap: bool
    start: int  # span of the words that were read, in characters
    end: int
    days: tuple[date, ...] = ()  # the days meant where a person names several
    problem: Problem = ""

    def as_json(self) -> dict[str, Any]:
        """JSON-safe: dates as ISO, times as "HH:MM"."""
        return {
            "date_from": self.date_from and self.date_from.isoformat(),
            "date_to": self.date_to and self.date_to.isoformat(),
            "time_from": self.time_from and self.time_from.strftime("%H:%M"),
            "time_to": self.time_to and self.time_to.strftime("%H:%M"),
            "exclude": list(self.exclude),
            "asap": self.asap,
            "start": self.start,
            "end": self.end,
            "days": [day.isoformat() for day in self.days],
            "problem": self.problem,
        }

    def still_to_come(self, today: date) -> When:
        """The same without the days that are over; as it is if all of them are."""
        if self.problem or (self.date_to and self.date_to < today):
            return self
        if self.days:
            left = several(day for day in self.days if day >= today)
            return replace(self, date_from=left.first, date_to=left.last, days=left.each)
        return replace(self, date_from=self.date_from and max(self.date_from, today))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> When:
        """The window that `as_json` wrote."""
        dates: dict[str, Any] = {key: data[key] and date.fromisoformat(data[key]) for key in ("date_from", "date_to")}
        times: dict[str, Any] = {key: data[key] and time.fromisoformat(data[key]) for key in ("time_from", "time_to")}
        days = tuple(date.fromisoformat(day) for day in data["days"])
        return cls(**{**data, **dates, **times, "exclude": tuple(data["exclude"]), "days": days})


def read_when(text: str, reference: datetime, bank_holidays: BankHolidays = england_bank_holidays) -> When | None:
    """The window that `text` asks for, said at `reference` (local time if it has no zone); None if it names none."""
    context = Context(local(reference), bank_holidays)
    pieces = _pieces(tokens_of(text, context.now.date()))
    return _when([token for piece in pieces for token in _read(piece, context)], context)


def _pieces(tokens: list[Token]) -> Iterator[list[Token]]:
    """A long text in pieces, if possible of whole sentences, so that reading takes time in step with its length."""
    while len(tokens) > PIECE_TOKENS:
        ends = [n for n in range(PIECE_TOKENS // 2, PIECE_TOKENS) if tokens[n].stops]
        size = (ends[-1] if ends else PIECE_TOKENS) + 1
        yield tokens[:size]
        tokens = tokens[size:]
    yield tokens


def _read(tokens: list[Token], context: Context) -> list[Token]:
    for grammar in GRAMMARS:
        tokens = grammar.read(tokens, context)
    return tokens


def _when(tokens: list[Token], context: Context) -> When | None:
    read = [token for token in tokens if token.text in ANSWERS]
    if len(tokens) - len(read) > FEW_WORDS:
        read = _without_history(read, context.now)
    if not read:
        return None
    alternatives = ALTERNATIVES.search(" ".join(token.text for token in tokens))
    said = _by_kind(read if alternatives else _up_to_second_day(read))
    if alternatives:
        said["D"] = [listed(said["D"])]
    days = _in_order(_days(said, context.now.date()))
    first, last = _times(said)
    return When(
        date_from=days.first,
        date_to=days.last,
        time_from=first,
        time_to=last,
        exclude=tuple(dict.fromkeys(code for codes in said["X"] for code in codes)),
        asap=bool(said["A"]) or any(moments.at_once for moments in said["I"]),
        start=read[0].start,
        end=read[-1].end,
        days=days.each,
        problem=days.problem or _past(days, last, context.now),
    )


def _without_history(read: list[Token], now: datetime) -> list[Token]:
    """Without "yesterday" or "3 weeks ago", and the times of such days, in a message that says more."""
    kept: list[Token] = []
    over = False
    for token in read:
        over = _is_history(token, now) or (over and token.text in "PC")
        if not over:
            kept.append(token)
    return kept


def _is_history(token: Token, now: datetime) -> bool:
    found = token.value
    if isinstance(found, Moments):
        return bool(found.last and found.last < now)
    return isinstance(found, Days) and found.problem == "past"


def _by_kind(read: list[Token]) -> dict[str, list[Any]]:
    return {kind: [token.value for token in read if token.text == kind] for kind in ANSWERS}


def _up_to_second_day(read: list[Token]) -> list[Token]:
    """Where two days each have their times, the times of the first only."""
    days = [i for i, token in enumerate(read) if token.text == "D"]
    if len(days) < 2:
        return read
    timed = any(token.text in "PC" for token in read[: days[1]])
    return [token for i, token in enumerate(read) if not (timed and i > days[1] and token.text in "PC")]


def _times(said: dict[str, list[Any]]) -> Window:
    moments: list[Moments] = said["I"]
    if not moments or said["C"]:
        return combined(said["C"], said["P"])
    first, last = moments[0].first, moments[0].last
    if last and last.date() != first.date():
        return None, None
    return _to_minute(first), _to_minute(last) if last else None


def _to_minute(moment: datetime) -> time:
    return moment.time().replace(second=0, microsecond=0)


def _days(said: dict[str, list[Any]], today: date) -> Days:
    """The first days named that are still to come, within the bounds that follow ("from the 5th ... by the 9th")."""
    moments = [Days(moment.first.date(), (moment.last or moment.first).date()) for moment in said["I"]]
    named: list[Days] = [*said["D"], *moments]
    ahead = [days for days in named if days.problem != "past" and not (days.last and days.last < today)]
    first, *others = ahead or named or [Days()]
    for bound in others:
        first = _bounded(first, bound)
    return first


def _bounded(days: Days, bound: Days) -> Days:
    """A run of days begun or ended by a bound within it: "next week, but not before Wednesday"."""
    if days.each or not (days.first or days.last):
        return days
    first, last = days.first or date.min, days.last or date.max
    problem = days.problem or bound.problem
    if bound.first is None and bound.last and (days.last is None or first <= bound.last < last):
        return Days(days.first, bound.last, "span", problem=problem)
    if bound.last is None and bound.first and days.last and first < bound.first <= last:
        return Days(bound.first, days.last, "span", problem=problem)
    return days


def _in_order(days: Days) -> Days:
    """Days that end before they begin cannot be meant."""
    if days.first and days.last and days.last < days.first:
        return Days(days.first, None, "span", problem=days.problem or "ambiguous")
    return days


def _past(days: Days, last: time | None, now: datetime) -> Problem:
    """Whether the days, or today's times, are over."""
    if days.last is None or days.last > now.date():
        return ""
    today_still_open = days.last == now.date() and (last is None or last >= _to_minute(now))
    return "" if today_still_open else "past"
