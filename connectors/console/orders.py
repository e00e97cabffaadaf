"""Orders of medicines as staff read them: what was ordered together, for whom, and what speaks for care."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from bot.backend.base import REGISTERED, NoSuchPatient, Patient
from bot.backend.prescribing import REQUESTED, Pharmacy, PrescriptionRequest, RepeatMedication
from bot.prescribing.news import ORDER, subject_of
from bot.program import Program
from bot.store import notifications
from bot.store.notifications import Notification
from bot.store.proxies import proxies_for
from connectors.console.people import say_nhs_number


@dataclass(frozen=True)
class Line:
    """One medicine of an order.

    Attributes:
        flags: codes of what speaks for care, see prescriptions.html.
        told: the text that told the patient what came of it, or why there was none; None where none is due.
    """

    request: PrescriptionRequest
    repeat: RepeatMedication
    flags: tuple[str, ...]
    told: Notification | None


@dataclass(frozen=True)
class Order:
    """What one patient ordered together, as far as it stands alike.

    Attributes:
        by: who ordered, where that was not the patient.
        pharmacy: where it goes; None: nowhere but here.
    """

    reference: str
    patient: Patient
    nhs_number: str | None
    asked_at: datetime
    ready_on: date
    by: str
    note: str
    pharmacy: Pharmacy | None
    is_one_off: bool
    lines: tuple[Line, ...]


class Orders:
    """Puts them together."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def of(self, requests: Iterable[PrescriptionRequest]) -> Iterator[Order]:
        """In the order of the requests; none of a patient whom the clinical system does not have any more."""
        for _, together in groupby(requests, key=lambda each: (each.patient_id, each.reference)):
            order = self._order(list(together))
            if order:
                yield order

    def _order(self, requests: list[PrescriptionRequest]) -> Order | None:
        first, backend = requests[0], self._program.backend
        try:
            patient = backend.patient(first.patient_id)
        except NoSuchPatient:
            return None
        repeats = {each.id: each for each in backend.repeats(patient.id)}
        told = self._told(requests)
        lines = (
            Line(each, repeats[each.repeat_id], self._flags(each, repeats[each.repeat_id], patient), told.get(each.id))
            for each in requests
        )
        chosen = first.pharmacy_id
        return Order(
            first.reference,
            patient,
            say_nhs_number(patient.nhs_number),
            first.requested_at,
            first.ready_on,
            self._by(first),
            first.note,
            backend.pharmacy(chosen) if chosen else backend.nominated_pharmacy(patient.id),
            chosen is not None,
            tuple(lines),
        )

    def _flags(self, request: PrescriptionRequest, repeat: RepeatMedication, patient: Patient) -> tuple[str, ...]:
        today = self._today()
        speaks = {
            "late": request.status == REQUESTED and request.ready_on < today,
            "not_registered": patient.status != REGISTERED,
            "stopped": repeat.stopped_on is not None and repeat.stopped_on <= today,
            "controlled": repeat.is_controlled,
            "early": bool(request.early_reason),
            "review": repeat.review_on is not None and repeat.review_on < today,
            "last": request.status == REQUESTED and repeat.issues_left == 1,
            "sensitive": repeat.is_sensitive,
        }
        return tuple(code for code, is_so in speaks.items() if is_so)

    def _by(self, request: PrescriptionRequest) -> str:
        if request.requested_by in ("", request.patient_id):
            return ""
        with self._program.database.read() as connection:
            trusted = proxies_for(connection, request.patient_id)
        return next((each.name for each in trusted if each.person_id == request.requested_by), "somebody they trusted")

    def _told(self, requests: list[PrescriptionRequest]) -> dict[str, Notification]:
        """By request; of several that were told together, the one that was sent."""
        with self._program.database.read() as connection:
            found = notifications.about(connection, {subject_of(each) for each in requests}, ORDER)
        sent = {each.subject: each for each in found if each.state == notifications.SENT}
        by_key = {each.key: sent.get(each.subject, each) for each in found}
        keys = {each.id: f"{ORDER}:{each.id}:{each.status}" for each in requests}
        return {request_id: by_key[key] for request_id, key in keys.items() if key in by_key}

    def _today(self) -> date:
        return self._program.clock().astimezone(self._program.practice.zone).date()
