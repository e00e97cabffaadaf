"""Texts on their way out: each is sent once, in order, and its fate is known."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from bot.delivery import MAX_ATTEMPTS, SendFailed, SendRefused
from bot.store import contacts
from bot.store.outbox import RANK, queue_text
from tests.doors.support import Doors
from tests.support import AMIRA, TOM

_HELLO = "what are your opening hours"


def _answer(doors: Doors, said: str = _HELLO, number: str = AMIRA) -> str:
    """Have a text answered; gives the answer's id at Twilio."""
    doors.texts_in(said, number)
    doors.run()
    return doors.telco.sids[-1]


def _queue(doors: Doors, *bodies: str, number: str = AMIRA) -> None:
    with doors.surgery.program.database.write() as connection:
        for body in bodies:
            queue_text(connection, number, body, 1, doors.clock())


def _state(doors: Doors) -> str:
    return str(doors.outbox()[-1].state)


def _has_opted_out(doors: Doors, number: str) -> bool:
    with doors.surgery.program.database.read() as connection:
        return contacts.has_opted_out(connection, number)


# What Twilio reports


def test_a_text_moves_forward_as_it_is_reported(doors: Doors) -> None:
    sid = _answer(doors)
    for status in ("queued", "sending", "sent", "delivered", "read"):
        assert doors.reports(sid, status).status_code == 200
        assert _state(doors) == status


def test_reports_in_any_order_end_alike(doors: Doors) -> None:
    statuses = ["accepted", "queued", "sending", "sent", "delivered"]
    for seed in range(10):
        sid = _answer(doors)
        seen = []
        for status in random.Random(seed).sample(statuses, len(statuses)):
            doors.reports(sid, status)
            seen.append(RANK[_state(doors)])
        assert seen == sorted(seen), "a text only moves forward"
        assert _state(doors) == "delivered"


def test_each_status_counts_by_itself_though_the_id_is_the_same(doors: Doors) -> None:
    sid = _answer(doors)
    doors.reports(sid, "sent")
    doors.reports(sid, "sent")
    doors.reports(sid, "delivered")
    assert _state(doors) == "delivered"


def test_a_report_that_overtakes_the_answer_to_our_own_request_is_kept(doors: Doors) -> None:
    doors.telco.before_answer = lambda sid: doors.reports(sid, "delivered") and None
    _answer(doors)
    assert _state(doors) == "delivered"


def test_a_failure_that_overtakes_the_answer_to_our_own_request_asks_for_a_person(doors: Doors) -> None:
    doors.telco.before_answer = lambda sid: doors.reports(sid, "undelivered", "30003") and None
    _answer(doors)
    assert _state(doors) == "undelivered"
    assert doors.reasons() == ["not_delivered"]


@pytest.mark.parametrize("status", ["undelivered", "failed"])
def test_a_text_that_never_arrived_asks_for_a_person_once(doors: Doors, status: str) -> None:
    sid = _answer(doors)
    for _ in range(3):
        doors.reports(sid, status, "30003")
    doors.reports(sid, "sent")
    assert _state(doors) == status
    assert doors.outbox()[-1].error_code == "30003"
    assert doors.reasons() == ["not_delivered"]


@pytest.mark.parametrize(
    ("sid", "status"), [("", "delivered"), ("SM" + "0" * 32, "delivered"), ("S" * 900, "sent"), ("SM1", "")]
)
def test_a_report_about_no_text_of_ours_is_answered_and_does_no_harm(doors: Doors, sid: str, status: str) -> None:
    _answer(doors)
    assert doors.reports(sid, status).status_code == 200
    assert doors.states() == ["accepted"]


def test_a_status_that_does_not_exist_changes_nothing(doors: Doors) -> None:
    sid = _answer(doors)
    for status in ("DELIVERED", "exploded", "x" * 5000, "waiting\x00"):
        assert doors.reports(sid, status).status_code == 200
    assert doors.states() == ["accepted"]


@pytest.mark.parametrize("status", ["waiting", "claimed", "suppressed"])
def test_our_own_words_for_a_state_are_not_twilios(doors: Doors, status: str) -> None:
    sid = _answer(doors)
    doors.reports(sid, status)
    assert doors.states() == ["accepted"]
    assert len(doors.telco.texts) == 1


