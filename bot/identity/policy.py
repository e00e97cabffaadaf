"""Who may do what: one pure function. Three things must agree: practice, patient's access, and how sure we are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum

from bot.practice import Practice


class Assurance(IntEnum):
    """How sure we are, now, who is writing."""

    UNKNOWN = 0
    CONTACT = 1
    VERIFIED = 2


class Service(Enum):
    """What can be asked of the practice. The value is its name in practice.yml and in the audit trail."""

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
    WRITE_MESSAGE = "write_message"
    READ_MESSAGES = "read_messages"
    CHANGE_DETAILS = "change_details"
    SEE_ACTIVITY = "see_activity"
    MANAGE_LOGIN = "manage_login"


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
    Service.WRITE_MESSAGE: Requirement("messages", "appointments", Assurance.CONTACT),
    Service.READ_MESSAGES: Requirement("messages", "appointments", Assurance.VERIFIED),
    Service.CHANGE_DETAILS: Requirement("messages", "appointments", Assurance.VERIFIED),
    Service.SEE_ACTIVITY: Requirement(None, "appointments", Assurance.VERIFIED),
    Service.MANAGE_LOGIN: Requirement(None, "appointments", Assurance.VERIFIED),
}
RECORD_CONTENT = frozenset(
    [
        *(Service.SEE_MEDICINES, Service.SEE_RESULTS, Service.SEE_RECORD, Service.READ_MESSAGES),
        *(Service.CHANGE_DETAILS, Service.SEE_ACTIVITY),
    ]
)
# What a patient did with their account is nobody else's to see, and how they are reached nobody else's to change.
_OWN_ALONE = frozenset({Service.CHANGE_DETAILS, Service.SEE_ACTIVITY})

# Each level of access holds those before it (design of Patient Online: transactional, then record levels).
ACCESS_LEVELS = ("none", "appointments", "prescriptions", "summary", "coded", "full")

# What staff may note about a patient. All but the first close the record online.
NO_TEXTS = "no_texts"  # nothing is texted that was not asked for
NO_RECORD_BY_CHAT = "no_record_by_chat"
UNDER_PRESSURE = "under_pressure"  # somebody may be making them show it
UNDER_REVIEW = "under_review"  # SNOMED CT 1364731000000104, until 1364751000000106 is recorded
DECLINED = "declined"  # SNOMED CT 1290331000000103
FLAGS = (NO_TEXTS, NO_RECORD_BY_CHAT, UNDER_PRESSURE, UNDER_REVIEW, DECLINED)
CLOSING = frozenset(FLAGS) - {NO_TEXTS}

# How staff checked who a patient is (domain: identity verification).
VERIFIED_BY = ("documents", "vouching", "vouching_with_information", "nhs_login")


@dataclass(frozen=True)
class Access:
    """What staff have switched on for a patient, after checking who they are.

    Attributes:
        level: one of ACCESS_LEVELS.
        record_from: the record is shown from this day on; None shows none of what has a date.
        full_history: the record is shown from its beginning.
        flags: of FLAGS.
        verified_by: one of VERIFIED_BY; without it the record stays closed.
        is_proxy: seen by somebody acting for the patient, so that sensitive entries are left out.
    """

    level: str
    record_from: date | None = None
    full_history: bool = False
    flags: frozenset[str] = frozenset()
    verified_by: str | None = None
    set_by: str | None = None
    review_on: date | None = None
    is_proxy: bool = False


NO_ACCESS = Access("none")


def may(service: Service, access: Access | None, assurance: Assurance, practice: Practice) -> Decision:
    """Decide whether `service` may be given now. `access` is None while nobody is known."""
    need = REQUIREMENTS[service]
    needed = max(need.assurance, _raised(service, practice))
    if need.switch is not None and not getattr(practice.services, need.switch):
        return Decision.REFUSED
    if assurance < needed and access is None:
        return Decision.PROVE
    if need.access is not None and not _reaches(access, need.access):
        return Decision.REFUSED
    if service in RECORD_CONTENT and not _is_open(service, access):
        return Decision.REFUSED
    return Decision.ALLOWED if assurance >= needed else Decision.PROVE


def _raised(service: Service, practice: Practice) -> Assurance:
    """A practice may ask for more than we do, never for less."""
    return Assurance.VERIFIED if service.value in practice.identity.verified_services else Assurance.UNKNOWN


def _reaches(access: Access | None, needed: str) -> bool:
    return access is not None and ACCESS_LEVELS.index(access.level) >= ACCESS_LEVELS.index(needed)


def _is_open(service: Service, access: Access | None) -> bool:
    """Whether anything of the record may be shown online to this patient at all, or to whoever acts for them."""
    if access is None or access.verified_by is None or access.flags & CLOSING:
        return False
    return not (service in _OWN_ALONE and access.is_proxy)
