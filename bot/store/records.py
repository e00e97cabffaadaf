"""Rows that are only ever added: escalations and the audit trail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from bot.store.private import Private
from bot.store.tables import audit, escalation


def add_escalation(
    connection: Connection, conversation_id: str, reason: str, urgency: str, summary: str, now: datetime
) -> None:
    """Ask for a person. A conversation already waiting for the same reason is not queued twice, unless it is urgent."""
    same = select(escalation.c.id).where(
        escalation.c.conversation_id == conversation_id,
        escalation.c.reason == reason,
        escalation.c.state == "queued",
    )
    if urgency != "urgent" and connection.execute(same).first():
        return
    connection.execute(
        insert(escalation).values(
            conversation_id=conversation_id,
            reason=reason,
            urgency=urgency,
            summary=Private(summary, conversation_id),
            opened_at=now,
        )
    )


def add_audit(
    connection: Connection,
    now: datetime,
    action: str,
    outcome: str,
    channel: str,
    conversation_id: str,
    patient_id: str | None = None,
    subject: str | None = None,
) -> None:
    """Note that something was done, or refused. Ids and codes only."""
    connection.execute(
        insert(audit).values(
            at=now,
            action=action,
            outcome=outcome,
            channel=channel,
            conversation_id=conversation_id,
            patient_id=patient_id,
            subject=subject,
        )
    )
