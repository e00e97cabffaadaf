"""New contact details that a patient asks for. Staff decide: a changed number is the way into everything else."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from bot.backend.base import Patient, PracticeBackend, Unavailable
from bot.backend.refused import Refused
from bot.clock import Clock
from bot.escalation.handover import Closed, Handover, Member
from bot.identity.phone_numbers import read_mobile
from bot.identity.policy import NO_TEXTS
from bot.practice import Practice
from bot.responses import Responses
from bot.sms_text import compose_text
from bot.store import contact_changes, escalations, notifications
from bot.store.access import find_access
from bot.store.audit import add_audit
from bot.store.contact_changes import ADDRESS, EMAIL, MOBILE, ContactChange
from bot.store.conversations import DESK, find_conversations, open_conversation
from bot.store.database import Database
from bot.store.escalations import ROUTINE, Stale
from bot.store.notices import OUTBOX, SCHEDULE, Notices
from bot.store.outbox import queue_text

DECIDED = "details"  # the kind of notification
ASKED_FOR = "details_asked"  # the reason for which staff look
WHYS = ("not_sure_who", "not_right", "other_way")  # it was declined
_MOBILE = re.compile(r"\+447[1-57-9]\d{8}|\+(?!44)\d{7,15}")  # British mobiles, without pagers (076); or from abroad
_EMAIL = re.compile(r"[^\s@<>\"'(),:;\\\[\]]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.I)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.I)
_MOST_LINES, _LONGEST_LINE = 6, 60


class NotAsked(Exception):
    """Somebody has decided already, or the patient has asked for something else since."""


def read_value(kind: str, text: str) -> str | None:
    """The new value as the record keeps it: an E.164 number, an email address, or the lines of an address, at whose end
    a postcode stands. None if it could not be one."""
    plain = text.strip()
    if kind == MOBILE:
        number = read_mobile(plain)
        return number if number and _MOBILE.fullmatch(number) else None
    if kind == EMAIL:
        return plain if len(plain) <= 254 and _EMAIL.fullmatch(plain) and ".." not in plain else None
    lines = [" ".join(line.split()).strip(" ,") for line in plain.splitlines()]
    kept = [line for line in lines if line]
    is_one = 2 <= len(kept) <= _MOST_LINES and max(map(len, kept), default=0) <= _LONGEST_LINE
    return "\n".join(kept) if is_one and _POSTCODE.search(kept[-1] + " " + kept[-2]) else None


def value_of(patient: Patient, kind: str) -> str:
    """What the record holds now, in the same form; "" if nothing."""
    held = {MOBILE: patient.mobile, EMAIL: patient.email, ADDRESS: "\n".join(patient.address)}
    return held[kind] or ""


def ask(connection: Connection, patient_id: str, kind: str, value: str, conversation_id: str, now: datetime) -> int:
    """Keep the request, and show it to staff; gives its id. Asked again, it is for the new value."""
    change_id, is_new = contact_changes.ask(connection, patient_id, kind, value, conversation_id, now)
    if is_new:
        desk = open_conversation(connection, DESK, _address(change_id), now, timedelta.max)
        escalations.add_escalation(connection, desk.id, ASKED_FOR, ROUTINE, "", now, patient_id)
    return change_id


class Decisions:
    """What staff make of requests."""

    def __init__(
        self,
        database: Database,
        backend: PracticeBackend,
        practice: Practice,
        responses: Responses,
        handover: Handover,
        notices: Notices,
        clock: Clock,
    ) -> None:
        self._database, self._backend, self._practice = database, backend, practice
        self._responses, self._handover, self._notices, self._clock = responses, handover, notices, clock

    def approve(self, change_id: int, asked_at: datetime, member: Member) -> None:
        """Put it into the clinical system. Done again after a stop in the middle, it is finished.

        Args:
            asked_at: of the request as it was on the screen.

        Raises:
            NotAsked.
            Refused: nothing was changed, and it is still to be decided.
            Unavailable: it is not known whether it was changed. It is to be approved again, and cannot be declined.
        """
        held = self._begin(change_id, asked_at, member)
        try:
            key = f"contact:{change_id}:{int(asked_at.timestamp())}"
            self._backend.change_contact(held.patient_id, held.kind, held.value, key)
        except Unavailable:
            raise  # perhaps it was made all the same: only the same again can tell
        except Refused:
            with self._database.write() as connection:
                contact_changes.give_up_approval(connection, change_id)
            raise
        with self._database.write() as connection:
            if contact_changes.note_approved(connection, change_id, self._clock()):
                self._follow_up(connection, held, member)
        self._close(change_id, member, "answered")

    def decline(self, change_id: int, asked_at: datetime, member: Member, why: str) -> None:
        """`why` of WHYS. Raises NotAsked."""
        with self._database.write() as connection:
            now = self._clock()
            if not contact_changes.note_declined(connection, change_id, asked_at, member.id, why, now):
                raise NotAsked
            held = contact_changes.find_change(connection, change_id)
            if held is not None:
                self._tell(connection, held)
                about = (DESK, *_about(held))
                add_audit(connection, now, "details.decline", "done", *about, actor_id=member.id, reason=why)
        self._close(change_id, member, "not_needed")

    # What lies behind.

    def _begin(self, change_id: int, asked_at: datetime, member: Member) -> ContactChange:
        with self._database.read() as connection:
            held = contact_changes.find_change(connection, change_id)
        if held is None:
            raise NotAsked
        now_held = value_of(self._backend.patient(held.patient_id), held.kind)
        with self._database.write() as connection:
            if not contact_changes.begin_approval(connection, held, asked_at, member.id, now_held):
                raise NotAsked
            begun = contact_changes.find_change(connection, change_id)
        return begun or held

    def _follow_up(self, connection: Connection, held: ContactChange, member: Member) -> None:
        if held.kind == MOBILE and held.replaced and held.replaced != held.value:
            self._warn_old_number(connection, held.patient_id, held.replaced)
        self._tell(connection, held)
        about = (DESK, *_about(held))
        add_audit(connection, self._clock(), "details.approve", "done", *about, actor_id=member.id, reason=held.kind)

    def _warn_old_number(self, connection: Connection, patient_id: str, number: str) -> None:
        """At once and in this transaction: the schedule looks a number up when it tells, and would find the new one."""
        access = find_access(connection, patient_id)
        if access is not None and NO_TEXTS in access.flags:
            return
        said = self._responses.say("utter_number_replaced")
        body, segments = compose_text(self._practice.name, said)
        queue_text(connection, number, body, segments, self._clock())

    def _tell(self, connection: Connection, held: ContactChange) -> None:
        """Whatever the number is by then."""
        now, key = self._clock(), f"{DECIDED}:{held.id}:{int(held.asked_at.timestamp())}"
        notifications.plan(connection, DECIDED, key, held.patient_id, str(held.id), now, now)

    def _close(self, change_id: int, member: Member, why: str) -> None:
        """What stood in the queue for it is done, and whatever waits to be told is looked for."""
        with self._database.read() as connection:
            found = find_conversations(connection, _address(change_id), 1)
            live = escalations.live_escalation(connection, found[0].id) if found else None
        if live is not None:
            with suppress(Stale, Closed):  # a colleague is at it
                self._handover.resolve(live.id, member, why, live.version)
        self._notices.announce(OUTBOX, SCHEDULE)


def _address(change_id: int) -> str:
    """Of the conversation of staff alone that stands for it."""
    return f"details:{change_id}"


def _about(held: ContactChange) -> tuple[str | None, str, str]:
    """Conversation, patient and subject, for the audit trail."""
    return held.conversation_id, held.patient_id, str(held.id)
