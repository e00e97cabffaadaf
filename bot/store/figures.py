"""Counts for the overview: how many conversations, how long people waited, why. No person is in them.

Each is one statement over an index. Instants come back as hours in UTC, since the day they belong to is the practice's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Float

from bot.store.messages import PATIENT
from bot.store.outbox import FAILED, SUPPRESSED
from bot.store.staff_tables import escalation
from bot.store.tables import audit, conversation, message, outbox

_LOST = (FAILED, "undelivered", "canceled", SUPPRESSED)
_GONE_OUT = ("sent", "delivered", "read", *_LOST)


class _Hour(FunctionElement):  # type: ignore[type-arg, misc]
    """The hour of an instant, in UTC: "2026-11-23 10"."""

    type = String()
    inherit_cache = True


class _Seconds(FunctionElement):  # type: ignore[type-arg, misc]
    """From one instant to another."""

    type = Float()
    inherit_cache = True


@compiles(_Hour, "sqlite")  # type: ignore[untyped-decorator]
def _hour_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"substr({compiler.process(element.clauses, **kw)}, 1, 13)"


@compiles(_Hour, "postgresql")  # type: ignore[untyped-decorator]
def _hour_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"to_char(timezone('UTC', {compiler.process(element.clauses, **kw)}), 'YYYY-MM-DD HH24')"


@compiles(_Seconds, "sqlite")  # type: ignore[untyped-decorator]
def _seconds_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    begun, ended = (compiler.process(each, **kw) for each in element.clauses)
    return f"(julianday({ended}) - julianday({begun})) * 86400"


@compiles(_Seconds, "postgresql")  # type: ignore[untyped-decorator]
def _seconds_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    begun, ended = (compiler.process(each, **kw) for each in element.clauses)
    return f"extract(epoch from {ended} - {begun})"


def conversations_by_hour(connection: Connection, since: datetime) -> list[tuple[str, str, int]]:
    """(hour, channel, how many began then)."""
    hour: Any = _Hour(conversation.c.started_at)
    counted = select(hour, conversation.c.channel, func.count()).where(conversation.c.started_at >= since)
    return _rows(connection, counted.group_by(hour, conversation.c.channel))


def count_finished(connection: Connection, since: datetime, quiet_since: datetime) -> tuple[int, int]:
    """(conversations begun since then in which nothing has been written lately, those of them that needed staff)."""
    begun = conversation.c.started_at >= since
    finished = begun & (conversation.c.last_activity_at < quiet_since) & (conversation.c.owner == "bot")
    with_staff = (
        select(func.count(func.distinct(escalation.c.conversation_id)))
        .select_from(escalation.join(conversation, escalation.c.conversation_id == conversation.c.id))
        .where(finished)
    )
    return _number(connection, select(func.count()).select_from(conversation).where(finished)), _number(
        connection, with_staff
    )


def waits(connection: Connection, since: datetime) -> list[tuple[str, float]]:
    """(urgency, seconds from the request for a person to the first reply) of those answered in writing."""
    seconds: Any = _Seconds(escalation.c.opened_at, escalation.c.first_reply_at)
    answered = select(escalation.c.urgency, seconds).where(
        escalation.c.opened_at >= since, escalation.c.first_reply_at.is_not(None)
    )
    return _rows(connection, answered)


def count_unanswered(connection: Connection) -> dict[str, int]:
    """By urgency, how many wait for their first reply now."""
    waiting = select(escalation.c.urgency, func.count()).where(
        escalation.c.closed_at.is_(None), escalation.c.first_reply_at.is_(None)
    )
    return dict(_rows(connection, waiting.group_by(escalation.c.urgency)))


def reasons(connection: Connection, since: datetime) -> list[tuple[str, int]]:
    """(why a person was needed, how often), the most frequent first."""
    counted = select(escalation.c.reason, func.count()).where(escalation.c.opened_at >= since)
    return _rows(connection, counted.group_by(escalation.c.reason).order_by(func.count().desc(), escalation.c.reason))


def not_understood_by_hour(connection: Connection, since: datetime) -> list[tuple[str, int]]:
    """(hour, how many messages nothing could be made of)."""
    hour: Any = _Hour(audit.c.at)
    missed = select(hour, func.count()).where(
        audit.c.action == "message.read", audit.c.at >= since, audit.c.outcome == "not_understood"
    )
    return _rows(connection, missed.group_by(hour))


def count_from_patients(connection: Connection, since: datetime) -> int:
    """How many messages patients wrote."""
    written = select(func.count()).select_from(message).where(message.c.author == PATIENT, message.c.at >= since)
    return _number(connection, written)


def count_texts(connection: Connection, since: datetime) -> int:
    """How many texts left, or were to leave."""
    gone = select(func.count()).select_from(outbox)
    return _number(connection, gone.where(outbox.c.state.in_(_GONE_OUT), outbox.c.due_at >= since))


def lost_texts(connection: Connection, since: datetime) -> list[tuple[str, int]]:
    """(the network's code, how many texts never arrived for this reason), the most frequent first."""
    code = func.coalesce(outbox.c.error_code, outbox.c.state)
    lost = select(code, func.count()).where(outbox.c.state.in_(_LOST), outbox.c.due_at >= since)
    return _rows(connection, lost.group_by(code).order_by(func.count().desc(), code))


def _rows(connection: Connection, query: Any) -> list[Any]:
    return [tuple(row) for row in connection.execute(query)]


def _number(connection: Connection, query: Any) -> int:
    return int(connection.execute(query).scalar_one())
