"""Puts something said to a patient into their conversation, and on its way by text where that is how it goes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from bot.sms_text import MAX_SEGMENTS, MAX_SEGMENTS_URGENT, compose_text
from bot.store import messages
from bot.store.conversations import SMS, Conversation
from bot.store.messages import STAFF, Reply
from bot.store.outbox import queue_text


def say(connection: Connection, conversation: Conversation, reply: Reply, surgery: str, now: datetime) -> int:
    """What is urgent, or was written by a person, may take more texts than what the assistant says.

    Returns:
        The id of the message.
    """
    message_id = messages.store_reply(connection, conversation.id, reply, now)
    if conversation.channel == SMS:
        is_long = reply.is_urgent or reply.author == STAFF
        body, segments = compose_text(surgery, reply.text, MAX_SEGMENTS_URGENT if is_long else MAX_SEGMENTS)
        queue_text(connection, conversation.address, body, segments, now, conversation.id, message_id)
    return message_id
