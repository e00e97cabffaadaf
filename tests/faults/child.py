"""A process that dies at a named step of a turn.

Reads orders as lines of JSON: where the store is, what time it is, which message comes in, and where to die. Each order
is carried out by a forked process of its own, whose exit code is written back: DIED, or 0 if the step never came.
The steps are planted from here, around the program's own functions; the program knows nothing of them.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import bot.steps
from bot.actions.registry import all_actions
from bot.backend.local import LocalBackend
from bot.delivery import Delivery
from bot.dialogue import Dialogue
from bot.gateway import Gateway, Inbound
from bot.program import newest_model
from bot.settings import ROOT
from bot.store import messages, outbox
from bot.store.database import Work
from bot.store.turn_queue import Claim, TurnQueue
from tests.faults.support import NetworkOnFile, open_surgery
from tests.support import HandClock

DIED = 77

_BEFORE, _AFTER = "before", "after"

_EVERY_TURN: dict[str, tuple[Any, str, str]] = {
    "before the message is stored": (messages, "store_received", _BEFORE),
    "while the message is being stored": (messages, "store_received", _AFTER),
    "once the message is stored": (Gateway, "receive", _AFTER),
    "once the conversation is claimed": (TurnQueue, "take", _AFTER),
    "once the tracker is loaded": (bot.steps, "load_tracker", _AFTER),
    "before the Rasa turn": (Dialogue, "turn", _BEFORE),
    "after the Rasa turn": (Dialogue, "turn", _AFTER),
    "before the turn is committed": (Claim, "finish", _BEFORE),
    "when only the done mark is written": (Work, "run", _BEFORE),
    "when all is written but not committed": (Work, "run", _AFTER),
    "once the turn is committed": (Claim, "finish", _AFTER),
    "while the text is being claimed": (outbox, "claim_due", _AFTER),
    "once the text is claimed": (Delivery, "_send", _BEFORE),
    "before the network takes the text": (NetworkOnFile, "send", _BEFORE),
    "once the network took the text": (NetworkOnFile, "send", _AFTER),
    "before the text is recorded as sent": (outbox, "record_sent", _BEFORE),
    "while the text is being recorded as sent": (outbox, "record_sent", _AFTER),
    "once the text is recorded as sent": (Delivery, "_send", _AFTER),
}
_BOOKING: dict[str, tuple[Any, str, str]] = {
    "before the booking": (LocalBackend, "book", _BEFORE),
    "while the slot is being taken": (LocalBackend, "_take", _AFTER),
    "once the booking is made": (LocalBackend, "book", _AFTER),
}
_MOVING: dict[str, tuple[Any, str, str]] = {
    "before the move": (LocalBackend, "reschedule", _BEFORE),
    "when the old slot is given back": (LocalBackend, "_give_back", _AFTER),
    "while the new slot is being taken": (LocalBackend, "_take", _AFTER),
    "once the move is made": (LocalBackend, "reschedule", _AFTER),
}
_CANCELLING: dict[str, tuple[Any, str, str]] = {
    "before the cancellation": (LocalBackend, "cancel", _BEFORE),
    "while the slot is being given back": (LocalBackend, "_give_back", _AFTER),
    "once the cancellation is made": (LocalBackend, "cancel", _AFTER),
}
STEPS = {
    "book": {**_EVERY_TURN, **_BOOKING},
    "move": {**_EVERY_TURN, **_MOVING},
    "cancel": {**_EVERY_TURN, **_CANCELLING},
}


def plant(owner: Any, name: str, when: str) -> None:
    """Have this process die before, or after, it calls this function."""
    original: Callable[..., Any] = getattr(owner, name)

    def planted(*arguments: Any, **named: Any) -> Any:
        if when == _AFTER:
            original(*arguments, **named)
        os._exit(DIED)

    setattr(owner, name, planted)


def carry_out(order: dict[str, Any]) -> None:
    """Receive the message, run its turn, send its text; die on the way."""
    clock = HandClock(datetime.fromisoformat(order["now"]))
    dialogue = Dialogue(newest_model(ROOT / "models"), all_actions())
    surgery = open_surgery(Path(order["home"]), dialogue, clock, order["database_url"])
    plant(*STEPS[order["journey"]][order["step"]])
    surgery.program.gateway.receive(Inbound(**order["inbound"]))
    surgery.run()


def _in_fork(order: dict[str, Any]) -> int:
    process = os.fork()
    if process == 0:
        try:
            carry_out(order)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def main() -> None:
    # The first loading imports what a model needs. Its thread is ended again, so that forks have a single one.
    Dialogue(newest_model(ROOT / "models"), all_actions()).close()
    for line in sys.stdin:
        sys.stdout.write(f"{_in_fork(json.loads(line))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
