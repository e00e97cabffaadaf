"""Reading a text as said on the morning of Wednesday 25 November 2026."""

from __future__ import annotations

from datetime import datetime

from bot.nlu.when import When, read_when

NOW = datetime(2026, 11, 25, 10, 5)
Span = tuple["str | None", "str | None"]


def read(text: str, now: datetime = NOW) -> When:
    when = read_when(text, now)
    assert when is not None, f"nothing was read in {text!r}"
    return when


def days_of(text: str, now: datetime = NOW) -> Span:
    when = read(text, now).as_json()
    return when["date_from"], when["date_to"]


def times_of(text: str, now: datetime = NOW) -> Span:
    when = read(text, now).as_json()
    return when["time_from"], when["time_to"]
