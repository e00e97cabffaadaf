"""The tables of what is said without being asked: the one schedule of texts, and texts from the practice to many."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy import Index as TableIndex

from bot.store.private import Index
from bot.store.tables import Id, Instant, metadata

# Something to be told to one patient by text, once. Whoever restarts when, its key is there only once, and its state
# moves from waiting to sent or dropped in the same transaction that queues the text.
notification = Table(
    "notification",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("key", String(120), nullable=False, unique=True),  # what is told, as ids and codes: never twice
    Column("kind", String(24), nullable=False),
    Column("patient_id", String(40), nullable=False, index=True),
    Column("subject", String(64), nullable=False),  # the id of what it is about
    Column("due_at", Instant, nullable=False),
    Column("expires_at", Instant),  # from then on it is of no use any more
    Column("state", String(8), nullable=False),  # waiting, sent, dropped
    Column("dropped_why", String(24)),
    Column("made_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("number_index", Index("mobile")),  # where it was sent to: an answer comes from there
    Column("message_id", ForeignKey("message.id")),
    Column("answer", String(16)),  # what the patient made of it, as a code
    Column("answered_at", Instant),
)
TableIndex("ix_notification_due", notification.c.state, notification.c.due_at)
TableIndex("ix_notification_subject", notification.c.subject)
TableIndex("ix_notification_number", notification.c.number_index, notification.c.sent_at)

# A text from the practice to a chosen list. One person writes it, another approves it.
broadcast = Table(
    "broadcast",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column(
        "key", String(32), nullable=False, unique=True
    ),  # of the form it was written in: sent twice, it is written once
    Column("title", String(80), nullable=False),  # for staff
    Column("text", String(1000), nullable=False),  # the same to everybody: nothing of a patient stands in it
    Column("audience", String(24), nullable=False),  # which list, as a code
    Column("state", String(10), nullable=False),  # draft, submitted, sending, stopped, done
    Column("version", Integer, nullable=False),
    Column("written_by", String(40), nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("approved_by", String(40)),
    Column("approved_at", Instant),
    Column("stopped_by", String(40)),
    Column("ended_at", Instant),
)

# Everybody on the list as it was when it was handed in, and was approved; those left out with the reason.
broadcast_recipient = Table(
    "broadcast_recipient",
    metadata,
    Column("broadcast_id", ForeignKey("broadcast.id"), primary_key=True),
    Column("patient_id", String(40), primary_key=True),
    Column("left_out", String(24)),
)
