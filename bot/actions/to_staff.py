"""What of an order is for a person: medicines that cannot be ordered here, other doses, and anything clinical."""

from __future__ import annotations

from bot.actions.talk import Talk
from bot.escalation.timing import say_when_answered
from bot.prescribing.notes import DOSE_CHANGE, SOON, needs_a_person


def pass_on(talk: Talk, reason: str, words: str, response: str, urgency: str = "routine") -> None:
    """Give it to staff, and say so with `response`."""
    talk.turn.escalate(reason, words, urgency)
    talk.say(response, by=say_when_answered(talk.turn.practice, talk.turn.now))


def is_clinical(talk: Talk, words: str, wanted: str) -> bool:
    """Whether it is of side effects, an allergy or a pregnancy. Then nothing is ordered: a medicine that may do harm is
    not to be issued before somebody has read why."""
    code = needs_a_person(words)
    if code is None or code == DOSE_CHANGE:
        return False
    urgency = "urgent" if code in SOON else "routine"
    pass_on(talk, f"order_{code}", _together(wanted, words), "utter_order_needs_person", urgency)
    return True


def is_of_dose(talk: Talk, words: str, wanted: str) -> bool:
    """Whether it asks for another dose or amount. The usual can be ordered all the same."""
    if needs_a_person(words) != DOSE_CHANGE:
        return False
    pass_on(talk, f"order_{DOSE_CHANGE}", _together(wanted, words), "utter_dose_stays")
    return True


def _together(wanted: str, words: str) -> str:
    return f"{wanted}: {words}" if wanted else words
