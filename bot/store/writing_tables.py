"""The tables of writing to the practice: threads, the files that came with them, and details asked to be changed."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy import Index as TableIndex

from bot.store.private import Sealed
from bot.store.tables import Id, Instant, metadata

# What a patient writes about to the practice, and the answers: a conversation on the channel "thread", which staff own.
thread = Table(
    "thread",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id"), primary_key=True),
    Column("patient_id", String(40), nullable=False, index=True),
    Column("person_id", String(40), nullable=False),  # who wrote: the patient, or somebody trusted to act for them
    Column("topic", String(24), nullable=False),
    Column("reference", String(12), nullable=False, unique=True),
    Column("begun_at", Instant, nullable=False),
    Column("read_to", Id, nullable=False, server_default="0"),  # the newest message the patient has seen
)

# A file that came with a message. Kept sealed, and given to staff alone.
attachment = Table(
    "attachment",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("message_id", ForeignKey("message.id"), index=True),
    Column("position", Integer, nullable=False),  # among those of its message
    Column("name", Sealed("attachment.name"), nullable=False),
    Column("content_type", String(40), nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("content", Sealed("attachment.content"), nullable=False),  # base64
    Column("at", Instant, nullable=False),
)

# A copy of a message, on its way into the record.
record_copy = Table(
    "record_copy",
    metadata,
    Column("message_id", ForeignKey("message.id"), primary_key=True),
    Column("patient_id", String(40), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("copied_at", Instant),
)
TableIndex("ix_record_copy_due", record_copy.c.copied_at, record_copy.c.due_at)

# New contact details that a patient asked for; staff approve or decline them.
contact_change = Table(
    "contact_change",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("patient_id", String(40), nullable=False, index=True),
    Column("person_id", String(40), nullable=False),
    Column("conversation_id", String(32)),  # where it was asked for
    Column("kind", String(10), nullable=False),  # mobile, address, email
    Column("value", Sealed("contact_change.value"), nullable=False),
    Column("replaced", Sealed("contact_change.replaced")),  # what stood there when its approval began
    Column("asked_at", Instant, nullable=False),
    Column("state", String(10), nullable=False),  # asked, approved, declined
    Column("why", String(24)),  # it was declined, as a code
    Column("decided_by", String(40)),  # while it is still asked: whose approval is under way
    Column("decided_at", Instant),
)
