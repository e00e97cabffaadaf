"""Our actions for the action server under test: as `bot.actions.standalone`, but Rasa's sender id is the number."""

from __future__ import annotations

from typing import Any

from bot.actions.standalone import make_turn
from bot.actions.talk import TalkAction
from bot.actions.turn import in_turn

_run = TalkAction.run


async def _run_as_sender(self: TalkAction, dispatcher: Any, tracker: Any, domain: Any) -> Any:
    with in_turn(make_turn(tracker.sender_id)):
        return await _run(self, dispatcher, tracker, domain)


TalkAction.run = _run_as_sender  # type: ignore[method-assign]
