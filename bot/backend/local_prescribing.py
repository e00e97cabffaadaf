"""Ordering repeats in the local practice: what an order goes through, from the patient to the pharmacy."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import delete, insert, update
from sqlalchemy.engine import Connection

from bot.backend import local_medicines, people, tables
from bot.backend.once import Once
from bot.backend.prescribing import (
    APPROVED,
    CANCELLED,
    NEXT,
    REQUESTED,
    AlreadyOrdered,
    NewOrder,
    NoSuchPharmacy,
    NoSuchRequest,
    NotOrderable,
    Pharmacy,
    PrescriptionRequest,
    RepeatMedication,
    TooLateToChange,
)
from bot.backend.references import new_reference
from bot.clock import Clock
from bot.practice import Practice
from bot.prescribing.rules import ALREADY_ORDERED, EARLY, OK, Verdict, judge
from bot.store.database import Database


class LocalPrescribing:
    """The part of `LocalBackend` that prescribes. An order, or a decision, is one transaction."""

    _database: Database
    _practice: Practice
    _clock: Clock
    _changes: Once

    def repeats(self, patient_id: str) -> list[RepeatMedication]:
        with self._database.read() as connection:
            return local_medicines.read_repeats(connection, patient_id)

    def prescription_requests(self, patient_id: str) -> list[PrescriptionRequest]:
        with self._database.read() as connection:
            return local_medicines.read_requests(connection, patient_id)

    def requests_in(self, statuses: Iterable[str], limit: int) -> list[PrescriptionRequest]:
        with self._database.read() as connection:
            return local_medicines.read_requests_in(connection, statuses, limit)

    def requests_changed_since(self, at: datetime) -> list[PrescriptionRequest]:
        with self._database.read() as connection:
            return local_medicines.read_changed(connection, at)

    def reviews_due(self, before: date) -> list[str]:
        today = self._today()
        with self._database.read() as connection:
            due = local_medicines.read_reviews_due(connection, before)
        had = (patient_id for patient_id, repeat in due if not (repeat.stopped_on and repeat.stopped_on <= today))
        return sorted(set(had))

    def request_repeats(self, patient_id: str, order: NewOrder, key: str) -> list[PrescriptionRequest]:
        def change(connection: Connection) -> str:
            people.lock_patient(connection, patient_id)
            self._check_pharmacy(connection, patient_id, order.pharmacy_id)
            return self._add(connection, patient_id, order, self._wanted(connection, patient_id, order))

        def read(connection: Connection, reference: str) -> list[PrescriptionRequest]:
            held = local_medicines.read_requests(connection, patient_id)
            return [each for each in held if each.reference == reference]

        return self._changes.run(key, change, read, AlreadyOrdered())

    def cancel_prescription(self, patient_id: str, request_id: str, key: str) -> PrescriptionRequest:
        def cancelled(held: PrescriptionRequest) -> PrescriptionRequest:
            if held.patient_id != patient_id:
                raise NoSuchRequest
            if held.status != REQUESTED:
                raise TooLateToChange
            return replace(held, status=CANCELLED)

        return self._changed(request_id, cancelled, key)

    def decide_request(self, request_id: str, status: str, reason: str, key: str) -> PrescriptionRequest:
        def decided(held: PrescriptionRequest) -> PrescriptionRequest:
            if status not in NEXT.get(held.status, ()):
                raise TooLateToChange
            return replace(held, status=status, status_reason=reason)

        return self._changed(request_id, decided, key)

    def pharmacies(self, text: str = "") -> list[Pharmacy]:
        today = self._today()
        with self._database.read() as connection:
            held = local_medicines.read_pharmacies(connection)
        return [each for each in held if not each.is_closed(today) and _is_meant(each, text)]

    def pharmacy(self, pharmacy_id: str) -> Pharmacy:
        with self._database.read() as connection:
            return self._pharmacy(connection, pharmacy_id)

    def nominated_pharmacy(self, patient_id: str) -> Pharmacy | None:
        with self._database.read() as connection:
            return local_medicines.read_nominated(connection, patient_id)

    def nominate_pharmacy(self, patient_id: str, pharmacy_id: str, key: str) -> Pharmacy:
        def change(connection: Connection) -> str:
            people.lock_patient(connection, patient_id)
            if self._pharmacy(connection, pharmacy_id).is_closed(self._today()):
                raise NoSuchPharmacy
            connection.execute(delete(tables.nomination).where(tables.nomination.c.patient_id == patient_id))
            connection.execute(insert(tables.nomination).values(patient_id=patient_id, pharmacy_id=pharmacy_id))
            return pharmacy_id

        return self._changes.run(key, change, self._pharmacy, NoSuchPharmacy())

    # What lies behind.

    def _wanted(
        self, connection: Connection, patient_id: str, order: NewOrder
    ) -> list[tuple[RepeatMedication, Verdict]]:
        """All that is ordered, or nothing. The rules are asked here, in the transaction: what may be ordered may have
        changed since it was shown."""
        held = {each.id: each for each in local_medicines.read_repeats(connection, patient_id) if not each.redacted}
        if not order.repeat_ids or not held.keys() >= set(order.repeat_ids):
            raise NotOrderable
        requests, today = local_medicines.read_requests(connection, patient_id), self._today()
        wanted = [held[repeat_id] for repeat_id in dict.fromkeys(order.repeat_ids)]
        judged = [(repeat, judge(repeat, requests, self._practice, today)) for repeat in wanted]
        if any(verdict.code == ALREADY_ORDERED for _, verdict in judged):
            raise AlreadyOrdered
        if not all(verdict.code == OK or (verdict.code == EARLY and order.early_reason) for _, verdict in judged):
            raise NotOrderable
        return judged

    def _add(
        self,
        connection: Connection,
        patient_id: str,
        order: NewOrder,
        wanted: Iterable[tuple[RepeatMedication, Verdict]],
    ) -> str:
        now, reference = self._clock(), new_reference()
        for repeat, verdict in wanted:
            request = PrescriptionRequest(
                id=secrets.token_hex(8),
                patient_id=patient_id,
                reference=reference,
                repeat_id=repeat.id,
                name=repeat.name,
                status=REQUESTED,
                requested_at=now,
                changed_at=now,
                ready_on=order.ready_on,
                note=order.note,
                early_reason=order.early_reason if verdict.code == EARLY else "",
                pharmacy_id=order.pharmacy_id,
                requested_by=order.requested_by,
            )
            row = local_medicines.request_to_row(request)
            connection.execute(insert(tables.prescription_request).values(**row))
        return reference

    def _changed(
        self, request_id: str, to: Callable[[PrescriptionRequest], PrescriptionRequest], key: str
    ) -> PrescriptionRequest:
        def change(connection: Connection) -> str:
            held = self._request(connection, request_id)
            changed = replace(to(held), changed_at=self._clock())
            request, row = tables.prescription_request, local_medicines.request_to_row(changed)
            as_read = update(request).where(request.c.id == request_id, request.c.status == held.status)
            if connection.execute(as_read.values(**row)).rowcount != 1:
                raise TooLateToChange  # somebody has decided it since it was read
            if changed.status == APPROVED:
                self._issue(connection, changed)
            return request_id

        return self._changes.run(key, change, self._request, TooLateToChange())

    def _issue(self, connection: Connection, request: PrescriptionRequest) -> None:
        """What is approved is issued: from today on it lasts anew."""
        held = local_medicines.read_repeats(connection, request.patient_id)
        repeat = next(each for each in held if each.id == request.repeat_id)
        left = repeat.issues_left and repeat.issues_left - 1
        row = local_medicines.repeat_to_row(
            request.patient_id, replace(repeat, last_issued_on=self._today(), issues_left=left)
        )
        connection.execute(update(tables.repeat).where(tables.repeat.c.id == repeat.id).values(**row))

    def _check_pharmacy(self, connection: Connection, patient_id: str, chosen: str | None) -> None:
        """Where it is to go must be open; nothing nominated is well: it is fetched at the surgery."""
        if chosen is not None:
            pharmacy: Pharmacy | None = self._pharmacy(connection, chosen)
        else:
            pharmacy = local_medicines.read_nominated(connection, patient_id)
        if pharmacy is not None and pharmacy.is_closed(self._today()):
            raise NoSuchPharmacy

    def _request(self, connection: Connection, request_id: str) -> PrescriptionRequest:
        held = local_medicines.read_request(connection, request_id)
        if held is None:
            raise NoSuchRequest
        return held

    def _pharmacy(self, connection: Connection, pharmacy_id: str) -> Pharmacy:
        held = local_medicines.read_pharmacy(connection, pharmacy_id)
        if held is None:
            raise NoSuchPharmacy
        return held

    def _today(self) -> date:
        return self._clock().astimezone(self._practice.zone).date()


def _is_meant(pharmacy: Pharmacy, text: str) -> bool:
    """Whether every word of the text begins one of its name or address; a postcode with or without its space."""
    told, sought = _words(f"{pharmacy.name} {pharmacy.address}"), _words(text)
    together = {before + after for before, after in zip(told, told[1:], strict=False)}
    return all(any(word.startswith(each) for word in (*told, *together)) for each in sought)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold().replace("'", "").replace("\u2019", ""))
