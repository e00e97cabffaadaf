"""Where each card comes from, and what the policy is asked for before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.backend.base import Patient
from bot.identity.activity import activity_of, twelve_months_before
from bot.identity.callers import Caller
from bot.identity.disclosure import visible_entries, visible_results
from bot.identity.policy import NO_ACCESS, Access, Service
from bot.program import Program
from bot.store import threads
from connectors.repeats import Repeats
from connectors.webchat.cards import (
    MESSAGES,
    Card,
    activity_card,
    messages_card,
    record_card,
    repeats_card,
    results_card,
)

SERVICES = {
    "results": Service.SEE_RESULTS,
    "record": Service.SEE_RECORD,
    "activity": Service.SEE_ACTIVITY,
    "repeats": Service.SEE_MEDICINES,
    "messages": Service.READ_MESSAGES,
}


class CardReader:
    """Reads a card anew each time, for whoever the policy has let in."""

    def __init__(self, program: Program) -> None:
        self._program, self._repeats = program, Repeats(program)
        self._readers: dict[str, Callable[[Patient, Caller, datetime], Card]] = {
            "results": self._results,
            "record": self._record,
            "activity": self._activity,
            "repeats": self._repeats_of,
            "messages": self._messages,
        }

    def read(self, name: str, patient: Patient, caller: Caller, now: datetime) -> Card:
        """`name`: of SERVICES. Raises Unavailable."""
        return self._readers[name](patient, caller, now)

    def _results(self, patient: Patient, caller: Caller, now: datetime) -> Card:
        return results_card(visible_results(self._program.backend.results(patient.id), _access(caller)))

    def _record(self, patient: Patient, caller: Caller, now: datetime) -> Card:
        return record_card(visible_entries(self._program.backend.entries(patient.id), _access(caller)))

    def _activity(self, patient: Patient, caller: Caller, now: datetime) -> Card:
        with self._program.database.read() as connection:
            done = activity_of(connection, patient.id, twelve_months_before(now))
        return activity_card(done, self._program.practice.zone)

    def _repeats_of(self, patient: Patient, caller: Caller, now: datetime) -> Card:
        named = ("utter_repeats_ordered", "utter_repeats_orderable", "utter_repeats_not_now")
        headings = [self._program.responses.say(name) for name in named]
        return repeats_card(headings, *self._repeats.listing(patient, _access(caller), now))

    def _messages(self, patient: Patient, caller: Caller, now: datetime) -> Card:
        """What this person wrote; it is read on the page."""
        with self._program.database.read() as connection:
            held = threads.threads_of(connection, patient.id, caller.person_id or patient.id, MESSAGES)
        names = {each.thread.topic: f"utter_topic_{each.thread.topic}" for each in held}
        said = {topic: self._program.responses.say(name) for topic, name in names.items()}
        return messages_card(held, said, self._program.practice.zone)


def _access(caller: Caller) -> Access:
    return caller.access or NO_ACCESS
