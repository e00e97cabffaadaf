"""What a person reads of a conversation before they take it over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.escalation.summary import Fact, Summary, say_earlier, summarise
from bot.store.escalations import Event
from tests.support import LONDON, MONDAY
from tests.unit.test_escalation_timing import an_escalation

SLOT = {"id": "s", "start": "2026-11-24T14:20:00+00:00", "minutes": 10, "clinician": ["c", "Dr Patel", "GP", "female"]}


def an_event(kind: str = "raised", reason: str = "asked_for_person", words: str = "please call me") -> Event:
    return Event(1, kind, reason, "routine", None, words, MONDAY)


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": value}


def summary(*tracker: dict[str, Any], story: tuple[Event, ...] = (), **escalation: Any) -> Summary:
    return summarise(replace(an_escalation(), **escalation), story, tracker, [], LONDON)


def test_it_says_what_they_were_at_and_what_is_known_of_it() -> None:
    wanted = {"when": {"date_from": "2026-11-24", "date_to": "2026-11-24", "time_from": "14:00"}, "mode": "phone"}
    read = summary(
        {"event": "active_loop", "name": "book_form"},
        slot("wanted", wanted),
        slot("slot", SLOT),
        slot("reason", "my knee"),
        slot("requested_slot", "confirmed"),
    )
    assert read.doing == "booking an appointment"
    assert read.facts == (
        Fact("Wants to come", "Tuesday 24 November, after 2pm"),
        Fact("How", "phone"),
        Fact("Chose", "Tuesday 24 November at 2:20pm with Dr Patel"),
        Fact("Why they are coming", "my knee"),
        Fact("Was last asked", "whether that is right"),
    )


def test_a_value_that_was_changed_counts_as_it_was_last() -> None:
    read = summary(slot("reason", "my knee"), slot("reason", "my foot"), slot("wanted", None))
    assert read.facts == (Fact("Why they are coming", "my foot"),)


def test_a_journey_that_is_over_is_not_told_of() -> None:
    assert summary({"event": "active_loop", "name": "book_form"}, {"event": "active_loop", "name": None}).doing == ""


def test_wishes_are_told_in_words() -> None:
    def wish(**when: Any) -> str:
        return summary(slot("wishes", {"when": when})).facts[0].value

    assert wish(asap=True) == "as soon as possible"
    assert wish(date_from="2026-11-23", date_to="2026-11-27", exclude=["WED"]) == (
        "from Monday 23 November to Friday 27 November, not Wednesday"
    )
    assert wish(days=["2026-11-24", "2026-11-26"], time_to="10:00") == (
        "Tuesday 24 November or Thursday 26 November, before 10am"
    )


def test_each_request_for_a_person_is_kept_with_the_words_it_came_with() -> None:
    read = summary(story=(an_event(), an_event("claimed", ""), an_event(reason="crisis", words="I cannot go on")))
    assert [(each.reason, each.words) for each in read.requests] == [
        ("Asked for a person", "please call me"),
        ("May be in a crisis", "I cannot go on"),
    ]


def test_what_the_assistant_kept_to_itself_is_told() -> None:
    assert summary(story=(an_event("unsaid", "", "Your appointment is booked."),)).unsaid == (
        "Your appointment is booked.",
    )


def test_earlier_escalations_of_the_same_patient_are_counted_when_they_were_about_the_same() -> None:
    earlier = [
        replace(an_escalation(), id=2, opened_at=MONDAY - timedelta(days=4)),
        replace(an_escalation(), id=3, reason="too_long"),
    ]
    read = summarise(replace(an_escalation(), again=2), (), (), earlier, LONDON)
    assert (read.same_before, read.again) == (1, 2)
    assert say_earlier(read.earlier[0], LONDON) == "Asked for a person, 19 November 2026"
