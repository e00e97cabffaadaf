"""A reply of staff, on its way out once it can no longer be taken back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from bot.practice import Practice
from bot.store import escalations, held_replies, messages
from bot.store.conversations import get_conversation
from bot.store.escalations import OPEN, URGENT, WAITING, Escalation, add_escalation
from bot.store.held_replies import HeldReply
from bot.store.messages import STAFF, Reply
from bot.store.saying import say


def send_held(connection: Connection, held: HeldReply, practice: Practice, now: datetime) -> bool:
    """Send it, and it is the patient's turn; False if it was sent, or taken back, meanwhile."""
    about = escalations.hold_escalation(connection, held.escalation_id)
    if not held_replies.note_sent(connection, held.id, now):
        return False
    if held.text is None:  # damaged: whoever wrote it believes that it was sent
        add_escalation(connection, held.conversation_id, "not_delivered", URGENT, "", now)
        return True
    conversation = get_conversation(connection, held.conversation_id)
    say(connection, conversation, Reply(held.text, author=STAFF, staff_id=held.staff_id), practice.name, now)
    if about is not None and about.state == OPEN:
        _note_answer(connection, about, held, now)
    return True


def _note_answer(connection: Connection, about: Escalation, held: HeldReply, now: datetime) -> None:
    values: dict[str, object] = {"first_reply_at": about.first_reply_at or now}
    if not messages.count_received_since(connection, held.conversation_id, held.held_at):
        values |= {"state": WAITING, "waiting_since": None, "due_at": None}
    escalations.change(connection, about, is_news=False, **values)
