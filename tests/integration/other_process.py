"""A second process of the same assistant, on the same database. Told what to do by lines on its standard input.

`work` runs turns and sends texts until `stop`; `hold` takes a message's turn and then never ends, to be killed in it.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

from bot.actions.registry import all_actions
from bot.dialogue import Dialogue
from bot.program import newest_model
from bot.settings import ROOT
from tests.faults.support import at_work, open_surgery
from tests.support import HandClock, Surgery


def say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def hold_a_turn(surgery: Surgery) -> None:
    """Claim the next conversation, and stay inside its Rasa turn for ever."""

    def never_ends(*_: object) -> None:
        say("holding")
        threading.Event().wait()

    surgery.program.dialogue.turn = never_ends  # type: ignore[method-assign,assignment]
    surgery.program.gateway.work_once()


def work_until_told(surgery: Surgery) -> None:
    with at_work(surgery):
        say("working")
        sys.stdin.readline()


def main() -> None:
    order = json.loads(sys.argv[1])
    dialogue = Dialogue(newest_model(ROOT / "models"), all_actions())
    say("loaded")
    sys.stdin.readline()
    surgery = open_surgery(Path(order["home"]), dialogue, HandClock(), order["database_url"])
    surgery.program.notices.start()
    (hold_a_turn if order["does"] == "hold" else work_until_told)(surgery)


if __name__ == "__main__":
    main()
