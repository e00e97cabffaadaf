"""What people write to the practice about, found in their words. Pure."""

from __future__ import annotations

import re

from bot.store.threads import COMPLAINT

OTHER = "other"

# In the order in which they are offered, and looked for: a form for a referral is a referral.
_WORDS = {
    "fit_note": r"(?:fit|sick|sickness|doctor.?s) ?notes?|sicknotes?|fitnotes?|(?:med\w*|self.?) ?cert\w*"
    r"|note (?:for|4) (?:my )?(?:work|wrk|boss|employer)|signed off|off (?:work|sick)",
    "referral": r"refer(?:s|red|ring|rals?|rels?)?",
    "letter": r"letters?|to whom it may concern",
    "form": r"forms?|paperwork|blue badge|dvla|countersign\w*|passport|report",
    "medicine": r"medicines?|medications?|meds?|tablets?|pills?|drugs?|dos(?:e|age)|inhalers?|antibiotics?"
    r"|prescriptions?|side.?effects?|steroids?|insulin|ibuprofen|paracetamol",
    "address": r"(?:new|change (?:of|my)|changed) address|mov(?:ed?|ing) (?:house|home|flat)"
    r"|(?:i|we).?(?:ve|have) moved",
    COMPLAINT: r"complain\w*|complaints?",
}
TOPICS = (*_WORDS, OTHER)

_TOPICS = {topic: re.compile(rf"\b(?:{words})\b", re.I) for topic, words in _WORDS.items()}
_OTHER = re.compile(r"\W*(?:it.?s |about )?(?:some|any) ?(?:thing|one) else\W*|\W*other\W*|\W*none\b.*", re.I)

_WHOM = (
    r"(?:(?:dr|doctor|nurse)\.? (?!(?:that|if|whether|about|to|i|my|the|please|pls|know|we|for)\b)[\w'-]+"
    r"|(?:the |my |your )?(?:doctors?|drs?|gps?|nurses?|practice|surgery|receptionists?|reception|pharmacists?|staff"
    r"|team|manager)|you|them|him|her|someone|somebody)"
)
# "Please tell Dr Hughes that …": what comes after it is the message.
_PASSED_ON = re.compile(
    r"\b(?:tell|let|inform|ask|pass (?:it |this )?on to|say to|message|msg|(?:message|note|msg) (?:for|to|4))"
    rf" {_WHOM}\b,?(?: please| pls)?(?: know)?(?: that| whether| if| about)?\b[:,]?\s*(?P<said>.+)$",
    re.I | re.S,
)
_SENDING = r"(?:send|leave|write|message|pass|drop|email|contact|take|put|give|make|complain|upload|attach)\b"
# About sending one, and nothing of what it would say.
_ONLY_ASKS = re.compile(
    r"\W*(?:(?:how|where|what|whats|who|which|when)\b|is (?:there|it possible)\b|do you\b"
    rf"|(?:can|could|may) (?:i|you) (?:please )?(?:just )?{_SENDING}"
    rf"|(?:i|we).?(?:want|need|wanna|wish|(?:would|d) like)(?: to)? {_SENDING}|{_SENDING})",
    re.I,
)
_FILES = re.compile(
    r"\b(?:photos?|pictures?|pics?|images?|files?|attach\w*|upload\w*|scans? of|screenshots?|pdfs?)\b", re.I
)
_FEWEST_WORDS = 6  # fewer say what it is about, and not what there is to say
_FEWEST_PASSED_ON = 3


def find_topic(text: str) -> str | None:
    """One of TOPICS; None if the words fit none."""
    if _OTHER.fullmatch(text):
        return OTHER
    return next((topic for topic, words in _TOPICS.items() if words.search(text)), None)


def find_message(text: str) -> str | None:
    """What is to be passed on: of "please tell the doctor that my cough is no better" what the cough is. None if the
    words only ask to send something."""
    passed_on = _PASSED_ON.search(text)
    if passed_on and len(passed_on["said"].split()) >= _FEWEST_PASSED_ON:
        return passed_on["said"].strip()
    is_long = len(text.split()) >= _FEWEST_WORDS and find_topic(text) is not None
    return text.strip() if is_long and not _ONLY_ASKS.match(text) else None


def wants_files(text: str) -> bool:
    """Whether a picture or another file is to be sent."""
    return bool(_FILES.search(text)) and find_message(text) is None
