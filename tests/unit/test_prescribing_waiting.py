"""An order that nobody has decided by the day the patient was told is brought to staff, once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from bot.backend.base import Unavailable
from bot.backend.local import LocalBackend
from bot.backend.prescribing import APPROVED, REJECTED, NewOrder
from bot.escalation.handover import QUEUE
from bot.escalation.reasons import say_reason
from bot.escalation.timers import Timers
from bot.practice import Practice
from bot.prescribing.news import ORDER
from bot.prescribing.rules import ready_on
from bot.prescribing.waiting import OrdersUntold, OrdersWaiting
from bot.store import escalations, notifications
from bot.store.conversations import DESK
from bot.store.database import Database
from bot.store.escalations import Escalation
from bot.store.notices import Notices
from tests.support import LONDON, HandClock

AMIRA, TOM = "patient-01", "patient-02"


class Practising:
    """A surgery whose timers are looked after, hour by hour."""

    def __init__(self, database: Database, backend: LocalBackend, practice: Practice, clock: HandClock) -> None:
        self.database, self.backend, self.practice, self.clock = database, backend, practice, clock
        looking = [OrdersWaiting(database, backend, practice, clock), OrdersUntold(database, clock)]
        self.timers = Timers(database, practice, looking, Notices(database), clock)

    def orders(self, patient_id: str, name: str) -> str:
        """The id of the order, made now."""
        held = next(each for each in self.backend.repeats(patient_id) if each.name.startswith(name))
        order = NewOrder((held.id,), ready_on(self.practice, self.clock()))
        return self.backend.request_repeats(patient_id, order, f"{patient_id}{name}")[0].id

    def passes_until(self, day: str, hour: int = 9) -> None:
        until = datetime.combine(date.fromisoformat(day), datetime.min.time(), LONDON).replace(hour=hour)
        while self.clock.now < until:
            self.clock.now = min(until, self.clock.now + timedelta(hours=1))
            while self.timers.work_once():
                pass

    def raised(self) -> list[Escalation]:
        with self.database.read() as connection:
            return escalations.list_escalations(connection)

    def whose(self) -> list[str | None]:
        return [each.patient_id for each in self.raised()]


@pytest.fixture()
def surgery(database: Database, backend: LocalBackend, practice: Practice, clock: HandClock) -> Practising:
    # Tom's was asked for on Sunday, and is read on Monday: ready on Wednesday.
    return Practising(database, backend, practice, clock)


def test_on_the_working_day_after_it_was_to_be_ready_it_is_brought_to_staff(surgery: Practising) -> None:
    surgery.passes_until("2026-11-25", 23)
    assert surgery.raised() == []
    surgery.passes_until("2026-11-26")
    [held] = surgery.raised()
    assert (held.reason, held.patient_id, held.urgency) == ("order_waiting", TOM, "routine")
    assert "waits" in say_reason(held.reason)


def test_it_is_raised_once_and_stands_for_itself(surgery: Practising) -> None:
    surgery.passes_until("2026-12-04")
    [held] = surgery.raised()
    with surgery.database.read() as connection:
        [(_, conversation)] = escalations.queue(connection)
    assert (conversation.channel, conversation.address) == (DESK, "order:KTR7M4")
    assert held.conversation_id == conversation.id


def test_staff_read_its_reference_and_no_medicine(surgery: Practising) -> None:
    surgery.passes_until("2026-11-26")
    with surgery.database.read() as connection:
        event = escalations.events_of(connection, surgery.raised()[0])[0]
    assert (event.kind, event.summary) == ("raised", "KTR7M4")


@pytest.mark.parametrize("status", [APPROVED, REJECTED])
def test_what_was_decided_is_left_alone(surgery: Practising, status: str) -> None:
    [toms] = surgery.backend.prescription_requests(TOM)
    surgery.backend.decide_request(toms.id, status, "", "d")
    surgery.passes_until("2026-12-04")
    assert surgery.raised() == []


def test_what_the_patient_cancelled_is_left_alone(surgery: Practising) -> None:
    [toms] = surgery.backend.prescription_requests(TOM)
    surgery.backend.cancel_prescription(TOM, toms.id, "c")
    surgery.passes_until("2026-12-04")
    assert surgery.raised() == []


def test_nobody_is_called_to_it_while_the_surgery_is_shut(surgery: Practising) -> None:
    surgery.backend.decide_request(surgery.backend.prescription_requests(TOM)[0].id, APPROVED, "", "d")
    surgery.clock.now = datetime(2026, 12, 22, 10, tzinfo=LONDON)
    surgery.orders(AMIRA, "Omeprazole")  # ready on Christmas Eve
    surgery.passes_until("2026-12-28", 23)  # Christmas Day, the weekend, and Boxing Day's holiday
    assert surgery.raised() == []
    surgery.passes_until("2026-12-29")
    assert surgery.whose() == [AMIRA]


def test_orders_of_several_patients_are_raised_each(surgery: Practising) -> None:
    surgery.orders(AMIRA, "Metformin")
    surgery.passes_until("2026-11-27")
    assert sorted(str(each) for each in surgery.whose()) == [AMIRA, TOM]


def test_a_clinical_system_that_does_not_answer_is_asked_again(
    surgery: Practising, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable

    with monkeypatch.context() as silent:
        silent.setattr(LocalBackend, "requests_in", away)
        surgery.passes_until("2026-11-26", 12)
    assert surgery.raised() == []
    surgery.passes_until("2026-11-26", 14)
    assert surgery.whose() == [TOM]


def test_the_queue_hears_of_it(surgery: Practising) -> None:
    heard: list[int] = []
    notices = Notices(surgery.database)
    notices.listen(QUEUE, lambda: heard.append(1))
    looking = [OrdersWaiting(surgery.database, surgery.backend, surgery.practice, surgery.clock)]
    surgery.timers = Timers(surgery.database, surgery.practice, looking, notices, surgery.clock)
    surgery.passes_until("2026-11-26")
    assert heard


# What was not approved, and could not be told.


def not_told(surgery: Practising, request_id: str, subject: str, why: str) -> None:
    """A notification of an order that was planned and dropped."""
    now = surgery.clock()
    with surgery.database.write() as connection:
        notifications.plan(connection, ORDER, f"order:{request_id}", AMIRA, subject, now, now)
        planned = notifications.find_by_key(connection, f"order:{request_id}")
        assert planned and notifications.drop(connection, planned.id, why)


@pytest.mark.parametrize("why", ["no_number", "opted_out", "flagged", "shared_number", "unreachable", "failed"])
def test_whoever_no_text_could_tell_is_to_be_called(surgery: Practising, why: str) -> None:
    not_told(surgery, "q1", "PRT4XM:rejected", why)
    surgery.passes_until("2026-11-23", 12)
    [held] = surgery.raised()
    assert (held.reason, held.patient_id) == ("order_untold", AMIRA)
    surgery.passes_until("2026-11-25", 12)
    assert len(surgery.raised()) == 1


@pytest.mark.parametrize(
    ("subject", "why"),
    [("PRT4XM:rejected", "told_together"), ("PRT4XM:rejected", "changed"), ("PRT4XM:ready", "no_number")],
)
def test_nobody_is_called_who_was_told_or_has_lost_nothing(surgery: Practising, subject: str, why: str) -> None:
    not_told(surgery, "q1", subject, why)
    surgery.passes_until("2026-11-25", 12)
    assert surgery.raised() == []


def test_of_one_order_they_are_called_about_once(surgery: Practising) -> None:
    for request_id in ("q1", "q2"):
        not_told(surgery, request_id, "PRT4XM:rejected", "no_number")
    surgery.passes_until("2026-11-23", 12)
    assert len(surgery.raised()) == 1
