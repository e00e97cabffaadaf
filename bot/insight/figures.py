"""The figures of the overview, from counts: by day, shares, and how long people waited."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from bot.practice import Practice
from bot.store import figures
from bot.store.conversations import SMS, WEB

SPANS = (7, 28, 90)  # days
CHANNELS = (SMS, WEB)
URGENCIES = ("urgent", "routine")


@dataclass(frozen=True)
class Waiting:
    """How long people waited for their first reply.

    Attributes:
        answered: how many were answered in writing.
        median, ninetieth: minutes; nine in ten waited no longer than `ninetieth`. None if nobody was answered.
        unanswered: how many wait now.
    """

    answered: int
    median: float | None
    ninetieth: float | None
    unanswered: int = 0


@dataclass(frozen=True)
class Figures:
    """Of the last days, today included.

    Attributes:
        conversations: for each channel, how many began on each of `days`.
        finished, with_staff: conversations in which nothing more is written, and those of them that needed staff.
        waiting: by urgency.
        reasons: (code, how often) for which a person was needed.
        messages, not_understood: how many patients wrote; on each day, how many nothing could be made of.
        texts, lost: how many texts left; (the network's code, how many) never arrived.
    """

    days: tuple[date, ...]
    conversations: dict[str, tuple[int, ...]]
    finished: int
    with_staff: int
    waiting: dict[str, Waiting]
    reasons: tuple[tuple[str, int], ...]
    messages: int
    not_understood: tuple[int, ...]
    texts: int
    lost: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(map(sum, self.conversations.values()))

    @property
    def without_staff(self) -> float | None:
        """The share of finished conversations that needed no staff; None if none is finished."""
        return share(self.finished - self.with_staff, self.finished)

    @property
    def missed(self) -> float | None:
        """The share of patients' messages that nothing could be made of."""
        return share(sum(self.not_understood), self.messages)


def read_figures(connection: Connection, practice: Practice, now: datetime, span: int) -> Figures:
    """Count. `span`: of SPANS."""
    days = last_days(now, span, practice.zone)
    since = datetime.combine(days[0], time.min, practice.zone).astimezone(timezone.utc)
    begun = figures.conversations_by_hour(connection, since)
    finished, with_staff = figures.count_finished(
        connection, since, now - timedelta(hours=practice.conversation.quiet_hours)
    )
    waits, unanswered = figures.waits(connection, since), figures.count_unanswered(connection)
    return Figures(
        days=days,
        conversations={
            channel: by_day(((hour, number) for hour, by, number in begun if by == channel), days, practice.zone)
            for channel in CHANNELS
        },
        finished=finished,
        with_staff=with_staff,
        waiting={each: waited((s for by, s in waits if by == each), unanswered.get(each, 0)) for each in URGENCIES},
        reasons=tuple(figures.reasons(connection, since)),
        messages=figures.count_from_patients(connection, since),
        not_understood=by_day(figures.not_understood_by_hour(connection, since), days, practice.zone),
        texts=figures.count_texts(connection, since),
        lost=tuple(figures.lost_texts(connection, since)),
    )


def last_days(now: datetime, span: int, zone: ZoneInfo) -> tuple[date, ...]:
    """So many days up to today, oldest first."""
    today = now.astimezone(zone).date()
    return tuple(today - timedelta(days=ago) for ago in range(span - 1, -1, -1))


def by_day(hours: Iterable[tuple[str, int]], days: Sequence[date], zone: ZoneInfo) -> tuple[int, ...]:
    """(hour in UTC, number) added up for each of these days, as they are where the practice is."""
    counted: Counter[date] = Counter()
    for hour, number in hours:
        counted[_day_of(hour, zone)] += number
    return tuple(counted[day] for day in days)


@lru_cache(maxsize=8192)  # more hours than there are in the longest span
def _day_of(hour: str, zone: ZoneInfo) -> date:
    return datetime.fromisoformat(f"{hour}:00+00:00").astimezone(zone).date()


def waited(seconds: Iterable[float], unanswered: int = 0) -> Waiting:
    minutes = sorted(each / 60 for each in seconds)
    if not minutes:
        return Waiting(0, None, None, unanswered)
    return Waiting(len(minutes), median(minutes), nearest_rank(minutes, 0.9), unanswered)


def nearest_rank(ordered: Sequence[float], part: float) -> float:
    """The smallest value that is no smaller than this part of all (0 to 1)."""
    return ordered[max(math.ceil(part * len(ordered)), 1) - 1]


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
