"""Why a conversation may need a person, and why it no longer does: each code, in the words of staff."""

from __future__ import annotations

from dataclasses import dataclass

UNDER_PRESSURE = "under_pressure"
UNTOLD_RESULT = "untold_result"
NOT_UNDERSTOOD = "not_understood"
BEGUN_BY_STAFF = "begun_by_staff"


@dataclass(frozen=True)
class Reason:
    """Attributes:
    words: what staff read.
    is_promised: the patient was told that a person would look at it, so they are told when that is done.
    """

    words: str
    is_promised: bool = False


REASONS = {
    "emergency": Reason("May be an emergency"),
    "crisis": Reason("May be in a crisis"),
    "urgent_today": Reason("May need help today"),
    "emergency_unclear": Reason("Named something that may be an emergency, and was asked"),
    "crisis_unclear": Reason("Named something that may be a crisis, and was asked"),
    "emergency_retracted": Reason("Takes back what sounded like an emergency"),
    "crisis_retracted": Reason("Takes back what sounded like a crisis"),
    "urgent_today_retracted": Reason("Takes back what needed help today"),
    "asked_for_person": Reason("Asked for a person", is_promised=True),
    "patient_wrote": Reason("Wrote to staff"),
    "record_not_mine": Reason("Was shown something about somebody else", is_promised=True),
    "record_wrong": Reason("Says something in the record is wrong", is_promised=True),
    "not_me": Reason("Says a login was not theirs"),
    UNDER_PRESSURE: Reason("May be made to show their record"),
    "step_up_locked": Reason("Is locked out of logging in"),
    "access_off": Reason("Turned off their online access"),
    "other_language": Reason("Wrote in another language", is_promised=True),
    "too_long": Reason("Wrote more than the assistant can read", is_promised=True),
    "turn_failed": Reason("The assistant could not answer", is_promised=True),
    NOT_UNDERSTOOD: Reason("Was not understood twice"),
    "not_delivered": Reason("A text did not reach them"),
    "opted_out": Reason("Wants no texts, and one was due"),
    UNTOLD_RESULT: Reason("A result needs action, and they have not been told"),
    BEGUN_BY_STAFF: Reason("Begun by staff"),
}

# Why it is done.
WHYS = {
    "answered": "Answered",
    "booked": "Appointment made, moved or cancelled",
    "called": "Dealt with by phone",
    "passed_on": "Passed on to a clinician",
    "no_answer": "The patient did not answer",
    "duplicate": "Dealt with elsewhere",
    "not_needed": "Nothing to do",
}


def say_reason(code: str) -> str:
    known = REASONS.get(code)
    return known.words if known else code.replace("_", " ").capitalize()


def is_promised(code: str) -> bool:
    return code in REASONS and REASONS[code].is_promised
