"""The journeys that end in a time: wishes, the times offered, and the one chosen."""

from __future__ import annotations

import re

from bot.actions.alternatives import asks_for_others, read_alternatives
from bot.actions.choosing import begins_with_yes, choose, is_confirmed
from bot.actions.corrections import option_meant, read_past_what_is_denied
from bot.actions.forms import Changes, JourneyForm
from bot.actions.held import slot_from_json
from bot.actions.journey import say_stopped
from bot.actions.offers import has_times
from bot.actions.search import Wanted, read_mode, read_wanted
from bot.actions.talk import SURE, Talk
from bot.backend.base import Clinician, Slot
from bot.nlu.short_replies import read_short_reply
from bot.nlu.when import When
from bot.wording import say_relative_day

_PARTS = re.compile(r"[,;.!]|\band\b", re.I)  # "the second one, for my back, and it's fine to book"


class FindsSlots(JourneyForm):
    """Steps `wanted`, `slot` and `confirmed`: for the journeys that end in a slot."""

    def is_interrupted(self, talk: Talk) -> bool:
        if talk.intent == "reschedule_appointment" and talk.confidence < SURE and talk.entity("when"):
            return False  # "can you do Thursday" is no wish to move an appointment
        if talk.asked_for == "slot" and _picked_along(talk.text) is not None:
            return False
        if talk.confidence < SURE and read_mode(talk.text):
            return False  # "can you make it a phone call"
        return super().is_interrupted(talk)

    def read_anything(self, talk: Talk, held: Changes) -> Changes | None:
        read_past_what_is_denied(talk, len(held["offer"] or []))
        wanted = read_wanted(talk, self._clinicians(talk), held["wanted"])
        return None if wanted is None else {"wanted": _usable(talk, wanted, held)}

    def read_wanted(self, talk: Talk, held: Changes) -> Changes | None:
        read = self.read_anything(talk, held)
        if read is None and talk.intent == "deny":
            say_stopped(talk)
            return {"stopped": True}
        return read

    def read_slot(self, talk: Talk, held: Changes) -> Changes | None:
        offered = [slot_from_json(each) for each in held["offer"] or []]
        chosen = _pick(talk, offered)
        if chosen is not None:
            return {"slot": held["offer"][chosen], **self.read_along(talk, held, offered[chosen])}
        if talk.entity("option") is not None:
            return None  # a number that is not in the list, or two of them
        if offered and asks_for_others(talk):
            return self.others(talk, held)
        changed = self.read_anything(talk, held)
        if changed is not None:
            return changed if _is_same(changed, held) else {**changed, "offer": None}
        if offered and talk.intent in ("ask_alternatives", "deny"):
            return self.others(talk, held)
        return None

    def read_along(self, talk: Talk, held: Changes, chosen: Slot) -> Changes:
        """What else was said with the choice of a time."""
        return {}

    def change_of_mind(self, talk: Talk, held: Changes) -> Changes | None:
        """After a time was chosen: another of those offered, or another day, time or clinician to offer times for."""
        if begins_with_yes(talk.text) and held["slot"] and _suits(slot_from_json(held["slot"]), talk):
            return None  # "yes, Tuesday is fine"
        again = self.picked_again(talk, held)
        if again:
            return again
        if asks_for_others(talk):
            return {**self.others(talk, held), "slot": None, "confirm_number": None}
        changed = self.read_anything(talk, held)
        if changed is None or _is_same(changed, held):
            return changed
        return {**changed, "offer": None, "slot": None, "confirm_number": None}

    def picked_again(self, talk: Talk, held: Changes) -> Changes:
        """ "Not 1, I meant 2", said after a time was chosen."""
        count = len(held["offer"] or [])
        again = _index(option_meant(talk.text, count), count)
        return {} if again is None else {"slot": held["offer"][again], "confirm_number": None}

    def read_confirmed(self, talk: Talk, held: Changes) -> Changes | None:
        changed = self.change_of_mind(talk, held)
        if changed is not None:
            return changed
        is_named = begins_with_yes(talk.text) and _suits(slot_from_json(held["slot"]), talk)
        if is_confirmed(talk, held) or (is_named and not held["confirm_number"]):
            return {"confirmed": True}
        if talk.intent == "ask_alternatives" or talk.entity("option") == 2:
            return {**self.others(talk, held), "slot": None, "confirm_number": None}
        if talk.intent in ("deny", "correction"):
            return {"slot": None, "confirm_number": None}
        if talk.intent == "affirm" and talk.confidence >= SURE and held["confirm_number"]:
            talk.say("utter_confirm_by_number", number=held["confirm_number"])
            return {"confirmed": None}
        return None

    def others(self, talk: Talk, held: Changes) -> Changes:
        """Times other than those on offer; once one is chosen, "later" or "another doctor" is counted from that one."""
        is_from_chosen = held["slot"] and asks_for_others(talk)
        offered = [slot_from_json(each) for each in ([held["slot"]] if is_from_chosen else held["offer"] or [])]
        if not offered:
            return {}
        return {"wanted": read_alternatives(talk, held["wanted"] or {}, offered), "offer": None}

    def _clinicians(self, talk: Talk) -> list[Clinician]:
        return talk.turn.services.backend.clinicians()


