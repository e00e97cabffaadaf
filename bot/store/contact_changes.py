"""New contact details that patients asked for, until staff have decided: at most one of each kind for a patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from bot.store.private import Private
from bot.store.writing_tables import contact_change

MOBILE, ADDRESS, EMAIL = "mobile", "address", "email"
KINDS = (MOBILE, ADDRESS, EMAIL)
ASKED, APPROVED, DECLINED = "asked", "approved", "declined"

_BY_ID = select(contact_change).where(contact_change.c.id == bindparam("change_id"))
_OPEN = select(contact_change).where(contact_change.c.state == ASKED).order_by(contact_change.c.id)
_OF = _OPEN.where(contact_change.c.patient_id == bindparam("patient_id"))


@dataclass(frozen=True)
class ContactChange:
    """Attributes:
    person_id: who asked: the patient.
    conversation_id: where it was asked for.
    value: an E.164 number, an email address, or the lines of an address.
    replaced: what the record held when its approval began; None before.
    why: it was declined, as a code.
    """

    id: int
    patient_id: str
    person_id: str
    conversation_id: str | None
    kind: str
    value: str
    replaced: str | None
    asked_at: datetime
    state: str
    why: str | None
    decided_by: str | None
    decided_at: datetime | None


def ask(
    connection: Connection, patient_id: str, kind: str, value: str, conversation_id: str, now: datetime
) -> tuple[int, bool]:
    """(id, whether it is a new request). A request of this kind that still waits is for this value from now on."""
    waiting = [each for each in open_changes(connection, patient_id) if each.kind == kind and not each.decided_by]
    if waiting:
        held = waiting[0]
        if held.value != value:
            changed = update(contact_change).where(contact_change.c.id == held.id)
            connection.execute(changed.values(value=Private(value, patient_id), replaced=None, asked_at=now))
        return held.id, False
    stored = connection.execute(
        insert(contact_change).values(
            patient_id=patient_id,
            person_id=patient_id,
            conversation_id=conversation_id,
            kind=kind,
            value=Private(value, patient_id),
            asked_at=now,
            state=ASKED,
        )
    )
    return int(stored.inserted_primary_key[0]), True


def find_change(connection: Connection, change_id: int) -> ContactChange | None:
    row = connection.execute(_BY_ID, {"change_id": change_id}).one_or_none()
    return _as_change(row) if row else None


def open_changes(connection: Connection, patient_id: str | None = None) -> list[ContactChange]:
    """Those that wait for a decision, of one patient or of everybody, oldest first."""
    rows = connection.execute(_OF, {"patient_id": patient_id}) if patient_id else connection.execute(_OPEN)
    return [_as_change(row) for row in rows]


def begin_approval(
    connection: Connection, held: ContactChange, asked_at: datetime, staff_id: str, replaced: str
) -> bool:
    """From now on it can only be approved, until that succeeds or is given up.

    Args:
        asked_at: as it was on the screen.
        replaced: what the record holds. Begun again, what was noted first stays.

    Returns:
        False if it was decided, or asked for anew, since.
    """
    begun: dict[str, Any] = {"decided_by": staff_id}
    if held.replaced is None:
        begun["replaced"] = Private(replaced, held.patient_id)
    return _settle(connection, held.id, contact_change.c.asked_at == asked_at, **begun)


def give_up_approval(connection: Connection, change_id: int) -> None:
    """It did not succeed, and can be declined again."""
    _settle(connection, change_id, contact_change.c.decided_by.is_not(None), decided_by=None)


def note_approved(connection: Connection, change_id: int, now: datetime) -> bool:
    """The clinical system has it. One of several wins."""
    return _settle(connection, change_id, contact_change.c.decided_by.is_not(None), state=APPROVED, decided_at=now)


def note_declined(
    connection: Connection, change_id: int, asked_at: datetime, staff_id: str, why: str, now: datetime
) -> bool:
    """False if it was decided, or asked for anew, since it was on the screen; or is being approved."""
    is_free = contact_change.c.decided_by.is_(None) & (contact_change.c.asked_at == asked_at)
    return _settle(connection, change_id, is_free, state=DECLINED, why=why, decided_by=staff_id, decided_at=now)


def _settle(connection: Connection, change_id: int, condition: Any, **values: Any) -> bool:
    held = update(contact_change).where(contact_change.c.id == change_id, contact_change.c.state == ASKED, condition)
    return bool(connection.execute(held.values(**values)).rowcount == 1)


def _as_change(row: Any) -> ContactChange:
    sealed = {"value": row.value.open(row.patient_id), "replaced": row.replaced and row.replaced.open(row.patient_id)}
    plain = {name: getattr(row, name) for name in ContactChange.__dataclass_fields__ if name not in sealed}
    return ContactChange(**sealed, **plain)
