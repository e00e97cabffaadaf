"""Whether a patient may be texted without having asked for it, and to which number."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from bot.backend.base import REGISTERED, Patient
from bot.identity.policy import NO_TEXTS, UNDER_PRESSURE
from bot.store import contacts
from bot.store.access import find_access


class OutOfReach(Exception):
    """Nothing may be texted to them. `why`: "not_registered", "no_number", "flagged" or "opted_out"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def number_to_text(connection: Connection, patient: Patient) -> str:
    """The E.164 number for texts that this patient has not just asked for.

    Raises:
        OutOfReach: none, or they do not want any, or it might not be safe.
    """
    if patient.status != REGISTERED:
        raise OutOfReach("not_registered")
    if not patient.mobile:
        raise OutOfReach("no_number")
    access = find_access(connection, patient.id)
    if access is not None and access.flags & {NO_TEXTS, UNDER_PRESSURE}:
        raise OutOfReach("flagged")
    if contacts.has_opted_out(connection, patient.mobile):
        raise OutOfReach("opted_out")
    return patient.mobile
