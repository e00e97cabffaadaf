"""Times give or take, and bounds on the time of day: "around 10", "not before 2", "after lunch", "not mornings"."""

from __future__ import annotations

from bot.nlu.when_hours import Times
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
    found: Clock | Times = phrase.value("t")
    if isinstance(found, Clock) and phrase.before in ("how", "what"):  # "how about 2?"
        return Times(found, found)
    return Times(found, found, around=True) if isinstance(found, Clock) else found


@TIMES.rule("Z", r"since(?: at| around| on| the)*(?: [DPTC])+")
def history(phrase: Phrase, _: Context) -> bool:
    """ "a cough since Monday morning" says nothing about when to come."""
    return True


AT = r"(?:(?:at|about|around|from) )*"


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
    rf"{{anytime}}(?:at or )?(?:after|later than|past|from|starting|beginning) {AT}(?P<t>T)(?: {{onwards}}| on)?",
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
    r"(?:but )?(?:not|except|avoid)(?: (?:in|the|do|make|available|free|on|at))* (?P<t>P)",
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
