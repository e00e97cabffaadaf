"""What is known of a conversation by the time a person looks at it, in the words of staff. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.escalation.reasons import say_reason
from bot.store.escalations import RAISED, Escalation, Event
from bot.wording import say_date, say_day, say_time, say_when

_JOURNEYS = {
    "book_form": "booking an appointment",
    "reschedule_form": "moving an appointment",
    "cancel_form": "cancelling an appointment",
    "list_form": "asking what is booked",
    "results_form": "asking for test results",
    "record_form": "asking for their record",
    "activity_form": "asking who has looked at their record",
    "proof_form": "proving who they are",
    "problem_form": "reporting a problem with the record",
    "access_off_form": "turning off online access",
}
_ASKED = {
    "identified": "who they are",
    "wanted": "when they would like to come",
    "slot": "which of the times they want",
    "reason": "why they are coming",
    "appointment": "which appointment they mean",
    "confirmed": "whether that is right",
    "problem": "what it is about",
}
_DAYS = {"MON": "Monday", "TUE": "Tuesday", "WED": "Wednesday", "THU": "Thursday", "FRI": "Friday"} | {
    "SAT": "Saturday",
    "SUN": "Sunday",
}


@dataclass(frozen=True)
class Fact:
    """One thing that is known: "Wants to come", "Tuesday 24 November, after 2pm"."""

    name: str
    value: str


@dataclass(frozen=True)
class Request:
    """One time that a person was asked for, with what the patient wrote. `code`: of the reason."""

    code: str
    reason: str
    words: str
    at: datetime


@dataclass(frozen=True)
class Summary:
    """Attributes:
    doing: what the assistant and the patient were at: "booking an appointment", or "".
    facts: what was gathered for it.
    requests: why a person is asked for, oldest first.
    unsaid: what the assistant would have answered while staff took over.
    again: "wrote again about the same" so many times.
    earlier: the patient's earlier escalations, newest first.
    same_before: how many of those were for the same reason.
    """

    doing: str
    facts: tuple[Fact, ...]
    requests: tuple[Request, ...]
    unsaid: tuple[str, ...]
    again: int
    earlier: tuple[Escalation, ...]
    same_before: int


def summarise(
    held: Escalation,
    story: Sequence[Event],
    tracker: Sequence[Mapping[str, Any]],
    earlier: Sequence[Escalation],
    zone: ZoneInfo,
) -> Summary:
    """Put it together.

    Args:
        tracker: Rasa's events of the conversation, oldest first.
        earlier: the patient's other escalations.
    """
    slots = {event["name"]: event.get("value") for event in tracker if event["event"] == "slot"}
    loop = next((event.get("name") for event in reversed(tracker) if event["event"] == "active_loop"), None)
    raised = (each for each in story if each.kind == RAISED)
    return Summary(
        _JOURNEYS.get(loop or "", ""),
        tuple(_facts(slots, zone)),
        tuple(Request(each.reason, say_reason(each.reason), each.summary, each.at) for each in raised),
        tuple(each.summary for each in story if each.kind == "unsaid"),
        held.again,
        tuple(earlier),
        sum(each.reason == held.reason for each in earlier),
    )


def _facts(slots: Mapping[str, Any], zone: ZoneInfo) -> Iterator[Fact]:
    about, wanted, slot = slots.get("appointment"), slots.get("wanted") or slots.get("wishes"), slots.get("slot")
    if isinstance(about, dict):
        yield Fact("About the appointment", _say_slot(about["slot"], zone))
    if isinstance(wanted, dict):
        yield from _wishes(wanted)
    if isinstance(slot, dict):
        yield Fact("Chose", _say_slot(slot, zone))
    if slots.get("reason"):
        yield Fact("Why they are coming", str(slots["reason"]))
    if slots.get("requested_slot") in _ASKED:
        yield Fact("Was last asked", _ASKED[slots["requested_slot"]])


def _wishes(wanted: Mapping[str, Any]) -> Iterator[Fact]:
    when = _say_wish(wanted.get("when") or {})
    if when:
        yield Fact("Wants to come", when)
    if wanted.get("mode"):
        yield Fact("How", str(wanted["mode"]))
    if wanted.get("types"):
        yield Fact("What for", ", ".join(wanted["types"]))


def _say_wish(when: Mapping[str, Any]) -> str:
    said = [*_say_days(when), *_say_times(when)]
    return ", ".join(["as soon as possible", *said] if when.get("asap") else said)


def _say_days(when: Mapping[str, Any]) -> Iterator[str]:
    first, last = when.get("date_from"), when.get("date_to")
    if when.get("days"):
        yield " or ".join(_day(each) for each in when["days"])
    elif first and first == last:
        yield _day(first)
    elif first or last:
        yield " ".join([*(["from", _day(first)] if first else []), *(["to", _day(last)] if last else [])])
    if when.get("exclude"):
        yield "not " + " or ".join(_DAYS.get(each) or _day(each) for each in when["exclude"])


def _say_times(when: Mapping[str, Any]) -> Iterator[str]:
    for key, word in (("time_from", "after"), ("time_to", "before")):
        if when.get(key):
            yield f"{word} {say_time(time.fromisoformat(when[key]))}"


def _day(iso: str) -> str:
    return say_day(date.fromisoformat(iso))


def _say_slot(slot: Mapping[str, Any], zone: ZoneInfo) -> str:
    return f"{say_when(datetime.fromisoformat(slot['start']), zone)} with {slot['clinician'][1]}"


def say_earlier(held: Escalation, zone: ZoneInfo) -> str:
    """One earlier escalation: "Asked for a person, 24 November 2026"."""
    return f"{say_reason(held.reason)}, {say_date(held.opened_at.astimezone(zone).date())}"
