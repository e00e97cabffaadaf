"""The clinical system with one thing more: what is on offer to somebody is kept from everybody else."""

from __future__ import annotations

from typing import Any, cast

from bot.backend.base import Appointment, PracticeBackend, Slot, SlotSearch, SlotTaken
from bot.store.database import Database
from bot.store.earlier import kept_from
from bot.store.notices import SCHEDULE, Notices

FREED = "freed"  # what is announced when a time may have become free


def keeping_offered(backend: PracticeBackend, database: Database, notices: Notices) -> PracticeBackend:
    """`backend`, which then neither shows nor gives to one patient what is on offer to another."""
    return cast(PracticeBackend, _Keeping(backend, database, notices))


class _Keeping:
    """Whatever is not about free times is the clinical system's own."""

    def __init__(self, backend: PracticeBackend, database: Database, notices: Notices) -> None:
        self._backend, self._database, self._notices = backend, database, notices

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def free_slots(self, patient_id: str, search: SlotSearch, limit: int) -> list[Slot]:
        kept = self._kept_from(patient_id)
        found = self._backend.free_slots(patient_id, search, limit + len(kept))
        return [slot for slot in found if slot.id not in kept][:limit]

    def book(self, patient_id: str, slot_id: str, reason: str, key: str) -> Appointment:
        self._check(patient_id, slot_id)
        return self._backend.book(patient_id, slot_id, reason, key)

    def cancel(self, patient_id: str, appointment_id: str, key: str) -> Appointment:
        cancelled = self._backend.cancel(patient_id, appointment_id, key)
        self._notices.announce(FREED, SCHEDULE)
        return cancelled

    def reschedule(self, patient_id: str, appointment_id: str, slot_id: str, key: str) -> Appointment:
        self._check(patient_id, slot_id)
        moved = self._backend.reschedule(patient_id, appointment_id, slot_id, key)
        self._notices.announce(FREED, SCHEDULE)
        return moved

    def _check(self, patient_id: str, slot_id: str) -> None:
        """It may have been offered to somebody since it was listed."""
        if slot_id in self._kept_from(patient_id):
            raise SlotTaken

    def _kept_from(self, patient_id: str) -> set[str]:
        with self._database.read() as connection:
            return kept_from(connection, patient_id)
