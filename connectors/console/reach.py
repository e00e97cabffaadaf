"""Whether what staff write in a thread would be read: its writer has to be told of it, and to be let in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from bot.backend.base import NoSuchPatient, Patient, Unavailable
from bot.identity.policy import Assurance, Decision, Service, may
from bot.notifying.reach import OutOfReach, number_to_text
from bot.program import Program
from bot.store.threads import Thread


def why_not_read(program: Program, connection: Connection, thread: Thread, now: datetime) -> str:
    """In the words of staff; "" if nothing stands against it."""
    try:
        writer = program.backend.patient(thread.person_id)
        number_to_text(connection, writer, now)
    except (NoSuchPatient, OutOfReach):
        return "They cannot be told by text that there is an answer: call them."
    except Unavailable:
        return ""
    return "" if _may_read(program, thread, writer, now) else "They cannot read an answer online: call them."


def _may_read(program: Program, thread: Thread, writer: Patient, now: datetime) -> bool:
    """As far as is known: of somebody trusted the page itself asks."""
    if writer.id != thread.patient_id:
        return True
    access = program.services.callers.access(writer, None, now)
    return may(Service.READ_MESSAGES, access, Assurance.VERIFIED, program.practice) is Decision.ALLOWED