def test_a_report_about_one_text_leaves_the_others_alone(doors: Doors) -> None:
    first, second = _answer(doors), _answer(doors, number=TOM)
    doors.reports(first, "delivered")
    assert doors.states() == ["delivered", "accepted"]
    doors.reports(second, "undelivered", "30006")
    assert doors.states() == ["delivered", "undelivered"]


# When sending fails


def test_a_number_that_has_opted_out_at_twilio_is_remembered_and_a_person_asked(doors: Doors) -> None:
    doors.telco.failures = [SendRefused("21610", opted_out=True)]
    doors.texts_in(_HELLO, AMIRA)
    doors.run()
    assert doors.states() == ["suppressed"]
    assert doors.outbox()[0].error_code == "21610"
    assert _has_opted_out(doors, AMIRA)
    assert doors.reasons() == ["opted_out"]
    doors.texts_in(_HELLO, AMIRA)
    doors.run()
    assert doors.telco.texts == []


def test_a_text_that_twilio_refuses_is_not_tried_again_and_a_person_is_asked(doors: Doors) -> None:
    doors.telco.failures = [SendRefused("21211")]
    doors.texts_in(_HELLO, AMIRA)
    doors.run()
    doors.clock.forward(hours=9)
    doors.run()
    assert doors.states() == ["failed"]
    assert doors.telco.texts == []
    assert doors.reasons() == ["not_delivered"]
    assert not _has_opted_out(doors, AMIRA)


def _pauses(doors: Doors) -> list[float]:
    """Let time pass two seconds at a time; gives how long was waited before each try."""
    pauses: list[float] = []
    last: datetime = doors.clock()
    left = len(doors.telco.failures)
    for _ in range(4000):
        doors.run()
        if len(doors.telco.failures) < left:
            left = len(doors.telco.failures)
            pauses.append((doors.clock() - last).total_seconds())
            last = doors.clock()
        if doors.states()[0] == "failed":
            break
        doors.clock.forward(seconds=2)
    return pauses


def test_a_text_is_tried_again_after_ever_longer_waits_and_in_the_end_a_person_is_asked(doors: Doors) -> None:
    doors.texts_in(_HELLO, AMIRA)
    doors.telco.failures = [SendFailed("20429") for _ in range(MAX_ATTEMPTS + 5)]
    pauses = _pauses(doors)
    assert len(pauses) == MAX_ATTEMPTS
    assert pauses[0] == 0
    assert pauses[1:] == sorted(pauses[1:])
    assert pauses[2] >= 2 * pauses[1] - 1
    assert pauses[-1] >= 8 * pauses[1]
    assert max(pauses) <= 15 * 60 + 1
    assert doors.states() == ["failed"]
    assert doors.reasons() == ["not_delivered"]


def test_a_text_that_failed_leaves_once_twilio_is_well_again(doors: Doors) -> None:
    doors.telco.failures = [SendFailed("20429"), SendFailed("unreachable")]
    doors.texts_in(_HELLO, AMIRA)
    for _ in range(60):
        doors.run()
        doors.clock.forward(seconds=1)
    assert doors.states() == ["accepted"]
    assert len(doors.telco.texts) == 1
    assert doors.reasons() == []


def test_texts_to_one_number_leave_in_order_though_the_first_has_to_wait(doors: Doors) -> None:
    doors.telco.failures = [SendFailed("20429")]
    _queue(doors, "one", "two", "three")
    doors.run()
    assert doors.telco.texts == []
    doors.clock.forward(seconds=1)
    _queue(doors, "four")
    doors.run()
    assert doors.telco.texts == [], "none may overtake the first"
    doors.clock.forward(seconds=60)
    doors.run()
    assert doors.telco.bodies() == ["one", "two", "three", "four"]


def test_a_number_that_has_to_wait_holds_up_nobody_else(doors: Doors) -> None:
    doors.telco.failures = [SendFailed("20429")]
    _queue(doors, "to Amira")
    _queue(doors, "to Tom", number=TOM)
    doors.run()
    assert doors.telco.bodies() == ["to Tom"]


def test_a_text_that_was_refused_for_good_lets_the_next_one_go(doors: Doors) -> None:
    doors.telco.failures = [SendRefused("21617")]
    _queue(doors, "one", "two")
    doors.run()
    assert doors.telco.bodies() == ["two"]


