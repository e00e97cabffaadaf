"""Clock times that say what they are: "half two", "quarter to 4", "10 oclock", "2 pm", "1420", "at 12 15"."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.nlu.when_rules import Context, Grammar, Phrase
from bot.nlu.when_tokens import Clock
from bot.nlu.when_words import MAY_FOLLOW, PATTERNS, words

CLOCK = Grammar()
OPENS = 8  # hours below are in the afternoon unless the person says otherwise
AFTER_SPELT_OUT = words("am pm in oclock ish tomorrow today on K please")
HALVES = {"morning": "am", "am": "am", "afternoon": "pm", "evening": "pm", "night": "pm", "pm": "pm"}


def stands_alone(phrase: Phrase) -> bool:
    """Whether the number in the phrase is not counting the word after it ("at 2 please", but not "at 2 clinics")."""
    after = phrase.after
    return not after or after in MAY_FOLLOW or after[0].isupper()


def clock_of(digits: str) -> Clock | None:
    """The time in "2", "14", "330", "1420"; a leading zero or an hour past 12 settles the half of the day."""
    digits = digits.rstrip("w")
    hour, minute = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    if hour > 23 or minute > 59 or len(digits) > 4:
        return None
    return Clock(hour, minute, "pm" if hour > 12 else "am" if digits[0] == "0" or hour == 0 else "")


def in_half(clock: Clock | None, half: str) -> Clock | None:
    """The time in that half of the day; None for nonsense such as "17 am"."""
    if clock is None or (clock.hour > 12 and half == "am"):
        return None
    if clock.hour > 12:
        return clock
    hour = clock.hour % 12 + (12 if half == "pm" else 0)
    return Clock(hour, clock.minute, "am" if half == "am" else "pm")


def _said(phrase: Phrase, group: str) -> Clock | None:
    """The time in a group that holds either a clock time or a number."""
    found = phrase.value(group) if phrase[group] == "T" else clock_of(phrase[group])
    return found if isinstance(found, Clock) else None


@CLOCK.rule("T", "noon", "mid day", "midnight")
def noon(phrase: Phrase, _: Context) -> Clock:
    return Clock(0, 0, "am") if phrase["it"] == "midnight" else Clock(12, 0, "pm")


@CLOCK.rule(
    "T",
    r"(?P<h>(?:1\d|[1-9])w?)(?: -)? (?:(?:oh|o|ou|zero) )?(?P<m>[1-9]w|[1-5]\dw)",
    r"(?:{near}|^) ?(?P<it>(?P<h>(?:1\d|[1-9])w?) (?P<m>[1-5][05]))",
)
def hour_and_minute(phrase: Phrase, _: Context) -> Clock | None:
    hour, minute, said = phrase.number("h"), phrase.number("m"), phrase["it"].split()
    if minute < 10 and len(said) < 3:
        return None
    alone = not phrase.text_before and not phrase.following and minute in (15, 30, 45)  # an answer: "eight thirty"
    placed = alone or re.fullmatch(PATTERNS["near"] + "|to|-", phrase.before) or phrase.after in AFTER_SPELT_OUT
    spelt_out = len(said) > 2
    plain = stands_alone(phrase) or phrase.after == "minute"
    clock = Clock(hour, minute, "pm" if hour > 12 else "")
    return clock if (placed or spelt_out) and plain else None


@CLOCK.rule("T", r"(?P<t>T|{hour}|\d{3,4})(?: oclock)?(?: in the)? (?P<h>am|pm|a m|p m|a'|p')")
def with_am_or_pm(phrase: Phrase, _: Context) -> Clock | None:
    day_of_month = re.search(r"(?:^|\s)(?!\d)\S+ M$", " x " + phrase.text_before)  # "Feb 5 am"
    letter = phrase["h"].endswith("'") and phrase["t"] != "T"  # "9a" in "at 9a", but not in "flat 9a"
    lone = letter and not re.fullmatch(PATTERNS["near"] + "|to|on|-|", phrase.before)
    return None if day_of_month or lone else in_half(_said(phrase, "t"), phrase["h"][0] + "m")


@CLOCK.rule(
    "T",
    r"(?P<t>T|{hour})(?: oclock)? in (?:the )?(?:early |late )?(?P<h>morning|afternoon|evening)",
    r"(?P<t>T|{hour})(?: oclock)? at (?P<n>night)",
)
def with_part_of_day(phrase: Phrase, _: Context) -> Clock | None:
    said = _said(phrase, "t")
    half = HALVES[phrase["h"] or phrase["n"]]
    if phrase["n"] and said and said.hour < 6:
        if phrase.before not in ("at", "around"):
            return None  # "take one at night"
        half = "am"
    return in_half(said, half)


@CLOCK.rule("T", r"(?P<t>{hour}|T) oclock")
def on_the_hour(phrase: Phrase, _: Context) -> Clock | None:
    return _said(phrase, "t")


@CLOCK.rule("T", r"at (?P<it>(?P<t>{hour}) hour)")
def continental_hour(phrase: Phrase, _: Context) -> Clock | None:
    """ "at 15h"."""
    return _said(phrase, "t") if stands_alone(phrase) else None


@CLOCK.rule("T", r"(?:a )?(?P<m>half|quarter|(?:[1-5]?\d)w?)(?: minute)? (?P<way>past|to|after) (?P<t>T|{hour})")
def past_or_to(phrase: Phrase, _: Context) -> Clock | None:
    said, part = _said(phrase, "t"), phrase["m"]
    minutes = {"half": 30, "quarter": 15}.get(part) or int(part.rstrip("w"))
    if said is None or said.minute or not (stands_alone(phrase) or phrase["t"] == "T"):
        return None
    if phrase["way"] == "after" and (minutes % 5 or part.isdigit()):  # "have one after 3"
        return None
    if phrase["way"] != "to":
        return replace(said, minute=minutes) if minutes < 60 else None
    if part not in ("half", "quarter") and not _counts_back(phrase, minutes, said):
        return None
    return Clock((said.hour - 1) % 12 or 12, 60 - minutes) if not said.half else _earlier(said, minutes)


def _counts_back(phrase: Phrase, minutes: int, said: Clock) -> bool:
    """ "at 10 to 3", "20 to 3" and "ten to three" are times; "10 to 12" and "from ten to twelve" are stretches."""
    if minutes >= 30 or minutes % 5:
        return False
    backwards = _surgery_hour(minutes) >= _surgery_hour(said.hour)
    spelt_out = phrase["m"].endswith("w") and phrase.before not in ("from", "between")
    return phrase.before == "at" or spelt_out or "minute" in phrase["it"] or minutes >= 20 or backwards


def _surgery_hour(hour: int) -> int:
    return hour + 12 if hour < OPENS else hour


def _earlier(said: Clock, minutes: int) -> Clock:
    total = (said.hour * 60 - minutes) % (24 * 60)
    return Clock(total // 60, total % 60, "pm" if total >= 12 * 60 else "am")


@CLOCK.rule("T", r"half (?P<t>{hour})")
def half_hour(phrase: Phrase, _: Context) -> Clock | None:
    """ "half two" is half past two."""
    hour = phrase.number("t")
    return Clock(hour, 30) if stands_alone(phrase) and hour <= 12 else None


@CLOCK.rule("T", r"(?:0[6-9]|1[0-8])[0-5][05]", r"{near} (?P<it>(?:[01]?\d|2[0-3])[0-5]\d)", r"\d{3,4}(?= ish)")
def run_together(phrase: Phrase, _: Context) -> Clock | None:
    """ "1420" and "at 730"."""
    return clock_of(phrase["it"]) if stands_alone(phrase) else None
