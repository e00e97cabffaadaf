"""What a patient wants of an appointment, gathered over several messages."""

from __future__ import annotations

import re
from typing import Any

from bot.actions.talk import Talk
from bot.backend.base import Clinician
from bot.nlu.clinicians import find_clinicians

_MODES = {
    "phone": re.compile(r"\b(phone|telephone|ring me|call me|over the phone|phonecall|tel)\b", re.I),
    "video": re.compile(r"\bvideo\b", re.I),
    "face to face": re.compile(r"\b(face ?(to|2) ?face|f2f|in person|come in|at the surgery)\b", re.I),
}
_NOT_SO = re.compile(
    r"\b(?:not|no|never|rather not|without|instead of|(?:do ?n'?t|dont|cant|can'?t)(?: \w+)?)(?: \w+){0,3}$", re.I
)

_USUAL = "usual"  # stands among the ids for the usual doctor of a patient who is not known yet
# The `wanted` slot: {"when", "clinicians", "mode", "types", "after", "before", "move", "not_days"}
Wanted = dict[str, Any]


def read_wanted(talk: Talk, clinicians: list[Clinician], held: Wanted | None) -> Wanted | None:
    """`held` with what this message adds or changes; None if it says nothing about an appointment."""
    said: Wanted = {}
    when = talk.entity("when")
    if when:
        said["when"] = _merge_when((held or {}).get("when"), when)
    asked = find_clinicians(talk.text, clinicians)
    is_kept = asked.is_stranger and bool(held)
    if asked.is_stranger:
        talk.say("utter_no_such_doctor_kept" if is_kept else "utter_no_such_doctor")
    if asked and not is_kept:
        said["clinicians"] = [_USUAL] if asked.is_usual else list(asked.ids)
    mode = read_mode(talk.text)
    if mode:
        said["mode"] = mode
    types = [clinic.type for clinic in talk.turn.practice.clinics if _names(clinic.words, talk.text)]
    if types:
        said["types"] = types
    if not said and not (talk.turn.caller.patient and _wants_usual(held)):
        return held if is_kept else None
    kept = {key: value for key, value in (held or {}).items() if key not in ("after", "before", "move", "not_days")}
    return _settle_usual(talk, {**kept, **said}, clinicians)


def _settle_usual(talk: Talk, wanted: Wanted, clinicians: list[Clinician]) -> Wanted:
    """Whom the patient usually sees, as soon as it is known who the patient is."""
    patient = talk.turn.caller.patient
    if patient is None or not _wants_usual(wanted):
        return wanted
    usual = [each.id for each in clinicians if each.id == patient.general_practitioner]
    if not usual:
        talk.say("utter_usual_not_known")
    return {**wanted, "clinicians": usual}


def _wants_usual(wanted: Wanted | None) -> bool:
    return _USUAL in ((wanted or {}).get("clinicians") or ())


def read_mode(text: str) -> str | None:
    """How an appointment is to take place; not by phone or video means at the surgery."""
    for mode, words in _MODES.items():
        found = words.search(text)
        if found:
            return "face to face" if _NOT_SO.search(text[: found.start()].rstrip()) else mode
    return None


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


def _names(words: list[str], text: str) -> bool:
    return any(re.search(rf"\b{re.escape(word)}\b", text, re.I) for word in words)
