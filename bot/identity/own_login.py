"""What people change about their own way in, once they have proved who they are: an app for codes, or no way at all.

Each change is noted in the audit trail. Codes and secrets stay between the page and the store.
"""

from __future__ import annotations

from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.identity.authenticator import is_right, new_secret, take_code
from bot.identity.callers import Caller
from bot.identity.desk import Desk
from bot.identity.limits import Limited, is_locked, note_failure
from bot.identity.step_up import StepUp, Verdict
from bot.identity.visits import PAGE
from bot.practice import Practice
from bot.store import credentials, secure_links
from bot.store.audit import add_audit
from bot.store.credentials import Credential
from bot.store.database import Database, Work
from bot.store.escalations import add_escalation
from bot.store.notices import Notices
from bot.store.secure_links import Visit

_OFFERED = "authenticator"  # in a visit's pending, until its first code was typed back


class OwnLogin:
    """`caller` is who `step_up.caller(visit)` says, at VERIFIED."""

    def __init__(self, database: Database, step_up: StepUp, practice: Practice, notices: Notices, clock: Clock) -> None:
        self._database, self._step_up, self._practice = database, step_up, practice
        self._notices, self._clock = notices, clock

    def credential(self, caller: Caller) -> Credential:
        person_id = caller.person_id or ""
        with self._database.read() as connection:
            return credentials.find_credential(connection, person_id) or Credential(person_id)

    def offered_secret(self, visit: Visit) -> str | None:
        """What the app is to be given, once `offer_app` was called."""
        return visit.pending.get(_OFFERED)

    def offer_app(self, visit: Visit) -> None:
        with self._database.write() as connection:
            secure_links.set_pending(connection, visit, {_OFFERED: new_secret()})

    def add_app(self, visit: Visit, caller: Caller, code: str) -> bool:
        """Whether the app gives the right codes; from now on they are asked for. None takes the place of another: for
        that the other has to be taken away, with a code of its own."""
        secret, now, held = self.offered_secret(visit), self._clock(), self.credential(caller)
        step = is_right(secret, code, now) if secret else None
        if secret is None or step is None or caller.person_id is None or held.authenticator:
            return False
        with self._database.write() as connection:
            credentials.set_authenticator(connection, caller.person_id, secret)
            credentials.take_step(connection, caller.person_id, step)
            secure_links.set_pending(connection, visit, None)
            self._note(connection, "credential.authenticator", "on", visit, caller)
        return True

    def remove_app(self, visit: Visit, caller: Caller, code: str, address: str) -> Verdict:
        """With a code of the app: whoever finds a page open must not take it away."""
        now, held = self._clock(), self.credential(caller)
        limited = Limited(visit.conversation_id, (visit.patient_id, held.person_id), visit.link_id, address=address)
        with self._database.write() as connection:
            if is_locked(connection, limited, self._practice, now):
                return Verdict.LOCKED
            if not take_code(connection, held, code, now):
                note_failure(connection, limited, now)
                return Verdict.WRONG
            credentials.set_authenticator(connection, held.person_id, None)
            self._note(connection, "credential.authenticator", "off", visit, caller)
        return Verdict.PASSED

    def turn_off(self, visit: Visit) -> None:
        """The patient does not want to see their record online any more. Staff can open it again."""
        with self._database.write() as connection:
            Desk(self._practice).turn_off(connection, visit.patient_id, visit.conversation_id, PAGE, self._clock())
        self._notices.announce(visit.conversation_id)

    def not_me(self, visit: Visit, caller: Caller) -> None:
        """Somebody else logged in: every proof ends, the way to new ones is locked, and staff are told at once."""
        now, work = self._clock(), Work()
        self._step_up.not_me(work, [caller], now)
        work.add(add_escalation, visit.conversation_id, "not_me", "urgent", "", now, visit.patient_id)
        with self._database.write() as connection:
            work.run(connection)
            self._note(connection, "step_up.not_me", "locked", visit, caller)
        self._notices.announce(visit.conversation_id)

    def _note(self, connection: Connection, action: str, outcome: str, visit: Visit, caller: Caller) -> None:
        actor = caller.person_id if caller.acts_for_another else None
        add_audit(
            connection, self._clock(), action, outcome, PAGE, visit.conversation_id, visit.patient_id, actor_id=actor
        )
