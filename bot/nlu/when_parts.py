"""Parts of the day as a surgery offers them: "morning", "first thing", "after the school run", "end of the day"."""

from __future__ import annotations

import re

from bot.nlu.when_hours import Times, minutes_of
from bot.nlu.when_rules import Context, Grammar, Phrase
from bot.nlu.when_tokens import Clock
from bot.nlu.when_words import words

PARTS_OF_DAY = Grammar()
PARTS = {
    "morning": "08:00 12:00",
    "early morning": "08:00 10:00",
    "mid morning": "09:30 11:30",
    "late morning": "10:00 12:00",
    "afternoon": "12:00 18:00",
    "early afternoon": "12:00 15:00",
    "mid afternoon": "14:00 16:00",
    "late afternoon": "15:00 18:00",
    "evening": "17:00 20:00",
    "early evening": "17:00 18:30",
    "late evening": "18:00 20:00",
    "night": "20:00 23:59",
    "early night": "20:00 22:00",
    "late night": "22:00 23:59",
    "lunch": "12:00 14:00",
    "tea": "17:00 18:00",
    "first thing": "08:00 09:00",
    "last thing": "17:00 18:30",
    "early": "08:00 10:00",
    "end of day": "17:00 18:30",
    "school hours": "09:15 15:00",
    "working hours": "08:00 18:30",
}
AFTER = {
    "work": "17:00",
    "school run": "09:15",
    "school": "15:30",
    "pick up": "15:30",
    "breakfast": "09:00",
    "lunch": "13:00",
    "tea": "18:00",
}
BEFORE = {
    "work": "09:00",
    "school run": "08:30",
    "school": "08:45",
    "pick up": "15:00",
    "lunch": "12:00",
    "tea": "17:00",
}
CHILDREN = r"(?:the |my )?(?:kids?|children|child|little ones?|little one|son|daughter|kiddies)"
RUN = (
    rf"school run|school drop(?: off)?|nursery (?:run|drop(?: off)?)|drop off"
    rf"|drop(?:ping|ped)?(?: off)? {CHILDREN}(?: off)?(?: (?:at|to) (?:school|nursery))?"
    rf"|tak(?:e|ing|en) {CHILDREN} to (?:school|nursery)"
)
PICK_UP = rf"(?:school |nursery )?pick up|pick(?:ing)? up {CHILDREN}|pick(?:ing)? {CHILDREN} up"
EVENTS = {"school run": RUN, "pick up": PICK_UP}
MINE = "the|my|i|we|go|going|to|ive|weve|have|finish|finishing|finished"
SHORT_PARTS = {"am": "morning", "pm": "afternoon", "aft": "afternoon", "eve": "evening"}
SHADES = {"later": "late", "end": "late", "beginning": "early"}
COMING = words("meet come available free appointment appointments appt anything slot slots prefer preferably")
AFTER_WISH = words("D on of appointment appointments appt appts slot slots")
HABITS_AND_GREETINGS = words("good gd every each all per hi hello most")
AFTER_OPENING_PART = words(
    "or and only please pls P C T D X of is would appointment best on if at preferred slot around ideally not after "
    "before thanks works but are were suit suits work"
) | {""}


def _part(name: str) -> Times:
    first, last = (_fixed(text) for text in PARTS[name].split())
    return Times(first, last, name)


def _fixed(text: str) -> Clock:
    hour, minute = (int(part) for part in text.split(":"))
    return Clock(hour, minute, "pm" if hour >= 12 else "am")


@PARTS_OF_DAY.rule("P", r"(?P<which>1[os]|first|last) thing")
def first_or_last_thing(phrase: Phrase, _: Context) -> Times | None:
    if phrase.before == "the":  # "the first thing you should know"
        return None
    return _part("last thing" if phrase["which"] == "last" else "first thing")


@PARTS_OF_DAY.rule(
    "P",
    r"(?:the )?last (?:appointment|appt|slot|one)(?: of the day|(?= on| D))",
    r"(?:the )?(?P<first>1[so]) (?:appointment|appt|slot|one) of the day",
)
def first_or_last_of_day(phrase: Phrase, _: Context) -> Times | None:
    return None if phrase.before == "my" else _part("first thing" if phrase["first"] else "last thing")


@PARTS_OF_DAY.rule(
    "C",
    rf"{{anytime}}(?P<way>after|before)(?: (?:{MINE})){{0,4}} "
    rf"(?P<event>{RUN}|{PICK_UP}|school|work|lunch|breakfast|dinner|tea)(?: time)?",
    rf"(?:{{anytime}}(?:once|when) )?(?P<at_school>{CHILDREN} "
    r"(?:is|are|have gone|has gone|go|gone)(?: back| off)? (?:in|at|to) (?:school|nursery))",
)
def around_event(phrase: Phrase, _: Context) -> Times | None:
    if phrase["at_school"]:
        return Times(_fixed(AFTER["school run"]), _fixed(BEFORE["pick up"]))
    event = phrase["event"].replace("dinner", "tea")
    event = next((name for name, words in EVENTS.items() if re.fullmatch(words, event)), event)
    if phrase["way"] == "before":
        return Times(None, _fixed(BEFORE[event])) if event in BEFORE else None
    return Times(_fixed(AFTER[event]))


