"""How it goes: conversations, waiting times, why people were needed, what was not understood, what did not arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.escalation.reasons import say_reason
from bot.insight.figures import CHANNELS, SPANS, URGENCIES, Figures, Waiting, read_figures
from bot.staff.roles import Task
from bot.wording import say_date
from connectors.console import chart
from connectors.console.chart import Bar, Series
from connectors.console.download import as_csv
from connectors.console.site import ConsoleSite
from connectors.console.visitor import Visitor

_HERE = "/console/overview"
_CHANNEL = {"sms": "by text", "web": "on the web"}
_URGENCY = {"urgent": "Urgent", "routine": "Not urgent"}
_MOST_REASONS = 8
_LOST = {  # https://www.twilio.com/docs/api/errors
    "30003": "The phone was off or out of reach",
    "30004": "The number is blocked",
    "30005": "There is no such number",
    "30006": "A landline, or a network we cannot reach",
    "30007": "A network took it for spam",
    "30008": "The network gave no reason",
    "21610": "They wanted no more texts",
    "opted_out": "They wanted no more texts",
    "too_late": "It could not be sent in time",
    "damaged": "It could not be read when it was to be sent",
}


@dataclass(frozen=True)
class Panel:
    """One chart with its heading, and the same as a table: (headings, rows)."""

    id: str
    title: str
    sentence: str
    picture: Markup | None
    headings: Sequence[str]
    rows: Sequence[Sequence[object]]


class OverviewPages:
    """Counts alone: nobody can be made out in them."""

    def __init__(self, site: ConsoleSite) -> None:
        self._site = site

    def routes(self) -> list[BaseRoute]:
        return [
            self._site.page(_HERE, self.overview, Task.SEE_OVERVIEW),
            self._site.page(f"{_HERE}.csv", self.download, Task.SEE_OVERVIEW),
        ]

    def overview(self, visitor: Visitor) -> Response:
        held = self._figures(visitor)
        makers = (_conversations, _without_staff, _waiting, _reasons, _not_understood, _lost)
        return self._site.render(
            visitor,
            "overview.html",
            span=len(held.days),
            spans=SPANS,
            panels=[make(held) for make in makers],
            figures=held,
        )

    def download(self, visitor: Visitor) -> Response:
        held = self._figures(visitor)
        self._site.note(visitor, "overview.download")
        return as_csv(f"overview-{held.days[-1].isoformat()}-{len(held.days)}-days", as_rows(held))

    def _figures(self, visitor: Visitor) -> Figures:
        asked = visitor.request.query_params.get("days", "")
        span = int(asked) if asked in map(str, SPANS) else SPANS[1]
        program = self._site.program
        with program.database.read() as connection:
            return read_figures(connection, program.practice, program.clock(), span)


def as_rows(held: Figures) -> list[tuple[object, ...]]:
    """The figures, one in a row: what, of which day or kind, how many."""
    rows: list[tuple[object, ...]] = [("figure", "of", "value")]
    for channel in CHANNELS:
        rows += [
            (f"conversations.{channel}", day, n) for day, n in zip(held.days, held.conversations[channel], strict=True)
        ]
    rows += [("conversations.finished", "", held.finished), ("conversations.with_staff", "", held.with_staff)]
    for urgency, waiting in held.waiting.items():
        rows += [
            (f"first_reply.{what}", urgency, "" if value is None else round(value, 1))
            for what, value in (
                ("answered", waiting.answered),
                ("median_minutes", waiting.median),
                ("ninetieth_percentile_minutes", waiting.ninetieth),
                ("waiting_now", waiting.unanswered),
            )
        ]
    rows += [("escalations", reason, number) for reason, number in held.reasons]
    rows += [("messages_from_patients", "", held.messages)]
    rows += [("not_understood", day, number) for day, number in zip(held.days, held.not_understood, strict=True)]
    rows += [("texts", "", held.texts), *(("texts_lost", code, number) for code, number in held.lost)]
    return rows


def say_length(minutes: float | None) -> str:
    """25 minutes, 3 hours, 2 days."""
    if minutes is None:
        return "nobody yet"
    if minutes < 90:
        return _count(round(minutes), "minute")
    return _count(round(minutes / 60), "hour") if minutes < 48 * 60 else _count(round(minutes / 1440), "day")


# The panels.


def _conversations(held: Figures) -> Panel:
    by = ", ".join(f"{sum(held.conversations[each]):,} {_CHANNEL[each]}" for each in CHANNELS)
    sentence = f"{_count(held.total, 'conversation')} in {len(held.days)} days: {by}."
    series = [Series(_CHANNEL[each], held.conversations[each]) for each in CHANNELS]
    picture = chart.columns("Conversations a day", sentence, _days(held), series)
    rows = [(say_date(day), *(each.values[at] for each in series)) for at, day in enumerate(held.days)]
    return Panel("conversations", "Conversations a day", sentence, picture, ("Day", "By text", "On the web"), rows)


def _without_staff(held: Figures) -> Panel:
    share, title = held.without_staff, "Finished without staff"
    rows = [("Without staff", held.finished - held.with_staff), ("With staff", held.with_staff)]
    if share is None:
        return Panel("without", title, "No conversation has finished yet.", None, ("Finished", "Number"), rows)
    sentence = f"{held.finished - held.with_staff:,} of {_count(held.finished, 'finished conversation')} needed nobody."
    picture = chart.ring(title, sentence, share, _percent(share))
    return Panel("without", title, sentence, picture, ("Finished", "Number"), rows)


def _waiting(held: Figures) -> Panel:
    title = "Waiting for the first reply"
    bars = [bar for each in URGENCIES for bar in _waiting_bars(_URGENCY[each], held.waiting[each])]
    now = sum(each.unanswered for each in held.waiting.values())
    sentence = " ".join(_say_waiting(_URGENCY[each], held.waiting[each]) for each in URGENCIES)
    sentence += f" {_count(now, 'person', 'people')} waiting now."
    rows = [
        (_URGENCY[each], was.answered, say_length(was.median), say_length(was.ninetieth), was.unanswered)
        for each, was in held.waiting.items()
    ]
    headings = ("", "Answered", "Half within", "9 in 10 within", "Waiting now")
    return Panel("waiting", title, sentence, chart.bars(title, sentence, bars) if bars else None, headings, rows)


def _waiting_bars(name: str, was: Waiting) -> list[Bar]:
    if was.median is None or was.ninetieth is None:
        return []
    return [
        Bar(f"{name}: half were answered within", was.median, say_length(was.median)),
        Bar(f"{name}: 9 in 10 were answered within", was.ninetieth, say_length(was.ninetieth)),
    ]


def _say_waiting(name: str, was: Waiting) -> str:
    if was.median is None:
        return f"{name}: nobody was answered in writing."
    return f"{name}: half within {say_length(was.median)}, 9 in 10 within {say_length(was.ninetieth)}."


def _reasons(held: Figures) -> Panel:
    total = sum(number for _, number in held.reasons)
    sentence = f"A person was needed {_times(total)}."
    if held.reasons:
        sentence += f" Most often: {say_reason(held.reasons[0][0]).lower()}."
    return _listed("reasons", "Why a person was needed", sentence, [(say_reason(code), n) for code, n in held.reasons])


def _not_understood(held: Figures) -> Panel:
    title, total = "Not understood", sum(held.not_understood)
    sentence = f"{_count(total, 'message')} of {held.messages:,} could not be understood"
    sentence += f" ({_percent(held.missed, 1)})." if held.missed else "."
    picture = chart.columns(title, sentence, _days(held), [Series("", held.not_understood)])
    rows = [(say_date(day), number) for day, number in zip(held.days, held.not_understood, strict=True)]
    return Panel("missed", title, sentence, picture, ("Day", "Messages"), rows)


def _lost(held: Figures) -> Panel:
    total = sum(number for _, number in held.lost)
    sentence = f"{total:,} of {_count(held.texts, 'text')} did not arrive."
    rows = [(_LOST.get(code, f"For another reason ({code})"), number) for code, number in held.lost]
    return _listed("lost", "Texts that did not arrive", sentence, rows)


def _listed(name: str, title: str, sentence: str, rows: Sequence[tuple[str, int]]) -> Panel:
    bars = [Bar(said, number, f"{number:,}") for said, number in rows[:_MOST_REASONS]]
    return Panel(name, title, sentence, chart.bars(title, sentence, bars) if bars else None, ("Why", "Number"), rows)


def _days(held: Figures) -> list[str]:
    return [_short(day) for day in held.days]


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


def _percent(share: float | None, digits: int = 0) -> str:
    return f"{100 * (share or 0):.{digits}f}%"


def _count(number: int, one: str, more: str = "") -> str:
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def _times(number: int) -> str:
    return {0: "not once", 1: "once", 2: "twice"}.get(number, f"{number:,} times")
