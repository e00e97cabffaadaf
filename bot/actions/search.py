"""What a patient wants of an appointment, gathered over several messages, and how it is looked for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from bot.actions.talk import Talk
from bot.backend.base import Clinician, NotSuitable, Slot, SlotSearch
from bot.nlu.clinicians import find_clinicians
from bot.nlu.when import When
from bot.practice import Practice

_MODES = {
    "phone": re.compile(r"\b(phone|telephone|ring me|call me|over the phone|phonecall|tel)\b", re.I),
    "video": re.compile(r"\bvideo\b", re.I),
    "face to face": re.compile(r"\b(face ?(to|2) ?face|f2f|in person|come in|at the surgery)\b", re.I),
}
_OTHER_DAY = re.compile(r"\b(an?other|different|other|not that|not the same) (day|date)s?\b", re.I)
_EARLIER = re.compile(r"\b(earlier|sooner|before that|earliest)\b", re.I)
_LATER = re.compile(r"\b(later|l8r|after that)\b", re.I)

_MANY = 60  # enough to find the nearest of one day

Wanted = dict[str, Any]  # the `wanted` slot: {"when", "clinicians", "mode", "types", "after", "before", "not_days"}


def read_wanted(talk: Talk, clinicians: list[Clinician], held: Wanted | None) -> Wanted | None:
    """`held` with what this message adds or changes; None if it says nothing about an appointment."""
    said: Wanted = {}
    when = talk.entity("when")
    if when:
        said["when"] = _merge_when((held or {}).get("when"), when)
    asked = find_clinicians(talk.text, clinicians)
    if asked.is_stranger:
        talk.say("utter_no_such_doctor")
    if asked:
        said["clinicians"] = list(asked.ids)
    for mode, words in _MODES.items():
        if words.search(talk.text):
            said["mode"] = mode
    types = [clinic.type for clinic in talk.turn.practice.clinics if _names(clinic.words, talk.text)]
    if types:
        said["types"] = types
    if not said:
        return None
    kept = {key: value for key, value in (held or {}).items() if key not in ("after", "before", "not_days")}
    return {**kept, **said}


def read_alternatives(text: str, held: Wanted, offered: list[Slot], practice: Practice) -> Wanted:
    """`held`, moved on from what was offered: another day, earlier, later, or simply more."""
    starts = sorted(slot.start.astimezone(practice.zone) for slot in offered)
    if _OTHER_DAY.search(text):
        days = sorted({start.date().isoformat() for start in starts} | set(held.get("not_days", [])))
        return {**held, "not_days": days, "when": _without_days(held.get("when")), "after": None}
    if _EARLIER.search(text):
        return {**held, "before": starts[0].isoformat(), "after": None, "when": _without_days(held.get("when"))}
    moved = {**held, "after": starts[-1].isoformat(), "before": None}
    if _LATER.search(text) and len({start.date() for start in starts}) == 1:
        when = dict(held.get("when") or {})
        moved["when"] = {**when, "time_from": f"{starts[-1]:%H:%M}", "time_to": None}
    return moved


def find_offers(talk: Talk, wanted: Wanted, limit: int) -> tuple[list[Slot], bool]:
    """Slots to offer, and whether they are what was asked for; otherwise the nearest there is.

    Raises:
        NotSuitable: if all that was asked for is for another age or sex.
    """
    backend, patient = talk.turn.services.backend, talk.turn.patient
    clinicians = backend.clinicians()
    exact = _search({**_as_now(talk.slot("appointment")), **wanted}, clinicians)
    if wanted.get("clinicians") and wanted.get("types") and not _holds(exact, talk):
        exact = replace(exact, session_types=("general",))  # "a doctor about my bloods" is no blood test
    found = backend.free_slots(patient.id, exact, limit)
    if len(found) == limit or (found and exact.time_from != exact.time_to):
        return found, True
    for wider in _wider(exact, clinicians):
        try:
            wide = backend.free_slots(patient.id, wider, _MANY)
        except NotSuitable:
            continue
        if wide:
            return _nearest(wide, exact.time_from, talk.turn.practice)[:limit], bool(found)
    return found, bool(found)


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


def _merge_when(held: dict[str, Any] | None, said: dict[str, Any]) -> dict[str, Any]:
    """New days replace the old days and new times the old times; what is not said again stays."""
    if not held:
        return said
    merged = {**held, "asap": said["asap"], "problem": said.get("problem", "")}
    if said["date_from"] or said["date_to"] or said["days"] or said["exclude"] or said["asap"]:
        merged.update({key: said[key] for key in ("date_from", "date_to", "days", "exclude")})
    if said["time_from"] or said["time_to"] or _is_open(said):
        merged.update(time_from=said["time_from"], time_to=said["time_to"])
    if _is_open(said):
        merged.update(date_from=None, date_to=None, days=[], exclude=[])
    return merged


def _is_open(when: dict[str, Any]) -> bool:
    return not any(when[key] for key in ("date_from", "date_to", "days", "exclude", "time_from", "time_to", "asap"))


def _without_days(when: dict[str, Any] | None) -> dict[str, Any] | None:
    return {**when, "date_from": None, "date_to": None, "days": []} if when else when


def _names(words: list[str], text: str) -> bool:
    return any(re.search(rf"\b{re.escape(word)}\b", text, re.I) for word in words)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
