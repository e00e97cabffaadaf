"""Runs one Rasa turn in process, in a thread and event loop of its own, and gives back what the bot said."""

from __future__ import annotations

import asyncio
import threading
import traceback
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from bot import rasa_compat
from bot.actions.turn import Turn, in_turn
from bot.clock import LONDON
from bot.store.conversations import WEB
from bot.store.messages import QuickReply, Reply
from bot.store.tracker import LoadedTracker, save_events

log = structlog.get_logger(__name__)

TURN_SECONDS = 30


class DialogueError(Exception):
    """The turn could not be finished. Carries no text of the patient's."""


@dataclass
class _Run:
    """One Rasa turn on its way."""

    turn: Turn
    tracker: LoadedTracker
    new_events: list[dict[str, Any]] = field(default_factory=list)


_run: ContextVar[_Run] = ContextVar("run")


class Dialogue:
    """The trained model, loaded once.

    Turns may be asked for from any thread; they run on one event loop, where a turn that waits for the clinical
    system lets the others go on.
    """

    def __init__(self, model: Path, actions: list[Any]) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="dialogue", daemon=True)
        self._thread.start()
        self._agent = self._call(self._load(model, actions), 120)
        self._smoke_test()

    def turn(self, turn: Turn, text: str, tracker: LoadedTracker) -> Reply | None:
        """Have the model answer `text` (or a payload beginning with "/", from a button of ours).

        The tracker's new events are added to the turn's work. Gives None if the model has nothing to say.

        Raises:
            DialogueError: if an action or Rasa itself failed, or took too long.
        """
        run = _Run(turn, tracker)
        try:
            said = self._call(self._handle(run, text), TURN_SECONDS)
        except Exception as error:
            log.error("dialogue.failed", error=type(error).__name__, conversation=turn.conversation.id)
            raise DialogueError(type(error).__name__) from None
        turn.work.add(save_events, tracker, run.new_events)
        return _as_reply(said, turn)

    def use_wording(self, wording: dict[str, str]) -> None:
        """Say the practice's own words for these responses."""
        rasa_compat.use_wording(self._agent, wording)

    def parse(self, text: str, reference: str) -> dict[str, Any]:
        """What the model reads in a text: Rasa's parse, with `reference` (ISO instant) as now."""
        return dict(self._call(self._parse(text, reference), TURN_SECONDS))

    def _smoke_test(self) -> None:
        """Rasa loads a damaged classifier without a word; and the first parse is slow, so it is not a patient's."""
        if not self.parse("are you open on good friday", "2026-01-05T09:00:00+00:00")["intent"]["name"]:
            raise RuntimeError("the trained model understands nothing: run `python -m bot train`")

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _call(self, work: Any, seconds: float) -> Any:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(seconds)
        except BaseException:
            future.cancel()
            raise

    async def _load(self, model: Path, actions: list[Any]) -> Any:
        store = rasa_compat.turn_tracker_store(
            read=lambda _: _run.get().tracker.events, write=lambda _, events: _note_new(events)
        )
        return rasa_compat.load_agent(model, store, rasa_compat.InProcessActions(actions, _note_failure))

    async def _handle(self, run: _Run, text: str) -> list[dict[str, Any]]:
        _run.set(run)
        turn = run.turn
        with in_turn(turn):
            channel = rasa_compat.output_channel(turn.channel)
            # The clock is handed in, so that "tomorrow" means the same if the turn has to be run again.
            metadata = {"now": turn.now.astimezone(LONDON).isoformat()}
            said = await rasa_compat.handle(self._agent, turn.conversation.id, text, channel, metadata)
        if turn.failed:
            raise DialogueError("an action failed")
        return said

    async def _parse(self, text: str, reference: str) -> Any:
        from rasa.core.channels.channel import UserMessage

        return await self._agent.processor.parse_message(UserMessage(text, metadata={"now": reference}))


def _note_new(events: list[dict[str, Any]]) -> None:
    _run.get().new_events = events


def _note_failure(action: str, error: Exception) -> None:
    _run.get().turn.failed = True
    where = traceback.extract_tb(error.__traceback__)[-1]
    log.error("action.failed", action=action, error=type(error).__name__, step=f"{where.name}:{where.lineno}")


def _as_reply(said: list[dict[str, Any]], turn: Turn) -> Reply | None:
    """One reply of all that was said. Buttons are for the web; those of the last question come first."""
    texts = [part["text"] for part in said if part.get("text")]
    if not texts:
        return None
    offered = [button for part in reversed(said) for button in part.get("buttons") or ()]
    ordered = sorted(offered, key=lambda button: not button["payload"].startswith("/select_option"))
    buttons = {button["payload"]: QuickReply(button["title"], button["payload"]) for button in reversed(ordered)}
    attachment = next((part["custom"] for part in said if part.get("custom")), None)
    quick_replies = tuple(reversed(buttons.values())) if turn.channel == WEB else ()
    return Reply("\n\n".join(texts), quick_replies=quick_replies, attachment=attachment)
