"""A hundred patients wait for an earlier time, and twenty others cancel at once: what is offered to whom, and who takes
it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select

from bot.backend import tables
from bot.backend.base import Appointment
from bot.store.earlier import Offer
from bot.store.earlier_tables import slot_offer
from tests.faults.support import all_at_once
from tests.support import HandClock
from tests.unit.earlier_support import EARLY, LATE, WaitingList, add_people, add_slots

WAITING, CANCELLED = 100, 20


class Day:
    """Several processes of one surgery. Patients answer as they please: take it, decline, say nothing, or too late."""

    def __init__(self, processes: Sequence[WaitingList], clock: HandClock, seed: int) -> None:
        self.processes, self.clock, self._chance = processes, clock, random.Random(seed)
        self.late: list[Offer] = []
        self.answered: set[int] = set()
        first = processes[0]
        people = add_people(first, [f"P{number}" for number in range(WAITING + CANCELLED)])
        early = add_slots(first.database, "dr-patel", [EARLY] * CANCELLED)
        late = add_slots(first.database, "dr-patel", [LATE] * WAITING)
        slots = [*early, *late]
        held = [
            first.books(each, slot) for each, slot in zip([*people[WAITING:], *people[:WAITING]], slots, strict=True)
        ]
        self.leaving, self.waiting = held[:CANCELLED], held[CANCELLED:]
        self.phones = {each.id: each.mobile or "" for each in people}
        for each in self.waiting:
            first.asks(each)

    def all_cancel_at_once(self) -> None:
        """While every process looks for what has become free."""
        calls: list[Callable[[], Any]] = [
            lambda each=each, process=self._process(): process.cancels(each)  # type: ignore[misc]
            for each in self.leaving
        ]
        self._must_go_well([*calls, *(each.looks for each in self.processes)])

    def passes(self) -> bool:
        """Everybody who is asked answers, while the processes look; then an hour passes. False once nobody is asked."""
        offers = [each for each in self.processes[0].live_offers() if each.id not in self.answered]
        answers = [self._answer(each) for each in offers]
        said = [each for each in answers if each]
        self._must_go_well([*said, *(each.looks for each in self.processes)] if said else [])
        self.clock.forward(minutes=63)
        self._must_go_well([*(self._says(each, each.number) for each in self.late), self.processes[0].looks])
        self.late = []
        self.clock.now = max(self.clock.now, self.processes[0].practice.when_to_text(self.clock.now))  # none at night
        self._must_go_well([each.looks for each in self.processes])
        return bool(self.processes[0].live_offers())

    def taken(self) -> list[Any]:
        with self.processes[0].database.read() as connection:
            return connection.execute(select(slot_offer).where(slot_offer.c.outcome == "taken")).all()

    def standing(self, slot_id: str) -> list[str]:
        """The patients who have an appointment in this slot."""
        held = tables.appointment.c
        with self.processes[0].database.read() as connection:
            found = select(held.patient_id).where(held.slot_id == slot_id, held.status == "booked")
            return list(connection.execute(found).scalars())

    def booked(self, held: Appointment) -> list[Appointment]:
        return self.processes[0].local.appointments(held.patient_id)

    def _answer(self, offer: Offer) -> Callable[[], Any] | None:
        self.answered.add(offer.id)
        answer = self._chance.choice(("take", "take", "decline", "silence", "late"))
        if answer == "late":
            self.late.append(offer)
        words = {"take": f"yes please {offer.number}", "decline": "no thanks"}.get(answer)
        return self._says(offer, words) if words else None

    def _says(self, offer: Offer, words: str) -> Callable[[], Any]:
        process, phone = self._process(), self.phones[offer.patient_id]
        return lambda: process.hears(phone, words)

    def _process(self) -> WaitingList:
        return self._chance.choice(self.processes)

    def _must_go_well(self, calls: list[Callable[[], Any]]) -> None:
        failed = [each for each in all_at_once(calls) if isinstance(each, Exception)] if calls else []
        assert failed == [], failed


def check(day: Day, unfair: Callable[[Any], list[str]]) -> None:
    """Every freed slot was offered, in turn, and given to one; nobody has two appointments, or none."""
    freed = {each.slot.id for each in day.leaving}
    with day.processes[0].database.read() as connection:
        offered = connection.execute(select(slot_offer)).all()
    assert {each.slot_id for each in offered} == freed, "not every freed slot was offered"
    assert all(len(day.standing(slot_id)) <= 1 for slot_id in freed)
    taken = day.taken()
    assert {(each.slot_id, each.patient_id) for each in taken} == {
        (slot_id, patient_id) for slot_id in freed for patient_id in day.standing(slot_id)
    }
    assert len({each.slot_id for each in taken}) == len(taken) == CANCELLED, len(taken)
    assert all(len(day.booked(each)) == 1 for each in day.waiting)
    found = unfair(day.processes[0].database)
    assert found == [], found
