"""How often a proof may fail, for each patient, number, conversation and address. The proof is locked, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.practice import Practice
from bot.store.failed_proofs import add_failures, count_failures

_DAY = timedelta(days=1)
_PER_ADDRESS = 50  # a day: a surgery's own waiting room shares one


@dataclass(frozen=True)
class Limited:
    """Who tries, where, as far as it is known; each is limited by itself.

    Attributes:
        persons: everybody whose secret is tried: none of them may be guessed at under cover of another's.
        link: the link that is being proved on.
        address: the network address it comes from.
    """

    conversation_id: str
    persons: tuple[str, ...] = ()
    link: str | None = None
    number: str | None = None
    address: str | None = None

    def counters(self) -> dict[str, str]:
        """What failures are counted under, and of which kind each is."""
        named = [
            ("link", self.link),
            ("conversation", self.conversation_id),
            ("number", self.number),
            ("address", self.address),
            *(("patient", each) for each in self.persons),
        ]
        return {f"{kind}|{value}": kind for kind, value in named if value}


def is_locked(connection: Connection, limited: Limited, practice: Practice, now: datetime) -> bool:
    """Whether nothing more may be tried: here for now, or at all today."""
    rules = practice.identity
    most = {"link": rules.tries, "address": _PER_ADDRESS}
    return any(
        count_failures(connection, key, now - _DAY) >= most.get(kind, rules.tries_per_day)
        for key, kind in limited.counters().items()
    )


def note_failure(connection: Connection, limited: Limited, now: datetime) -> None:
    add_failures(connection, limited.counters(), now)
