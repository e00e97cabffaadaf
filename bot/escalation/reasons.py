"""Why a conversation may need a person, and why it no longer does: each code, in the words of staff."""

from __future__ import annotations

from dataclasses import dataclass

UNDER_PRESSURE = "under_pressure"
UNTOLD_RESULT = "untold_result"
ACCESS_REVIEW = "access_review"
ORDER_WAITING = "order_waiting"
ORDER_UNTOLD = "order_untold"
NOT_UNDERSTOOD = "not_understood"
BEGUN_BY_STAFF = "begun_by_staff"
ABOUT = "about_"  # how those of a message begin that a patient wrote; its topic follows


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
    "order_side_effect": Reason("Wanted to order a medicine that may not suit them", is_promised=True),
    "order_allergy": Reason("Wanted to order a medicine, and wrote of an allergy", is_promised=True),
    "order_pregnancy": Reason("Wanted to order a medicine, and wrote of a pregnancy", is_promised=True),
    "order_dose_change": Reason("Asked for another dose or amount of a medicine", is_promised=True),
    "not_ordered": Reason("Asked for a medicine that cannot be ordered online", is_promised=True),
    "order_not_cancelled": Reason("Wanted to cancel an order that can no longer be cancelled", is_promised=True),
    "step_up_locked": Reason("Is locked out of logging in"),
    "access_off": Reason("Turned off their online access"),
    "other_language": Reason("Wrote in another language", is_promised=True),
    "too_long": Reason("Wrote more than the assistant can read", is_promised=True),
    "turn_failed": Reason("The assistant could not answer", is_promised=True),
    NOT_UNDERSTOOD: Reason("Was not understood twice"),
    "may_not_come": Reason("May not come to an appointment they were reminded of", is_promised=True),
    "broadcast_yes": Reason("Said yes to a text that went to many", is_promised=True),
    "wrong_number": Reason("Says a reminder went to the wrong number"),
    "died": Reason("Says that the patient has died"),
    "not_delivered": Reason("A text did not reach them"),
    "opted_out": Reason("Wants no texts, and one was due"),
    ACCESS_REVIEW: Reason("Online access is to be reviewed"),
    UNTOLD_RESULT: Reason("A result needs action, and they have not been told"),
    ORDER_WAITING: Reason("An order of medicines waits, and was to be ready"),
    ORDER_UNTOLD: Reason("An order of medicines was not approved, and no text could tell them"),
    BEGUN_BY_STAFF: Reason("Begun by staff"),
    "details_asked": Reason("Wants their contact details changed"),
    # What a message that a patient wrote is about: `bot.writing.topics`.
    "about_fit_note": Reason("Message: fit note"),
    "about_referral": Reason("Message: referral"),
    "about_letter": Reason("Message: letter"),
    "about_form": Reason("Message: form"),
    "about_medicine": Reason("Message: question about medicine"),
    "about_address": Reason("Message: change of address"),
    "about_complaint": Reason("Message: complaint"),
    "about_other": Reason("Message"),
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
