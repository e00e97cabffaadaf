"""Ordering repeat medicines: which, what to do about the rest, why so early, a note, and the read-back."""

from __future__ import annotations

import re
from dataclasses import replace

from rasa_sdk.events import EventType

from bot.actions.choosing import begins_with_yes, read_agreed
from bot.actions.draft_order import Draft, amend, read_draft, settle
from bot.actions.forms import Changes, JourneyForm
from bot.actions.journey import FORMS, cancels_this, is_outright, say_stopped
from bot.actions.pages import show_repeats
from bot.actions.reasons import is_hesitation, is_something_else
from bot.actions.run_out import say_if_none_left
from bot.actions.talk import SURE, Talk
from bot.actions.to_staff import is_clinical, is_of_dose, pass_on
from bot.identity.policy import Service
from bot.nlu.medicines import Medicines
from bot.nlu.short_replies import means_any, read_short_reply
from bot.prescribing.notes import needs_a_person

# No answer, though a medicine is named.
_OF_ITS_OWN = frozenset(
    [
        *(
            "prescription_status",
            "cancel_prescription_request",
            "nominate_pharmacy",
            "view_record",
            "view_test_results",
        ),
        *(
            "report_record_problem",
            "message_practice",
            "talk_to_human",
            "stop_this",
            "start_over",
            "emergency",
            "crisis",
        ),
    ]
)
_OF_ORDERS = frozenset({"prescription_status", "nominate_pharmacy"})
_ANOTHER = frozenset(FORMS) - {"order_prescription", "run_out"}
_NEARLY_SURE = 0.9  # "the pharmacy is closed over Christmas" is a note, too
_TO_SEE = re.compile(
    r"\b(?:show|see|view|look at)\b.*\b(?:list|repeats|which|what|medicines|meds|tablets)\b"
    r"|\b(?:what|which)(?: \w+)? (?:can|do|am|have) i\b|\bmy list\b|don.?t know (?:the names?|what|which)",
    re.I,
)
# Why something is needed early, said along with it.
_EARLY = re.compile(
    r"\b(?:early|holidays?|(?:go|going|be|i.?m|im) (?:away|abroad)|travel\w*|lost|stolen|dropped|broke\w*|damaged"
    r"|in hospital|christmas)\b",
    re.I,
)
_CORRECTS = re.compile(
    r"\W*(?:no|not|and|also|add|plus|actually|sorry|instead|leave out|take (?:off|out)|without|i (?:meant|mean))\b",
    re.I,
)
_ADDS = re.compile(r"\b(?:also add|add|plus|include)\b", re.I)


