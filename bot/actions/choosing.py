"""Which of several things a patient means, and whether they said yes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.actions.search import read_mode
from bot.actions.talk import SURE, Talk
from bot.backend.base import Slot
from bot.nlu.clinicians import find_clinicians
from bot.nlu.short_replies import means_any, read_short_reply

_NOT_YES = frozenset("no not dont don nope nah never keep wait".split())
_YES_FIRST = re.compile(r"\W*(?:yes|yep|yeah|yea|yup|ok|okay|sure|perfect|great|lovely)\b", re.I)
_LONGEST_YES = 20  # words
_MOST_WORDS = 8  # around a number that confirms; a longer text quotes our question

Test = Callable[[Slot], bool]


def begins_with_yes(text: str) -> bool:
    """ "Yes, Tuesday is fine"."""
    return _YES_FIRST.match(text) is not None


def is_confirmed(talk: Talk, held: dict[str, Any]) -> bool:
    """By text a change is confirmed with the number in the read-back, so that a forged sender cannot confirm blind."""
    if talk.by_text and held["confirm_number"]:
        words = _words(talk.text)
        return str(held["confirm_number"]) in words and len(words) <= _MOST_WORDS and not _NOT_YES & set(words)
    if talk.entity("option") is not None:
        return talk.entity("option") == 1 and bool(re.search(r"\b(1|one)\b", talk.text, re.I))  # not "the earliest"
    return talk.intent == "affirm" and talk.confidence >= SURE and _is_plain_yes(talk.text)


def read_agreed(talk: Talk, held: dict[str, Any], intent: str, kept: str) -> dict[str, Any] | None:
    """The answer to the read-back of what is given up for good; None if it is none.

    Args:
        intent: said again, it is a yes, by text without its number.
        kept: the response to a no.
    """
    if is_confirmed(talk, held):
        return {"confirmed": True}
    if talk.intent == "deny" or (not talk.by_text and talk.entity("option") == 2):
        talk.say(kept)
        return {"stopped": True}
    if talk.intent in ("affirm", intent) and talk.confidence >= SURE and talk.by_text:
        talk.say("utter_confirm_by_number", number=held["confirm_number"])
        return {"confirmed": None}
    return None


def _is_plain_yes(text: str) -> bool:
    """Whether nothing speaks against it: "i think so?" and "yes no yes" are asked about again."""
    if read_short_reply(text) is not None:
        return True
    words = _words(text)
    return "?" not in text and len(words) <= _LONGEST_YES and not _NOT_YES & set(words)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"['’`]", "", text.casefold()))


def choose(talk: Talk, slots: list[Slot], zone: Any, are_held: bool = False) -> int | None:
    """Which of the listed slots is meant: by number or position, time, day, clinician or mode; None if not plain.

    Args:
        are_held: appointments, not offers. Of these a day alone is a choice, but "any of them" is not; where times are
            offered, "Tuesday" is a wish for others.
    """
    starts = [slot.start.astimezone(zone) for slot in slots]
    option = talk.entity("option")
    if isinstance(option, int):
        return _by_number(option, starts)
    if talk.intent == "affirm" and len(slots) == 1:
        return 0
    if talk.intent in ("ask_alternatives", "deny") or not slots:
        return None
    if means_any(talk.text):
        return None if are_held else 0
    tests = _tests(talk, slots, zone, is_choice=are_held or talk.intent == "select_option")
    fits = [index for index, slot in enumerate(slots) if all(test(slot) for test in tests)]
    return fits[0] if tests and len(fits) == 1 else None


def _by_number(option: int, starts: list[datetime]) -> int | None:
    """The position; or, for a number longer than the list, the time: "10" and "1020"."""
    if option == -1 and starts:
        return len(starts) - 1
    if option <= len(starts):
        return option - 1 if option > 0 else None
    hour, minute = divmod(option, 100) if option >= 100 else (option, 0)
    fits = [index for index, start in enumerate(starts) if _is_at(start, hour, minute)]
    return fits[0] if len(fits) == 1 else None


def _tests(talk: Talk, slots: list[Slot], zone: Any, is_choice: bool) -> list[Test]:
    """What was said of the one that is meant. Empty for a wish: "Tuesday afternoon", "with Dr Patel"."""
    when = talk.entity("when")
    is_exact = bool(when and when["time_from"] and when["time_from"] == when["time_to"])
    if not (is_choice or is_exact):
        return []
    tests: list[Test] = []
    if when:
        tests.append(lambda slot: _meets(slot.start.astimezone(zone), when, is_exact))
    named = find_clinicians(talk.text, {slot.clinician for slot in slots}).ids
    if named:
        tests.append(lambda slot: slot.clinician.id in named)
    mode = read_mode(talk.text)
    if mode:
        tests.append(lambda slot: slot.mode == mode)
    return tests


def _meets(start: datetime, when: dict[str, Any], is_exact: bool) -> bool:
    """Whether this time is the one that was named: "the 10.20", "the Tuesday one"."""
    if when.get("exclude"):
        return False
    day = start.date().isoformat()
    if when["date_from"] and not when["date_from"] <= day <= (when["date_to"] or when["date_from"]):
        return False
    if is_exact:
        hour, minute = map(int, when["time_from"].split(":"))
        return _is_at(start, hour, minute)
    return (when["time_from"] or "00:00") <= f"{start:%H:%M}" < (when["time_to"] or "24:00")


def _is_at(start: datetime, hour: int, minute: int) -> bool:
    """Whether it starts then, in either half of the day."""
    return (start.hour % 12, start.minute) == (hour % 12, minute)
