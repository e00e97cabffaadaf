"""Who may do what: one pure function. Three things must agree: practice, patient's access, and how sure we are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

from bot.practice import Practice


class Assurance(IntEnum):
    """How sure we are, now, who is writing."""

    UNKNOWN = 0
    CONTACT = 1
    VERIFIED = 2


class Service(Enum):
    """What can be asked of the practice. The value is its name in the audit trail."""

    PRACTICE_INFORMATION = "practice_information"
    ASK_FOR_PERSON = "ask_for_person"
    BOOK_APPOINTMENT = "book_appointment"
    SEE_APPOINTMENTS = "see_appointments"
    CHANGE_APPOINTMENT = "change_appointment"
    CANCEL_APPOINTMENT = "cancel_appointment"
    ORDER_NAMED_REPEAT = "order_named_repeat"
    SEE_MEDICINES = "see_medicines"
    SEE_RESULTS = "see_results"
    SEE_RECORD = "see_record"
    READ_MESSAGES = "read_messages"
    SEE_ACTIVITY = "see_activity"


class Decision(Enum):
    """ALLOWED; PROVE: be surer first; REFUSED: not offered here or not to this patient, said in the same words."""

    ALLOWED = "allowed"
    PROVE = "prove"
    REFUSED = "refused"


@dataclass(frozen=True)
class Requirement:
    """What a service needs: the practice's switch, the patient's access, and an assurance."""

    switch: str | None
    access: str | None
    assurance: Assurance


_APPOINTMENTS = Requirement("appointments", "appointments", Assurance.CONTACT)
REQUIREMENTS = {
    Service.PRACTICE_INFORMATION: Requirement(None, None, Assurance.UNKNOWN),
    Service.ASK_FOR_PERSON: Requirement(None, None, Assurance.UNKNOWN),
    Service.BOOK_APPOINTMENT: _APPOINTMENTS,
    Service.SEE_APPOINTMENTS: _APPOINTMENTS,
    Service.CHANGE_APPOINTMENT: _APPOINTMENTS,
    Service.CANCEL_APPOINTMENT: _APPOINTMENTS,
    Service.ORDER_NAMED_REPEAT: Requirement("prescriptions", "prescriptions", Assurance.CONTACT),
    Service.SEE_MEDICINES: Requirement("prescriptions", "prescriptions", Assurance.VERIFIED),
    Service.SEE_RESULTS: Requirement("results", "coded", Assurance.VERIFIED),
    Service.SEE_RECORD: Requirement("record", "summary", Assurance.VERIFIED),
    Service.READ_MESSAGES: Requirement("messages", "appointments", Assurance.VERIFIED),
    Service.SEE_ACTIVITY: Requirement(None, "appointments", Assurance.VERIFIED),
}

# Each level of access holds those before it (design of Patient Online: transactional, then record levels).
ACCESS_LEVELS = ("none", "appointments", "prescriptions", "summary", "coded", "full")


def may(service: Service, access: str | None, assurance: Assurance, practice: Practice) -> Decision:
    """Decide whether `service` may be given now.

    Args:
        access: the patient's level, one of ACCESS_LEVELS; None while nobody is known.
    """
    need = REQUIREMENTS[service]
    if need.switch is not None and not getattr(practice.services, need.switch):
        return Decision.REFUSED
    if assurance < need.assurance and access is None:
        return Decision.PROVE
    if need.access is not None and not _reaches(access, need.access):
        return Decision.REFUSED
    return Decision.ALLOWED if assurance >= need.assurance else Decision.PROVE


def _reaches(access: str | None, needed: str) -> bool:
    return access is not None and ACCESS_LEVELS.index(access) >= ACCESS_LEVELS.index(needed)
