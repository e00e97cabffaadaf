"""What a journey gathers, what ends it, and what was asked for along with it."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from bot.actions.talk import Talk
from bot.nlu.requests import REQUESTS

JOURNEY_SLOTS = (
    *("journey", "identified", "appointment", "choices", "wishes", "wanted", "offer", "slot", "reason"),
    *("confirmed", "confirm_number", "warned", "misses", "stopped", "go_on", "report", "problem"),
    *("topic", "message", "sending"),
    *("order", "medicines", "pass_on", "early_reason", "note", "prescription", "reference"),
    *("whom", "days", "agreed"),
    "about",
)

Request = dict[str, str]  # {"intent", "words"}: one of several requests of a message, and what was said of it

# The form that each of these intents opens.
FORMS = {
    "book_appointment": "book_form",
    "reschedule_appointment": "reschedule_form",
    "cancel_appointment": "cancel_form",
    "list_appointments": "list_form",
    "tell_earlier": "earlier_form",
    "stop_waiting": "stop_waiting_form",
    "order_prescription": "order_form",
    "run_out": "order_form",
    "cancel_prescription_request": "cancel_order_form",
    "prescription_status": "status_form",
    "nominate_pharmacy": "pharmacy_form",
    "message_practice": "message_form",
    "read_messages": "messages_form",
    "change_details": "details_form",
    "view_test_results": "results_form",
    "view_record": "record_form",
    "who_has_looked": "activity_form",
    "register_online": "proof_form",
    "prove_identity": "proof_form",
    "report_record_problem": "problem_form",
    "stop_online_access": "access_off_form",
}
# Those that would have changed something.
LEFT = (
    "book_form",
    "reschedule_form",
    "cancel_form",
    "order_form",
    "cancel_order_form",
    "message_form",
    "access_off_form",
)
CHANGING = ("reschedule_form", "cancel_form")
# Asked along with something else, these are answered in the same breath; nobody wants to be asked whether to go on.
QUESTIONS = frozenset({"opening_hours", "practice_info"})
# Asked along with something else, the rest are remembered and offered afterwards: utter_also_<intent>.
OFFERED = REQUESTS - QUESTIONS

_MEDICINES = r"(?:prescriptions?|repeats?|scripts?|tablets|pills|meds|medicines?|medication|inhalers?)"
_NAMED = (  # which journey somebody means who says first of all that it is for another person
    ("cancel_prescription_request", re.compile(rf"\bcancel\b.*\b{_MEDICINES}\b", re.I)),
    ("cancel_appointment", re.compile(r"\bcancel", re.I)),
    ("reschedule_appointment", re.compile(r"\b(?:move|change|rearrange|reschedule|swap)\b", re.I)),
    ("list_appointments", re.compile(r"\bwhen(?:'?s| is| are)\b.*\b(?:appointments?|appts?)\b", re.I)),
    ("order_prescription", re.compile(rf"\b(?:order|need|more|get|repeat)\b.*\b{_MEDICINES}\b", re.I)),
    ("book_appointment", re.compile(r"\b(?:book|appointments?|appts?|apts?|see (?:a|the|dr|someone))\b", re.I)),
)
# "Forget that, what have I got booked": the question comes in place of what was begun.
_INSTEAD = re.compile(
    r"\b(?:instead|never ?mind|scrap (?:it|that|this)|(?:forget|leave|stop) (?:about )?(?:it|that|this))\b", re.I
)

_OUTRIGHT = re.compile(
    r"\W*(?:(?:no|oh|ok|actually|sorry|wait|please)\W+)*"
    r"(?:(?:can|could|may) (?:i|we)|i(?:'?d| would)? (?:want|like|need) to|i need an?|book|make me|show me|read my"
    r"|move my|cancel my|log me|send (?:a )?message)\b",
    re.I,
)
_FEW_WORDS = 10

_CANCELS_THIS = re.compile(
    r"\W*(?:(?:no|oh|actually|ok|please)\W+)*cancel(?: (?:it|that|this)(?: one| booking| order)?"
    r"| (?:(?:the|my) )?(?:booking|order))?(?: pl\w+| thanks| thank you)?\W*",
    re.I,
)


def finish(later: list[Request] | None = None, then: str | None = None) -> list[EventType]:
    """Forget what the journey gathered.

    Args:
        later: what was asked for along with it and is still to do; offered next.
        then: the form to open at once.
    """
    events = [*(SlotSet(name, None) for name in JOURNEY_SLOTS), SlotSet("later", later or None)]
    form = then or ("later_form" if later else None)
    return [*events, FollowupAction(form)] if form else events


def end(talk: Talk) -> list[EventType]:
    """The journey is over; what else was asked for is offered."""
    return finish(talk.slot("later"))


def is_left_behind(left: str | None, now: str) -> bool:
    """Whether it needs saying that a journey was left. Cancelling in place of moving, or the other way, speaks for
    itself; so does anything after a mere list."""
    return left in LEFT and not (left in CHANGING and now in CHANGING)


def say_stopped(talk: Talk) -> None:
    """Nothing has been changed; and what else there is to do is asked once."""
    talk.say("utter_left" if talk.slot("later") else "utter_stopped")


def is_instead(text: str) -> bool:
    return bool(_INSTEAD.search(text))


def is_outright(text: str) -> bool:
    """Whether something is asked for outright. Where nearly everything is a note or a reason, only that is another
    journey: "my bloods were fine" is a note, "show me my results" is none."""
    return _OUTRIGHT.match(text) is not None and len(text.split()) <= _FEW_WORDS


def cancels_this(text: str) -> bool:
    """ "Cancel that", said of what is not done yet."""
    return _CANCELS_THIS.fullmatch(text) is not None


def journey_named(text: str) -> str | None:
    """The intent of the journey that is named in so many words."""
    return next((intent for intent, words in _NAMED if words.search(text)), None)


def asked_for(talk: Talk, intent: str) -> str:
    """The words that ask for `intent` in a message that asks for more; "" if it asks for nothing else."""
    return next((words for each, words in talk.said_of("request") if each == intent), "")


def add_requests(new: list[Request], held: list[Request] | None, but: str = "") -> list[Request] | None:
    """What is remembered, the newest first; questions are not, and nothing twice. `but`: what is begun now."""
    by_intent = {each["intent"]: each for each in [*(held or []), *new]}
    ordered = [by_intent[each["intent"]] for each in [*new, *(held or [])]]
    kept = [each for each in ordered if each["intent"] not in QUESTIONS | {but}]
    return [each for index, each in enumerate(kept) if each not in kept[:index]] or None


def asked_after(talk: Talk, intent: str) -> list[Request]:
    """What else this message asks for, in order, after the request for `intent`."""
    requests = dict(talk.said_of("request"))
    intents = list(requests)
    rest = intents[intents.index(intent) + 1 :] if intent in requests else []
    return [{"intent": each, "words": requests[each]} for each in rest]
