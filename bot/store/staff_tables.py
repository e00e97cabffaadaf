"""The tables of staff: escalations and what was done about them, accounts, sessions, canned replies, examples."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Integer, String, Table
from sqlalchemy import Index as TableIndex

from bot.store.private import Sealed
from bot.store.tables import Id, Instant, metadata

# A period in which a conversation needs a person. One at most is live in each conversation.
escalation = Table(
    "escalation",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("patient_id", String(40), index=True),
    Column("reason", String(24), nullable=False),  # the gravest so far
    Column("urgency", String(8), nullable=False),  # routine, urgent
    Column("state", String(10), nullable=False),  # queued, open, waiting, snoozed, resolved, returned
    Column("assignee_id", String(40)),
    Column("version", Integer, nullable=False),  # rises with every change: two people never change the same state
    Column("opened_at", Instant, nullable=False),
    Column("waiting_since", Instant),  # since when the patient waits for an answer; null when it is their turn
    Column("due_at", Instant),  # when somebody must have looked
    Column("first_reply_at", Instant),
    Column("snoozed_until", Instant),
    Column("overdue", Integer, nullable=False, server_default="0"),  # how often nobody had looked in time
    Column("again", Integer, nullable=False, server_default="0"),  # how often the patient wrote again about the same
    Column("closed_at", Instant),
    Column("closed_why", String(24)),
)
TableIndex(
    "ux_escalation_live",
    escalation.c.conversation_id,
    unique=True,
    sqlite_where=escalation.c.closed_at.is_(None),
    postgresql_where=escalation.c.closed_at.is_(None),
)
TableIndex("ix_escalation_opened", escalation.c.opened_at)
TableIndex("ix_escalation_state", escalation.c.state, escalation.c.urgency, escalation.c.waiting_since)

# What happened to an escalation, in order: raised (again), claimed, noted, answered, returned …
escalation_event = Table(
    "escalation_event",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("escalation_id", ForeignKey("escalation.id"), nullable=False, index=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("reason", String(24), nullable=False, server_default=""),
    Column("urgency", String(8), nullable=False, server_default=""),
    Column("staff_id", String(40)),
    # The patient's words, or a note; never sent to anybody. (Sealed under the name of the column they were once in.)
    Column("summary", Sealed("escalation.summary")),
    Column("at", Instant, nullable=False),
)

# What staff wrote, for the moments in which it can be taken back; then it becomes a message like any other.
held_reply = Table(
    "held_reply",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("escalation_id", ForeignKey("escalation.id"), nullable=False, index=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("staff_id", String(40), nullable=False),
    Column("text", Sealed("held_reply.text"), nullable=False),
    Column("held_at", Instant, nullable=False),
    Column("send_at", Instant, nullable=False, index=True),
    Column("sent_at", Instant),
    Column("taken_back_at", Instant),
)

# Somebody at the surgery. `role`: reception, clinician, supervisor, admin or auditor.
staff = Table(
    "staff",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("login", String(60), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("role", String(12), nullable=False),
    Column("passcode", Sealed("staff.passcode")),
    Column("authenticator", Sealed("staff.authenticator")),
    Column("last_step", BigInteger),
    Column("subject", String(120), unique=True),  # who they are to a sign-in service (OIDC)
    Column("made_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("begun_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("locked_at", Instant),
    Column("ended_at", Instant),
    Column("pending", Sealed("staff_session.pending")),  # JSON: what a sign-in under way has to come back with
)

# A link that sets up an account, once.
staff_setup = Table(
    "staff_setup",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

# Who is looking at a conversation just now, and whether they are writing.
presence = Table(
    "presence",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id"), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), primary_key=True),
    Column("seen_at", Instant, nullable=False),
    Column("is_writing", Boolean, nullable=False),
)

canned_reply = Table(
    "canned_reply",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("title", String(80), nullable=False),
    Column("text", String(1000), nullable=False),
    Column("review_on", Date, nullable=False),
    Column("set_by", String(40), nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("removed_at", Instant),
)

# A message that was not understood, offered as an example to train with, without names and numbers.
training_example = Table(
    "training_example",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("message_id", ForeignKey("message.id"), nullable=False, unique=True),
    Column("text", Sealed("training_example.text"), nullable=False),
    Column("intent", String(40), nullable=False),
    Column("proposed_by", String(40), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("judged_by", String(40)),
    Column("judged_at", Instant),
    Column("is_approved", Boolean),
)
