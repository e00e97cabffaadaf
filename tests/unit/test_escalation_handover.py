"""What staff do with a conversation: only its owner may send, and the patient is told whom they talk to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.escalation.handover import Closed, NewMessages, NotYours
from bot.practice import Practice
from bot.store.conversations import WEB
from bot.store.database import Database
from bot.store.escalations import OPEN, QUEUED, RESOLVED, RETURNED, SNOOZED, URGENT, WAITING, Stale
from bot.store.messages import STAFF, SYSTEM
from tests.faults.support import all_at_once
from tests.support import HandClock
from tests.unit.escalation_support import ALEX, SAM, Office

JOINED = "Someone from the surgery has joined"
DONE = "The surgery has finished with this"
BACK = "You are back with the surgery's automatic assistant"


@pytest.fixture()
def office(database: Database, practice: Practice, clock: HandClock) -> Office:
    return Office(database, practice, clock)


def test_of_fifty_who_claim_at_once_one_gets_it(office: Office) -> None:
    held = office.waiting()
    members = [type(SAM)(f"staff-{number}", str(number)) for number in range(50)]
    came_to = all_at_once([lambda each=each: office.handover.claim(held.id, each) for each in members])
    won = [each for each in came_to if not isinstance(each, Exception)]
    assert len(won) == 1 and sum(isinstance(each, Stale) for each in came_to) == 49
    assert office.now(held).assignee_id == won[0].assignee_id
    assert office.story(held) == ["raised", "claimed"]
    assert len([text for _, text in office.said(held) if text.startswith(JOINED)]) == 1


def test_whoever_takes_it_owns_the_conversation_and_the_patient_is_told(office: Office) -> None:
    held = office.waiting()
    assert office.owner(held) == "bot"
    taken = office.handover.claim(held.id, SAM)
    assert (taken.state, taken.assignee_id, office.owner(held)) == (OPEN, SAM.id, "staff")
    [(author, said)] = office.said(held)
    assert author == SYSTEM and said.startswith(JOINED)
    assert JOINED in office.texts()[-1]


def test_what_happened_since_does_not_stop_a_claim_as_long_as_nobody_else_was_first(office: Office) -> None:
    held = office.waiting()
    office.raises(held.conversation_id, "emergency", URGENT)
    assert office.handover.claim(held.id, SAM).assignee_id == SAM.id


def test_a_colleague_may_take_over_from_a_colleague_but_only_knowingly(office: Office) -> None:
    held = office.waiting()
    office.handover.claim(held.id, SAM)
    with pytest.raises(Stale):
        office.handover.claim(held.id, ALEX)
    assert office.handover.claim(held.id, ALEX, taken_from=SAM.id).assignee_id == ALEX.id
    assert len(office.said(held)) == 1  # the patient was told once that a person is there


def test_claiming_twice_changes_nothing(office: Office) -> None:
    held = office.waiting()
    office.handover.claim(held.id, SAM)
    assert office.handover.claim(held.id, SAM).assignee_id == SAM.id


def test_a_reply_takes_what_nobody_has_taken_in_the_same_step(office: Office) -> None:
    held = office.waiting()
    office.handover.reply(held.id, SAM, "Hello, how can I help?", seen=0)
    assert (office.now(held).assignee_id, office.owner(held)) == (SAM.id, "staff")
    office.passes(seconds=5)
    assert [author for author, _ in office.said(held)] == [SYSTEM, STAFF]


def test_of_two_who_reply_at_once_one_is_heard(office: Office) -> None:
    held = office.waiting()
    came_to = all_at_once(
        [lambda each=each: office.handover.reply(held.id, each, f"I am {each.name}", 0) for each in (SAM, ALEX)]
    )
    assert sum(isinstance(each, NotYours) for each in came_to) == 1
    office.passes(seconds=5)
    assert len([text for author, text in office.said(held) if author == STAFF]) == 1


def test_who_has_not_taken_it_cannot_write_in_it(office: Office) -> None:
    held = office.waiting()
    office.handover.claim(held.id, SAM)
    with pytest.raises(NotYours):
        office.handover.reply(held.id, ALEX, "me too", seen=0)


def test_what_the_patient_wrote_meanwhile_is_read_first(office: Office) -> None:
    held = office.waiting()
    seen = office.hears(held.conversation_id)
    office.hears(held.conversation_id)
    office.hears(held.conversation_id)
    with pytest.raises(NewMessages) as met:
        office.handover.reply(held.id, SAM, "Hello", seen)
    assert met.value.count == 2
    assert office.owner(held) == "bot"  # nothing at all was changed


def test_a_reply_waits_for_some_seconds_in_which_it_can_be_taken_back(office: Office) -> None:
    held = office.waiting()
    reply_id = office.handover.reply(held.id, SAM, "Sorry, wrong window", seen=0)
    office.passes(seconds=4)
    assert office.handover.take_back(reply_id, SAM) == "Sorry, wrong window"
    office.passes(seconds=60)
    assert [author for author, _ in office.said(held)] == [SYSTEM]
    assert (office.now(held).state, office.now(held).waiting_since) == (OPEN, held.waiting_since)
    assert office.now(held).first_reply_at is None


def test_what_was_sent_cannot_be_taken_back(office: Office) -> None:
    held = office.waiting()
    reply_id = office.handover.reply(held.id, SAM, "Hello", seen=0)
    office.passes(seconds=5)
    assert office.handover.take_back(reply_id, SAM) is None


def test_only_its_own_writer_takes_a_reply_back(office: Office) -> None:
    held = office.waiting()
    reply_id = office.handover.reply(held.id, SAM, "Hello", seen=0)
    assert office.handover.take_back(reply_id, ALEX) is None


def test_a_key_pressed_twice_sends_once(office: Office) -> None:
    held = office.waiting()
    first = office.handover.reply(held.id, SAM, "Hello", seen=0)
    assert office.handover.reply(held.id, SAM, "Hello", seen=0) == first
    office.passes(seconds=5)
    assert len(office.said(held)) == 2


def test_once_it_is_sent_it_is_the_patients_turn(office: Office) -> None:
    held = office.waiting()
    office.handover.reply(held.id, SAM, "Hello", seen=0)
    office.passes(seconds=5)
    now = office.now(held)
    assert (now.state, now.waiting_since, now.first_reply_at) == (WAITING, None, office.clock())


def test_who_wrote_while_the_reply_was_held_still_waits(office: Office) -> None:
    held = office.waiting()
    office.handover.reply(held.id, SAM, "Hello", seen=0)
    office.clock.forward(seconds=2)
    office.hears(held.conversation_id)
    office.raises(held.conversation_id, "patient_wrote")
    office.passes(seconds=3)
    assert (office.now(held).state, office.now(held).waiting_since) == (OPEN, held.waiting_since)


def test_a_long_answer_of_a_person_is_not_cut_to_the_length_of_the_assistants(office: Office) -> None:
    held = office.waiting()
    long = "Please bring your blue form, and come ten minutes early. " * 14
    office.handover.reply(held.id, SAM, long.strip(), seen=0)
    office.passes(seconds=5)
    assert office.texts()[-1].endswith("come ten minutes early.")


def test_a_note_is_for_colleagues_alone(office: Office) -> None:
    held = office.waiting()
    office.handover.keep_note(held.id, SAM, "She prefers the mornings.")
    office.passes(minutes=1)
    assert office.said(held) == [] and office.texts() == []
    assert office.events(held)[-1].summary == "She prefers the mornings."
    assert (office.now(held).state, office.owner(held)) == (QUEUED, "bot")


def test_handing_it_to_a_colleague_makes_it_theirs(office: Office) -> None:
    held = office.waiting()
    given = office.handover.transfer(held.id, SAM, ALEX, held.version)
    assert (given.assignee_id, given.state, office.owner(held)) == (ALEX.id, OPEN, "staff")
    assert office.events(held)[-1].reason == ALEX.id


def test_what_is_put_aside_wakes_by_itself(office: Office, clock: HandClock) -> None:
    held = office.handover.claim(office.waiting().id, SAM)
    office.handover.snooze(held.id, SAM, clock() + timedelta(hours=4), held.version)
    office.passes(hours=3)
    assert office.now(held).state == SNOOZED
    office.passes(hours=1)
    assert (office.now(held).state, office.now(held).snoozed_until) == (OPEN, None)
    assert "woke" in office.story(held)


def test_giving_it_back_tells_the_patient_and_begins_afresh(office: Office) -> None:
    held = office.handover.claim(office.waiting().id, SAM)
    back = office.handover.give_back(held.id, SAM, held.version)
    assert (back.state, office.owner(held)) == (RETURNED, "bot")
    assert office.said(held)[-1][1].startswith(BACK)


def test_resolving_it_tells_the_patient(office: Office) -> None:
    held = office.handover.claim(office.waiting().id, SAM)
    done = office.handover.resolve(held.id, SAM, "called", held.version)
    assert (done.state, done.closed_why, office.owner(held)) == (RESOLVED, "called", "bot")
    assert office.said(held)[-1][1].startswith(DONE)


def test_who_was_promised_an_answer_is_told_even_if_nobody_joined(office: Office) -> None:
    held = office.waiting()
    office.handover.resolve(held.id, SAM, "called", held.version)
    assert [text.startswith(DONE) for _, text in office.said(held)] == [True]


def test_who_knows_nothing_of_it_is_not_bothered(office: Office) -> None:
    held = office.waiting(reason="not_delivered")
    office.handover.resolve(held.id, SAM, "called", held.version)
    assert office.said(held) == []


def test_over_the_shoulder_of_somebody_under_pressure_nothing_is_said(office: Office) -> None:
    held = office.waiting(reason="under_pressure", urgency=URGENT)
    taken = office.handover.claim(held.id, SAM)
    office.handover.resolve(held.id, SAM, "called", taken.version)
    assert office.said(held) == []


def test_a_reply_still_on_hold_goes_before_the_goodbye(office: Office) -> None:
    held = office.waiting()
    office.handover.reply(held.id, SAM, "Your form is at the desk.", seen=0)
    office.handover.resolve(held.id, SAM, "answered", office.now(held).version)
    assert [text[:10] for _, text in office.said(held)] == [JOINED[:10], "Your form ", DONE[:10]]
    office.passes(minutes=1)
    assert len(office.said(held)) == 3


def test_what_the_patient_wrote_since_stops_who_closes_it(office: Office) -> None:
    held = office.handover.claim(office.waiting().id, SAM)
    office.raises(held.conversation_id, "patient_wrote")
    for close in (
        lambda: office.handover.resolve(held.id, SAM, "answered", held.version),
        lambda: office.handover.give_back(held.id, SAM, held.version),
        lambda: office.handover.snooze(held.id, SAM, office.clock() + timedelta(days=1), held.version),
    ):
        with pytest.raises(Stale):
            close()


def test_what_is_closed_stays_closed(office: Office) -> None:
    held = office.waiting()
    office.handover.resolve(held.id, SAM, "called", held.version)
    for do in (
        lambda: office.handover.claim(held.id, ALEX),
        lambda: office.handover.reply(held.id, ALEX, "Hello", 0),
        lambda: office.handover.keep_note(held.id, ALEX, "late"),
        lambda: office.handover.give_back(held.id, ALEX, held.version),
    ):
        with pytest.raises(Closed):
            do()


def test_staff_may_begin_without_being_asked(office: Office) -> None:
    begun = office.handover.begin(office.opens(), SAM)
    assert (begun.assignee_id, begun.reason, office.owner(begun)) == (SAM.id, "begun_by_staff", "staff")
    with pytest.raises(Stale):
        office.handover.begin(begun.conversation_id, ALEX)


def test_each_step_is_in_the_audit_trail_with_who_did_it(office: Office) -> None:
    held = office.handover.claim(office.waiting().id, SAM)
    office.handover.keep_note(held.id, ALEX, "private words")
    office.handover.reply(held.id, SAM, "Hello", seen=0)
    office.handover.give_back(held.id, SAM, office.now(held).version)
    assert office.audited() == [
        ("escalation.claimed", SAM.id),
        ("escalation.noted", ALEX.id),
        ("escalation.replied", SAM.id),
        ("escalation.returned", SAM.id),
    ]


def test_in_the_web_chat_no_text_goes_out(office: Office) -> None:
    held = office.raises(office.opens(WEB, "somebody"))
    office.handover.reply(held.id, SAM, "Hello", seen=0)
    office.passes(seconds=5)
    assert office.texts() == [] and len(office.said(held)) == 2
