"""Escalations: periods in which a conversation needs a person, and the story of each.

One at most is live in each conversation. Every change is a compare-and-set on its version, so that of two people who
act on the same state one wins and the other is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from bot.store.conversations import Conversation, as_conversation, insert_or_ignore
from bot.store.private import Private
from bot.store.staff_tables import escalation, escalation_event
from bot.store.tables import conversation

QUEUED, OPEN, WAITING, SNOOZED = "queued", "open", "waiting", "snoozed"
RESOLVED, RETURNED = "resolved", "returned"
LIVE = (QUEUED, OPEN, WAITING, SNOOZED)
ROUTINE, URGENT = "routine", "urgent"
RAISED = "raised"
PATIENT_WROTE = "patient_wrote"  # the reason while staff own the conversation: talk, not another request
_TRIES = 5  # when somebody else changes it at the same moment

# Ready-made, since building a statement costs more than running it.
_LIVE = select(escalation).where(
    escalation.c.conversation_id == bindparam("conversation_id"), escalation.c.closed_at.is_(None)
)
_BY_ID = select(escalation).where(escalation.c.id == bindparam("escalation_id"))
_BY_ID_LOCKED = _BY_ID.with_for_update()
_INSERT_EVENT = insert(escalation_event)
_EVENTS = (
    select(escalation_event)
    .where(escalation_event.c.escalation_id == bindparam("escalation_id"))
    .order_by(escalation_event.c.id)
)


class Stale(Exception):
    """Somebody else has changed it meanwhile."""


@dataclass(frozen=True)
class Escalation:
    """Attributes:
    reason: why, as a code; the gravest so far.
    state: of LIVE, or RESOLVED or RETURNED once closed.
    assignee_id: the member of staff who has taken it.
    version: to be handed back with a change.
    waiting_since: since when the patient waits for an answer; None when it is their turn.
    due_at: when somebody must have looked.
    overdue, again: how often nobody had looked in time, and how often the patient wrote again about the same.
    """

    id: int
    conversation_id: str
    patient_id: str | None
    reason: str
    urgency: str
    state: str
    assignee_id: str | None
    version: int
    opened_at: datetime
    waiting_since: datetime | None
    due_at: datetime | None
    first_reply_at: datetime | None
    snoozed_until: datetime | None
    overdue: int
    again: int
    closed_at: datetime | None
    closed_why: str | None


@dataclass(frozen=True)
class Event:
    """One thing in the story of an escalation. `summary`: the patient's words, or a note."""

    id: int
    kind: str
    reason: str
    urgency: str
    staff_id: str | None
    summary: str
    at: datetime


def live_escalation(connection: Connection, conversation_id: str) -> Escalation | None:
    row = connection.execute(_LIVE, {"conversation_id": conversation_id}).one_or_none()
    return _as_escalation(row) if row else None


def find_escalation(connection: Connection, escalation_id: int) -> Escalation | None:
    row = connection.execute(_BY_ID, {"escalation_id": escalation_id}).one_or_none()
    return _as_escalation(row) if row else None


def hold_escalation(connection: Connection, escalation_id: int) -> Escalation | None:
    """As `find_escalation`; nobody else changes it until this transaction ends."""
    row = connection.execute(_BY_ID_LOCKED, {"escalation_id": escalation_id}).one_or_none()
    return _as_escalation(row) if row else None


def add_escalation(
    connection: Connection,
    conversation_id: str,
    reason: str,
    urgency: str,
    summary: str,
    now: datetime,
    patient_id: str | None = None,
) -> None:
    """Ask for a person. What is live goes on: an urgent reason makes it urgent, and it is the patient who waits again.

    The same routine reason again is only counted.
    """
    for _ in range(_TRIES):
        held = live_escalation(connection, conversation_id)
        is_repeated = held is not None and urgency != URGENT and was_raised(connection, held, reason)
        try:
            if held is None:
                held = _open(connection, conversation_id, reason, urgency, now, patient_id)
            else:
                held = _raise_again(connection, held, reason, urgency, now, patient_id, is_repeated)
        except Stale:
            continue
        if not is_repeated:
            add_event(connection, held, RAISED, now, reason=reason, urgency=urgency, summary=summary)
        return
    raise Stale


