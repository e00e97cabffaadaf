"""Copies of messages, for the record. Each is put there once, however often this stops and starts on the way."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.backend.base import PracticeBackend
from bot.backend.refused import Refused
from bot.clock import Clock
from bot.store import attachments, record_copies, threads
from bot.store.database import Database
from bot.store.messages import PATIENT
from bot.store.record_copies import RecordCopy

log = structlog.get_logger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)


class Copies:
    """One in each process. The clinical system knows each copy by its key, so that two do no harm."""

    def __init__(self, database: Database, backend: PracticeBackend, clock: Clock) -> None:
        self._database, self._backend, self._clock = database, backend, clock

    def work_once(self) -> bool:
        """One copy that is due; False if there is none."""
        now = self._clock()
        with self._database.read() as connection:
            due = record_copies.find_due(connection, now)
        if due is None:
            return False
        try:
            self._copy(due)
        except (Refused, UnreadableCopy) as trouble:
            log.warning("record_copy.failed", error=type(trouble).__name__, message=due.message_id, tries=due.tries + 1)
            with self._database.write() as connection:
                record_copies.put_off(connection, due.message_id, now + _pause(due))
            return True
        with self._database.write() as connection:
            record_copies.note_copied(connection, due.message_id, now)
        return True

    def _copy(self, due: RecordCopy) -> None:
        words = self._words(due)
        self._backend.keep_message(due.patient_id, words, due.at, f"message:{due.message_id}")

    def _words(self, due: RecordCopy) -> str:
        """What was written, by whom, about what, and the names of what came with it."""
        if due.text is None:
            raise UnreadableCopy
        with self._database.read() as connection:
            held = threads.thread_of(connection, due.conversation_id)
            files = attachments.files_of(connection, due.conversation_id).get(due.message_id, [])
        who = "The practice wrote"
        if due.author == PATIENT:
            is_own = held is None or held.person_id == held.patient_id
            who = "The patient wrote" if is_own else "Somebody trusted to act for the patient wrote"
        about = f" (message {held.reference})" if held else ""
        named = [f"File: {each.name}" for each in files]
        return "\n".join([f"{who}{about}:", due.text, *named])


class UnreadableCopy(Exception):
    """The message no longer opens."""


def _pause(due: RecordCopy) -> timedelta:
    """Longer each time."""
    return min(_FIRST_PAUSE * int(2 ** min(due.tries, 12)), _LONGEST_PAUSE)
