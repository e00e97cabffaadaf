"""Many wait for an earlier time and many cancel at once: each slot is offered in turn and given to one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.earlier import offering
from bot.practice import Practice
from bot.settings import Settings
from bot.store.database import Database, open_database
from tests.faults.many_waiting import CANCELLED, Day, check
from tests.support import HandClock
from tests.unit.earlier_support import EARLY, WaitingList, unfair


@pytest.fixture()
def databases(tmp_path: Path) -> Iterator[list[Database]]:
    opened = [open_database(Settings(home=tmp_path, _env_file=None)) for _ in range(2)]
    opened[0].upgrade()
    yield opened
    for each in opened:
        each.close()


@pytest.fixture()
def clock() -> HandClock:
    return HandClock()


@pytest.mark.parametrize("seed", [1, 2])
def test_of_a_hundred_who_wait_each_has_their_turn_and_each_slot_one_taker(
    databases: list[Database], practice: Practice, clock: HandClock, seed: int
) -> None:
    day = Day([WaitingList(each, practice, clock) for each in databases], clock, seed)
    day.all_cancel_at_once()
    while day.passes():
        pass
    check(day, unfair)


def test_nobody_ever_holds_two_offers_and_no_slot_is_on_offer_to_two(
    databases: list[Database], practice: Practice, clock: HandClock
) -> None:
    """Both are kept by the store itself, whatever a process believes."""
    day = Day([WaitingList(databases[0], practice, clock)], clock, 1)
    day.all_cancel_at_once()
    day.processes[0].looks()
    live = day.processes[0].live_offers()
    assert len(live) == len({each.wish_id for each in live}) == len({each.slot_id for each in live}) == CANCELLED


class Killed(BaseException):
    """The process ends here: nothing after it is done."""


@pytest.mark.parametrize("step", ["add_offer", "plan", "note_offer"])
def test_a_process_that_ends_while_it_offers_leaves_the_offer_whole_or_unmade(
    databases: list[Database], practice: Practice, clock: HandClock, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = WaitingList(databases[0], practice, clock)
    day = Day([process], clock, 1)
    process.cancels(day.leaving[0])
    place = {"add_offer": offering.earlier, "plan": offering.notifications, "note_offer": offering}[step]
    done = getattr(place, step)

    def killed(*given: object, **named: object) -> object:
        done(*given, **named)
        raise Killed

    monkeypatch.setattr(place, step, killed)
    with pytest.raises(Killed):
        process.looks()
    monkeypatch.undo()
    assert process.offers() == [] and process.texts() == []
    process.looks()
    assert process.offers() == [("P0", None)] and len(process.texts()) == 1
    assert unfair(databases[0]) == []


def test_a_process_that_ends_after_the_move_says_moved_when_the_message_is_read_again(
    databases: list[Database], practice: Practice, clock: HandClock
) -> None:
    process = WaitingList(databases[0], practice, clock)
    day = Day([process], clock, 1)
    process.cancels(day.leaving[0])
    process.looks()
    (offer,) = process.live_offers()
    held = day.waiting[0]
    process.backend.reschedule(held.patient_id, held.id, offer.slot_id, f"offer:{offer.id}")  # and then it ended
    process.looks()
    assert "Moved." in process.hears(day.phones[held.patient_id], offer.number)
    assert [each.slot.start for each in day.booked(held)] == [EARLY]
    assert unfair(databases[0]) == []
