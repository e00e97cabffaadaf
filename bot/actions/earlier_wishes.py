"""With whom and on which days an earlier time would do: read, kept in two slots, and said again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any

from bot.actions.search import Wanted
from bot.actions.talk import Talk
from bot.backend.base import Clinician
from bot.earlier.fitting import WEEKDAYS
from bot.nlu.clinicians import find_clinicians
from bot.nlu.short_replies import means_any
from bot.nlu.when import When
from bot.store.earlier import Wishes
from bot.wording import say_day, say_time

# `whom`: a clinician's id or ANYONE. `days`: {"weekdays": ["MON"], "from": ISO day, "to", "times": ["HH:MM", None]}
ANYONE = "anyone"
Days = dict[str, Any]

_NAMES = dict(
    zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
_CLINICIAN = r"(?:doctor|gp|dr|doc|nurse|clinician|one)"
_NOT_MIND = r"(?:do ?n.?t|dont) (?:mind|care)"
_SAME = re.compile(
    rf"\b(?:same|him|her|them)\b(?! day)|\b(?:this|that|my) {_CLINICIAN}\b|\bonly (?:with )?{_CLINICIAN}\b", re.I
)
_ANYONE = re.compile(rf"\b(?:any ?(?:one|body)|any {_CLINICIAN}|{_NOT_MIND} who|whoever|either)\b", re.I)
_ANY_DAY = re.compile(
    rf"\b(?:any ?(?:day|time)|any of them|whenever|every ?day|all (?:of them|days)|{_NOT_MIND} (?:when|which)"
    r"|as (?:soon|early) as)\b",
    re.I,
)
_WEEKDAY = re.compile(r"\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b", re.I)
_EVERY_WEEK = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:days|s)\b", re.I)  # "on Tuesdays"


def read_whom(talk: Talk, appointment: dict[str, Any] | None, is_asked: bool) -> str | None:
    """Whom an earlier time may be with; None if nothing is said of it. What was asked may be answered with a number."""
    clinicians = talk.turn.services.backend.clinicians()
    held = appointment["slot"]["clinician"][0] if appointment else None
    if is_asked and talk.entity("option") in (1, 2):
        return held if talk.entity("option") == 1 else ANYONE
    if _ANYONE.search(talk.text) or (is_asked and means_any(talk.text)):
        return ANYONE
    named = find_clinicians(talk.text, clinicians)
    if len(named.ids) == 1:
        return named.ids[0]
    if is_asked and _SAME.search(talk.text):
        return held
    if named.ids or named.anyone:
        return ANYONE if is_asked or named.anyone else None
    is_usual = named.is_usual and talk.turn.caller.patient is not None
    return talk.turn.patient.general_practitioner if is_usual else None


def read_days(talk: Talk, is_asked: bool) -> Days | None:
    """Which days and times would do; None if nothing is said of them."""
    said = talk.entity("when")
    if said:
        read = _days(When.from_json(said), talk.text)
        if read != _days_of():
            return read
    every_week = {day.upper() for day in _EVERY_WEEK.findall(talk.text)}
    if every_week:
        return _days_of(weekdays=[day for day in WEEKDAYS if day in every_week])
    is_any = _ANY_DAY.search(talk.text) if is_asked else re.search(r"\bany ?day\b", talk.text, re.I)
    return _days_of() if is_any or (is_asked and means_any(talk.text)) else None


def wishes_from_slots(whom: str, days: Days) -> Wishes:
    first, last = (date.fromisoformat(days[end]) if days[end] else None for end in ("from", "to"))
    start, end = (time.fromisoformat(each) if each else None for each in days["times"])
    return Wishes(None if whom == ANYONE else whom, tuple(days["weekdays"]), first, last, start, end)


def wanted_of(whom: str, days: Days) -> Wanted:
    """The same as the journey that moves an appointment has it."""
    when = {
        **{"date_from": days["from"], "date_to": days["to"], "days": [], "asap": True, "problem": ""},
        **{"time_from": days["times"][0], "time_to": days["times"][1], "start": 0, "end": 0},
        "exclude": [day for day in WEEKDAYS if days["weekdays"] and day not in days["weekdays"]],
    }
    return {"when": when} if whom == ANYONE else {"when": when, "clinicians": [whom]}


def describe_wishes(whom: str, days: Days, clinicians: Sequence[Clinician]) -> str:
    """ "with Dr Patel, on Mondays and Fridays, from 9am to midday"."""
    name = next((each.name for each in clinicians if each.id == whom), "anyone")
    return ", ".join(filter(None, (f"with {name}", _say_days(days), _say_span(days), _say_times(days))))


def _days_of(**said: Any) -> Days:
    return {"weekdays": [], "from": None, "to": None, "times": [None, None], **said}


def _days(when: When, text: str) -> Days:
    first, last = when.date_from, when.date_to
    named = [day for day in (when.days or ((first,) if first and first == last else ())) if day]
    excluded = set(when.exclude) & set(WEEKDAYS)
    weekdays = [day for day in WEEKDAYS if excluded and day not in excluded]
    if named and _WEEKDAY.search(text):  # "Monday or Friday": any of them, not the next alone
        weekdays, first, last = [WEEKDAYS[n] for n in sorted({day.weekday() for day in named})], None, None
    span = {"from": first and first.isoformat(), "to": last and last.isoformat()}
    is_moment = when.time_from == when.time_to
    times = [each.strftime("%H:%M") if each and not is_moment else None for each in (when.time_from, when.time_to)]
    return _days_of(weekdays=weekdays, times=times, **span)


def _say_days(days: Days) -> str:
    names = [f"{_NAMES[day]}s" for day in days["weekdays"]]
    if not names:
        return "" if days["from"] or days["to"] else "on any day"
    return f"on {' and '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)}"


def _say_span(days: Days) -> str:
    ends = [(word, date.fromisoformat(days[end])) for word, end in (("from", "from"), ("to", "to")) if days[end]]
    return " ".join(f"{word} {say_day(day)}" for word, day in ends)


def _say_times(days: Days) -> str:
    start, end = (time.fromisoformat(each) if each else None for each in days["times"])
    if start and end:
        return f"from {say_time(start)} to {say_time(end)}"
    return f"from {say_time(start)}" if start else f"before {say_time(end)}" if end else ""
