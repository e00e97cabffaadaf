"""Ordering repeats for one patient: what there is, which of it is meant, and an order's way through the practice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.backend.base import PracticeBackend
from bot.backend.prescribing import (
    CANCELLED,
    REJECTED,
    NewOrder,
    NoSuchRequest,
    NotOrderable,
    Pharmacy,
    PrescriptionRequest,
    RepeatMedication,
)
from bot.identity.disclosure import visible_repeats
from bot.identity.policy import Access
from bot.nlu.medicines import Medicines, find_medicines
from bot.practice import Practice
from bot.prescribing.rules import OK, Verdict, judge, ready_on


@dataclass(frozen=True)
class Item:
    """A medicine, and whether it may be ordered today."""

    repeat: RepeatMedication
    verdict: Verdict


class Ordering:
    """One for all patients.

    Whether somebody may order or look at all is asked before, of `bot.identity.policy.may`: ORDER_NAMED_REPEAT to
    order what they name themselves, SEE_MEDICINES for anything of what is given back here. Whatever the access does
    not open (redacted, or sensitive and asked for by somebody else) is as if it were not there.
    All methods may raise Unavailable.
    """

    def __init__(self, backend: PracticeBackend, practice: Practice) -> None:
        self._backend, self._practice = backend, practice

    def items(self, patient_id: str, access: Access, now: datetime) -> list[Item]:
        """All their medicines that this access opens, by name, to be ordered or not."""
        requests = self._backend.prescription_requests(patient_id)
        seen = visible_repeats(self._backend.repeats(patient_id), access)
        today = self._day(now)
        return [Item(each, judge(each, requests, self._practice, today)) for each in seen]

    def read(self, text: str, items: Sequence[Item], last_ordered: Sequence[str] | None = None) -> Medicines:
        """Which of these a message means, by their printed names. `last_ordered`: for "same as last time"."""
        return find_medicines(text, [each.repeat.name for each in items], last_ordered)

    def last_ordered(self, patient_id: str, access: Access) -> tuple[str, ...]:
        """Printed names of what was ordered together the last time, unless it came to nothing."""
        wanted = [each for each in self.requests(patient_id, access) if each.status not in (REJECTED, CANCELLED)]
        return tuple(each.name for each in wanted if each.reference == wanted[0].reference)

    def requests(self, patient_id: str, access: Access) -> list[PrescriptionRequest]:
        """Their orders that this access opens, newest first."""
        seen = {each.id for each in visible_repeats(self._backend.repeats(patient_id), access)}
        return [each for each in self._backend.prescription_requests(patient_id) if each.repeat_id in seen]

    def outstanding(self, patient_id: str, access: Access, now: datetime) -> list[PrescriptionRequest]:
        """Those of their orders that are not finished, newest first."""
        today = self._day(now)
        return [each for each in self.requests(patient_id, access) if each.is_outstanding(today)]

    def ready_on(self, now: datetime) -> date:
        """The day on which what is ordered now will be at the pharmacy."""
        return ready_on(self._practice, now)

    def place(self, patient_id: str, access: Access, order: NewOrder, key: str) -> list[PrescriptionRequest]:
        """Order all of it, or nothing.

        Raises:
            NotOrderable, AlreadyOrdered, NoSuchPharmacy: see `Prescribing.request_repeats`.
        """
        seen = {each.id for each in visible_repeats(self._backend.repeats(patient_id), access)}
        if not order.repeat_ids or not seen.issuperset(order.repeat_ids):
            raise NotOrderable
        return self._backend.request_repeats(patient_id, order, key)

    def cancel(self, patient_id: str, access: Access, request_id: str, key: str) -> PrescriptionRequest:
        """Raises NoSuchRequest, or TooLateToChange once it is more than requested."""
        if request_id not in {each.id for each in self.requests(patient_id, access)}:
            raise NoSuchRequest
        return self._backend.cancel_prescription(patient_id, request_id, key)

    def pharmacies(self, text: str = "") -> list[Pharmacy]:
        """Open ones that have these words in their name, place or postcode, by name."""
        return self._backend.pharmacies(text)

    def pharmacy(self, pharmacy_id: str) -> Pharmacy:
        """Open or closed. Raises NoSuchPharmacy."""
        return self._backend.pharmacy(pharmacy_id)

    def nominated(self, patient_id: str) -> Pharmacy | None:
        """Where their prescriptions go, open or closed (`is_closed`)."""
        return self._backend.nominated_pharmacy(patient_id)

    def nominate(self, patient_id: str, pharmacy_id: str, key: str) -> Pharmacy:
        """Raises NoSuchPharmacy if it is closed or unknown."""
        return self._backend.nominate_pharmacy(patient_id, pharmacy_id, key)

    def _day(self, now: datetime) -> date:
        return now.astimezone(self._practice.zone).date()


def named(items: Iterable[Item], names: Iterable[str]) -> list[Item]:
    """The items of these printed names. Of two of one name, the one that may be ordered."""
    wanted = set(names)
    found = sorted((each for each in items if each.repeat.name in wanted), key=lambda each: each.verdict.is_orderable)
    by_name = {each.repeat.name: each for each in found}
    return sorted(by_name.values(), key=lambda each: each.repeat.name.casefold())


def due(items: Iterable[Item]) -> list[Item]:
    """Those that may be ordered now without a reason: "everything that is due"."""
    return [each for each in items if each.verdict.code == OK]