def _open(
    connection: Connection, conversation_id: str, reason: str, urgency: str, now: datetime, patient_id: str | None
) -> Escalation:
    """A new one, in the queue. Raises Stale if another was opened meanwhile."""
    stored = insert_or_ignore(
        connection,
        escalation,
        conversation_id=conversation_id,
        patient_id=patient_id,
        reason=reason,
        urgency=urgency,
        state=QUEUED,
        version=0,
        opened_at=now,
        waiting_since=now,
    )
    made = live_escalation(connection, conversation_id)
    if stored is None or made is None:
        raise Stale
    return made


def _raise_again(
    connection: Connection,
    held: Escalation,
    reason: str,
    urgency: str,
    now: datetime,
    patient_id: str | None,
    is_repeated: bool,
) -> Escalation:
    values: dict[str, Any] = {
        "waiting_since": held.waiting_since or now,
        "patient_id": held.patient_id or patient_id,
        "again": held.again + (is_repeated and reason != PATIENT_WROTE),
    }
    if held.state in (WAITING, SNOOZED):
        values |= {"state": OPEN if held.assignee_id else QUEUED, "snoozed_until": None, "due_at": None}
    if urgency == URGENT:  # each time it rings
        values |= {"urgency": URGENT, "due_at": None}
        values |= {"reason": reason} if held.urgency != URGENT else {}
    return change(connection, held, **values)


def change(connection: Connection, held: Escalation, *, is_news: bool = True, **values: Any) -> Escalation:
    """Change it, if it is still as `held` says.

    Args:
        is_news: whether somebody who acts on what they saw before has to look again.

    Raises:
        Stale: somebody else was first.
    """
    changed = connection.execute(
        update(escalation)
        .where(escalation.c.id == held.id, escalation.c.version == held.version)
        .values(version=held.version + is_news, **values)
    )
    if changed.rowcount != 1:
        raise Stale
    return _as_escalation(connection.execute(_BY_ID, {"escalation_id": held.id}).one())


def add_event(
    connection: Connection,
    held: Escalation,
    kind: str,
    now: datetime,
    *,
    reason: str = "",
    urgency: str = "",
    staff_id: str | None = None,
    summary: str = "",
) -> None:
    connection.execute(
        _INSERT_EVENT,
        {
            "escalation_id": held.id,
            "conversation_id": held.conversation_id,
            "kind": kind,
            "reason": reason,
            "urgency": urgency,
            "staff_id": staff_id,
            "summary": Private(summary, held.conversation_id) if summary else None,
            "at": now,
        },
    )


def events_of(connection: Connection, held: Escalation) -> list[Event]:
    """Its story, oldest first."""
    rows = connection.execute(_EVENTS, {"escalation_id": held.id})
    return [_as_event(row, held.conversation_id) for row in rows]


def was_raised(connection: Connection, held: Escalation, reason: str) -> bool:
    raised = select(escalation_event.c.id).where(
        escalation_event.c.escalation_id == held.id,
        escalation_event.c.kind == RAISED,
        escalation_event.c.reason == reason,
    )
    return connection.execute(raised.limit(1)).first() is not None


def earlier_escalations(connection: Connection, patient_id: str, but: int, limit: int = 10) -> list[Escalation]:
    """Those of the same patient, newest first, on whatever channel."""
    rows = connection.execute(
        select(escalation)
        .where(escalation.c.patient_id == patient_id, escalation.c.id != but)
        .order_by(escalation.c.id.desc())
        .limit(limit)
    )
    return [_as_escalation(row) for row in rows]


def list_escalations(
    connection: Connection,
    states: Sequence[str] = LIVE,
    *,
    urgency: str | None = None,
    assignee_id: str | None = None,
    is_unassigned: bool = False,
    limit: int = 200,
) -> list[Escalation]:
    """Urgent ones first, then whoever has waited longest."""
    query = select(escalation).where(escalation.c.state.in_(states))
    if urgency:
        query = query.where(escalation.c.urgency == urgency)
    if assignee_id:
        query = query.where(escalation.c.assignee_id == assignee_id)
    if is_unassigned:
        query = query.where(escalation.c.assignee_id.is_(None))
    waiting = (escalation.c.waiting_since.is_(None), escalation.c.waiting_since, escalation.c.id)
    ordered = query.order_by((escalation.c.urgency != URGENT), *waiting).limit(limit)
    return [_as_escalation(row) for row in connection.execute(ordered)]


