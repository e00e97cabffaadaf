"""From a message that was not understood to an example that the assistant may be trained with.

One person offers it, another approves it, a third puts it into the training data by hand: nothing trains by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

import yaml

from bot.backend.base import NoSuchPatient, PracticeBackend
from bot.clock import Clock
from bot.identity.callers import Callers
from bot.insight.personal import strip_personal
from bot.settings import ROOT
from bot.store import examples
from bot.store.audit import add_audit
from bot.store.conversations import SMS, get_conversation
from bot.store.database import Database
from bot.store.examples import Example, Missed
from bot.store.proxies import proxies_for

_DAYS = 28  # how far back messages are offered
_MOST = 25  # at a time
_LONGEST = 500  # characters of an example
_HEADER = (
    "# What patients wrote and the assistant did not understand, without names and numbers. Read each line before it\n"
    "# goes into data/nlu/, and put something invented where a word stands in capitals.\n"
)


class NotPossible(ValueError):
    """`code` says why: "gone", "unknown_intent", "empty", or "own" where the same person would approve it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Examples:
    """What staff do with messages that were not understood. `member_id`: who does it, for the audit trail."""

    def __init__(self, database: Database, backend: PracticeBackend, callers: Callers, clock: Clock) -> None:
        self._database, self._backend, self._callers, self._clock = database, backend, callers, clock

    def missed(self) -> list[Missed]:
        """Those nobody has looked at yet, newest first, stripped."""
        with self._database.read() as connection:
            found = examples.missed_messages(connection, self._since(), _MOST)
        here = self._staff()
        names = {each: self._names(each) for each in {missed.conversation_id for missed in found}}
        return [replace(each, text=strip_personal(each.text, here + names[each.conversation_id])) for each in found]

    def propose(self, message_id: int, text: str, intent: str, member_id: str) -> None:
        """Offer it as an example of `intent`. `text` may differ from what was shown, and is stripped again."""
        with self._database.read() as connection:
            found = examples.find_missed(connection, message_id, self._since())
        if found is None:
            raise NotPossible("gone")
        if intent not in intents():
            raise NotPossible("unknown_intent")
        stripped = strip_personal(text[:_LONGEST], self._staff() + self._names(found.conversation_id))
        if not stripped:
            raise NotPossible("empty")
        now = self._clock()
        with self._database.write() as connection:
            if not examples.add_example(connection, message_id, stripped, intent, member_id, now):
                raise NotPossible("gone")
            add_audit(
                connection, now, "example.proposed", "done", "desk", None, None, str(message_id),
                actor_id=member_id, reason=intent,
            )  # fmt: skip

    def dismiss(self, message_id: int, member_id: str) -> None:
        """Of no use; it is not shown again."""
        with self._database.write() as connection:
            add_audit(
                connection, self._clock(), "example.dismissed", "done", "desk", None, None, str(message_id),
                actor_id=member_id,
            )  # fmt: skip

    def waiting(self) -> list[Example]:
        return self._held(None)

    def approved(self) -> list[Example]:
        return self._held(True)

    def judge(self, example_id: int, is_approved: bool, member_id: str) -> None:
        """By somebody else than who offered it. What is rejected is deleted."""
        now = self._clock()
        with self._database.write() as connection:
            held = examples.find_example(connection, example_id)
            if held is None or held.is_approved is not None:
                raise NotPossible("gone")
            if is_approved and held.proposed_by == member_id:
                raise NotPossible("own")
            if is_approved:
                examples.approve(connection, example_id, member_id, now)
            else:
                examples.delete_examples(connection, [example_id])
            add_audit(
                connection, now, "example.judged", "approved" if is_approved else "rejected", "desk", None, None,
                str(held.message_id), actor_id=member_id,
            )  # fmt: skip

    def exported(self, held: Sequence[Example]) -> None:
        """Delete them: they were written to a file."""
        now = self._clock()
        with self._database.write() as connection:
            examples.delete_examples(connection, [each.id for each in held])
            for each in held:
                add_audit(connection, now, "example.exported", "done", "system", None, None, str(each.message_id))

    def _held(self, is_approved: bool | None) -> list[Example]:
        with self._database.read() as connection:
            return examples.examples(connection, is_approved)

    def _since(self) -> datetime:
        return self._clock() - timedelta(days=_DAYS)

    def _staff(self) -> list[str]:
        """Names of everybody who works at the practice."""
        with self._database.read() as connection:
            accounts = examples.staff_names(connection)
        return [*accounts, *(each.name for each in self._backend.clinicians())]

    def _names(self, conversation_id: str) -> list[str]:
        """Of the patients that a conversation may be about, and of the people they trust."""
        with self._database.read() as connection:
            held = get_conversation(connection, conversation_id)
            ids = examples.patients_of(connection, conversation_id)
        if held.channel == SMS:
            ids += [each.patient.id for each in self._callers.reached_by(held.address, self._clock())]
        with self._database.read() as connection:
            trusted = [each.name for patient_id in ids for each in proxies_for(connection, patient_id)]
        return [*trusted, *(name for each in ids if (name := self._name(each)))]

    def _name(self, patient_id: str) -> str | None:
        try:
            return self._backend.patient(patient_id).name
        except NoSuchPatient:  # a trusted person who is not registered here
            return None


@lru_cache(maxsize=1)
def intents() -> tuple[str, ...]:
    """What a message may ask for, as domain.yml lists it."""
    domain = yaml.load((ROOT / "domain.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return tuple(sorted(next(iter(each)) if isinstance(each, dict) else each for each in domain["intents"]))


def as_training_data(held: Sequence[Example]) -> str:
    """Rasa's NLU training data, as data/nlu/ has it."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for each in held:
        by_intent[each.intent].append(each.text)
    lines = [f"- intent: {intent}\n  examples: |\n" + _listed(texts) for intent, texts in sorted(by_intent.items())]
    return f'{_HEADER}version: "3.1"\n\nnlu:\n' + "\n".join(lines)


def _listed(texts: Sequence[str]) -> str:
    return "".join(f"    - {text}\n" for text in dict.fromkeys(texts))
