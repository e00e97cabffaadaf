"""The Rasa tracker in the project's database: one sealed row an event, read from the last finished journey on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.engine import Connection

from bot.store.conversations import Conversation, forget_tracker_before
from bot.store.private import Private
from bot.store.tables import rasa_event

# A tracker this long is left behind as soon as no journey is under way. Every turn reads and replays what is kept.
LONG = 40

# Ready-made, since building a statement costs more than running it.
_INSERT = insert(rasa_event)
_EVENTS = (
    select(rasa_event.c.data)
    .where(rasa_event.c.conversation_id == bindparam("conversation_id"), rasa_event.c.id >= bindparam("tracker_from"))
    .order_by(rasa_event.c.id)
)


@dataclass(frozen=True)
class LoadedTracker:
    """A conversation's stored events as Rasa's dicts, oldest first."""

    conversation_id: str
    events: list[dict[str, Any]]


def load_tracker(connection: Connection, conversation: Conversation) -> LoadedTracker:
    """Raises CannotOpen or ValueError on a row that is damaged: an empty tracker would forget who owns what."""
    kept = {"conversation_id": conversation.id, "tracker_from": conversation.tracker_from}
    rows = connection.execute(_EVENTS, kept).scalars()
    return LoadedTracker(conversation.id, [json.loads(data.open(conversation.id)) for data in rows])


def save_events(connection: Connection, tracker: LoadedTracker, new_events: list[dict[str, Any]]) -> None:
    """Add a turn's events; leave the tracker behind if it has grown long and no journey is under way."""
    if not new_events:
        return
    owner = tracker.conversation_id
    connection.execute(
        _INSERT,
        [{"conversation_id": owner, "data": Private(json.dumps(event), owner)} for event in new_events],
    )
    if len(tracker.events) + len(new_events) > LONG and is_idle(tracker.events + new_events):
        forget_tracker_before(connection, owner, _first_of_last(connection, owner, len(new_events)))


def _first_of_last(connection: Connection, owner: str, count: int) -> int:
    """The id with which the last `count` events begin: the last turn is kept, for "say that again"."""
    newest = select(rasa_event.c.id).where(rasa_event.c.conversation_id == owner).order_by(rasa_event.c.id.desc())
    return int(connection.execute(newest.offset(count - 1).limit(1)).scalar_one())


def is_idle(events: list[dict[str, Any]]) -> bool:
    """Whether no journey is under way."""
    loops = (event["name"] for event in reversed(events) if event["event"] == "active_loop")
    return next(loops, None) is None