def queue(
    connection: Connection, states: Sequence[str] = LIVE, limit: int = 50, **which: Any
) -> list[tuple[Escalation, Conversation]]:
    """As `list_escalations`, each with its conversation."""
    held = list_escalations(connection, states, limit=limit, **which)
    ids = {each.conversation_id for each in held}
    rows = connection.execute(select(conversation).where(conversation.c.id.in_(ids)))
    conversations = {row.id: as_conversation(row) for row in rows}
    return [(each, conversations[each.conversation_id]) for each in held]


def count_queue(connection: Connection, staff_id: str) -> dict[str, int]:
    """How many are urgent, unassigned, this person's, snoozed, and live at all."""
    awake = escalation.c.state != SNOOZED
    sought = {
        "urgent": and_(awake, escalation.c.urgency == URGENT),
        "unassigned": and_(awake, escalation.c.assignee_id.is_(None)),
        "mine": and_(awake, escalation.c.assignee_id == staff_id),
        "snoozed": escalation.c.state == SNOOZED,
        "all": escalation.c.id.is_not(None),
    }
    counts = [func.coalesce(func.sum(case((each, 1), else_=0)), 0).label(name) for name, each in sought.items()]
    row = connection.execute(select(*counts).where(escalation.c.state.in_(LIVE))).one()
    return {name: int(getattr(row, name)) for name in sought}


def last_ring(connection: Connection) -> int:
    """The event for which the console rang last: something urgent was raised, or nobody had looked at it in time."""
    rings = select(func.coalesce(func.max(escalation_event.c.id), 0)).where(
        escalation_event.c.escalation_id == escalation.c.id,
        escalation_event.c.kind.in_((RAISED, "overdue")),
        or_(escalation_event.c.urgency == URGENT, escalation_event.c.kind == "overdue"),
    )
    live = rings.where(escalation.c.state.in_(LIVE), escalation.c.urgency == URGENT)
    return int(connection.execute(live).scalar_one())


def escalation_of(connection: Connection, conversation_id: str) -> Escalation | None:
    """The newest of a conversation, live or closed."""
    newest = select(escalation).where(escalation.c.conversation_id == conversation_id)
    row = connection.execute(newest.order_by(escalation.c.id.desc()).limit(1)).one_or_none()
    return _as_escalation(row) if row else None


def set_due(connection: Connection, held: Escalation, due_at: datetime) -> None:
    """By when somebody must look. No change that anybody who acts on it would have to be told of."""
    dated = update(escalation).where(escalation.c.id == held.id, escalation.c.due_at.is_(None))
    connection.execute(dated.values(due_at=due_at))


def note_overdue(connection: Connection, held: Escalation) -> bool:
    """Nobody has looked in time; False if another process has noted it."""
    noted = connection.execute(
        update(escalation)
        .where(escalation.c.id == held.id, escalation.c.due_at == held.due_at)
        .values(overdue=escalation.c.overdue + 1, due_at=None)
    )
    return bool(noted.rowcount == 1)


def undated_escalations(connection: Connection) -> list[Escalation]:
    """Those for which nobody has said yet by when somebody must look."""
    undated = select(escalation).where(escalation.c.state.in_((QUEUED, OPEN, WAITING)), escalation.c.due_at.is_(None))
    return [_as_escalation(row) for row in connection.execute(undated)]


def due_escalations(connection: Connection, now: datetime) -> list[Escalation]:
    """Those somebody should have looked at by now, or that wake from a snooze."""
    is_overdue = and_(escalation.c.state.in_((QUEUED, OPEN, WAITING)), escalation.c.due_at <= now)
    wakes = and_(escalation.c.state == SNOOZED, escalation.c.snoozed_until <= now)
    due = select(escalation).where(escalation.c.closed_at.is_(None), or_(is_overdue, wakes))
    return [_as_escalation(row) for row in connection.execute(due)]


def _as_escalation(row: Any) -> Escalation:
    return Escalation(**{name: getattr(row, name) for name in Escalation.__dataclass_fields__})


def _as_event(row: Any, owner: str) -> Event:
    summary = row.summary.open(owner) if row.summary else ""
    return Event(row.id, row.kind, row.reason, row.urgency, row.staff_id, summary, row.at)