@PARTS_OF_DAY.rule(
    "P",
    r"late night(?= (?:opening|surgery|clinic|session|appointment|appt|slot))",
    r"(?:do|have|got|any|open) (?P<it>late night)$",
)
def late_surgery(phrase: Phrase, _: Context) -> Times:
    """A late night, for a surgery, is a late evening."""
    return _part("late evening")


@PARTS_OF_DAY.rule("P", r"(?:(?:at|around) )?tea time")
def tea_time(phrase: Phrase, _: Context) -> Times | None:
    return _part("tea") if _is_wished(phrase) else None


@PARTS_OF_DAY.rule("P", r"(?:at )?(?:the )?(?:end|close) of(?: the| my)? (?:day|play|business)", r"eod|cop")
def end_of_day(phrase: Phrase, _: Context) -> Times:
    return _part("end of day")


@PARTS_OF_DAY.rule("P", r"(?P<it>(?:at )?(?:the )?end of) D")
def end_of_given_day(phrase: Phrase, _: Context) -> Times | None:
    return _part("end of day") if phrase.values("D")[0].grain == "day" else None


@PARTS_OF_DAY.rule(
    "P", r"(?:(?:in|during|within) )?(?:the )?(?P<which>school|working|office|business|opening|surgery|work) hour"
)
def hours_of_business(phrase: Phrase, _: Context) -> Times:
    return _part("school hours" if phrase["which"] == "school" else "working hours")


@PARTS_OF_DAY.rule(
    "P",
    r"(?:(?:in|during|at|for) )?(?:the )?(?P<shade>early|late|later|mid|end|beginning) (?:(?:in|on|of) )?(?:the )?"
    r"(?P<part>{part})(?: time)?",
    r"(?P<it>(?P<shade>early|late|later|mid)) (?:in )?D (?P<part>{part})",
    r"[DX] (?P<it>(?:(?:in|during|at|for|on) )?(?:the |an |a )?(?P<part>am|pm|eve|aft))",
    r"(?P<it>(?P<part>am|pm|aft)) (?:on |of ){0,2}D",
    r"(?:(?:in|during|at|for|on|any) )?(?:the |an |a )?(?P<part>{part})(?: time| hour)?",
    r"(?:in the |any |an )(?P<part>am|pm)",
    r"(?P<part>pm)",
    r"^(?P<part>am)(?= (?:is|please|pls|or|and|only|if|ideally|preferred)|$)",
)
def part_of_day(phrase: Phrase, _: Context) -> Times | None:
    is_verb = phrase["part"] == "am" and phrase.before in ("i", "who", "where", "when")
    if is_verb or phrase.before in HABITS_AND_GREETINGS or _opens_a_message(phrase):
        return None
    shade, part = SHADES.get(phrase["shade"], phrase["shade"]), SHORT_PARTS.get(phrase["part"], phrase["part"])
    if part == "night" and not shade and not _is_wished(phrase):  # "I cough in the night"
        return None
    name = f"{shade} {part}".strip()
    return _part(name if name in PARTS else part)


def _opens_a_message(phrase: Phrase) -> bool:
    """ "Morning, can I ..." is a greeting."""
    return not phrase.before and phrase["it"] == phrase["part"] and phrase.following not in AFTER_OPENING_PART


def _is_wished(phrase: Phrase) -> bool:
    """Whether somebody would come then: "anything in the night", "tomorrow at tea time", "nights are best"."""
    if COMING & set(phrase.text_before.split()[-2:]) or phrase.text_before.endswith(("be seen", "see me")):
        return True
    named = phrase.before in ("D", "X") or phrase.after in AFTER_WISH
    return named or (not phrase.before and phrase.after in AFTER_OPENING_PART)


@PARTS_OF_DAY.rule(
    "P",
    r"(?P<it>(?P<when>early|late)(?: doors)?)(?: in the day)?(?: on)? D",
    r"D (?P<it>(?P<when>early|late)(?: doors| in the day)?)",
    r"(?P<when>early|late) in the day|(?P<doors>early) doors",
)
def early_or_late(phrase: Phrase, _: Context) -> Times:
    return _part("late afternoon" if phrase["when"] == "late" else "early")


@PARTS_OF_DAY.rule("P", r"P (?:or|and|/|to) P")
def either_part(phrase: Phrase, _: Context) -> Times:
    one, other = phrase.values("P")
    first, last = min(one.first, other.first, key=minutes_of), max(one.last, other.last, key=minutes_of)
    return Times(first, last, f"{one.part} or {other.part}")
