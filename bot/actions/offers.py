"""Looking for times to offer: what is wanted, then ever less of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.actions.search import Wanted
from bot.actions.talk import Talk
from bot.backend.base import Clinician, NotSuitable, Slot, SlotSearch
from bot.nlu.when import When
from bot.practice import Practice

_MANY = 60  # enough to find the nearest of one day
_STEP = timedelta(hours=1)  # what "later" and "earlier" mean, if there is such a time


@dataclass(frozen=True)
class _Way:
    """One place to look. `lead`: what to say first; `is_backwards`: nearest is last."""

    search: SlotSearch
    lead: str | None = None
    is_backwards: bool = False


def find_offers(talk: Talk, wanted: Wanted, limit: int) -> tuple[list[Slot], str | None]:
    """Slots to offer, and what has to be said first if they are not what was asked for.

    Raises:
        NotSuitable: if all that was asked for is for another age or sex.
    """
    backend, patient = talk.turn.services.backend, talk.turn.patient
    clinicians = backend.clinicians()
    exact = _search({**_as_now(talk.slot("appointment")), **wanted}, clinicians)
    if wanted.get("clinicians") and wanted.get("types") and not _holds(exact, talk):
        exact = replace(exact, session_types=("general",))  # "a doctor about my bloods" is no blood test
    for way in _ways(wanted.get("move"), exact, talk.turn.practice):
        moved = _suitable(talk, way.search)
        if moved:
            return moved[-limit:] if way.is_backwards else moved[:limit], way.lead
    found = backend.free_slots(patient.id, exact, limit)
    if len(found) == limit or (found and exact.time_from != exact.time_to):
        return found, None
    for wider in _wider(exact, clinicians):
        wide = _suitable(talk, wider)
        if wide:
            nearest = _nearest(wide, exact.time_from, talk.turn.practice)[:limit]
            return nearest, None if found else "utter_nearest"
    return found, None


def _suitable(talk: Talk, search: SlotSearch) -> list[Slot]:
    try:
        return talk.turn.services.backend.free_slots(talk.turn.patient.id, search, _MANY)
    except NotSuitable:
        return []


def has_times(talk: Talk, wanted: Wanted) -> bool:
    """Whether there is any time on the days that are asked for, at whatever hour."""
    try:
        found, _ = find_offers(talk, wanted, 1)
    except NotSuitable:
        return True  # that is said when times are offered
    when = When.from_json(wanted["when"])
    days = [slot.start.astimezone(talk.turn.practice.zone).date() for slot in found]
    first, last = when.date_from or date.min, when.date_to or date.max
    return any(first <= day <= last for day in days)


def _ways(move: str | None, exact: SlotSearch, practice: Practice) -> list[_Way]:
    """Where to look for "later", "earlier" and "sooner", in order; the last is what is on offer already."""
    stands = replace(exact, before=None, after=None)
    moved_from = (exact.before or exact.after or datetime.max).astimezone(practice.zone) if move else datetime.max
    day = moved_from.date()
    that_day = replace(exact, date_from=day, date_to=day, days=(), time_from=None, time_to=None)
    if move == "sooner":
        return [_Way(replace(exact, date_from=None, date_to=None, days=())), _Way(stands, "utter_nothing_earlier")]
    if move == "earlier":
        return [
            _Way(replace(that_day, before=moved_from - _STEP), is_backwards=True),
            _Way(that_day, is_backwards=True),
            _Way(replace(exact, date_from=None, date_to=day, days=()), "utter_nothing_earlier_that_day"),
            _Way(stands, "utter_nothing_earlier"),
        ]
    if move == "later":
        return [
            _Way(replace(that_day, after=moved_from + _STEP)),
            _Way(that_day),
            _Way(replace(exact, date_to=None, days=()), "utter_nothing_later_that_day"),
            _Way(stands, "utter_nothing_later"),
        ]
    return []


def _holds(search: SlotSearch, talk: Talk) -> bool:
    """Whether those asked for hold such sessions at all."""
    any_time = SlotSearch(clinician_ids=search.clinician_ids, session_types=search.session_types)
    try:
        return bool(talk.turn.services.backend.free_slots(talk.turn.patient.id, any_time, 1))
    except NotSuitable:
        return True


def _nearest(found: list[Slot], wanted: time | None, practice: Practice) -> list[Slot]:
    """On the first day there is: nearest to the time that was asked for, earliest first among the offered."""
    zone = practice.zone
    day = found[0].start.astimezone(zone).date()
    that_day = [slot for slot in found if slot.start.astimezone(zone).date() == day]
    if wanted is None or len(that_day) <= practice.booking.offers:
        return found
    asked = datetime.combine(day, wanted, zone)
    nearest = sorted(that_day, key=lambda slot: abs(slot.start - asked))[: practice.booking.offers]
    return sorted(nearest, key=lambda slot: slot.start)


def _as_now(held: dict[str, Any] | None) -> Wanted:
    """An appointment is moved to a time with the same clinician, unless somebody else is asked for."""
    return {"clinicians": [held["slot"]["clinician"][0]], "types": [held["slot"]["session_type"]]} if held else {}


def _search(wanted: Wanted, clinicians: list[Clinician]) -> SlotSearch:
    when = When.from_json(wanted["when"]) if wanted.get("when") else None
    ids = tuple(wanted.get("clinicians") or ())
    types = tuple(wanted.get("types") or ())
    if not ids and not types:
        ids = tuple(each.id for each in clinicians if each.role == "GP")
    search = SlotSearch(
        clinician_ids=ids,
        mode=wanted.get("mode"),
        session_types=types or ("general",),
        after=_instant(wanted.get("after")),
        before=_instant(wanted.get("before")),
    )
    if when is not None:
        search = replace(
            search,
            date_from=when.date_from,
            date_to=when.date_to,
            time_from=when.time_from,
            time_to=when.time_to,
            days=when.days,
            exclude=when.exclude,
        )
    return replace(search, exclude=search.exclude + tuple(wanted.get("not_days") or ()))


def _wider(exact: SlotSearch, clinicians: list[Clinician]) -> list[SlotSearch]:
    """Ever less of what was asked for: other times that day, later days, others who do the same work."""
    same_day = replace(exact, time_from=None, time_to=None, before=None)
    later = replace(exact, date_to=None, days=(), before=None)
    any_time = replace(later, time_from=None, time_to=None)
    roles = {each.role for each in clinicians if each.id in exact.clinician_ids}
    colleagues = tuple(each.id for each in clinicians if each.role in roles)
    anyone = replace(any_time, clinician_ids=colleagues, mode=None)
    return [same_day, later, any_time, anyone]


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
