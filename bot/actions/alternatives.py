"""Other times than those on offer: earlier, later, the next day, another day, another clinician, or simply more.

What is asked for in relation to the offer is moved into `wanted`: `before` and `after` are instants, `move` says which
way. "On Friday" or "after 3" stand by themselves; `bot.actions.search.read_wanted` reads them.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from bot.actions.search import Wanted
from bot.actions.talk import Talk
from bot.backend.base import Clinician, Slot
from bot.nlu.clinicians import find_clinicians

_LATER = re.compile(
    r"\b(?:later|l8r|later on|after (?:that|those|these|then)|(?:not (?:so|that|as|too)|too|bit|very) early)\b", re.I
)
_EARLIER = re.compile(
    r"\b(?:earlier|sooner|quicker|before (?:that|those|these|then)|(?:not (?:so|that|as|too)|too|bit|very) late)\b",
    re.I,
)
_SOONER = re.compile(r"\b(?:sooner|quicker)\b", re.I)
_SAME_DAY = re.compile(r"\b(?:same|that) day\b", re.I)
_OTHER_DAY = re.compile(r"\b(?:an?other|different|diff|other|not that|not the same) (?:day|date)s?\b", re.I)
_DAY_AFTER = re.compile(r"\b(?:(?:next|following) day|day after(?! (?:tom|tmr|2m)\w*))\b", re.I)
_DAY_BEFORE = re.compile(r"\b(?:day before|previous day)\b", re.I)
_WEEK_AFTER = re.compile(r"\b(?:week after(?! next)|following week)\b", re.I)
_OTHER_CLINICIAN = re.compile(
    r"\b(?:(?:different|diff|an?other|other) (?:doctor|gp|dr|doc|nurse|clinician|person)|(?:some|any)(?:one|body) else"
    r"|(?:not|any ?(?:one|body) but|except|other than|apart from|instead of|dont want|don'?t want)"
    r" (?:to see |with )?(?:dr|doctor|nurse|him|her|them)\b)",
    re.I,
)
_FROM_OFFER = (_DAY_AFTER, _DAY_BEFORE, _WEEK_AFTER, _OTHER_CLINICIAN)
_BY_ITSELF = ("date_from", "date_to", "days", "exclude", "time_from", "time_to")
_OPEN: dict[str, Any] = {
    **dict.fromkeys(_BY_ITSELF), "days": [], "exclude": [], "asap": False, "problem": "", "start": 0, "end": 0
}  # fmt: skip


def asks_for_others(talk: Talk) -> bool:
    """Whether a message moves on from what is on offer, whatever its intent."""
    if any(pattern.search(talk.text) for pattern in _FROM_OFFER):
        return True
    when = talk.entity("when") or {}
    if any(when.get(key) for key in _BY_ITSELF):
        return False  # "earlier than 10", "later next week"
    return any(pattern.search(talk.text) for pattern in (_OTHER_DAY, _EARLIER, _LATER))


def read_alternatives(talk: Talk, held: Wanted, offered: list[Slot]) -> Wanted:
    """`held`, moved on from what was offered."""
    zone, text = talk.turn.practice.zone, talk.text
    starts = sorted(slot.start.astimezone(zone) for slot in offered)
    first, last = starts[0].date(), starts[-1].date()
    still = {**held, "when": _reaching(held.get("when"), starts), "after": None, "before": None, "move": None}
    if _OTHER_CLINICIAN.search(text):
        others = _others(talk, offered)
        return {**still, "clinicians": others} if others else {**still, "after": starts[-1].isoformat()}
    if _WEEK_AFTER.search(text):
        monday = last - timedelta(days=last.weekday()) + timedelta(days=7)
        return {**still, "when": _on(talk, still, monday, monday + timedelta(days=6))}
    if _DAY_AFTER.search(text):
        return {**still, "when": _on(talk, still, last + timedelta(days=1), last + timedelta(days=1))}
    if _DAY_BEFORE.search(text):
        return {**still, "when": _on(talk, still, first - timedelta(days=1), first - timedelta(days=1))}
    if _OTHER_DAY.search(text):
        days = sorted({start.date().isoformat() for start in starts} | set(held.get("not_days") or []))
        return {**still, "not_days": days, "when": _not_only(held.get("when"))}
    if _EARLIER.search(text):
        return {**still, "before": starts[0].isoformat(), "move": "sooner" if _SOONER.search(text) else "earlier"}
    is_later = _LATER.search(text) and first == last
    return {**still, "after": starts[-1].isoformat(), "move": "later" if is_later else None}


def read_move(talk: Talk, wished: Wanted, now_booked: Slot) -> Wanted | None:
    """When an appointment is to be moved: "to an earlier time", "the day after", counted from what is booked."""
    if not asks_for_others(talk) or _OTHER_CLINICIAN.search(talk.text):
        return None
    wanted = read_alternatives(talk, {**wished, "when": _OPEN}, [now_booked])
    if _SAME_DAY.search(talk.text):
        return wanted
    return {**wanted, "move": "sooner" if wanted["move"] == "earlier" else None}


def _reaching(when: dict[str, Any] | None, starts: list[datetime]) -> dict[str, Any] | None:
    """What was asked for, widened to what was offered: a move may have led out of it."""
    if not when:
        return when
    first, last = starts[0].date().isoformat(), starts[-1].date().isoformat()
    reached = dict(when)
    if when["date_from"] and first < when["date_from"]:
        reached.update(date_from=first, days=[])
    if when["date_to"] and last > when["date_to"]:
        reached.update(date_to=last, days=[])
    clock_times = [f"{start:%H:%M}" for start in starts]
    if min(clock_times) < (when["time_from"] or "00:00") or max(clock_times) > (when["time_to"] or "24:00"):
        reached.update(time_from=None, time_to=None)
    return reached


def _others(talk: Talk, offered: list[Slot]) -> list[str]:
    """Those who do the same work, but for the one named, or those on offer."""
    everyone = talk.turn.services.backend.clinicians()
    roles = {slot.clinician.role for slot in offered}
    shown: list[Clinician] = list({slot.clinician.id: slot.clinician for slot in offered}.values())
    named = find_clinicians(talk.text, shown)
    unwanted = set(named.ids) if named.ids and named.role is None else {each.id for each in shown}
    return [each.id for each in everyone if each.role in roles and each.id not in unwanted]


def _on(talk: Talk, held: Wanted, first: date, last: date) -> dict[str, Any]:
    """Those days, at the times just said ("the next day but in the afternoon"), else at the times held."""
    said = talk.entity("when") or {}
    has_times = bool(said.get("time_from") or said.get("time_to"))
    times = {key: said[key] for key in ("time_from", "time_to")} if has_times else {}
    days = {"date_from": first.isoformat(), "date_to": last.isoformat(), "days": [], "exclude": [], "asap": False}
    return {**(held.get("when") or _OPEN), **days, **times}


def _not_only(when: dict[str, Any] | None) -> dict[str, Any] | None:
    """From the day asked for on; a week or other span that was asked for stays."""
    if when and when["date_from"] == when["date_to"]:
        return {**when, "date_to": None, "days": []}
    return when
