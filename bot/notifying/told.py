"""What a message may be the answer to, of all that was told without being asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.store import broadcasts, messages, notifications
from bot.store.broadcasts import Broadcast
from bot.store.conversations import Conversation
from bot.store.database import Database

BROADCAST = "broadcast"  # the kind of notification
_ANSWERED = timedelta(days=7)


class Told:
    """Looks only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def broadcast(self, conversation: Conversation, before: int, now: datetime) -> Broadcast | None:
        """The text to many that was the last thing said by text before this message."""
        with self._database.read() as connection:
            sent = notifications.sent_to(connection, conversation.address, now - _ANSWERED, [BROADCAST])
            said = messages.last_said(connection, conversation.id, before) if sent else None
            if said is None or said.id != sent[0].message_id:
                return None
            return broadcasts.find(connection, broadcast_id_of(sent[0].subject))


def subject_of(broadcast_id: int) -> str:
    """What a notification of a text to many is about."""
    return f"{BROADCAST}:{broadcast_id}"


def broadcast_id_of(subject: str) -> int:
    return int(subject.partition(":")[2])
