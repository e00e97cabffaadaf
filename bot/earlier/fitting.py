"""Which times would do for somebody who waits for an earlier one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.backend.base import Appointment, Clinician, NoSuchPatient, NotSuitable, PracticeBackend, Slot, SlotSearch
from bot.store.earlier import Wishes

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MOST = 100  # more free times than that, and nobody would have to wait


def earlier_search(held: Appointment, wishes: Wishes, clinicians: Iterable[Clinician]) -> SlotSearch:
    """What may take the place of an appointment: the same kind of session, with this clinician or any of their kind."""
    role = held.slot.clinician.role
    colleagues = tuple(each.id for each in clinicians if each.role == role)
    return SlotSearch(
        date_from=wishes.day_from,
        date_to=wishes.day_to,
        time_from=wishes.time_from,
        time_to=wishes.time_to,
        exclude=tuple(day for day in WEEKDAYS if wishes.weekdays and day not in wishes.weekdays),
        before=held.slot.start,
        clinician_ids=(wishes.clinician_id,) if wishes.clinician_id else colleagues,
        session_types=(held.slot.session_type,),
    )


def free_for(backend: PracticeBackend, patient_id: str, search: SlotSearch, earliest: datetime) -> list[Slot]:
    """Those that this patient could have, from `earliest` on. May raise Unavailable."""
    try:
        found = backend.free_slots(patient_id, search, _MOST)
    except (NotSuitable, NoSuchPatient):
        return []
    return [slot for slot in found if slot.start >= earliest]