def _pick(talk: Talk, offered: list[Slot]) -> int | None:
    """Which of those offered is chosen, be it among other things."""
    chosen = choose(talk, offered, talk.turn.practice.zone)
    if talk.entity("option") is not None:
        return chosen  # "2 and 3" is no choice
    again = _index(option_meant(talk.text, len(offered)), len(offered))
    if again is not None or chosen is not None:
        return chosen if again is None else again
    return _index(_picked_along(talk.text), len(offered))


def _index(option: int | None, count: int) -> int | None:
    """Where in a list of `count` the option stands that counts from 1, -1 being the last."""
    if option == -1:
        return count - 1 if count else None
    return option - 1 if option and 0 < option <= count else None


def _picked_along(text: str) -> int | None:
    """The number or position in the first part of a message that goes on: "the second one, for my back"."""
    first, *more = _PARTS.split(text)
    read = read_short_reply(first) if more else None
    return read[1] if read else None


def _is_same(changed: Changes, held: Changes) -> bool:
    """Whether what is wanted of a time stays as it was."""
    return "wanted" not in changed or changed["wanted"] == held["wanted"]


def _suits(slot: Slot, talk: Talk) -> bool:
    """Whether the chosen time is what was just said, so that saying it is no change of mind."""
    said = talk.entity("when")
    if not said:
        return False
    when, start = When.from_json(said), slot.start.astimezone(talk.turn.practice.zone)
    on_day = when.date_from is None or when.date_from <= start.date() <= (when.date_to or when.date_from)
    if when.time_from is not None and when.time_from == when.time_to:
        return on_day and start.time() == when.time_from
    after = when.time_from is None or when.time_from <= start.time()
    return on_day and after and (when.time_to is None or start.time() < when.time_to)


def _usable(talk: Talk, wanted: Wanted, held: Changes) -> Wanted:
    """A day that has passed, does not exist or has no times is said to be so; what was wanted before stays."""
    before = (held["wanted"] or {}).get("when")
    problem = (wanted.get("when") or {}).get("problem")
    if problem:
        talk.say(f"utter_when_{problem}")
    elif not before or wanted["when"] == before or not held["identified"] or _can_be(talk, wanted):
        return wanted
    if before:
        talk.say("utter_day_stays")
    return {**wanted, "when": before}


def _can_be(talk: Talk, wanted: Wanted) -> bool:
    """Whether there is any time on the days now asked for; if not, it is said why."""
    when = When.from_json(wanted["when"])
    practice, today = talk.turn.practice, talk.turn.now.astimezone(talk.turn.practice.zone).date()
    if when.date_from and when.date_from == when.date_to and not practice.open_spans(when.date_from):
        holiday = practice.bank_holiday(when.date_from)
        day = say_relative_day(when.date_from, today)
        talk.say("utter_closed_that_day", day=day, why=f" for {holiday}" if holiday else "")
        return False
    if has_times(talk, wanted):
        return True
    talk.say("utter_no_times_then")
    return False
