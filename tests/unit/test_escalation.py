"""One escalation at most is live in a conversation; what is raised again goes on with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.practice import Practice
from bot.store import escalations
from bot.store.conversations import SMS, WEB, open_conversation
from bot.store.database import Database
from bot.store.escalations import OPEN, QUEUED, SNOOZED, URGENT, WAITING, Escalation, Stale
from tests.support import AMIRA, NOVAK, TOM, HandClock
from tests.unit.escalation_support import ALEX, SAM, Office


@pytest.fixture()
def office(database: Database, practice: Practice, clock: HandClock) -> Office:
    return Office(database, practice, clock)


def change(office: Office, held: Escalation, **values: Any) -> Escalation:
    with office.database.write() as connection:
        return escalations.change(connection, held, **values)


def test_asking_for_a_person_twice_is_one_escalation(office: Office) -> None:
    first = office.waiting(words="call me")
    again = office.raises(first.conversation_id, words="please")
    assert (again.id, again.again) == (first.id, 1)
    assert [each.summary for each in office.events(first)] == ["call me"]


def test_another_reason_is_added_to_the_story(office: Office) -> None:
    held = office.waiting()
    office.raises(held.conversation_id, reason="too_long", words="a long story")
    assert [(each.reason, each.summary) for each in office.events(held)] == [
        ("asked_for_person", ""),
        ("too_long", "a long story"),
    ]
    assert office.now(held).again == 0


def test_writing_to_staff_is_not_writing_again_about_the_same(office: Office) -> None:
    held = office.waiting()
    for _ in range(3):
        office.raises(held.conversation_id, reason="patient_wrote")
    assert office.now(held).again == 0


def test_an_urgent_reason_makes_it_urgent_and_is_the_one_that_is_shown(office: Office) -> None:
    held = office.waiting()
    office.raises(held.conversation_id, reason="emergency", urgency=URGENT, words="chest pain")
    assert (office.now(held).urgency, office.now(held).reason) == (URGENT, "emergency")
    office.raises(held.conversation_id, reason="crisis", urgency=URGENT)
    assert office.now(held).reason == "emergency"
    assert len(office.events(held)) == 3


def test_every_urgent_message_rings(office: Office) -> None:
    def ring() -> int:
        with office.database.read() as connection:
            return escalations.last_ring(connection)

    held = office.waiting()
    assert ring() == 0
    heard = [ring() for _ in range(2) if office.raises(held.conversation_id, "emergency", URGENT)]
    assert 0 < heard[0] < heard[1]


def test_urgent_or_not_what_is_repeated_asks_to_be_dated_anew_only_if_urgent(office: Office) -> None:
    held = office.waiting()
    office.passes(seconds=1)
    dated = office.now(held).due_at
    assert dated is not None and office.raises(held.conversation_id).due_at == dated
    assert office.raises(held.conversation_id, "emergency", URGENT).due_at is None


@pytest.mark.parametrize("state", [WAITING, SNOOZED])
@pytest.mark.parametrize(("assignee", "woken"), [("staff-sam", OPEN), (None, QUEUED)])
def test_what_the_patient_writes_brings_it_back(office: Office, state: str, assignee: str | None, woken: str) -> None:
    held = change(office, office.waiting(), state=state, assignee_id=assignee, waiting_since=None)
    office.clock.forward(hours=1)
    back = office.raises(held.conversation_id, "patient_wrote")
    assert (back.state, back.waiting_since, back.snoozed_until) == (woken, office.clock(), None)


def test_a_closed_one_is_left_alone_and_a_new_one_begins(office: Office, clock: HandClock) -> None:
    held = office.waiting()
    change(office, held, state="resolved", closed_at=clock())
    assert office.raises(held.conversation_id).id != held.id


def test_who_changes_what_is_no_longer_so_is_told(office: Office) -> None:
    held = office.waiting()
    change(office, held, state=OPEN)
    with pytest.raises(Stale):
        change(office, held, state=OPEN)


def test_what_happens_by_itself_leaves_what_is_on_the_screen_good(office: Office) -> None:
    held = office.waiting()
    office.passes(seconds=1)
    office.passes(hours=3)
    assert office.now(held).overdue == 1
    assert office.now(held).version == held.version


def test_the_queue_has_the_urgent_first_and_then_whoever_waited_longest(office: Office) -> None:
    first = office.waiting()
    office.clock.forward(minutes=5)
    second = office.raises(office.opens(address=TOM))
    office.clock.forward(minutes=5)
    alarm = office.raises(office.opens(WEB, "somebody"), "emergency", URGENT)
    with office.database.read() as connection:
        listed = escalations.queue(connection)
    assert [each.id for each, _ in listed] == [alarm.id, first.id, second.id]
    assert [conversation.address for _, conversation in listed] == ["somebody", AMIRA, TOM]


def test_the_tabs_are_counted_at_once(office: Office, clock: HandClock) -> None:
    office.waiting()
    mine = office.raises(office.opens(address=TOM), "emergency", URGENT)
    office.handover.claim(mine.id, SAM)
    snoozed = office.raises(office.opens(address=NOVAK))
    office.handover.snooze(snoozed.id, SAM, clock() + timedelta(days=1), snoozed.version)
    with office.database.read() as connection:
        counts = escalations.count_queue(connection, SAM.id)
        others = escalations.count_queue(connection, ALEX.id)
    assert counts == {"urgent": 1, "unassigned": 1, "mine": 1, "snoozed": 1, "all": 3}
    assert others["mine"] == 0


def test_a_conversation_that_waits_for_a_person_goes_on_however_long_that_takes(office: Office) -> None:
    held = office.waiting()
    office.clock.forward(hours=60)
    assert office.opens() == held.conversation_id
    change(office, office.now(held), state="resolved", closed_at=office.clock())
    office.clock.forward(hours=13)
    assert office.opens() != held.conversation_id


def test_after_the_night_nothing_that_was_begun_or_proved_before_counts(office: Office) -> None:
    from bot.store import grants
    from bot.store.conversations import get_conversation
    from bot.store.grants import Grant
    from bot.store.tracker import LoadedTracker, load_tracker, save_events

    held = office.waiting()
    with office.database.write() as connection:
        now = office.clock()
        grants.give_grant(connection, held.conversation_id, Grant("p", "p", "CONTACT", "code", now, now))
        save_events(connection, LoadedTracker(held.conversation_id, []), [{"event": "slot", "name": "reason"}])
    office.clock.forward(hours=13)
    with office.database.write() as connection:
        open_conversation(connection, SMS, AMIRA, office.clock(), timedelta(hours=12))
    with office.database.read() as connection:
        assert grants.held_grants(connection, held.conversation_id) == []
        assert load_tracker(connection, get_conversation(connection, held.conversation_id)).events == []


def test_earlier_ones_of_the_same_patient_are_found_on_every_channel(office: Office) -> None:
    held = change(office, office.waiting(), patient_id="patient-01")
    other = change(office, office.raises(office.opens(WEB, "somebody")), patient_id="patient-01")
    change(office, office.raises(office.opens(address=TOM)), patient_id="patient-02")
    with office.database.read() as connection:
        earlier = escalations.earlier_escalations(connection, "patient-01", but=held.id)
    assert [each.id for each in earlier] == [other.id]
