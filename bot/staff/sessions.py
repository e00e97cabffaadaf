"""Signing in, the lock screen, and signing out.

A session is over after 10 hours, and locked after 15 minutes without use: computers at a reception desk are shared.
Only its own member opens a locked one again, with the passcode; everybody else signs in anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.identity import authenticator, passcodes
from bot.staff.limits import forgive, is_limited, note_failure
from bot.staff.roles import ROLES
from bot.staff.service_login import Worker
from bot.store import staff, staff_sessions
from bot.store.audit import add_audit
from bot.store.database import Database
from bot.store.staff import Account, Credentials
from bot.store.staff_sessions import StaffSession

DESK = "desk"  # the channel, in the audit trail
IDLE, LONGEST = timedelta(minutes=15), timedelta(hours=10)
_NOTED_EVERY = timedelta(seconds=30)  # that a session is in use: not written at each request
_KEPT = timedelta(days=1)
_LOGIN_LENGTH = 60


class Verdict(Enum):
    PASSED = "passed"
    WRONG = "wrong"  # whatever of it was
    LIMITED = "limited"  # too many tries
    OVER = "over"  # the session has ended
    UNKNOWN = "unknown"  # proved, and nobody who has an account here
    NO_ROLE = "no_role"  # proved, without a role that counts here


@dataclass(frozen=True)
class Judged:
    """`token` is that of the session from now on, if it passed."""

    verdict: Verdict
    token: str = field(default="", repr=False)
    member: Account | None = None


class Sessions:
    """The sessions of one surgery's staff."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    # In.

    def sign_in(self, login: str, passcode: str, code: str, address: str, before: StaffSession | None = None) -> Judged:
        """Judge a passcode and a code of the authenticator app: both, at once.

        Nothing tells which of them was wrong, or whether there is such a login; nor does the time it takes. The session
        that this browser held `before` ends; what was typed in it stays, if it was the same member's.
        """
        now, login = self._clock(), normal_login(login)
        with self._database.read() as connection:
            held = staff.find_by_login(connection, login)
            limited = is_limited(connection, login, address, now)
        # Before the transaction: hashing takes long, and the database has one writer.
        fits = not limited and passcodes.fits(passcode, held.passcode if held else None)
        with self._database.write() as connection:
            if is_limited(connection, login, address, now):
                return self._refused(connection, held, Verdict.LIMITED, now)
            if not (held and fits and _is_able(held) and _take_code(connection, held, code, now)):
                note_failure(connection, login, address, now)
                return self._refused(connection, held, Verdict.WRONG, now)
            forgive(connection, login)
            return self._begin(connection, held.account, "passcode", now, before)

    def sign_in_by_service(self, worker: Worker, before: StaffSession | None = None) -> Judged:
        """Somebody whom the sign-in service has proved. The role chosen there is theirs here from now on."""
        now = self._clock()
        with self._database.write() as connection:
            held = staff.find_by_subject(connection, worker.subject)
            if held is None or held.is_disabled:
                return self._refused(connection, None, Verdict.UNKNOWN, now)
            if worker.role not in ROLES:
                return self._refused(connection, held, Verdict.NO_ROLE, now)
            member = replace(held.account, role=worker.role)
            if member != held.account:
                staff.change_staff(connection, member.id, role=member.role)
                add_audit(connection, now, "staff.role", member.role, DESK, subject=member.id, reason="service")
            return self._begin(connection, member, "service", now, before)

    def enter(self, login: str, before: StaffSession | None = None) -> Judged:
        """Without any proof: the demonstration's own button, and nothing else, calls this."""
        now = self._clock()
        with self._database.write() as connection:
            held = staff.find_by_login(connection, login)
            if held is None or held.is_disabled:
                return self._refused(connection, held, Verdict.WRONG, now)
            return self._begin(connection, held.account, "demo", now, before)

    # Within.

    def find(self, token: str | None) -> StaffSession | None:
        """The session of a cookie, open or locked, unless it is over."""
        if not token:
            return None
        with self._database.read() as connection:
            session = staff_sessions.find(connection, token)
        return session if session and self._clock() - session.begun_at < LONGEST else None

    def is_locked(self, session: StaffSession) -> bool:
        return session.locked_at is not None or self._clock() - session.seen_at >= IDLE

    def use(self, session: StaffSession) -> None:
        """Its member is there: the time without use begins anew."""
        now = self._clock()
        if now - session.seen_at >= _NOTED_EVERY:
            with self._database.write() as connection:
                staff_sessions.see(connection, session, now)

    def lock(self, session: StaffSession) -> None:
        if session.locked_at is None:
            with self._database.write() as connection:
                staff_sessions.lock(connection, session, self._clock())
                self._note(connection, "console.lock", "done", session.member)

    def unlock(self, session: StaffSession, passcode: str, address: str) -> Judged:
        """By its own member, with the passcode; it goes on under a fresh token."""
        now, member = self._clock(), session.member
        with self._database.read() as connection:
            held = staff.find_staff(connection, member.id)
        fits = passcodes.fits(passcode, held.passcode if held else None)
        with self._database.write() as connection:
            if is_limited(connection, member.login, address, now):
                self._note(connection, "console.unlock", "locked", member)
                return Judged(Verdict.LIMITED)
            if not fits:
                note_failure(connection, member.login, address, now)
                self._note(connection, "console.unlock", "refused", member)
                return Judged(Verdict.WRONG)
            token = staff_sessions.new_token()
            if not staff_sessions.unlock(connection, session, token, now):
                return Judged(Verdict.OVER)
            forgive(connection, member.login)
            self._note(connection, "console.unlock", "passed", member)
            return Judged(Verdict.PASSED, token, member)

    def keep_draft(self, session: StaffSession, path: str, fields: dict[str, str]) -> None:
        """What was typed on a page and not sent, for after the lock; {} forgets it."""
        if fields != session.drafts.get(path, {}):
            with self._database.write() as connection:
                staff_sessions.keep_draft(connection, session, path, fields)

    # Out.

    def sign_out(self, session: StaffSession, everywhere: bool = False) -> None:
        now = self._clock()
        with self._database.write() as connection:
            if everywhere:
                staff_sessions.end_all(connection, session.member.id, now)
            else:
                staff_sessions.end(connection, session, now)
            self._note(connection, "sign_out", "everywhere" if everywhere else "done", session.member)

    # What lies behind.

    def _begin(
        self, connection: Connection, member: Account, how: str, now: datetime, before: StaffSession | None
    ) -> Judged:
        token = staff_sessions.new_token()
        staff_sessions.forget_before(connection, now - _KEPT)
        staff_sessions.begin(connection, member.id, token, now)
        if before is not None:
            staff_sessions.end(connection, before, now)
            if before.member.id == member.id:
                staff_sessions.hand_on_drafts(connection, before, token)
        self._note(connection, "sign_in", "passed", member, how)
        return Judged(Verdict.PASSED, token, member)

    def _refused(self, connection: Connection, held: Credentials | None, verdict: Verdict, now: datetime) -> Judged:
        """What was typed as a login is not noted: it may be anything, even a passcode."""
        outcome = "locked" if verdict is Verdict.LIMITED else "refused"
        self._note(connection, "sign_in", outcome, held.account if held else None, verdict.value)
        return Judged(verdict)

    def _note(
        self, connection: Connection, action: str, outcome: str, member: Account | None, reason: str | None = None
    ) -> None:
        actor = member.id if member else None
        add_audit(connection, self._clock(), action, outcome, DESK, actor_id=actor, reason=reason)


def normal_login(typed: str) -> str:
    """As logins are kept, however it was typed."""
    return typed.strip().lower()[:_LOGIN_LENGTH]


def _is_able(held: Credentials) -> bool:
    return held.is_set_up and not held.is_disabled


def _take_code(connection: Connection, held: Credentials, typed: str, now: datetime) -> bool:
    """Whether the code is right and was not used before; from now on it is."""
    step = authenticator.is_right(held.authenticator, typed, now) if held.authenticator else None
    return step is not None and staff.take_step(connection, held.account.id, step)
