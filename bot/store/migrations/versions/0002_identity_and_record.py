"""Identity beyond a number, the record, and a chained audit trail"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credential",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("passcode", sa.LargeBinary(), nullable=True),
        sa.Column("authenticator", sa.LargeBinary(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_by", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_credential")),
    )
    op.create_table(
        "failed_proof",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("limited_index", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_proof")),
    )
    with op.batch_alter_table("failed_proof", schema=None) as batch_op:
        batch_op.create_index("ix_failed_proof_limited", ["limited_index", "at"], unique=False)

    op.create_table(
        "known_device",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", "person_id", name=op.f("pk_known_device")),
    )
    op.create_table(
        "patient_access",
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("record_from", sa.Date(), nullable=True),
        sa.Column("full_history", sa.Boolean(), nullable=False),
        sa.Column("flags", sa.String(length=120), nullable=False),
        sa.Column("verified_by", sa.String(length=24), nullable=True),
        sa.Column("set_by", sa.String(length=40), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_patient_access")),
    )
    op.create_table(
        "proxy",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("mobile_index", sa.String(length=32), nullable=True),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.String(length=24), nullable=False),
        sa.Column("given_by", sa.String(length=40), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy")),
    )
    with op.batch_alter_table("proxy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proxy_mobile_index"), ["mobile_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_proxy_patient_id"), ["patient_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proxy_person_id"), ["person_id"], unique=False)

    op.create_table(
        "registration_key",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("issued_by", sa.String(length=40), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_registration_key_key_hash")),
    )
    with op.batch_alter_table("registration_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_key_person_id"), ["person_id"], unique=False)

    op.create_table(
        "practice_entry",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("section", sa.String(length=16), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("redacted", sa.Boolean(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["practice_patient.id"], name=op.f("fk_practice_entry_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_entry")),
    )
    with op.batch_alter_table("practice_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_entry_patient_id"), ["patient_id"], unique=False)

    op.create_table(
        "practice_result",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("redacted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["practice_patient.id"], name=op.f("fk_practice_result_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_result")),
    )
    with op.batch_alter_table("practice_result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_result_patient_id"), ["patient_id"], unique=False)

    op.create_table(
        "secure_link",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("handover_hash", sa.String(length=64), nullable=True),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_secure_link_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secure_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_secure_link_token_hash")),
    )
    with op.batch_alter_table("secure_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_secure_link_conversation_id"), ["conversation_id"], unique=False)

    op.create_table(
        "secure_visit",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("link_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("grant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pending", sa.LargeBinary(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_secure_visit_conversation_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["identity_grant.id"], name=op.f("fk_secure_visit_grant_id")),
        sa.ForeignKeyConstraint(["link_id"], ["secure_link.id"], name=op.f("fk_secure_visit_link_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_secure_visit")),
    )
    with op.batch_alter_table("secure_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_secure_visit_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_secure_visit_link_id"), ["link_id"], unique=False)

    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("actor_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=60), nullable=True))
        batch_op.alter_column("subject", existing_type=sa.String(length=60), type_=sa.String(length=64))
        batch_op.add_column(sa.Column("chain", sa.String(length=64), nullable=False, server_default=""))
        batch_op.alter_column("conversation_id", existing_type=sa.String(length=32), nullable=True)
        batch_op.create_index(batch_op.f("ix_audit_patient_id"), ["patient_id"], unique=False)

    with op.batch_alter_table("identity_grant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("number_index", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("used_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("ended_by", sa.String(length=16), nullable=True))
        batch_op.create_index(batch_op.f("ix_identity_grant_patient_id"), ["patient_id"], unique=False)
    op.execute("UPDATE identity_grant SET person_id = patient_id, used_at = given_at")
    with op.batch_alter_table("identity_grant", schema=None) as batch_op:
        batch_op.alter_column("person_id", existing_type=sa.String(length=40), nullable=False)
        batch_op.alter_column("used_at", existing_type=sa.DateTime(timezone=True), nullable=False)

    with op.batch_alter_table("practice_patient", schema=None) as batch_op:
        batch_op.add_column(sa.Column("status", sa.String(length=10), server_default="registered", nullable=False))
    # What was switched on stays on; the record is shown from today on, until staff say more.
    op.execute(
        "INSERT INTO patient_access (patient_id, level, record_from, full_history, flags, set_at) "
        "SELECT id, access, CURRENT_DATE, FALSE, '', CURRENT_TIMESTAMP FROM practice_patient"
    )
    with op.batch_alter_table("practice_patient", schema=None) as batch_op:
        batch_op.drop_column("access")


def downgrade() -> None:
    with op.batch_alter_table("practice_patient", schema=None) as batch_op:
        batch_op.add_column(sa.Column("access", sa.String(length=16), nullable=False, server_default="none"))
        batch_op.drop_column("status")

    with op.batch_alter_table("identity_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_grant_patient_id"))
        batch_op.drop_column("ended_by")
        batch_op.drop_column("used_at")
        batch_op.drop_column("number_index")
        batch_op.drop_column("person_id")

    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_patient_id"))
        batch_op.alter_column("conversation_id", existing_type=sa.String(length=32), nullable=False)
        batch_op.drop_column("chain")
        batch_op.drop_column("reason")
        batch_op.drop_column("actor_id")

    with op.batch_alter_table("secure_visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_secure_visit_link_id"))
        batch_op.drop_index(batch_op.f("ix_secure_visit_conversation_id"))

    op.drop_table("secure_visit")
    with op.batch_alter_table("secure_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_secure_link_conversation_id"))

    op.drop_table("secure_link")
    with op.batch_alter_table("practice_result", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_result_patient_id"))

    op.drop_table("practice_result")
    with op.batch_alter_table("practice_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_entry_patient_id"))

    op.drop_table("practice_entry")
    with op.batch_alter_table("registration_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_key_person_id"))

    op.drop_table("registration_key")
    with op.batch_alter_table("proxy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proxy_person_id"))
        batch_op.drop_index(batch_op.f("ix_proxy_patient_id"))
        batch_op.drop_index(batch_op.f("ix_proxy_mobile_index"))

    op.drop_table("proxy")
    op.drop_table("patient_access")
    op.drop_table("known_device")
    with op.batch_alter_table("failed_proof", schema=None) as batch_op:
        batch_op.drop_index("ix_failed_proof_limited")

    op.drop_table("failed_proof")
    op.drop_table("credential")
