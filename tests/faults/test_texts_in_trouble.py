"""A text network that is down, slow or unsure: every text arrives once and in order, or a person is told."""

from __future__ import annotations

from bot.delivery import MAX_ATTEMPTS, SendFailed
from bot.store.outbox import FAILED
from bot.store.tables import outbox
from tests.faults.support import at_work, fail, network_of, receive, replies, rows, wait_until
from tests.support import AMIRA, TOM, HandClock, Surgery

UNREACHABLE = SendFailed("unreachable")
LOST = SendFailed("timeout", unsure=True)


def answered(surgery: Surgery, number: str, *questions: str) -> list[str]:
    """Replies to these questions lie in the outbox; gives their words, which no two share."""
    said: list[str] = []
    for question in questions:
        receipt = receive(surgery, number, question)
        while surgery.program.gateway.work_once():
            pass
        said += replies(surgery, receipt)
    return said


def pass_time(surgery: Surgery, clock: HandClock, minutes: int) -> None:
    """The senders look at the outbox every second; ten seconds apart is as good here."""
    for _ in range(minutes * 6):
        surgery.run()
        clock.forward(seconds=10)
    surgery.run()


def states(surgery: Surgery) -> list[str]:
    return [row.state for row in sorted(rows(surgery, outbox), key=lambda row: row.id)]


def bodies(said: list[str]) -> list[str]:
    return [f"Riverside Surgery: {each}" for each in said]


def test_after_an_hour_without_network_every_text_is_sent_once_and_in_order(surgery: Surgery, clock: HandClock) -> None:
    network = network_of(surgery)
    network.before_taking = fail(*[UNREACHABLE] * 1000)
    first = answered(surgery, AMIRA, "when are you open on monday")
    pass_time(surgery, clock, 30)
    second = answered(surgery, AMIRA, "where can i park")
    others = answered(surgery, TOM, "where can i park")
    pass_time(surgery, clock, 30)
    assert network.texts == []
    network.before_taking = fail()
    pass_time(surgery, clock, 16)
    assert network.bodies_to(AMIRA) == bodies(first + second)
    assert network.bodies_to(TOM) == bodies(others)
    assert surgery.escalations() == []


def test_a_text_that_has_to_wait_is_not_overtaken_by_the_next_to_the_same_number(
    surgery: Surgery, clock: HandClock
) -> None:
    network = network_of(surgery)
    network.before_taking = fail(UNREACHABLE)
    first = answered(surgery, AMIRA, "when are you open on monday")
    surgery.run()
    second = answered(surgery, AMIRA, "where can i park")
    surgery.run()
    assert network.texts == []
    pass_time(surgery, clock, 1)
    assert network.bodies_to(AMIRA) == bodies(first + second)


def test_a_text_that_cannot_be_sent_at_all_is_given_to_a_person_and_lets_the_next_one_go(
    surgery: Surgery, clock: HandClock
) -> None:
    network = network_of(surgery)
    network.before_taking = fail(*[UNREACHABLE] * MAX_ATTEMPTS)
    answered(surgery, AMIRA, "when are you open on monday")
    second = answered(surgery, AMIRA, "where can i park")
    pass_time(surgery, clock, 120)
    assert states(surgery) == [FAILED, "accepted"]
    assert network.bodies_to(AMIRA) == bodies(second)
    assert [(each.reason, each.urgency) for each in surgery.escalations()] == [("not_delivered", "routine")]


def test_a_text_whose_answer_was_lost_is_looked_for_and_not_sent_again(surgery: Surgery, clock: HandClock) -> None:
    network = network_of(surgery)
    network.after_taking = fail(LOST)
    said = answered(surgery, AMIRA, "where can i park")
    pass_time(surgery, clock, 2)
    assert network.bodies_to(AMIRA) == bodies(said)
    assert states(surgery) == ["accepted"]


def test_a_text_that_was_not_taken_although_it_might_have_been_is_sent_again(
    surgery: Surgery, clock: HandClock
) -> None:
    network = network_of(surgery)
    network.before_taking = fail(LOST)
    said = answered(surgery, AMIRA, "where can i park")
    pass_time(surgery, clock, 2)
    assert network.bodies_to(AMIRA) == bodies(said)


def test_a_text_that_may_have_been_taken_is_not_sent_again_while_the_network_cannot_be_asked(
    surgery: Surgery, clock: HandClock
) -> None:
    network = network_of(surgery)
    network.after_taking = fail(LOST)
    network.before_looking = fail(*[UNREACHABLE] * 3)
    said = answered(surgery, AMIRA, "where can i park")
    pass_time(surgery, clock, 10)
    assert network.bodies_to(AMIRA) == bodies(said)
    assert states(surgery) == ["accepted"]


def test_a_text_that_may_have_been_taken_outlasts_an_hour_without_network(surgery: Surgery, clock: HandClock) -> None:
    network = network_of(surgery)
    network.after_taking = fail(LOST)
    network.before_looking = fail(*[UNREACHABLE] * 1000)
    said = answered(surgery, AMIRA, "where can i park")
    pass_time(surgery, clock, 60)
    network.before_looking = fail()
    pass_time(surgery, clock, 16)
    assert network.bodies_to(AMIRA) == bodies(said)
    assert states(surgery) == ["accepted"]
    assert surgery.escalations() == []


def test_a_sender_survives_an_error_nobody_thought_of_and_the_text_is_still_sent_once(
    surgery: Surgery, clock: HandClock
) -> None:
    network = network_of(surgery)
    network.after_taking = fail(ZeroDivisionError())
    said = answered(surgery, AMIRA, "where can i park")
    with at_work(surgery):
        wait_until(lambda: network.texts)
        clock.forward(minutes=2)
        wait_until(lambda: states(surgery) == ["accepted"])
    assert network.bodies_to(AMIRA) == bodies(said)


def test_a_sender_that_always_meets_an_error_nobody_thought_of_gives_up_and_tells_a_person(
    surgery: Surgery, clock: HandClock
) -> None:
    network_of(surgery).before_taking = fail(*[ZeroDivisionError()] * 1000)
    answered(surgery, AMIRA, "where can i park")
    pass_time(surgery, clock, 120)
    assert states(surgery) == [FAILED]
    assert [each.reason for each in surgery.escalations()] == ["not_delivered"]


def test_a_report_of_a_lost_text_that_overtakes_our_own_record_of_it_still_asks_for_a_person(
    surgery: Surgery, clock: HandClock
) -> None:
    network, delivery = network_of(surgery), surgery.delivery
    network.after_taking = lambda: delivery.record_status(network.sids[-1], "undelivered", "30003")
    answered(surgery, AMIRA, "where can i park")
    surgery.run()
    assert states(surgery) == ["undelivered"]
    assert [each.reason for each in surgery.escalations()] == ["not_delivered"]
