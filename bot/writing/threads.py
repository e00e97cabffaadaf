"""Messages to the practice: what one is made of, and all that is written down when it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from bot.escalation.reasons import ABOUT
from bot.safety.screen import screen
from bot.store import attachments, escalations, threads
from bot.store.escalations import PATIENT_WROTE, ROUTINE, URGENT
from bot.store.threads import Thread
from bot.writing.files import GoodFile


@dataclass(frozen=True)
class Written:
    """What somebody has written.

    Attributes:
        once: names this sending of it; the same again changes nothing.
    """

    text: str
    once: str
    files: Sequence[GoodFile] = ()


def begin(
    connection: Connection,
    patient_id: str,
    person_id: str,
    topic: str,
    reference: str,
    written: Written,
    now: datetime,
) -> Thread:
    """A first message about something. Staff find it in their queue."""
    held = threads.begin(connection, patient_id, person_id, topic, reference, now)
    add(connection, held, written, now)
    return held


def add(connection: Connection, held: Thread, written: Written, now: datetime) -> bool:
    """One more message; False if it was sent before."""
    message_id = threads.add_message(connection, held, written.text, written.once, now)
    if message_id is None:
        return False
    for position, each in enumerate(written.files):
        kept = (held.conversation_id, message_id, each.name, each.content_type, each.content)
        attachments.add_file(connection, *kept, now, position)
    _raise(connection, held, written.text, now)
    return True


def what_to_do_now(text: str, is_open: bool) -> str | None:
    """The response that says what to do at once, where the words call for it: a message waits for days."""
    found = screen(text)
    if found is None or found.certainty != "now":
        return None
    is_closed = found.kind == "urgent_today" and not is_open
    return f"utter_{found.kind}_closed" if is_closed else f"utter_{found.kind}"


def _raise(connection: Connection, held: Thread, text: str, now: datetime) -> None:
    """For staff; what may be an emergency is urgent, whatever it is about."""
    is_live = escalations.live_escalation(connection, held.conversation_id) is not None
    reasons = [(PATIENT_WROTE if is_live else f"{ABOUT}{held.topic}", ROUTINE)]
    found = screen(text)
    if found is not None:
        is_now = found.certainty == "now"
        reasons.append((found.kind, URGENT) if is_now else (f"{found.kind}_unclear", ROUTINE))
    for reason, urgency in reasons:
        escalations.add_escalation(connection, held.conversation_id, reason, urgency, text, now, held.patient_id)
