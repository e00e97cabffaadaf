"""A process killed between any two steps of a turn loses no message and changes nothing twice."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.backend import tables
from bot.backend.demo import ensure_demo
from bot.dialogue import Dialogue
from bot.gateway import Inbound
from bot.settings import ROOT
from bot.sms_text import compose_text
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
from tests.support import AMIRA, TOM, HandClock

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


@dataclass(frozen=True)
class Journey:
    """What a patient says up to the read-back, and where in it the word stands that confirms."""

    number: str
    first_name: str
    says: tuple[str, ...]
    confirmed_by: str


JOURNEYS = {
    "book": Journey(AMIRA, "Amira", ("can i see dr patel tues pm", "2", "no"), r"Reply (1) to book it"),
    "move": Journey(TOM, "Tom", ("move my appointment", "next tuesday", "1"), r"Reply (\d{3}) to move it"),
    "cancel": Journey(TOM, "Tom", ("cancel my appointment",), r"Reply (\d{3}) to cancel it"),
}


class Story:
    """One journey that has come to its read-back; its confirming message, the death, and the restart."""

    def __init__(self, journey: str, home: Path, last_word: str, dialogue: Dialogue, deaths: Deaths) -> None:
        self._journey, self._home, self._dialogue, self._deaths = journey, home, dialogue, deaths
        self._clock = HandClock()
        self._last_word = text_from(JOURNEYS[journey].number, last_word, "SM-the-last-word")
        self.surgery = open_surgery(home, dialogue, self._clock)
        self.patient_id = self.surgery.patient_id(JOURNEYS[journey].first_name)
        self.busy_before, self.held_before = self.busy_slots(), booked(self.surgery, self.patient_id)
        self._texts_before = len(self.surgery.network.texts)

    def is_killed(self, step: str) -> None:
        """The confirming message comes in and the process dies; then all is started again, a lease later."""
        close_surgery(self.surgery)
        self._deaths.at(self._journey, step, self._home, self._clock, self._last_word)
        self._clock.forward(seconds=PAST_THE_LEASE)
        self.surgery = open_surgery(self._home, self._dialogue, self._clock)
        self.surgery.run()

    def busy_slots(self) -> int:
        return len(rows(self.surgery, tables.slot, tables.slot.c.status == "busy"))

    def appointments(self) -> list[Any]:
        """Every appointment this patient ever had."""
        return rows(self.surgery, tables.appointment, tables.appointment.c.patient_id == self.patient_id)

    def audited(self, action: str) -> list[str]:
        return [outcome for done, outcome in self.surgery.audit() if done == action]

    def is_answered_once(self, beginning: str) -> None:
        """Even if the network delivers the message again and again, as it does when its webhook was cut off."""
        for _ in range(2):
            receipt = self.surgery.program.gateway.receive(self._last_word)
            self.surgery.run()
        (reply,) = replies(self.surgery, receipt)
        assert reply.startswith(beginning)
        body, _ = compose_text(self.surgery.program.practice.name, reply)
        assert self.surgery.network.texts[self._texts_before :] == [(self._last_word.address, body)]
        assert is_all_done(self.surgery)
        assert {row.state for row in rows(self.surgery, outbox)} == {"accepted"}


Begin = Callable[[str], Story]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, dialogue: Dialogue) -> dict[str, tuple[Path, str]]:
    """Each journey told up to its read-back: the folder that holds it, and the word that would confirm it."""
    begun = {}
    for name, journey in JOURNEYS.items():
        home, clock = tmp_path_factory.mktemp(name), HandClock()
        surgery = open_surgery(home, dialogue, clock)
        ensure_demo(surgery.program.database, surgery.program.practice, clock)
        writer = surgery.texting(journey.number)
        read_back = [writer.says(each) for each in journey.says][-1]
        number = re.search(journey.confirmed_by, read_back)
        assert number
        close_surgery(surgery)
        begun[name] = home, number[1]
    return begun


@pytest.fixture()
def begin(tmp_path: Path, told: dict[str, tuple[Path, str]], dialogue: Dialogue, deaths: Deaths) -> Iterator[Begin]:
    stories: list[Story] = []

    def at_read_back(journey: str) -> Story:
        home, last_word = told[journey]
        shutil.copytree(home, tmp_path / journey)
        stories.append(Story(journey, tmp_path / journey, last_word, dialogue, deaths))
        return stories[-1]

    yield at_read_back
    for story in stories:
        close_surgery(story.surgery)


@pytest.mark.parametrize("step", STEPS["book"])
def test_a_booking_is_made_once_and_told_once_although_the_process_died(begin: Begin, step: str) -> None:
    story = begin("book")
    story.is_killed(step)
    story.is_answered_once("Booked")
    assert len(story.appointments()) == 1
    assert story.busy_slots() == story.busy_before + 1
    assert story.audited("appointment.book") == ["done"]


@pytest.mark.parametrize("step", STEPS["move"])
def test_an_appointment_is_moved_once_and_told_once_although_the_process_died(begin: Begin, step: str) -> None:
    story = begin("move")
    story.is_killed(step)
    story.is_answered_once("Moved")
    (held,) = booked(story.surgery, story.patient_id)
    assert held.slot_id != story.held_before[0].slot_id
    assert len(story.appointments()) == 2
    assert story.busy_slots() == story.busy_before
    assert story.audited("appointment.reschedule") == ["done"]


@pytest.mark.parametrize("step", STEPS["cancel"])
def test_an_appointment_is_cancelled_once_and_told_once_although_the_process_died(begin: Begin, step: str) -> None:
    story = begin("cancel")
    story.is_killed(step)
    story.is_answered_once("Your appointment is cancelled")
    assert booked(story.surgery, story.patient_id) == []
    assert len(story.appointments()) == 1
    assert story.busy_slots() == story.busy_before - 1
    assert story.audited("appointment.cancel") == ["done"]
