"""The tables of conversations. Ids are opaque; whatever a person wrote or is reached by is sealed."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
)
from sqlalchemy import (
    Index as TableIndex,
)
from sqlalchemy.types import TypeDecorator

from bot.store.private import Index, Sealed

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only in a column declared INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator):  # type: ignore[type-arg]
    """An aware datetime, kept in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("instants carry a time zone")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


# How a person is reached by text, and whether they want texts at all.
contact = Table(
    "contact",
    metadata,
    Column("number_index", Index("mobile"), primary_key=True),
    Column("opted_out_at", Instant),
    Column("unreachable_at", Instant),
)

# One episode with one patient or unknown person on one channel; its id is also Rasa's sender id.
conversation = Table(
    "conversation",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("channel", String(8), nullable=False),
    Column("address_index", Index("address"), nullable=False),
    Column("address", Sealed("conversation.address"), nullable=False),
    Column("owner", String(8), nullable=False, server_default="bot"),
    Column("started_at", Instant, nullable=False),
    Column("last_activity_at", Instant, nullable=False),
    Column("closed_at", Instant),
    # Events of the Rasa tracker before this one are no longer read: a finished journey is not carried along.
    Column("tracker_from", Id, nullable=False, server_default="0"),
)
TableIndex(
    "ux_conversation_open",
    conversation.c.channel,
    conversation.c.address_index,
    unique=True,
    sqlite_where=conversation.c.closed_at.is_(None),
    postgresql_where=conversation.c.closed_at.is_(None),
)
TableIndex("ix_conversation_started", conversation.c.started_at, conversation.c.channel)

TableIndex("ix_conversation_address", conversation.c.address_index, conversation.c.started_at)

message = Table(
    "message",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("author", String(10), nullable=False),  # patient, assistant, staff, system
    Column("text", Sealed("message.text"), nullable=False),
    Column("extra", Sealed("message.extra")),  # JSON: what an inbound message carried besides text; an attachment
    Column("provider_id", String(80), unique=True),
    Column("at", Instant, nullable=False),
    Column("done_at", Instant),  # null on a received message whose turn is still to be run
    Column("attempts", Integer, nullable=False, server_default="0"),
)
TableIndex("ix_message_conversation", message.c.conversation_id, message.c.id)
TableIndex("ix_message_author", message.c.author, message.c.at)
TableIndex(
    "ix_message_waiting",
    message.c.id,
    sqlite_where=message.c.done_at.is_(None),
    postgresql_where=message.c.done_at.is_(None),
)

quick_reply = Table(
    "quick_reply",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("message_id", ForeignKey("message.id"), nullable=False, index=True),
    Column("label", Sealed("quick_reply.label"), nullable=False),
    Column("payload", Sealed("quick_reply.payload"), nullable=False),
)

# A text to be sent. It outlives restarts; its state only moves forward.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id")),
    Column("message_id", ForeignKey("message.id"), index=True),
    Column("number_index", Index("mobile"), nullable=False),
    Column("number", Sealed("outbox.number"), nullable=False),
    Column("body", Sealed("outbox.body"), nullable=False),
    Column("segments", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("expires_at", Instant),  # of a text nobody asked for: from then on it does not leave any more
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("claimed_until", Instant),
    Column("provider_sid", String(40), unique=True),
    Column("error_code", String(12)),
    Column("created_at", Instant, nullable=False),
)
TableIndex("ix_outbox_due", outbox.c.state, outbox.c.due_at)
TableIndex("ix_outbox_number", outbox.c.number_index, outbox.c.id)

# Every status a provider reported, once; a late or repeated callback finds its row and changes nothing.
delivery_status = Table(
    "delivery_status",
    metadata,
    Column("provider_sid", String(40), primary_key=True),
    Column("status", String(16), primary_key=True),
    Column("at", Instant, nullable=False),
)

rasa_event = Table(
    "rasa_event",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("data", Sealed("rasa_event.data"), nullable=False),
)
TableIndex("ix_rasa_event_conversation", rasa_event.c.conversation_id, rasa_event.c.id)

web_session = Table(
    "web_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

# Who did what, when, by which channel and why. Ids and codes only, never what was written. Rows are only ever added,
# and each is chained to the one before it (bot/store/audit.py).
audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("action", String(40), nullable=False),
    Column("outcome", String(24), nullable=False),
    Column("channel", String(8), nullable=False),  # sms, web, page, desk, system
    Column("conversation_id", String(32)),
    Column("patient_id", String(40), index=True),
    Column("actor_id", String(40)),  # who did it, where that is not the patient: a trusted person, or a member of staff
    Column("subject", String(64)),  # what it was about: an id or a code
    Column("reason", String(60)),  # why, as a code
    Column("chain", String(64), nullable=False),
)
TableIndex("ix_audit_action", audit.c.action, audit.c.at, audit.c.outcome)

# What the pretend phone was sent, where no Twilio account is connected.
pretend_text = Table(
    "pretend_text",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("number_index", Index("mobile"), nullable=False, index=True),
    Column("sid", String(40), nullable=False, unique=True),
    Column("direction", String(3), nullable=False),
    Column("body", Sealed("pretend_text.body"), nullable=False),
    Column("status", String(12), nullable=False),
    Column("at", Instant, nullable=False),
)
