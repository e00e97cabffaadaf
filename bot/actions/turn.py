"""What an action may know and use during one turn. Nothing in it comes from a slot or from what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from bot.backend.base import Patient, PracticeBackend
from bot.clock import Clock
from bot.earlier.line import Line
from bot.identity.callers import Caller, Callers
from bot.identity.desk import Desk
from bot.identity.identify import Identify
from bot.identity.policy import NO_ACCESS, Decision, Service, may
from bot.identity.step_up import StepUp
from bot.notifying.replies import Reminded
from bot.notifying.told import Told
from bot.practice import Practice
from bot.prescribing.ordering import Item, Ordering
from bot.responses import Responses
from bot.store.audit import AuditEntry
from bot.store.conversations import Conversation
from bot.store.database import Database, Work
from bot.store.escalations import add_escalation
from bot.store.grants import Challenge
from bot.store.notices import Notices


@dataclass(frozen=True)
class Services:
    """What actions, and the doors, call."""

    practice: Practice
    backend: PracticeBackend
    identify: Identify
    callers: Callers
    step_up: StepUp
    desk: Desk
    responses: Responses
    ordering: Ordering
    line: Line
    reminded: Reminded
    told: Told

    @classmethod
    def over(
        cls,
        practice: Practice,
        database: Database,
        backend: PracticeBackend,
        responses: Responses,
        notices: Notices,
        clock: Clock,
        public_url: str,
    ) -> Services:
        """The services of one practice, on its store and its clinical system."""
        callers = Callers(database, backend, practice)
        identify = Identify(database, callers, practice)
        step_up = StepUp(database, callers, practice, responses, notices, clock, public_url)
        line = Line(database, backend, practice)
        ordering = Ordering(backend, practice)
        reminded, told = Reminded(database, backend, callers), Told(database)
        read_only = (ordering, line, reminded, told)
        return cls(practice, backend, identify, callers, step_up, Desk(practice), responses, *read_only)


@dataclass
class Turn:
    """One message on its way to one reply. `work` is written in the turn's transaction, or not at all.

    Attributes:
        about: the id of the appointment that a reminder named lately: the one that is meant unless another is said.
        said: the patient's words, where a step has read what they want and opens the journey itself.
    """

    conversation: Conversation
    message_id: int
    now: datetime
    caller: Caller
    challenge: Challenge | None
    services: Services
    work: Work = field(default_factory=Work)
    failed: bool = False
    about: str | None = None
    said: str = ""

    @property
    def practice(self) -> Practice:
        return self.services.practice

    @property
    def channel(self) -> str:
        return self.conversation.channel

    @property
    def patient(self) -> Patient:
        """The patient this turn speaks for. Only to be used after `may` allowed something."""
        if self.caller.patient is None:
            raise PermissionError("nobody is identified")
        return self.caller.patient

    @cached_property
    def medicines(self) -> list[Item]:
        """All that this patient may name, to be ordered or not; nothing while nobody is known. Read once a turn."""
        if self.caller.patient is None:
            return []
        return self.services.ordering.items(self.caller.patient.id, self.caller.access or NO_ACCESS, self.now)

    def allows(self, service: Service) -> bool:
        """Whether the policy still allows what it has allowed before."""
        return may(service, self.caller.access, self.caller.assurance, self.practice) is Decision.ALLOWED

    def may(self, service: Service) -> Decision:
        """Ask the policy, and note the answer in the audit trail."""
        decision = may(service, self.caller.access, self.caller.assurance, self.practice)
        self.audit(service.value, decision.value)
        return decision

    def ask_who(self) -> str | None:
        """Open the first challenge of this channel; names the wording, or None if there is no way to a patient."""
        return self.services.identify.ask(self.work, self.conversation, self.caller.sharing, self.now)

    def key(self, operation: str) -> str:
        """An idempotency key: running this turn again changes nothing twice."""
        return f"{self.message_id}:{operation}"

    def audit(self, action: str, outcome: str, subject: str | None = None, reason: str | None = None) -> None:
        patient_id = self.caller.patient.id if self.caller.patient else None
        where = (self.channel, self.conversation.id)
        actor_id = self.caller.person_id if self.caller.acts_for_another else None
        self.work.audit(AuditEntry(self.now, action, outcome, *where, patient_id, subject, actor_id, reason))

    def escalate(self, reason: str, summary: str, urgency: str = "routine") -> None:
        """Ask for a person. `summary` is sealed; it may hold the patient's words."""
        patient_id = self.caller.patient.id if self.caller.patient else None
        self.work.add(add_escalation, self.conversation.id, reason, urgency, summary, self.now, patient_id)


_current: ContextVar[Turn] = ContextVar("turn")
_outside: Callable[[], Turn] | None = None


def current_turn() -> Turn:
    """The turn that this action runs in."""
    turn = _current.get(None)
    if turn is not None:
        return turn
    if _outside is None:
        raise RuntimeError("actions run inside a turn; `rasa run actions` needs bot.actions.standalone")
    return _outside()


@contextmanager
def in_turn(turn: Turn) -> Iterator[Turn]:
    token = _current.set(turn)
    try:
        yield turn
    finally:
        _current.reset(token)


def set_outside(make: Callable[[], Turn]) -> None:
    """How to make a turn when none is running: for Rasa's own tools."""
    global _outside
    _outside = make
