"""Runs, lists and bounds made of days: "mon-fri", "the 3rd or the 4th", "by the 5th", "not before Monday"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.nlu.when_calendar import Days, Problem, add_months, coming, day_of_month, one, several
from bot.nlu.when_exclusions import IS_AWAY, rule_out, ruled_out
from bot.nlu.when_rules import Context, Grammar, Phrase

BOUNDS = Grammar()


# Runs and lists


@BOUNDS.rule("D", r"(?:from )?(?P<a>K) {to} (?P<b>K)", r"between (?P<a>K) and (?P<b>K)")
def weekday_run(phrase: Phrase, context: Context) -> Days:
    first = coming(phrase.value("a")[0], context.now.date())
    return Days(first, coming(phrase.value("b")[-1], first), "span")


@BOUNDS.rule("D", r"(?:from )?(?P<a>D) {to} (?P<b>K|(?:the )?{ordinal})")
def run_from_day(phrase: Phrase, context: Context) -> Days | None:
    first = phrase.value("a").first
    if first is None:
        return None
    if phrase["b"] == "K":
        return Days(first, coming(phrase.value("b")[-1], first), "span")
    last = day_of_month(int(phrase["b"].split()[-1].rstrip("so")), first)
    return Days(first, last.last, "span", problem=last.problem)


@BOUNDS.rule("D", r"(?:on )?(?P<k>K)(?: the)? (?P<d>D)")
def weekday_of_date(phrase: Phrase, _: Context) -> Days | None:
    """ "Fri 4/12": asked about if that is no Friday."""
    day: Days = phrase.value("d")
    weekdays = phrase.value("k")
    if day.grain != "day" or day.first is None or len(weekdays) != 1:
        return None
    return day if day.first.weekday() == weekdays[0] else replace(day, problem="ambiguous")


@BOUNDS.rule("D", r"(?:on |for |this )?(?P<k>K)")
def coming_weekday(phrase: Phrase, context: Context) -> Days | None:
    """A bare weekday is the coming one; today's name means next week."""
    return several(coming(number, context.now.date()) for number in phrase.value("k"))


@BOUNDS.rule(
    "D",
    r"(?:(?:from|between) )?(?P<a>D) {to}(?: the)? (?P<b>D)",
    r"between (?P<a>D|now) and (?P<b>D)",
    r"from (?P<a>now) {to} (?P<b>D)",
)
def run(phrase: Phrase, context: Context) -> Days:
    first = one(context.now.date()) if phrase["a"] == "now" else phrase.value("a")
    last = phrase.value("b")
    end = last.last
    if first.first and end and end < first.first and last.grain in ("day", "month"):
        end = add_months(end, 12)
    return Days(first.first, end, "span", problem=first.problem or last.problem)


@BOUNDS.rule("D", r"(?:from )?T (?P<a>D) {to} T (?P<b>D)", r"(?:from )?(?P<a>D) T {to} (?P<b>D) T")
def run_with_times(phrase: Phrase, context: Context) -> Days:
    """ "4pm today to 5pm tomorrow": times of different days do not make a window of each day."""
    return run(phrase, context)


@BOUNDS.rule(
    "D",
    r"D(?: D)+ (?:or|and)(?: the| on)? D",
    r"(?:either )?D(?: (?:or|and|/)(?: the| on| a)? D)+",
    r"D(?: if (?:possible|poss|pos|you can))?(?: or| but)? (?:failing that|if not|otherwise|else)(?: the)? D",
)
def day_list(phrase: Phrase, _: Context) -> Days:
    return listed(phrase.values("D"))


def listed(days: list[Days]) -> Days:
    """Any of these days."""
    firsts, lasts = [found.first for found in days if found.first], [found.last for found in days if found.last]
    problem: Problem = next((found.problem for found in days if found.problem), "")
    each = [_one_by_one(found) for found in days]
    if firsts and not problem and all(each):
        return several(day for run in each for day in run)
    return Days(min(firsts, default=None), max(lasts, default=None), "span", problem=problem)


def _one_by_one(found: Days) -> tuple[date, ...]:
    """The days of a list, a day or a weekend; nothing for what is longer."""
    if found.each or found.first is None or found.last is None:
        return found.each
    return tuple(sorted({found.first, found.last})) if found.last - found.first <= timedelta(days=1) else ()


# Bounds


@BOUNDS.rule(
    "D",
    r"(?:i|im|we|were|get) back (?:home )?(?:on |from )?(?:the )?(?P<d>D)(?! T| at)",
    rf"(?:back|home) from (?:my |our |a )?(?:{IS_AWAY}|holidays|hols|trip)(?: on)? (?:the )?(?P<d>D)(?! T| at)",
)
def back_from(phrase: Phrase, _: Context) -> Days:
    """ "I'm back on the 12th"."""
    return Days(phrase.value("d").first, None, "span")


@BOUNDS.rule(
    "D",
    r"(?:by|before|until) (?:the )?(?:(?:end|close) of (?:the )?(?:day|play|business)|eod|cop)(?: (?:on )?(?P<d>D))?",
)
def by_end_of_day(phrase: Phrase, context: Context) -> Days:
    return Days(None, phrase.value("d").last if phrase["d"] else context.now.date(), "span")


@BOUNDS.rule("D", rf"{IS_AWAY} until (?:the )?(?P<d>D)", r"{not} (?:until|before) (?:after|past) (?:the )?(?P<d>D)")
def back_after(phrase: Phrase, context: Context) -> Days:
    """ "away until the 7th" leaves the days after."""
    return after_days(phrase, context)


@BOUNDS.rule(
    "D",
    r"{not} (?:until|before)(?: the)? (?P<d>D)",
    r"(?:{not}|no) (?:earlier|sooner) than (?P<d>D)",
    r"{anytime}(?:from|starting|beginning on|beginning from)(?: on| from)? (?P<d>D)(?: {onwards}| on)?",
    r"(?:on or after|as from)(?: the)? (?P<d>D)",
    r"(?P<d>D) {onwards}",
)
def not_earlier(phrase: Phrase, _: Context) -> Days:
    found = phrase.value("d")
    return Days(found.first, None, "span", problem=found.problem)


@BOUNDS.rule(
    "D",
    r"{not} after (?P<d>D)",
    r"(?:{not}|no) later than (?P<d>D)",
    r"(?:by|until|on or before|up to(?: and including)?|up until|as late as)(?: the)? (?P<d>D)",
    r"(?P<d>D) {at_latest}",
)
def not_later(phrase: Phrase, _: Context) -> Days:
    found = phrase.value("d")
    return Days(None, found.last, "span", problem=found.problem)


@BOUNDS.rule("D", r"{anytime}(?:after|past|later than) (?P<d>D)")
def after_days(phrase: Phrase, _: Context) -> Days:
    found = phrase.value("d")
    return Days(found.last and found.last + timedelta(days=1), None, "span", problem=found.problem)


@BOUNDS.rule("D", r"{anytime}(?:before|earlier than|ahead of|this side of) (?P<d>D)")
def before_days(phrase: Phrase, _: Context) -> Days:
    found = phrase.value("d")
    return Days(None, found.first and found.first - timedelta(days=1), "span", problem=found.problem)


BOUNDS.rule("X", *rule_out("D"))(ruled_out)