def test_a_text_meant_for_later_does_not_hold_up_the_ones_for_now(doors: Doors) -> None:
    later = doors.clock()
    doors.clock.forward(hours=-2)
    with doors.surgery.program.database.write() as connection:
        queue_text(connection, AMIRA, "later", 1, doors.clock(), due_at=later)
    _queue(doors, "now")
    doors.run()
    assert doors.telco.bodies() == ["now"]
    doors.clock.forward(hours=2)
    doors.run()
    assert doors.telco.bodies() == ["now", "later"]


# When nobody knows whether it was sent


def _pass_time(doors: Doors, minutes: int = 10) -> None:
    for _ in range(minutes * 6):
        doors.clock.forward(seconds=10)
        doors.run()


def test_a_text_that_was_taken_before_the_line_broke_is_not_sent_twice(doors: Doors) -> None:
    doors.telco.failures = [SendFailed("timeout", unsure=True)]
    doors.texts_in(_HELLO, AMIRA)
    doors.run()
    _pass_time(doors)
    assert doors.telco.lookups == 1
    assert len(doors.telco.texts) == 1
    assert doors.outbox()[0].provider_sid == doors.telco.sids[0]
    doors.reports(doors.telco.sids[0], "delivered")
    assert doors.states() == ["delivered"]


def test_a_text_that_was_not_taken_before_the_line_broke_is_sent_again(doors: Doors) -> None:
    doors.telco.failures = [SendFailed("timeout", unsure=True)]
    doors.telco.takes = False
    doors.texts_in(_HELLO, AMIRA)
    doors.run()
    _pass_time(doors)
    assert doors.telco.lookups == 1
    assert len(doors.telco.texts) == 1
    assert doors.states() == ["accepted"]


def test_while_twilio_cannot_be_asked_nothing_is_sent_again(doors: Doors) -> None:
    doors.telco.failures = [SendFailed("timeout", unsure=True)]
    doors.telco.lookup_failures = [SendFailed("unreachable"), SendFailed("20500")]
    doors.texts_in(_HELLO, AMIRA)
    doors.run()
    _pass_time(doors)
    assert doors.telco.lookups == 3
    assert len(doors.telco.texts) == 1
    assert doors.states() == ["queued"]


def test_a_process_killed_between_sending_and_noting_it_sends_nothing_twice(doors: Doors) -> None:
    def die(_sid: str) -> None:
        raise KeyboardInterrupt

    doors.telco.before_answer = die
    doors.texts_in(_HELLO, AMIRA)
    with pytest.raises(KeyboardInterrupt):
        doors.run()
    doors.telco.before_answer = lambda sid: None
    assert doors.states() == ["claimed"]
    _pass_time(doors)
    assert len(doors.telco.texts) == 1
    assert doors.outbox()[0].provider_sid == doors.telco.sids[0]


def test_an_earlier_text_with_the_same_words_is_not_taken_for_the_lost_one(doors: Doors) -> None:
    _answer(doors)
    doors.telco.failures, doors.telco.takes = [SendFailed("timeout", unsure=True)], False
    doors.texts_in(_HELLO, AMIRA)
    doors.run()
    _pass_time(doors)
    assert len(set(doors.telco.bodies())) == 1
    assert len(doors.telco.texts) == 2
    assert doors.states() == ["accepted", "accepted"]


def test_a_text_nobody_could_find_out_about_ends_with_a_person(doors: Doors) -> None:
    doors.telco.takes = False
    doors.telco.failures = [SendFailed("timeout", unsure=True) for _ in range(MAX_ATTEMPTS)]
    doors.texts_in(_HELLO, AMIRA)
    doors.run()
    _pass_time(doors, minutes=90)
    assert doors.telco.texts == []
    assert doors.states() == ["failed"]
    assert doors.reasons() == ["not_delivered"]


def test_the_next_text_waits_until_the_lost_one_is_found(doors: Doors) -> None:
    doors.telco.failures = [SendFailed("timeout", unsure=True)]
    _queue(doors, "one", "two")
    doors.run()
    assert doors.telco.bodies() == ["one"]
    _pass_time(doors)
    assert doors.telco.bodies() == ["one", "two"]
