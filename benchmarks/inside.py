"""Where our time goes: the same script by direct calls, with a stopwatch on each part of a turn."""

from __future__ import annotations

import functools
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.people import NUMBERS, seed
from benchmarks.script import Timed, converse
from bot.settings import ROOT

_CONVERSATIONS = 6


class Stopwatch:
    """Processor time of each call, by part; a part within another counts in both."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}

    def watch(self, owner: Any, name: str, part: str) -> None:
        """Measure `owner.name` from now on, whether it is a coroutine or not."""
        original = getattr(owner, name)
        times = self.taken.setdefault(part, [])

        @functools.wraps(original)
        def timed(*arguments: Any, **named: Any) -> Any:
            began = time.process_time()
            result = original(*arguments, **named)
            if hasattr(result, "__await__"):
                return _finish(result, began)
            times.append(time.process_time() - began)
            return result

        async def _finish(result: Any, began: float) -> Any:
            try:
                return await result
            finally:
                times.append(time.process_time() - began)

        setattr(owner, name, timed)


def run_inside(home: Path, core: int) -> str:
    """The table of parts, measured in a process of its own on that core."""
    command = ["taskset", "-c", str(core), sys.executable, "-m", "benchmarks.inside", str(home)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    measured = json.loads(done.stdout.splitlines()[-1])
    lines = ["| part of our turn | processor time, p50 | calls a turn |", "| --- | ---: | ---: |"]
    for part, each in measured.items():
        p50 = f"{each['p50']:.2f} ms" if "p50" in each else ""
        lines.append(f"| {part} | {p50} | {each['calls']:.1f} |")
    return "Where our time goes, by direct calls; a part within another counts in both.\n\n" + "\n".join(lines)


def main(home: Path) -> None:
    """Print the parts as one line of JSON."""
    settings = seed(home)
    from bot.program import assemble

    program = assemble(settings)
    stopwatch, statements = Stopwatch(), Counter(program.database.engine)
    say = _direct(program)
    list(converse(say, NUMBERS[0]))
    _watch(stopwatch, program)
    statements.count = 0
    turns = [turn for number in NUMBERS[1 : 1 + _CONVERSATIONS] for turn in converse(say, number)]
    parts = {
        part: {"p50": median(times) * 1000, "calls": len(times) / len(turns)}
        for part, times in stopwatch.taken.items()
        if times
    }
    parts["SQL statements"] = {"calls": statements.count / len(turns)}
    sys.stdout.write(json.dumps(parts) + "\n")
    program.stop()


class Counter:
    """Counts the statements an engine runs."""

    def __init__(self, engine: Any) -> None:
        from sqlalchemy import event

        self.count = 0
        event.listen(engine, "before_cursor_execute", self._add)

    def _add(self, *_: Any) -> None:
        self.count += 1


def _direct(program: Any) -> Callable[[str, str], Timed]:
    """Somebody who writes to the gateway itself, without threads of workers or HTTP."""
    from bot.delivery import Delivery, Sent
    from bot.gateway import Inbound
    from bot.store.conversations import SMS

    ids = itertools.count(1)
    sent: list[str] = []

    class Network:
        def send(self, number: str, body: str) -> Sent:
            sent.append(body)
            return Sent(f"SM{next(ids):032}", "delivered")

        def find(self, number: str, body: str, since: Any) -> None:
            return None

    delivery = program.delivery = Delivery(program.database, program.notices, Network(), program.clock)

    def say(number: str, text: str) -> Timed:
        began = time.perf_counter()
        program.gateway.receive(Inbound(SMS, number, f"bench-{next(ids)}", text))
        accepted = time.perf_counter() - began
        program.gateway.work_once()
        whole = time.perf_counter() - began
        delivery.work_once()
        return Timed(whole, accepted, sent[-1])

    return say


def _watch(stopwatch: Stopwatch, program: Any) -> None:
    from bot import gateway
    from bot.store.turn_queue import Claim, TurnQueue

    processor = program.dialogue._agent.processor
    stopwatch.watch(program.gateway, "receive", "receive: the message is stored")
    stopwatch.watch(program.gateway, "work_once", "turn, from taking the message to the commit")
    stopwatch.watch(TurnQueue, "take", "· take the message")
    stopwatch.watch(program.gateway, "_begin", "· who is writing")
    stopwatch.watch(gateway, "load_tracker", "· read the tracker")
    stopwatch.watch(program.dialogue, "turn", "· Rasa's turn")
    stopwatch.watch(processor, "parse_message", "· · read the message (NLU)")
    stopwatch.watch(processor, "predict_next_with_tracker_if_should", "· · predict one action")
    stopwatch.watch(processor.action_endpoint, "request", "· · run one of our actions")
    stopwatch.watch(processor, "save_tracker", "· · hand over the events")
    stopwatch.watch(Claim, "finish", "· write the turn, one transaction")
    stopwatch.watch(program.delivery, "work_once", "deliver: claim, send, record")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
