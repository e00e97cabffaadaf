"""Wishes that name no day: as soon as possible, and no preference at all."""

from __future__ import annotations

from bot.nlu.when_rules import Context, Grammar, Phrase
from bot.nlu.when_words import words

WISHES = Grammar()
PERSON_OR_PLACE = words("who which what where if he she they it seeing")


@WISHES.rule(
    "A",
    r"asap",
    r"(?:as )?(?:soon|early|quick|quickly) as (?:possible|poss|pos|you can|i can|can be)",
    r"(?:the )?(?:soonest|earliest|sooner the better)(?: possible| available)?",
    r"(?:the )?(?:1[os]|next|nearest) (?:one )?(?:available|avail|free|slot|appointment|appt|opening)"
    r"(?: slot| appointment| appt)?",
    r"urgently|immediately|straight away|right away|right now|^now$",
    r"(?P<it>urgent) [DX]",
    r"[DX] (?P<it>urgent)",
)
def as_soon_as_possible(phrase: Phrase, _: Context) -> bool | None:
    about_another = phrase["it"] == "next appointment" and phrase.after in ("is", "was")
    return None if phrase.before in ("my", "not", "non") or about_another else True


@WISHES.rule(
    "F",
    r"(?:at )?any ?(?:time|day|date)s?(?: at all)?|whenever",
    r"(?:really )?not (?:mind|fussed|bothered|matter)(?: when| what day| what time| which day| at all)?",
    r"im (?:flexible|easy)|^flexible$|^easy$|no preference|up to you",
)
def no_preference(phrase: Phrase, _: Context) -> bool | None:
    return None if phrase.after in PERSON_OR_PLACE or phrase.before == "you" else True