class OrderForm(JourneyForm):
    """Whoever has not proved who they are is told nothing that they have not said: what cannot be ordered, be it not
    theirs, too soon or stopped, is answered in the same words."""

    form = "order_form"
    intent = "order_prescription"
    service = Service.ORDER_NAMED_REPEAT
    steps = ("identified", "medicines", "pass_on", "early_reason", "note", "confirmed")
    purpose = "repeats"

    def asked_as(self, talk: Talk) -> str:
        return "run_out" if talk.intent == "run_out" else self.intent

    def act(self, talk: Talk) -> list[EventType]:
        """ "Cancel my order", said of what is not ordered yet, means leave it."""
        is_begun = talk.slot("journey") == self.form and talk.form == self.form
        if is_begun and (cancels_this(talk.text) or talk.intent == "cancel_prescription_request"):
            say_stopped(talk)
            return self.when_unavailable()
        if is_begun:
            say_if_none_left(talk, talk.text)
        return super().act(talk)

    def start(self, talk: Talk) -> Changes:
        say_if_none_left(talk, talk.slot("said") or talk.text)
        return super().start(talk)

    def is_interrupted(self, talk: Talk) -> bool:
        if talk.asked_for in ("early_reason", "note"):
            return is_something_else(talk) or _is_another(talk)
        if talk.asked_for == "medicines" and _TO_SEE.search(talk.text):
            return False
        is_answer = talk.asked_for != "identified" and talk.intent not in _OF_ITS_OWN and bool(_find(talk))
        return not is_answer and super().is_interrupted(talk)

    def begin(self, talk: Talk, held: Changes) -> Changes:
        said = (held["order"] or {}).get("said")
        return self._take(talk, said, {**held, "order": None}) or {"order": None} if said else {}

    def read_anything(self, talk: Talk, held: Changes) -> Changes | None:
        """What is said before it is known for whom is kept until then."""
        if not held["identified"]:
            return None if held["order"] else {"order": {"said": talk.text}}
        return None if talk.asked_for == "identified" and held["medicines"] else self._take(talk, talk.text, held)

    def read_medicines(self, talk: Talk, held: Changes) -> Changes | None:
        if _TO_SEE.search(talk.text) and not _find(talk):
            if not show_repeats(talk):
                talk.say("utter_refused_service")
            return {"medicines": None}
        if talk.intent == "deny" and not _find(talk):
            say_stopped(talk)
            return {"stopped": True}
        return self._take(talk, talk.text, held)

    def read_pass_on(self, talk: Talk, held: Changes) -> Changes | None:
        """Whether staff shall look at what cannot be ordered. The rest goes on."""
        changed = None if read_short_reply(talk.text) else self._take(talk, talk.text, held)
        is_wanted = talk.intent == "affirm" and talk.confidence >= SURE
        if changed or not (is_wanted or talk.intent == "deny"):
            return changed
        draft = _draft(held)
        if is_wanted:
            pass_on(talk, "not_ordered", ", ".join(words for words, _ in draft.refused), "utter_passed_on")
        if not draft.items:
            talk.say("utter_nothing_ordered")
            return {"pass_on": is_wanted, "stopped": True}
        return {"pass_on": is_wanted, "order": replace(draft, refused=[]).as_json()}

    def read_early_reason(self, talk: Talk, held: Changes) -> Changes | None:
        if talk.intent == "deny" or means_any(talk.text):
            return {"order": _draft(held).without_early().as_json(), "early_reason": "", "pass_on": None}
        return self._corrected(talk, held) or self._words(talk, held, "early_reason")

    def read_note(self, talk: Talk, held: Changes) -> Changes | None:
        if talk.intent == "deny" or means_any(talk.text):
            return {"note": ""}
        return self._corrected(talk, held) or self._words(talk, held, "note")

    def read_confirmed(self, talk: Talk, held: Changes) -> Changes | None:
        changed = None if read_short_reply(talk.text) else self._take(talk, talk.text, held)
        if not (changed or talk.by_text) and begins_with_yes(talk.text) and _find(talk):
            return {"confirmed": True}  # "yes, order the metformin"
        return changed or read_agreed(talk, held, self.intent, "utter_nothing_ordered")

    def _corrected(self, talk: Talk, held: Changes) -> Changes | None:
        """Where nearly everything is an answer: another medicine only if it is put as a correction."""
        is_one = talk.intent == "correction" or _CORRECTS.match(talk.text)
        return self._take(talk, talk.text, held) if is_one and _find(talk) else None

    def _words(self, talk: Talk, held: Changes, slot: str) -> Changes | None:
        """What the prescriber is to read, unless it is for a person at once."""
        if talk.intent == "affirm" and read_short_reply(talk.text):
            return {slot: None}  # "yes": it is asked for again
        if is_hesitation(talk.text):
            return None
        wanted, limit = _draft(held).say(), talk.turn.practice.prescriptions.note_max_length
        if is_clinical(talk, talk.text, wanted):
            return {"stopped": True}
        if is_of_dose(talk, talk.text, wanted):
            return {slot: ""} if slot == "note" else {slot: None}
        if len(talk.text) > limit:
            talk.say("utter_note_too_long", limit=limit)
            return {slot: None}
        return {slot: talk.text.strip()}

    def _take(self, talk: Talk, text: str, held: Changes) -> Changes | None:
        """The medicines that a message names, or what it says of those named before."""
        before = _draft(held)
        if is_clinical(talk, text, before.say()):
            return {"stopped": True}
        is_told = is_of_dose(talk, text, before.say())
        draft = _read(talk, text, before)
        if draft is None:
            return {} if is_told else None
        plain = draft.is_plain or None
        changes = {"order": draft.as_json(), "medicines": plain, "pass_on": None if draft.refused else False}
        return {**changes, "confirm_number": None, "early_reason": self._reason(talk, text, held, draft)}

    def _reason(self, talk: Talk, text: str, held: Changes, draft: Draft) -> str | None:
        """Why it is needed early: "" where nothing is early, None where it has to be asked for."""
        if not draft.early or held["early_reason"]:
            return held["early_reason"] or ""
        if not _EARLY.search(text) or len(text) > talk.turn.practice.prescriptions.note_max_length:
            return None
        talk.say("utter_reason_heard", reason=text)
        return text


def _is_another(talk: Talk) -> bool:
    """Whether a note, or a reason, reads as a wish or a question of its own; never what a person has to read first."""
    if talk.intent in _ANOTHER and is_outright(talk.text):
        return talk.confidence >= SURE and needs_a_person(talk.text) is None
    return talk.intent in _OF_ORDERS and talk.confidence >= _NEARLY_SURE


def _read(talk: Talk, text: str, held: Draft) -> Draft | None:
    """The draft with what this message says of medicines; None if it says nothing new."""
    ordering, items, is_early = talk.turn.services.ordering, talk.turn.medicines, bool(_EARLY.search(text))
    asked = [each for each in items if each.repeat.id in held.unclear]
    settled = settle(held, ordering.read(text, asked), asked, text) if asked else None
    if settled is not None:
        return settled
    found = ordering.read(_ADDS.sub("and", text), items)
    if found.whole == "last" and not set(found.meant) & set(found.words):
        talk.say("utter_order_not_as_last")  # nobody is to order what they have not been told
        return Draft()
    if not (found or found.unwanted):
        return None
    if held.items:
        draft = amend(held, found, items, text, is_early)
        return None if draft == held else draft
    return read_draft(found, items, is_early)


def _find(talk: Talk) -> Medicines:
    """What a message names of the medicines of this patient; nothing while nobody is known."""
    return talk.turn.services.ordering.read(talk.text, talk.turn.medicines)


def _draft(held: Changes) -> Draft:
    order = held["order"]
    return Draft(**order) if order and "said" not in order else Draft()
