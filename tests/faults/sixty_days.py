"""Sixty days of a surgery with 500 patients, as a story, and what ought to be sent on the way.

That is worked out here anew, from the story alone: none of the program's own reckoning is used.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

FIRST, DAYS = date(2026, 10, 1), 60
PEOPLE = 500
_BACK = datetime(2026, 10, 25, 1, tzinfo=timezone.utc)  # the clocks go back


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """A time on the wall in London, worked out by hand."""
    naive = datetime(day.year, day.month, day.day, hour, minute, tzinfo=timezone.utc)
    summer = naive - timedelta(hours=1)
    return summer if summer < _BACK else naive


def wall(at: datetime) -> datetime:
    return at + timedelta(hours=1) if at < _BACK else at


@dataclass
class Visit:
    """An appointment as the story knows it."""

    id: str
    person: int
    start: datetime
    made_at: datetime
    is_booked: bool = True


@dataclass(frozen=True)
class Happening:
    """Something that changes the clinical system, or what a patient wants, at one moment. `do` may be done twice."""

    at: datetime
    kind: str
    person: int
    visit: str = ""
    start: datetime | None = None
    new_visit: str = ""


@dataclass
class Story:
    """Who books what, and what happens then. The same seed tells the same story."""

    seed: int
    ticks: list[datetime] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        self.ticks = list(_ticks(chance))
        self.visits = [self._visit(chance, person, f"v{person}-{n}") for person in range(PEOPLE) for n in range(3)]
        for each in self.visits:
            self._change(chance, each)
        for kind, count in (("opted_out", 40), ("opted_in", 15), ("flagged", 25), ("unflagged", 8), ("left", 20)):
            for person in chance.sample(range(PEOPLE), count):
                self.happenings.append(Happening(chance.choice(self.ticks), kind, person))
        self.happenings.sort(key=lambda each: each.at)

    def number(self, person: int) -> str | None:
        """Some have none; some share one with the next."""
        if person % 50 == 7:
            return None
        return f"+447700900{100 + (person - 1 if person % 25 == 3 else person):03}"

    def _visit(self, chance: random.Random, person: int, name: str) -> Visit:
        """Booked up to six weeks ahead, some at the last moment, some before the story begins."""
        day = FIRST + timedelta(days=chance.randrange(1, DAYS + 5))
        start = local(day, chance.randrange(8, 18), chance.randrange(0, 60, 10))
        made_at = start - timedelta(minutes=chance.choice([90, 60 * 30, 60 * 24 * 3, 60 * 24 * 20, 60 * 24 * 40]))
        return Visit(name, person, start, made_at)

    def _change(self, chance: random.Random, visit: Visit) -> None:
        ahead = [tick for tick in self.ticks if visit.made_at < tick < visit.start - timedelta(hours=1)]
        if not ahead or chance.random() > 0.4:
            return
        at, kind = chance.choice(ahead), chance.choice(["cancelled", "moved", "shifted"])
        later = visit.start + timedelta(days=chance.randrange(2, 12))
        start = local(wall(later).date(), chance.randrange(8, 18), 30)
        self.happenings.append(Happening(at, kind, visit.person, visit.id, start, f"{visit.id}m"))


def _ticks(chance: random.Random) -> Iterator[datetime]:
    """The program looks about every hour, and seldom at night; on some days it was off for half of the day."""
    off = {FIRST + timedelta(days=chance.randrange(DAYS)) for _ in range(4)}
    for ahead in range(DAYS):
        day = FIRST + timedelta(days=ahead)
        for hour in range(24):
            if hour not in (0, 2, 4, 5, 23) and not (day in off and 9 <= hour < 21):
                yield local(day, hour, chance.randrange(3, 27))


# What ought to be sent


def expected(story: Story) -> Counter[tuple[str, str]]:
    """(number, when the appointment is, as a text says it) of each reminder."""
    visits = {each.id: Visit(each.id, each.person, each.start, each.made_at) for each in story.visits}
    out, flagged, left, settled = set[str](), set[int](), set[int](), set[tuple[str, int, datetime]]()
    due_then: Counter[tuple[str, str]] = Counter()
    happenings = list(story.happenings)
    for tick in story.ticks:
        while happenings and happenings[0].at <= tick:
            _follow(happenings.pop(0), visits, out, flagged, left, story)
        if not 8 <= wall(tick).hour < 20:
            continue
        for visit in visits.values():
            for days, until in ((7, _ten(visit, 1)), (1, visit.start - timedelta(hours=2))):
                due, key = _ten(visit, days), (visit.id, days, visit.start)
                is_planned = visit.made_at <= tick and due >= visit.made_at + timedelta(hours=12) and due < until
                if not (is_planned and due <= tick < until) or key in settled or not visit.is_booked:
                    continue
                settled.add(key)
                number = story.number(visit.person)
                if number and number not in out and visit.person not in flagged | left:
                    due_then[number, said(visit.start)] += 1
    return due_then


def said(start: datetime) -> str:
    at = wall(start)
    hour, half = (at.hour % 12 or 12), "am" if at.hour < 12 else "pm"
    time = (
        "midday"
        if (at.hour, at.minute) == (12, 0)
        else f"{hour}:{at.minute:02}{half}"
        if at.minute
        else f"{hour}{half}"
    )
    return f"{at:%A} {at.day} {at:%B} at {time}"


def _ten(visit: Visit, days: int) -> datetime:
    return local(wall(visit.start).date() - timedelta(days=days), 10)


def _follow(
    each: Happening, visits: dict[str, Visit], out: set[str], flagged: set[int], left: set[int], story: Story
) -> None:
    number = story.number(each.person) or ""
    if each.kind in ("cancelled", "moved"):
        visits[each.visit].is_booked = False
    if each.kind == "moved" and each.start:
        visits[each.new_visit] = Visit(each.new_visit, each.person, each.start, each.at)
    elif each.kind == "shifted" and each.start:
        visits[each.visit].start = each.start
    elif each.kind in ("opted_out", "opted_in"):
        (out.add if each.kind == "opted_out" else out.discard)(number)
    elif each.kind in ("flagged", "unflagged"):
        (flagged.add if each.kind == "flagged" else flagged.discard)(each.person)
    elif each.kind == "left":
        left.add(each.person)
