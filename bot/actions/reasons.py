"""The reason for an appointment: given when it is asked for, or along with something else."""

from __future__ import annotations

import re
from datetime import datetime

from bot.actions.journey import is_instead
from bot.actions.talk import SURE, Talk
from bot.nlu.when import read_when

# While a reason is asked for, nearly everything is one; only these are taken for something else.
_NOT_A_REASON = frozenset(
    [
        *("stop_this", "start_over", "talk_to_human", "help", "repeat", "bot_challenge", "privacy_question"),
        *("log_out", "report_intruder", "under_pressure", "stop_online_access", "who_has_looked", "prove_identity"),
    ]
)
_QUESTIONS = frozenset(["opening_hours", "practice_info", "complaint"])
_PLEASANTRIES = frozenset(["greet", "thanks", "chitchat"])
# A wish to talk about results or tablets is a reason; a question about them is none, nor is "order my tablets".
_IF_ASKED = frozenset(
    [
        *("order_prescription", "prescription_status", "nominate_pharmacy", "view_test_results", "view_record"),
        *("report_record_problem", "why_not_shown", "register_online"),
    ]
)
_JOURNEYS = frozenset(["cancel_appointment", "reschedule_appointment", "list_appointments"])
_TELLS_US = re.compile(r"\W*(?:(?:no|oh|ok|actually|sorry|wait|please)\W+)*(?:order|re-?order|show me)\b", re.I)
_NAMES_AN_APPOINTMENT = re.compile(r"\b(?:appointments?|appts?|apts?|bookings?|booked)\b", re.I)
_CANCEL = re.compile(r"\W*cancel(?: (?:it|this|that))?(?: (?:my |the )?(?:booking|appointment))?(?: pl\w+)?\W*$", re.I)
# "Stop smoking", "come off my tablets": the stopping is what it is for. "Leave it at the desk" is a wish.
_STOPS_SOMETHING = re.compile(
    r"\b(?:stop(?:ping)?|quit(?:ting)?|giv(?:e|ing) up)"
    r" (?!this|it|that|now|please|pls|plz|the booking|booking|here|there|all)\w"
    r"|\bforget(?:ting|ful)\w* (?!it|this|that|about)\w"
    r"|\bleave (?:it|them|this|that) (?:at|with|in|by|behind|outside)\b",
    re.I,
)

_OTHERS = "son|daughter|child|kids?|baby|mum|mother|dad|father|wife|husband|partner|friend|mate|brother|sister"
_GIVEN = re.compile(
    r"\b(?:(?:it'?s )?(?:about|regarding|because of|to do with|to (?:talk|speak|chat|discuss) about|re:?)"
    r" (?=(?:my|the|a|an|some|this|these|bloods?|his|her)\b)"
    rf"|(?:it'?s )?for (?=(?:my|a bad|a sore|an itchy|some) (?!{_OTHERS}))"
    r"|(?:the )?reason is )(?P<reason>[^,.;!?]+)",
    re.I,
)
_GOES_ON = re.compile(  # where the reason ends and something else begins
    r"\s+(?:(?:and|then) (?:can|could|also|it'?s|i|is|please|then|book|order|cancel)|but|please|pls|plz|thanks"
    r"|with (?:dr|doctor|nurse)|on|at|in|tomorrow|today|tonight|next|this|asap|if|as soon"
    r"|mon\w*|tue\w*|wed\w*|thu\w*|fri\w*|any)\b.*$",
    re.I,
)
_APPOINTMENT = re.compile(r"\b(?:appointments?|appts?|apts?|bookings?|slots?)\b", re.I)
_UNFINISHED = re.compile(r"my|the|an?|some|this|these|his|her", re.I)
_AGREES = re.compile(
    r"\b(?:(?:fine|ok|okay|happy|good|free|safe) to book|(?:please |just |yes |you can )book (?:it|that|me in)"
    r"|book (?:it|that)(?: in)?(?: please| pls)?\W*$|go ahead)\b",
    re.I,
)
_HESITATION = re.compile(r"[\W\d]*(?:[^\W\d]|h+m+|u+h*m+|e+r+m*)?[\W\d]*", re.I)  # "hmm", "x": no words of a reason
_FEW_WORDS, _NEARLY_SURE = 5, 0.9  # "hello" is no reason; "feeling low" is one
_LONGEST = 60  # characters; a longer stretch is no reason but a story, and is asked about


def is_something_else(talk: Talk) -> bool:
    """Whether what was written when a reason was asked for is a question, a way out or another journey."""
    if _CANCEL.match(talk.text):
        return True
    if talk.confidence < SURE:
        return False
    if talk.intent == "stop_this":
        return not _STOPS_SOMETHING.search(talk.text)
    if talk.intent in _JOURNEYS:
        is_switch = talk.intent != "reschedule_appointment" and is_instead(talk.text)
        return is_switch or bool(_NAMES_AN_APPOINTMENT.search(talk.text))
    if talk.intent in _PLEASANTRIES:
        return len(talk.text.split()) <= _FEW_WORDS and talk.confidence >= _NEARLY_SURE
    if talk.intent in _IF_ASKED:
        return talk.text.rstrip().endswith("?") or _TELLS_US.match(talk.text) is not None
    return talk.intent in _NOT_A_REASON | _QUESTIONS


def find_reason(text: str, now: datetime) -> str | None:
    """A reason said along with something else: "tomorrow morning about my knee" gives "my knee". None if unsure."""
    given = _GIVEN.search(text)
    if given is None:
        return None
    reason = _GOES_ON.sub("", given["reason"]).strip()
    is_one = 2 < len(reason) <= _LONGEST and not _APPOINTMENT.search(reason) and not _UNFINISHED.fullmatch(reason)
    return reason if is_one and read_when(reason, now) is None else None  # "about the 5th" is none


def is_hesitation(text: str) -> bool:
    """Whether there are no words in it to keep."""
    return _HESITATION.fullmatch(text) is not None


def agrees(text: str) -> bool:
    """Whether a choice comes with leave to book it: "the second one, and it's fine to book"."""
    return bool(_AGREES.search(text))
