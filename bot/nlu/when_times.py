"""Times give or take, and bounds on the time of day: "around 10", "not before 2", "after lunch", "not mornings"."""

from __future__ import annotations

from bot.nlu.when_exclusions import NOT_GOOD
from bot.nlu.when_hours import Times
from bot.nlu.when_parts import CHILDREN
from bot.nlu.when_rules import Context, Grammar, Phrase
from bot.nlu.when_tokens import Clock

TIMES = Grammar()


@TIMES.rule(
    "C",
    r"(?:at |say )?around (?P<t>T|P)(?: ish)?",
    r"(?P<t>T) (?:ish|or so|around|give or take|or thereabouts)",
    r"(?P<t>P) ish",
)
def give_or_take(phrase: Phrase, _: Context) -> Times:
    """ "around 3" is 3: the nearest times are offered for an exact one too."""
    found: Clock | Times = phrase.value("t")
    return Times(found, found) if isinstance(found, Clock) else found


@TIMES.rule(
    "Z",
    r"since(?: at| around| on| the){0,3}(?: [DPTC])+",
    r"(?:wake|wakes|waking|woken)(?: me)?(?: up)? (?:at|around) [TC]",
)
def history(phrase: Phrase, _: Context) -> bool:
    """ "a cough since Monday morning" and "I wake up at 5" say nothing about when to come."""
    return True


AT = r"(?:(?:at|about|around|from|for|by) ){0,3}"
AT_WORK = (
    r"(?:working|work|busy|teaching|school run|(?:in|at) (?:work|college|uni|school)|in (?:class|lessons|an? \S+ing))"
)
PICK_UP = rf"(?:pick|collect|get|fetch)(?: up)? {CHILDREN}(?: up)?(?: from (?:school|nursery))? {AT}(?P<t>T)"
SHIFT = r"(?:work|college|school|uni|my shift)"


@TIMES.rule(
    "C",
    rf"{AT_WORK} (?:until|to) {AT}(?P<t>T)",
    rf"(?:finish(?:es|ing)?|get off|get home|get back)(?: from)?(?: {SHIFT})? {AT}(?P<t>T)",
    rf"shift (?:end|ends|finishes) {AT}(?P<t>T)",
    rf"(?:off|home from|back from) {SHIFT} {AT}(?P<t>T)",
)
def free_after(phrase: Phrase, _: Context) -> Times:
    """ "I finish work at 5" asks for a time after it."""
    return Times(phrase.value("t"))


@TIMES.rule(
    "C",
    rf"(?:starts|starting|begin|beginning|leave for|be (?:at|in)) {SHIFT} {AT}(?P<t>T)",
    PICK_UP,
)
def free_before(phrase: Phrase, _: Context) -> Times:
    return Times(None, phrase.value("t"))


@TIMES.rule(
    "Z",
    r"(?:but )?(?:not|except|avoid|other than|instead of|unless)"
    rf"(?: (?:do|make|manage|get|come|to|for|the|be)){{0,3}} {AT}[TC]",
    rf"[TC] {NOT_GOOD}",
)
def not_then(phrase: Phrase, _: Context) -> bool:
    """ "not between 12 and 2", "I can't do 10.20": what is left is not one window."""
    return True


@TIMES.rule("C", rf"(?:{{not}} (?:before|until)|(?:{{not}}|no) (?:earlier|sooner) than) {AT}(?P<t>[TPC])")
def not_earlier(phrase: Phrase, _: Context) -> Times:
    found = phrase.value("t")
    return Times(found if isinstance(found, Clock) else found.first)


@TIMES.rule("C", rf"(?:{{not}} (?:after|past)|(?:{{not}}|no) later than) {AT}(?P<t>[TP])")
def not_later(phrase: Phrase, _: Context) -> Times:
    found = phrase.value("t")
    return Times(None, found if isinstance(found, Clock) else found.last)


TIMES.rule(
    "C",
    rf"{{anytime}}(?:at or )?(?:after|later than|past|gone|from|starting|beginning) {AT}(?P<t>T)(?: {{onwards}}| on)?",
    r"(?P<t>T) {onwards}",
)(not_earlier)
TIMES.rule(
    "C",
    rf"{{anytime}}(?:before|by|until|up to|through|earlier than|in advance of|previous to) {AT}(?P<t>T)",
    r"(?P<t>T) {at_latest}",
)(not_later)


@TIMES.rule("C", r"{anytime}(?P<way>after|before) (?P<t>P)")
def around_part(phrase: Phrase, _: Context) -> Times:
    part = phrase.value("t")
    return Times(part.last) if phrase["way"] == "after" else Times(None, part.first)


@TIMES.rule(
    "C",
    r"(?:but )?(?:not|except|avoid)(?: (?:in|the|do|make|available|free|on|at)){0,5} (?P<t>P)",
    r"(?P<t>P) (?:is |are )?(?:no good|not (?:good|possible|ok|do))",
)
def not_part(phrase: Phrase, _: Context) -> Times:
    """ "not mornings" leaves from noon on; without a later part the day ends where that part starts."""
    part = phrase.value("t")
    early = "morning" in part.part or part.part == "first thing"
    return Times(part.last) if early else Times(None, part.first)


@TIMES.rule("C", r"T")
def exact(phrase: Phrase, _: Context) -> Times:
    found = phrase.values("T")[0]
    return Times(found, found)
