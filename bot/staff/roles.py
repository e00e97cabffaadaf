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
    SEE_PRESCRIPTIONS = "see_prescriptions"  # what was ordered; and to note that it was sent, or is ready
    DECIDE_PRESCRIPTIONS = "decide_prescriptions"
    SEE_REMINDERS = "see_reminders"
    REGISTER_PATIENT = "register_patient"
    CHANGE_ACCESS = "change_access"
    MANAGE_PROXIES = "manage_proxies"
    SEE_OVERVIEW = "see_overview"
    APPROVE_EXAMPLES = "approve_examples"
    MANAGE_REPLIES = "manage_replies"
    MANAGE_STAFF = "manage_staff"
    READ_AUDIT = "read_audit"
    SEE_BROADCASTS = "see_broadcasts"  # texts to many; and to stop one
    WRITE_BROADCASTS = "write_broadcasts"
    APPROVE_BROADCASTS = "approve_broadcasts"  # what somebody else has written


_CONVERSATIONS = frozenset(
    {
        Task.SEE_QUEUE,
        Task.READ_CONVERSATION,
        Task.ANSWER,
        Task.BOOK_FOR_PATIENT,
        Task.SEE_RECORD_BANNER,
        Task.SEE_PRESCRIPTIONS,
        Task.SEE_REMINDERS,
    }
)
_DESK = frozenset({Task.REGISTER_PATIENT, Task.CHANGE_ACCESS, Task.MANAGE_PROXIES})

# Whoever makes accounts sees no patient, and whoever reads the audit trail as a job changes nothing.
TASKS: Mapping[str, frozenset[Task]] = {
    "reception": _CONVERSATIONS | _DESK | {Task.SEE_BROADCASTS, Task.WRITE_BROADCASTS},
    "clinician": _CONVERSATIONS
    | {Task.CLINICAL, Task.DECIDE_PRESCRIPTIONS, Task.CHANGE_ACCESS}
    | {Task.SEE_BROADCASTS, Task.APPROVE_BROADCASTS},
    "supervisor": _CONVERSATIONS
    | _DESK
    | {Task.SEE_OVERVIEW, Task.APPROVE_EXAMPLES, Task.MANAGE_REPLIES, Task.READ_AUDIT}
    | {Task.SEE_BROADCASTS, Task.WRITE_BROADCASTS, Task.APPROVE_BROADCASTS},
    "admin": frozenset({Task.MANAGE_STAFF, Task.MANAGE_REPLIES, Task.SEE_OVERVIEW}),
    "auditor": frozenset({Task.READ_AUDIT}),
}
ROLES = tuple(TASKS)


def may_do(role: str, task: Task) -> bool:
    """Whether somebody of this role may do it. A role that is not known may do nothing."""
    return task in TASKS.get(role, frozenset())
