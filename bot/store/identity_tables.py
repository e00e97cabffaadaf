"""The tables of identity: proofs held and asked for, links to secure pages, passcodes, access, and trusted people."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Integer, String, Table
from sqlalchemy import Index as TableIndex

from bot.store.private import Index, Sealed
from bot.store.tables import Id, Instant, metadata

# A proof of identity held by a conversation. Of those that live, the surest counts.
grant = Table(
    "identity_grant",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("patient_id", String(40), nullable=False, index=True),
    Column("person_id", String(40), nullable=False),  # who proved it: the patient, or somebody trusted to act for them
    Column("assurance", String(10), nullable=False),
    Column("method", String(16), nullable=False),
    Column("number_index", Index("mobile")),  # the number it rests on; gone from the record, the grant is gone too
    Column("given_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", String(16)),
)

# An open request for proof: a mobile number, a code, or which of several patients.
challenge = Table(
    "challenge",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),  # mobile, code, who
    Column("number_index", Index("mobile")),
    Column("number", Sealed("challenge.number")),
    Column("code_hash", String(64)),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
)
TableIndex("ix_challenge_number", challenge.c.number_index, challenge.c.opened_at)

# A link to a secure page. Only the hash of its token is kept.
secure_link = Table(
    "secure_link",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("token_hash", String(64), unique=True),
    Column("handover_hash", String(64)),  # web: what only the chat's own browser was given
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("patient_id", String(40), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("spent_at", Instant),
    Column("ended_at", Instant),
)

# One browser's visit to the secure pages, begun by spending a link.
secure_visit = Table(
    "secure_visit",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("link_id", ForeignKey("secure_link.id"), nullable=False, index=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False, index=True),
    Column("patient_id", String(40), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("grant_id", ForeignKey("identity_grant.id")),  # null until proof was given here
    Column("pending", Sealed("secure_visit.pending")),  # JSON: what is half done; see `secure_links.set_pending`
    Column("begun_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

# What a person proves themselves with. A person is a patient, or somebody trusted to act for one.
credential = Table(
    "credential",
    metadata,
    Column("person_id", String(40), primary_key=True),
    Column("passcode", Sealed("credential.passcode")),  # argon2id
    Column("authenticator", Sealed("credential.authenticator")),  # the secret of an authenticator app
    Column("last_step", BigInteger),  # the newest time step an authenticator's code was taken for: no code counts twice
    Column("set_at", Instant),
    Column("locked_at", Instant),
    Column("locked_by", String(16)),
)

# Handed out once by staff after checking identity; with it a passcode is set.
registration_key = Table(
    "registration_key",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("person_id", String(40), nullable=False, index=True),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("issued_by", String(40), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

# Browsers from which a person has proved who they are.
known_device = Table(
    "known_device",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", String(40), primary_key=True),
    Column("first_seen_at", Instant, nullable=False),
)

# A failed proof, once for each thing that limits are kept for: the patient, the number, the conversation, the address.
failed_proof = Table(
    "failed_proof",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("limited_index", Index("limited"), nullable=False),
    Column("at", Instant, nullable=False),
)
TableIndex("ix_failed_proof_limited", failed_proof.c.limited_index, failed_proof.c.at)

# What staff have switched on for a patient, and how they checked who it is.
patient_access = Table(
    "patient_access",
    metadata,
    Column("patient_id", String(40), primary_key=True),
    Column("level", String(16), nullable=False),
    Column("record_from", Date),  # the record is shown from this day on
    Column("full_history", Boolean, nullable=False),
    Column("flags", String(120), nullable=False),  # names, comma between
    Column("verified_by", String(24)),
    Column("set_by", String(40)),
    Column("set_at", Instant, nullable=False),
    Column("review_on", Date),
)

# Somebody trusted to act for a patient (DAPB3051: proxy).
proxy = Table(
    "proxy",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("patient_id", String(40), nullable=False, index=True),
    Column("person_id", String(40), nullable=False, index=True),
    Column("details", Sealed("proxy.details"), nullable=False),  # JSON: name, mobile
    Column("mobile_index", Index("mobile"), index=True),
    Column("level", String(16), nullable=False),
    Column("basis", String(24), nullable=False),
    Column("given_by", String(40), nullable=False),
    Column("given_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("reviewed_on", Date),
    Column("used_on", Date),
    Column("ended_on", Date),
)
