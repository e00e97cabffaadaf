"""Repeat medicines, orders and pharmacies, as a clinical system gives them (FHIR R4, GP Connect Prescriptions)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.backend.refused import Refused

# How a medicine is prescribed. Only repeats are ordered by patients.
REPEAT, ACUTE, REPEAT_DISPENSING = "repeat", "acute", "repeat_dispensing"

# How far an order has come. Only while it is requested can it be cancelled.
REQUESTED, APPROVED, REJECTED, SENT, READY, CANCELLED = (
    "requested",
    "approved",
    "rejected",
    "sent",
    "ready",
    "cancelled",
)
# What may be made of an order by the practice.
NEXT = {REQUESTED: frozenset({APPROVED, REJECTED}), APPROVED: frozenset({SENT}), SENT: frozenset({READY})}


@dataclass(frozen=True)
class RepeatMedication:
    """A medicine a patient may have again (FHIR: MedicationRequest, intent plan).

    Attributes:
        name: as printed, "Metformin 500mg tablets".
        dose, quantity: as printed, "One twice a day", "56 tablets". Never changed by a patient.
        prescribed_as: REPEAT, ACUTE or REPEAT_DISPENSING.
        issue_days: how long one issue lasts; None where the record does not say.
        last_issued_on: None before the first issue.
        issues_left: None where issues are not counted.
        review_on: when the medicine review is due.
        stopped_on: from this day it is not to be had any more.
        is_controlled: a controlled drug (Misuse of Drugs Regulations 2001, schedules 2 to 4).
        is_sensitive: not for somebody acting for a young person.
        ask_surgery: the practice does not take orders for it online.
        redacted: restricted from view, as a whole.
    """

    id: str
    name: str
    dose: str = ""
    quantity: str = ""
    prescribed_as: str = REPEAT
    issue_days: int | None = None
    last_issued_on: date | None = None
    issues_left: int | None = None
    review_on: date | None = None
    stopped_on: date | None = None
    is_controlled: bool = False
    is_sensitive: bool = False
    ask_surgery: bool = False
    redacted: bool = False


@dataclass(frozen=True)
class Pharmacy:
    """`id`: its ODS code. `closed_on`: from this day it takes no prescriptions."""

    id: str
    name: str
    address: str
    phone: str
    closed_on: date | None = None

    def is_closed(self, today: date) -> bool:
        return self.closed_on is not None and self.closed_on <= today


@dataclass(frozen=True)
class PrescriptionRequest:
    """An order of one medicine (FHIR: Task on a plan, SNOMED CT 103742009).

    Attributes:
        reference: what the patient is told; the same for all that was ordered together.
        repeat_id, name: of the medicine.
        status: REQUESTED … CANCELLED.
        note: the patient's words to the prescriber.
        early_reason: why it is ordered early, in the patient's words.
        pharmacy_id: a one-off choice; None: the nominated one.
        ready_on: the day the patient was told.
        status_reason: of a rejection, the practice's words for the patient.
        requested_by: the person's id: the patient, or somebody trusted to act for them.
        changed_at: when the status last changed.
    """

    id: str
    patient_id: str
    reference: str
    repeat_id: str
    name: str
    status: str
    requested_at: datetime
    changed_at: datetime
    ready_on: date
    note: str = ""
    early_reason: str = ""
    pharmacy_id: str | None = None
    status_reason: str = ""
    requested_by: str = ""

    def is_outstanding(self, today: date) -> bool:
        """Whether there may be no other order of the same medicine. One that was approved is over by itself after the
        day it was to be ready: not every practice notes more of it."""
        return self.status == REQUESTED or (self.status in (APPROVED, SENT) and today <= self.ready_on)


@dataclass(frozen=True)
class NewOrder:
    """What is to be ordered together. `early_reason` goes with every item that is ordered early."""

    repeat_ids: tuple[str, ...]
    ready_on: date
    note: str = ""
    early_reason: str = ""
    pharmacy_id: str | None = None
    requested_by: str = ""


class AlreadyOrdered(Refused):
    """There is an order for it that is not finished (GP Connect: 409 DUPLICATE_REJECTED)."""

    code = "already_ordered"


class NotOrderable(Refused):
    """Against a rule, stopped, not on repeat, or not this patient's: the same answer to each. What stands against it
    is told, to those who may know, by `bot.prescribing.rules.judge`."""

    code = "not_orderable"


class NoSuchRequest(Refused):
    """Not this patient's, or unknown."""

    code = "no_such_request"


class TooLateToChange(Refused):
    """It is no longer merely requested: only the practice can do something."""

    code = "too_late_to_change"


class NoSuchPharmacy(Refused):
    """Unknown, or closed."""

    code = "no_such_pharmacy"


class Prescribing(Protocol):
    """The part of `bot.backend.base.PracticeBackend` that prescribes."""

    def repeats(self, patient_id: str) -> list[RepeatMedication]:
        """All there are, to be ordered or not, stopped and redacted ones too: `bot.identity.disclosure` says what may
        be seen."""

    def prescription_requests(self, patient_id: str) -> list[PrescriptionRequest]:
        """Newest first, as with repeats."""

    def request_repeats(self, patient_id: str, order: NewOrder, key: str) -> list[PrescriptionRequest]:
        """Order several medicines under one reference: all of them, or nothing.

        Raises:
            AlreadyOrdered: one of them is.
            NotOrderable: a rule is against one of them, or it needs a reason to be ordered so early.
            NoSuchPharmacy: the one chosen, or else the nominated one, is closed or unknown.
        """

    def cancel_prescription(self, patient_id: str, request_id: str, key: str) -> PrescriptionRequest:
        """Raises NoSuchRequest, or TooLateToChange once it is more than requested."""

    def requests_in(self, statuses: Iterable[str], limit: int) -> list[PrescriptionRequest]:
        """Everybody's, oldest first."""

    def requests_changed_since(self, at: datetime) -> list[PrescriptionRequest]:
        """Everybody's whose status has changed after that, in the order of their changes."""

    def decide_request(self, request_id: str, status: str, reason: str, key: str) -> PrescriptionRequest:
        """What the practice makes of it, see `bot.backend.prescribing.NEXT`. `reason`: words for the patient.

        Raises NoSuchRequest, or TooLateToChange if somebody was quicker.
        """

    def pharmacies(self, text: str = "") -> list[Pharmacy]:
        """Those whose name, place or postcode has these words, by name; closed ones are left out."""

    def pharmacy(self, pharmacy_id: str) -> Pharmacy:
        """Open or closed. Raises NoSuchPharmacy."""

    def nominated_pharmacy(self, patient_id: str) -> Pharmacy | None:
        """Where their prescriptions go. It may have closed since."""

    def nominate_pharmacy(self, patient_id: str, pharmacy_id: str, key: str) -> Pharmacy:
        """Raises NoSuchPharmacy if it is closed or unknown."""

    def reviews_due(self, before: date) -> list[str]:
        """Ids of patients who have a medicine whose review is due before that day."""
