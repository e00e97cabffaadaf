"""Links to the secure pages and the visits they begin: offered, looked at, spent, in use, ended."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.identity.callers import NOBODY, Caller, Callers
from bot.identity.limits import Limited, is_locked
from bot.identity.policy import Assurance
from bot.practice import Practice
from bot.store import credentials, grants, secure_links
from bot.store.audit import add_audit
from bot.store.conversations import SMS, Conversation
from bot.store.database import Database, Work
from bot.store.notices import OUTBOX, Notices
from bot.store.secure_links import Link, Visit

PURPOSES = ("results", "record", "activity", "repeats", "pharmacy", "messages", "details", "settings")
CARDS = ("results", "record", "activity", "repeats", "messages")  # those that the chat also shows
PAGE = "page"  # the channel, in the audit trail


class Visits:
    """Makes links, spends them, and says who is there. What is proved on a visit is for `StepUp`."""

    def __init__(
        self,
        database: Database,
        callers: Callers,
        practice: Practice,
        notices: Notices,
        clock: Clock,
        public_url: str,
    ) -> None:
        self._database, self._callers, self._practice = database, callers, practice
        self._notices, self._clock = notices, clock
        self._url = f"{public_url}/secure"

    # In a turn.

    def offer(self, work: Work, conversation: Conversation, patient_id: str, purpose: str, now: datetime) -> str | None:
        """Make a link for this conversation's patient. Ends those made before and not used.

        Returns:
            By text the address; in the chat the link's id, which its browser exchanges (see `hand_over`). None if the
            proof is locked: then only the surgery can help.
        """
        if self._is_locked(patient_id, conversation.id, now):
            return None
        link_id = secrets.token_hex(16)
        token = secure_links.new_token() if conversation.channel == SMS else None
        until = now + timedelta(minutes=self._practice.identity.link_minutes)
        work.add(secure_links.add_link, conversation.id, patient_id, purpose, token, now, until, link_id)
        return f"{self._url}/{token}" if token else link_id

    def log_out(self, work: Work, conversation: Conversation, by: str, now: datetime) -> None:
        """End what this conversation has proved, and its pages."""
        work.add(_end_conversation, conversation.id, by, now)

    def not_me(self, work: Work, people: Iterable[Caller], now: datetime) -> None:
        """Somebody says that it was not them: end every proof for these patients, and lock the way to new ones."""
        for caller in people:
            if caller.patient:
                work.add(_lock_out, caller.patient.id, caller.person_id or caller.patient.id, now)

    # In the chat.

    def hand_over(self, conversation_id: str, link_id: str) -> tuple[str, str] | None:
        """(token, handover) for the chat's own browser: only both together spend the link. None if it is over."""
        token, handover = secure_links.new_token(), secure_links.new_token()
        with self._database.write() as connection:
            is_given = secure_links.hand_over(connection, link_id, conversation_id, token, handover, self._clock())
        return (token, handover) if is_given else None

    # On the pages.

    def look(self, token: str, cookie: str | None = None) -> Link | None:
        """The link, if this browser can still go on with it. Looking changes nothing: a preview must not burn it."""
        with self._database.read() as connection:
            link = secure_links.find_link(connection, token)
        held = self.visit(cookie) if cookie else None
        if link is None or (held and held.link_id == link.id):
            return link
        return link if link.handover_hash is None and link.is_live(self._clock()) else None

    def spend(self, token: str, handover: str | None, cookie: str | None) -> str | None:
        """Spend a link; gives the cookie of the visit that begins, or None if the link is over or not for this browser.

        A browser that has spent it already, or holds a live proof for the same conversation and patient, goes on with
        the visit it has.
        """
        now = self._clock()
        held = self.visit(cookie) if cookie else None
        with self._database.write() as connection:
            link = secure_links.find_link(connection, token)
            if link is None or not self._is_handed_over(link, handover):
                return None
            if held and held.link_id == link.id:
                return cookie
            if not link.is_live(now) or not secure_links.spend_link(connection, link.id, now):
                self._note(connection, "step_up.link", "refused", link.conversation_id, link.patient_id)
                return None
            goes_on = held is not None and self._goes_on(held, link)
            fresh = cookie if goes_on else secrets.token_urlsafe(32)
            if held and goes_on:
                secure_links.set_purpose(connection, held, link.purpose)
            else:
                secure_links.begin_visit(connection, link, fresh or "", now)
            self._note(connection, "step_up.link", "spent", link.conversation_id, link.patient_id)
        return fresh

    def visit(self, cookie: str) -> Visit | None:
        """The visit of this cookie. Before proof it lasts as long as a pause may; with it, as long as the grant."""
        with self._database.read() as connection:
            visit = secure_links.find_visit(connection, cookie)
        if visit is None:
            return None
        if visit.grant_id is not None:
            return visit if self.caller(visit).patient else None
        is_old = self._clock() - visit.begun_at > timedelta(minutes=self._practice.identity.idle_minutes)
        return None if is_old or self._callers.find_patient(visit.patient_id) is None else visit

    def caller(self, visit: Visit) -> Caller:
        """Who has proved what on this visit, asked anew each time; NOBODY without a live grant."""
        if visit.grant_id is None:
            return NOBODY
        with self._database.read() as connection:
            grant = grants.find_grant(connection, visit.grant_id)
        return self._callers.by_grant(grant, self._clock()) if grant else NOBODY

    def use(self, visit: Visit) -> None:
        """A page was looked at: the time without use begins anew."""
        now = self._clock()
        with self._database.write() as connection:
            secure_links.touch_visit(connection, visit, now)
            if visit.grant_id is not None:
                grants.use_grant(connection, visit.grant_id, now)

    def end(self, visit: Visit, by: str = "log_out") -> None:
        """Log out: the grant ends with every page it opened, and the chat is told."""
        now = self._clock()
        with self._database.write() as connection:
            _end_conversation(connection, visit.conversation_id, by, now)
            self._note(connection, "step_up.log_out", "done", visit.conversation_id, visit.patient_id)
        self._announce(visit)

    # What lies behind.

    def _is_locked(self, patient_id: str, conversation_id: str, now: datetime) -> bool:
        with self._database.read() as connection:
            held = credentials.find_credential(connection, patient_id)
            limited = Limited(conversation_id, (patient_id,))
            return bool(held and held.locked_by) or is_locked(connection, limited, self._practice, now)

    def _is_handed_over(self, link: Link, handover: str | None) -> bool:
        if link.handover_hash is None:
            return True
        return handover is not None and secrets.compare_digest(link.handover_hash, secure_links.hash_token(handover))

    def _goes_on(self, held: Visit, link: Link) -> bool:
        is_same = (held.conversation_id, held.patient_id) == (link.conversation_id, link.patient_id)
        return is_same and held.grant_id is not None

    def _note(
        self,
        connection: Connection,
        action: str,
        outcome: str,
        conversation_id: str,
        patient_id: str,
        person_id: str | None = None,
        subject: str | None = None,
    ) -> None:
        actor = person_id if person_id != patient_id else None
        add_audit(
            connection, self._clock(), action, outcome, PAGE, conversation_id, patient_id, subject, actor_id=actor
        )

    def _announce(self, visit: Visit) -> None:
        self._notices.announce(OUTBOX, visit.conversation_id)


def _end_conversation(connection: Connection, conversation_id: str, by: str, now: datetime) -> None:
    grants.end_grants(connection, now, by, conversation_id=conversation_id, assurance=Assurance.VERIFIED.name)
    secure_links.end_unspent_links(connection, conversation_id, now)
    secure_links.end_visits(connection, now, conversation_id=conversation_id)


def _lock_out(connection: Connection, patient_id: str, person_id: str, now: datetime) -> None:
    for each in {patient_id, person_id}:
        credentials.lock(connection, each, "not_me", now)
        credentials.forget_devices(connection, each)
        credentials.end_registration_keys(connection, each, now)
    grants.end_grants(connection, now, "not_me", patient_id=patient_id)
    grants.end_grants(connection, now, "not_me", person_id=person_id)
    secure_links.end_visits(connection, now, patient_id=patient_id)
