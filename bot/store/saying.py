"""Puts something said to a patient into their conversation, and on its way by text where that is how it goes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from bot.sms_text import MAX_SEGMENTS, MAX_SEGMENTS_URGENT, compose_text
from bot.store import messages, threads
from bot.store.conversations import SMS, THREAD, Conversation
from bot.store.messages import STAFF, Reply
from bot.store.outbox import queue_text


def say(
    connection: Connection,
    conversation: Conversation,
    reply: Reply,
    surgery: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> int:
    """What is urgent, or was written by a person, may take more texts than what the assistant says.

    Args:
        expires_at: from then on a text that has not left by then does not leave any more.

    Returns:
        The id of the message.
    """
    message_id = messages.store_reply(connection, conversation.id, reply, now)
    if conversation.channel == SMS:
        is_long = reply.is_urgent or reply.author == STAFF
        body, segments = compose_text(surgery, reply.text, MAX_SEGMENTS_URGENT if is_long else MAX_SEGMENTS)
        where = (conversation.id, message_id)
        queue_text(connection, conversation.address, body, segments, now, *where, expires_at=expires_at)
    if conversation.channel == THREAD:
        threads.note_answer(connection, conversation.id, message_id, now)
    return message_id
