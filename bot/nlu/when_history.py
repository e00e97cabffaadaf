"""Days of what has been say nothing about when to come: "I saw the nurse on Monday", "this morning I woke up"."""

from __future__ import annotations

from bot.nlu.when_rules import Context, Grammar, Phrase
from bot.nlu.when_words import words

HISTORY = Grammar()
PAST = (
    r"(?:had|saw|was|were|been|did|done|got|went|came|gone|taken|took|felt|fell|woke|started|began|happened|gave|noticed"
    r"|hurt|cut|burnt|burned|hit|banged|tripped|slipped|twisted|sprained|broke|injured|fainted|collapsed|vomited|bled"
    r"|missed|rang|called|phoned|emailed|texted|spoke|visited|attended|collected|received|ordered|requested|submitted"
    r"|sent|finished|ran|stopped|changed|increased|prescribed|diagnosed|discharged|admitted|seen|died|arrived|lost)"
)
DAY = (
    r"(?:(?:on|in|since|from) (?:the )?(?:last |this )?)?(?:last |early |late |earlier )?"
    r"(?:K|D|(?:the )?{ordinal}|{amount} {unit} ago|(?:this|last|yesterday) (?:{part}|week|month|year)|today|yesterday)"
    r"(?: (?:{part}|am|pm|T|at T|in the {part}|gone|just gone)){0,8}"
)
WISHES = words(
    """can could would should may want wanted wants need needs like book booking booked rebook come coming see be get
    hoping hoped hope wondering looking after any anything something anyone slot slots appointment appointments appt
    appts space gap free available availability offered told asked advised supposed meant due going to for not until
    before please pls tomorrow next instead cancel move change you u wrong sorry its around"""
)
UNTIL = r"(?:(?:on|by|this|next|until) )?(?:K|D|(?:tomorrow|today)(?: {part})?|week|weekend|in {amount} {unit})"
PARTICIPLES = words("done gone taken seen given changed increased sent burned prescribed started")
PERFECT = words("i ive have has had was were been hes shes its weve")
ASKED = words("can could have get need want like book please having")
SUBJECT = r"(?:i|ive|he|she|it|we|they|my \S+|the \S+|ill)"


@HISTORY.rule("Z", rf"(?P<verb>{PAST})(?P<gap>(?: \S+){{0,5}}?) (?P<it>{DAY})")
def day_of_event(phrase: Phrase, _: Context) -> bool | None:
    """ "had bloods done on Tuesday", but not "was hoping for Tuesday" or "have you got anything on Tuesday"."""
    before = phrase.match.string[: phrase.match.start()].split()[-6:]
    if WISHES & set(phrase["gap"].split()) or _is_to_come(phrase, before):
        return None
    return None if phrase.broken("verb") or (phrase["gap"] and phrase.broken("gap")) else True


def _is_to_come(phrase: Phrase, before: list[str]) -> bool:
    """Whether a verb that looks like the past is none, such as in "can I have my blood pressure taken on Thursday"."""
    verb = phrase["verb"]
    asked_with = verb in PARTICIPLES and not PERFECT & set(before[-2:]) and ASKED & set(before)
    own = verb == "got" and before[-1:] != ["i"]  # "the one I've got on Friday"
    question = verb == "was" and phrase["gap"].startswith(" it")  # "was it the 5th?"
    return bool({"you", "u", "if", "be", "to", "get"} & set(before[-2:]) or asked_with or own or question)


@HISTORY.rule("Z", rf"(?P<it>{DAY}) (?P<subject>{SUBJECT})(?: (?:just|also|then|suddenly|have|had|\S+ly))? {PAST}")
def event_of_day(phrase: Phrase, _: Context) -> bool | None:
    """ "on Monday I fell", but not "can I come on Monday I was hoping"."""
    after = phrase.match.string[phrase.match.end() :].split()[:3]
    asked = WISHES & set(phrase.text_before.split()[-4:]) or WISHES & set(after)
    return None if asked else True


@HISTORY.rule(
    "Z",
    rf"(?:missed|attended|had) (?:my|an|the|our) (?:\S+ )?(?:appointment|appt)(?: with \S+(?: \S+)?)? (?P<it>{DAY})",
    rf"last (?:period|smear|jab|injection|review|bleed|dose|visit|test)(?: \S+){{0,3}}? (?P<it>{DAY})",
    rf"(?:results?|bloods?|tests?|scan|xray)(?: \S+){{0,3}}? (?P<it>from {DAY})",
    rf"(?:pregnant|baby|expecting)(?: \S+){{0,4}} due (?P<it>{DAY})",
    rf"due date(?: is)?(?: on| in)? (?P<it>{DAY})",
    r"(?:on|work|working|do|doing) (?P<it>night)(?: shifts?)?(?! of)",
    r"(?:dob|d o b|born|birth(?:day|date)?)(?: \S+){0,3}? (?P<it>D)",
)
def known_event(phrase: Phrase, _: Context) -> bool:
    return True


@HISTORY.rule(
    "Z",
    rf"(?:runs?|running) out(?: of)?(?: \S+){{0,4}}? (?P<it>{UNTIL})",
    rf"(?:tablets?|tabs|meds|medication|inhaler|supply|pills?|course|antibiotics|note|certificate)(?: \S+)? "
    rf"(?:finish|finishes|ends?|expires?|lasts?)(?: me)? (?P<it>{UNTIL})",
)
def end_of_supply(phrase: Phrase, _: Context) -> bool:
    """ "my tablets run out on Friday"."""
    return True
