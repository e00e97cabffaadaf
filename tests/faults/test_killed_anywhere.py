"""A process killed between any two steps of a turn loses no message and changes nothing twice."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from bot.backend import tables
from bot.backend.demo import ensure_demo
from bot.delivery import compose_text
from bot.dialogue import Dialogue
from bot.gateway import Inbound
from bot.settings import ROOT
from bot.store.tables import outbox
from tests.faults.child import DIED, STEPS
from tests.faults.support import (
    booked,
    close_surgery,
    is_all_done,
    open_surgery,
    replies,
    rows,
    text_from,
)
from tests.support import AMIRA, TOM, HandClock, Surgery

PAST_THE_LEASE = 61  # seconds


class Deaths:
    """The process in which forks die; see `tests.faults.child`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.child"], cwd=ROOT, stdin=-1, stdout=-1, text=True
        )

    def at(self, journey: str, step: str, home: Path, clock: HandClock, inbound: Inbound) -> None:
        """Have a process receive this message and die at this step."""
        order = {
            "journey": journey,
            "step": step,
            "home": str(home),
            "database_url": "",
            "now": clock().isoformat(),
            "inbound": asdict(inbound),
        }
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        assert int(self._process.stdout.readline()) == DIED

    def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)


@pytest.fixture(scope="module")
def deaths() -> Iterator[Deaths]:
    started = Deaths()
    yield started
    started.end()


class Story:
    """One journey up to its confirming message, that message's death, and the restart."""

    def __init__(self, home: Path, dialogue: Dialogue, deaths: Deaths) -> None:
        self.home, self._dialogue, self._deaths = home, dialogue, deaths
        self.clock = HandClock()
        self.surgery = open_surgery(home, dialogue, self.clock)
        ensure_demo(self.surgery.program.database, self.surgery.program.practice, self.clock)
        self.busy_before = self.busy_slots()

    def up_to_confirming(self, number: str, *said: str) -> str:
        """Say all this; gives the answer to the last."""
        writer = self.surgery.texting(number)
        answers = [writer.says(each) for each in said]
        return answers[-1]

    def confirmed_but_killed(self, journey: str, step: str, number: str, text: str) -> None:
        """The last message comes in and the process dies; then all is started again, a lease later."""
        self.confirming = text_from(number, text, "SM-the-last-word")
        self.texts_before = len(self.network.texts)
        close_surgery(self.surgery)
        self._deaths.at(journey, step, self.home, self.clock, self.confirming)
        self.clock.forward(seconds=PAST_THE_LEASE)
        self.surgery = open_surgery(self.home, self._dialogue, self.clock)
        self.surgery.run()

    @property
    def network(self) -> Any:
        return self.surgery.network

    def busy_slots(self) -> int:
        return len(rows(self.surgery, tables.slot, tables.slot.c.status == "busy"))

    def audited(self, action: str) -> list[str]:
        return [outcome for done, outcome in self.surgery.audit() if done == action]

    def is_answered_once(self, beginning: str) -> None:
        """The network delivers once more, as it does when its webhook was cut off; all is as if nothing had happened."""
        for _ in range(2):
            receipt = self.surgery.program.gateway.receive(self.confirming)
            self.surgery.run()
        said = replies(self.surgery, receipt)
        assert len(said) == 1
        assert said[0].startswith(beginning)
        body, _ = compose_text(self.surgery.program.practice.name, said[0])
        assert self.network.texts[self.texts_before :] == [(self.confirming.address, body)]
        assert is_all_done(self.surgery)
        assert {row.state for row in rows(self.surgery, outbox)} == {"accepted"}

    def close(self) -> None:
        close_surgery(self.surgery)


@pytest.fixture()
def story(tmp_path: Path, dialogue: Dialogue, deaths: Deaths) -> Iterator[Story]:
    told = Story(tmp_path, dialogue, deaths)
    yield told
    told.close()


@pytest.mark.parametrize("step", STEPS["book"])
def test_a_booking_is_made_once_and_told_once_although_the_process_died(story: Story, step: str) -> None:
    amira = story.surgery.patient_id("Amira")
    assert "Reply 1 to book it" in story.up_to_confirming(AMIRA, "can i see dr patel tues pm", "2", "no")
    story.confirmed_but_killed("book", step, AMIRA, "1")
    story.is_answered_once("Booked")
    assert len(rows(story.surgery, tables.appointment, tables.appointment.c.patient_id == amira)) == 1
    assert story.busy_slots() == story.busy_before + 1
    assert story.audited("appointment.book") == ["done"]


@pytest.mark.parametrize("step", STEPS["move"])
def test_an_appointment_is_moved_once_and_told_once_although_the_process_died(story: Story, step: str) -> None:
    tom = story.surgery.patient_id("Tom")
    before = booked(story.surgery, tom)
    read_back = story.up_to_confirming(TOM, "move my appointment", "next tuesday", "1")
    number = re.search(r"Reply (\d{3}) to move it", read_back)
    assert number
    story.confirmed_but_killed("move", step, TOM, number[1])
    story.is_answered_once("Moved")
    assert len(rows(story.surgery, tables.appointment, tables.appointment.c.patient_id == tom)) == 2
    held = booked(story.surgery, tom)
    assert len(held) == 1
    assert held[0].slot_id != before[0].slot_id
    assert story.busy_slots() == story.busy_before
    assert story.audited("appointment.reschedule") == ["done"]


@pytest.mark.parametrize("step", STEPS["cancel"])
def test_an_appointment_is_cancelled_once_and_told_once_although_the_process_died(story: Story, step: str) -> None:
    tom = story.surgery.patient_id("Tom")
    number = re.search(r"Reply (\d{3}) to cancel it", story.up_to_confirming(TOM, "cancel my appointment"))
    assert number
    story.confirmed_but_killed("cancel", step, TOM, number[1])
    story.is_answered_once("Your appointment is cancelled")
    assert booked(story.surgery, tom) == []
    assert len(rows(story.surgery, tables.appointment, tables.appointment.c.patient_id == tom)) == 1
    assert story.busy_slots() == story.busy_before - 1
    assert story.audited("appointment.cancel") == ["done"]
