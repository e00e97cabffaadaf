"""Whether what staff write in a thread would be read: its writer has to be told of it, and to be let in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from bot.backend.base import NoSuchPatient, Patient, Unavailable
from bot.identity.policy import Assurance, Decision, Service, may
from bot.notifying.reach import OutOfReach
from bot.program import Program
from bot.store.threads import Thread
from bot.writing.news import number_of_writer


def why_not_read(program: Program, connection: Connection, thread: Thread, now: datetime) -> str:
    """In the words of staff; "" if nothing stands against it."""
    try:
        patient = program.backend.patient(thread.patient_id)
        number_of_writer(connection, program.backend, program.services.callers, thread, patient, now)
    except (NoSuchPatient, OutOfReach):
        return "They cannot be told by text that there is an answer: call them."
    except Unavailable:
        return ""
    return "" if _may_read(program, thread, patient, now) else "They cannot read an answer online: call them."


def _may_read(program: Program, thread: Thread, patient: Patient, now: datetime) -> bool:
    callers = program.services.callers
    proxy = None if thread.person_id == patient.id else callers.trusted(patient, thread.person_id, now)
    access = callers.access(patient, proxy, now)
    return may(Service.READ_MESSAGES, access, Assurance.VERIFIED, program.practice) is Decision.ALLOWED
