"""What has to be settled before online services are switched on for somebody, and switching them on.

Sources: NHS England, Patient Online: identity verification (documents, vouching, vouching with information); practices'
protocols: the record is a decision of its own, and a partner's for people registered for under 3 months; guidance on
remote vouching: no coded or full record; guidance on coercion: asked alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.engine import Connection

from bot.identity.desk import DESK, Desk, NotPossible
from bot.identity.policy import ACCESS_LEVELS
from bot.store.audit import add_audit

DOCUMENTS, VOUCHING, VOUCHING_WITH_INFORMATION = METHODS = ("documents", "vouching", "vouching_with_information")
PHOTO = ("passport", "driving_licence", "residence_permit", "national_id", "travel_document")
ADDRESS = ("council_tax", "utility_bill", "bank_statement", "tenancy", "benefit_letter", "electoral_register")

_LAST_WITHOUT_RECORD = ACCESS_LEVELS.index("prescriptions")
_LAST_REMOTE = ACCESS_LEVELS.index("summary")


@dataclass(frozen=True)
class Registration:
    """What staff have settled.

    Attributes:
        method: of METHODS.
        photo, address: the two documents that were seen, of PHOTO and ADDRESS.
        voucher: who vouches: the id of a member of staff.
        is_remote: they were not at the surgery.
        level: of ACCESS_LEVELS.
        decided_by: who decided that the record may be shown: an id.
        is_new: registered with the practice for under 3 months; partner: the id of the partner who agrees all the same.
        record_from, full_history: see `Access`. is_reviewed: somebody has read the whole record for this.
        review_on: when to look at it again.
        was_alone: asked alone whether anybody makes them do this.
    """

    method: str = ""
    photo: str = ""
    address: str = ""
    voucher: str = ""
    is_remote: bool = False
    level: str = ""
    decided_by: str = ""
    is_new: bool = False
    partner: str = ""
    record_from: date | None = None
    full_history: bool = False
    is_reviewed: bool = False
    review_on: date | None = None
    was_alone: bool = False

    @property
    def shows_record(self) -> bool:
        return self.level in ACCESS_LEVELS and ACCESS_LEVELS.index(self.level) > _LAST_WITHOUT_RECORD

    @property
    def evidence(self) -> str:
        """How identity was checked, as a code for the audit trail: "passport+council_tax", "by:staff-1:remote"."""
        if self.method == DOCUMENTS:
            return f"{self.photo}+{self.address}"
        return f"by:{self.voucher}" + (":remote" if self.is_remote else "")


def problems(asked: Registration) -> dict[str, str]:
    """What is not settled yet: field to code. Empty: it may go ahead."""
    found = _identity(asked)
    if asked.level not in ACCESS_LEVELS[1:]:
        found["level"] = "empty"
    elif asked.is_remote and asked.method != DOCUMENTS and ACCESS_LEVELS.index(asked.level) > _LAST_REMOTE:
        found["level"] = "remote"
    if not asked.was_alone:
        found["was_alone"] = "empty"
    return {**found, **record_problems(asked)}


def record_problems(asked: Registration) -> dict[str, str]:
    """What is not settled yet about showing the record: the part that is decided on its own."""
    found = {}
    if asked.shows_record and not asked.decided_by:
        found["decided_by"] = "empty"
    if asked.shows_record and asked.is_new and not asked.partner:
        found["partner"] = "too_new"
    if asked.shows_record and asked.full_history and not asked.is_reviewed:
        found["is_reviewed"] = "empty"
    return found


def _identity(asked: Registration) -> dict[str, str]:
    if asked.method not in METHODS:
        return {"method": "empty"}
    if asked.method != DOCUMENTS:
        return {} if asked.voucher else {"voucher": "empty"}
    found = {"photo": "" if asked.photo in PHOTO else "empty", "address": "" if asked.address in ADDRESS else "empty"}
    return {name: code for name, code in found.items() if code}


def register(
    desk: Desk, connection: Connection, patient_id: str, asked: Registration, staff: str, now: datetime
) -> str:
    """Switch on what was settled, and give a registration key to set a passcode with.

    Raises:
        NotPossible: "unsettled", see `problems`.
    """
    if problems(asked):
        raise NotPossible("unsettled")
    _switch_on(desk, connection, patient_id, asked, staff, now, verified_by=asked.method)
    return desk.give_key(connection, patient_id, staff, now)


def change_access(
    desk: Desk, connection: Connection, patient_id: str, asked: Registration, staff: str, now: datetime
) -> None:
    """Switch on more or less for somebody whose identity was checked before.

    Raises:
        NotPossible: "unsettled", see `record_problems`; as `Desk.set_access`.
    """
    if record_problems(asked):
        raise NotPossible("unsettled")
    _switch_on(desk, connection, patient_id, asked, staff, now)


def _switch_on(
    desk: Desk,
    connection: Connection,
    patient_id: str,
    asked: Registration,
    staff: str,
    now: datetime,
    verified_by: str | None = None,
) -> None:
    held = desk.access_of(connection, patient_id)
    wanted = replace(
        held,
        level=asked.level,
        verified_by=verified_by or held.verified_by,
        record_from=asked.record_from if asked.shows_record else held.record_from,
        full_history=asked.shows_record and asked.full_history,
        review_on=asked.review_on,
    )
    desk.set_access(connection, patient_id, wanted, staff, now, asked.evidence if verified_by else None)
    if asked.shows_record:
        add_audit(
            connection, now, "access.agreed", "done", DESK, None, patient_id, asked.decided_by,
            actor_id=staff, reason=f"partner:{asked.partner}" if asked.is_new else None,
        )  # fmt: skip
