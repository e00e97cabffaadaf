"""How long an answer takes where somebody could learn from it, side by side: `python -m benchmarks.enumeration`.

Each pair is asked in turns, so that whatever else the machine does falls on both. Within noise means that the medians
differ by less than half the spread of one side.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bot.actions.registry import all_actions
from bot.dialogue import Dialogue
from bot.program import newest_model
from bot.settings import ROOT
from tests.doors.secure import Phone, send_link
from tests.doors.support import TWILIO, Doors, open_doors
from tests.support import AMIRA, NOBODY, HandClock

_TIMES = 40
NIA, NIAS = "+447700900018", "patient-20"
_CALLUM = "+447700900013"  # has left

Ask = Callable[[Doors], float]


def _took(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _number(number: str) -> Ask:
    """From the number to the question for its code."""

    def ask(doors: Doors) -> float:
        browser = doors.browser()
        browser.opens()
        browser.says("I want to book an appointment")
        browser.posts("messages", {"id": "8d2c3a52-0f43-4c5f-9d7e-0c6f8a3e1b11", "text": number})
        return _took(doors.surgery.program.gateway.work_once)

    return ask


def _code(number: str) -> Ask:
    """A wrong code."""

    def ask(doors: Doors) -> float:
        browser = doors.browser()
        browser.opens()
        browser.says("I want to book an appointment")
        browser.says(number)
        browser.posts("messages", {"id": "8d2c3a52-0f43-4c5f-9d7e-0c6f8a3e1b12", "text": "000000"})
        return _took(doors.surgery.program.gateway.work_once)

    return ask


def _passcode(number: str, patient_id: str) -> Ask:
    def ask(doors: Doors) -> float:
        phone = Phone(doors)
        phone.spends(send_link(doors, "results", number, patient_id))
        phone.opens("/secure/prove")
        return _took(lambda: phone.sends("/secure/prove", passcode="plum-basket-71"))

    return ask


def _link(is_real: bool) -> Ask:
    def ask(doors: Doors) -> float:
        path = "/secure/" + "A" * 22
        if is_real:
            path = send_link(doors)
            Phone(doors).spends(path)
        phone = Phone(doors)
        return _took(lambda: phone.opens(path))

    return ask


def _result(patient_id: str | None) -> Ask:
    def ask(doors: Doors) -> float:
        phone = Phone(doors)
        phone.logs_in()
        theirs = doors.surgery.program.backend.results(patient_id) if patient_id else []
        wanted = theirs[0].id if theirs else "0" * 12
        return _took(lambda: phone.opens(f"/secure/results/{wanted}"))

    return ask


_PAIRS: dict[str, dict[str, Ask]] = {
    "a number in the chat": {"a patient's": _number(AMIRA), "nobody's": _number(NOBODY)},
    "a number in the chat, again": {"of one who left": _number(_CALLUM), "nobody's": _number(NOBODY)},
    "a wrong code": {"a patient's number": _code(AMIRA), "nobody's": _code(NOBODY)},
    "a wrong passcode": {"has another": _passcode(AMIRA, "patient-01"), "has none": _passcode(NIA, NIAS)},
    "a link": {"spent": _link(True), "made up": _link(False)},
    "a result": {"another patient's": _result("patient-02"), "made up": _result(None)},
}


def main() -> None:
    dialogue = Dialogue(newest_model(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "models"), all_actions())
    print("| asked | case | p50 ms | p25–p75 | case | p50 ms | p25–p75 | difference | within noise |")
    print("| --- | --- | ---: | ---: | --- | ---: | ---: | ---: | --- |")
    with _surgery(dialogue) as home:
        for name, pair in _PAIRS.items():
            print(_row(name, _measured(pair, home, dialogue)), flush=True)
    dialogue.close()


def _measured(pair: dict[str, Ask], home: Path, dialogue: Dialogue) -> dict[str, list[float]]:
    """Each on a store of its own that no limit has closed yet."""
    taken: dict[str, list[float]] = {case: [] for case in pair}
    for number in range(_TIMES):
        cases = list(pair) if number % 2 else list(reversed(pair))
        for case in cases:
            with _copied(home, dialogue) as doors:
                taken[case].append(pair[case](doors))
    return taken


def _row(name: str, taken: dict[str, list[float]]) -> str:
    cells, middles, spreads = [name], [], []
    for case, each in taken.items():
        low, _, high = quantiles(each, n=4)
        cells += [case, f"{median(each):.2f}", f"{low:.2f}–{high:.2f}"]
        middles.append(median(each))
        spreads.append(high - low)
    apart = abs(middles[0] - middles[1])
    return f"| {' | '.join([*cells, f'{apart:.2f}', 'yes' if apart < max(spreads) / 2 else 'no'])} |"


@contextmanager
def _surgery(dialogue: Dialogue) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        open_doors(Path(folder), dialogue, HandClock(), **TWILIO).surgery.program.database.close()
        yield Path(folder)


@contextmanager
def _copied(home: Path, dialogue: Dialogue) -> Iterator[Doors]:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(home, folder, dirs_exist_ok=True)
        doors = open_doors(Path(folder), dialogue, HandClock(), **TWILIO)
        yield doors
        doors.surgery.program.notices.stop()
        doors.surgery.program.database.close()


if __name__ == "__main__":
    main()
