"""What each role of staff may do: one table. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Task(Enum):
    """What can be done in the console."""

    SEE_QUEUE = "see_queue"
    READ_CONVERSATION = "read_conversation"
    ANSWER = "answer"  # take over, write, note, snooze, resolve, give back
    BOOK_FOR_PATIENT = "book_for_patient"
    SEE_RECORD_BANNER = "see_record_banner"  # name, date of birth, NHS number, flags; and to search for a patient
    CLINICAL = "clinical"  # questions about results
    REGISTER_PATIENT = "register_patient"
    CHANGE_ACCESS = "change_access"
    MANAGE_PROXIES = "manage_proxies"
    SEE_OVERVIEW = "see_overview"
    APPROVE_EXAMPLES = "approve_examples"
    MANAGE_REPLIES = "manage_replies"
    MANAGE_STAFF = "manage_staff"
    READ_AUDIT = "read_audit"


_CONVERSATIONS = frozenset(
    {Task.SEE_QUEUE, Task.READ_CONVERSATION, Task.ANSWER, Task.BOOK_FOR_PATIENT, Task.SEE_RECORD_BANNER}
)
_DESK = frozenset({Task.REGISTER_PATIENT, Task.CHANGE_ACCESS, Task.MANAGE_PROXIES})

# Whoever makes accounts sees no patient, and whoever reads the audit trail as a job changes nothing.
TASKS: Mapping[str, frozenset[Task]] = {
    "reception": _CONVERSATIONS | _DESK,
    "clinician": _CONVERSATIONS | {Task.CLINICAL, Task.CHANGE_ACCESS},
    "supervisor": _CONVERSATIONS
    | _DESK
    | {Task.SEE_OVERVIEW, Task.APPROVE_EXAMPLES, Task.MANAGE_REPLIES, Task.READ_AUDIT},
    "admin": frozenset({Task.MANAGE_STAFF, Task.MANAGE_REPLIES, Task.SEE_OVERVIEW}),
    "auditor": frozenset({Task.READ_AUDIT}),
}
ROLES = tuple(TASKS)


def may_do(role: str, task: Task) -> bool:
    """Whether somebody of this role may do it. A role that is not known may do nothing."""
    return task in TASKS.get(role, frozenset())
