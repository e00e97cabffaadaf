"""Repeats, writing to the practice, reminders, the earlier slot and texts to many"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "broadcast",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("audience", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.String(length=40), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=40), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by", sa.String(length=40), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
        sa.UniqueConstraint("key", name=op.f("uq_broadcast_key")),
    )
    op.create_table(
        "contact_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("replaced", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.String(length=24), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_change")),
    )
    with op.batch_alter_table("contact_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_change_patient_id"), ["patient_id"], unique=False)

    op.create_table(
        "practice_pharmacy",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_pharmacy")),
    )
    op.create_table(
        "slot_wish",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("appointment_id", sa.String(length=40), nullable=False),
        sa.Column("clinician_id", sa.String(length=40), nullable=True),
        sa.Column("weekdays", sa.String(length=28), nullable=False),
        sa.Column("day_from", sa.Date(), nullable=True),
        sa.Column("day_to", sa.Date(), nullable=True),
        sa.Column("time_from", sa.Time(), nullable=True),
        sa.Column("time_to", sa.Time(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_wish")),
    )
    with op.batch_alter_table("slot_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_wish_patient_id"), ["patient_id"], unique=False)
        batch_op.create_index(
            "ux_slot_wish_live",
            ["appointment_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "broadcast_recipient",
        sa.Column("broadcast_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("left_out", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_broadcast_recipient_broadcast_id")),
        sa.PrimaryKeyConstraint("broadcast_id", "patient_id", name=op.f("pk_broadcast_recipient")),
    )
    op.create_table(
        "practice_kept_message",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["practice_patient.id"], name=op.f("fk_practice_kept_message_patient_id")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_practice_kept_message")),
    )
    with op.batch_alter_table("practice_kept_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_kept_message_patient_id"), ["patient_id"], unique=False)

    op.create_table(
        "practice_nomination",
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("pharmacy_id", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["practice_patient.id"], name=op.f("fk_practice_nomination_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["pharmacy_id"], ["practice_pharmacy.id"], name=op.f("fk_practice_nomination_pharmacy_id")
        ),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("pk_practice_nomination")),
    )
    op.create_table(
        "practice_repeat",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["practice_patient.id"], name=op.f("fk_practice_repeat_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_repeat")),
    )
    with op.batch_alter_table("practice_repeat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_repeat_patient_id"), ["patient_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_repeat_review_on"), ["review_on"], unique=False)

    op.create_table(
        "slot_offer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("wish_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("slot_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=3), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(["wish_id"], ["slot_wish.id"], name=op.f("fk_slot_offer_wish_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_offer")),
    )
    with op.batch_alter_table("slot_offer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_offer_slot_id"), ["slot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_slot_offer_wish_id"), ["wish_id"], unique=False)
        batch_op.create_index(
            "ux_slot_offer_slot_live",
            ["slot_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "ux_slot_offer_wish_live",
            ["wish_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "thread",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=24), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_thread_conversation_id")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_thread")),
        sa.UniqueConstraint("reference", name=op.f("uq_thread_reference")),
    )
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_patient_id"), ["patient_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_attachment_conversation_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_attachment_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_message_id"), ["message_id"], unique=False)

    op.create_table(
        "notification",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("dropped_why", sa.String(length=24), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number_index", sa.String(length=32), nullable=True),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answer", sa.String(length=16), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_notification_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("key", name=op.f("uq_notification_key")),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index("ix_notification_due", ["state", "due_at"], unique=False)
        batch_op.create_index("ix_notification_number", ["number_index", "sent_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_notification_patient_id"), ["patient_id"], unique=False)
        batch_op.create_index("ix_notification_subject", ["subject"], unique=False)

    op.create_table(
        "practice_prescription_request",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("repeat_id", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["practice_patient.id"], name=op.f("fk_practice_prescription_request_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["repeat_id"], ["practice_repeat.id"], name=op.f("fk_practice_prescription_request_repeat_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_prescription_request")),
    )
    with op.batch_alter_table("practice_prescription_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_prescription_request_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_prescription_request_patient_id"), ["patient_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_prescription_request_reference"), ["reference"], unique=False)
        batch_op.create_index("ix_practice_prescription_status", ["status", "requested_at"], unique=False)
        batch_op.create_index(
            "ux_practice_prescription_requested",
            ["repeat_id"],
            unique=True,
            sqlite_where=sa.text("status = 'requested'"),
            postgresql_where=sa.text("status = 'requested'"),
        )

    op.create_table(
        "record_copy",
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("copied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_record_copy_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_record_copy")),
    )
    with op.batch_alter_table("record_copy", schema=None) as batch_op:
        batch_op.create_index("ix_record_copy_due", ["copied_at", "due_at"], unique=False)

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_column("expires_at")

    with op.batch_alter_table("record_copy", schema=None) as batch_op:
        batch_op.drop_index("ix_record_copy_due")

    op.drop_table("record_copy")
    with op.batch_alter_table("practice_prescription_request", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_practice_prescription_requested",
            sqlite_where=sa.text("status = 'requested'"),
            postgresql_where=sa.text("status = 'requested'"),
        )
        batch_op.drop_index("ix_practice_prescription_status")
        batch_op.drop_index(batch_op.f("ix_practice_prescription_request_reference"))
        batch_op.drop_index(batch_op.f("ix_practice_prescription_request_patient_id"))
        batch_op.drop_index(batch_op.f("ix_practice_prescription_request_changed_at"))

    op.drop_table("practice_prescription_request")
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.drop_index("ix_notification_subject")
        batch_op.drop_index(batch_op.f("ix_notification_patient_id"))
        batch_op.drop_index("ix_notification_number")
        batch_op.drop_index("ix_notification_due")

    op.drop_table("notification")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_message_id"))
        batch_op.drop_index(batch_op.f("ix_attachment_conversation_id"))

    op.drop_table("attachment")
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thread_patient_id"))

    op.drop_table("thread")
    with op.batch_alter_table("slot_offer", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_slot_offer_wish_live",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(
            "ux_slot_offer_slot_live",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_slot_offer_wish_id"))
        batch_op.drop_index(batch_op.f("ix_slot_offer_slot_id"))

    op.drop_table("slot_offer")
    with op.batch_alter_table("practice_repeat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_repeat_review_on"))
        batch_op.drop_index(batch_op.f("ix_practice_repeat_patient_id"))

    op.drop_table("practice_repeat")
    op.drop_table("practice_nomination")
    with op.batch_alter_table("practice_kept_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_kept_message_patient_id"))

    op.drop_table("practice_kept_message")
    op.drop_table("broadcast_recipient")
    with op.batch_alter_table("slot_wish", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_slot_wish_live", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_slot_wish_patient_id"))

    op.drop_table("slot_wish")
    op.drop_table("practice_pharmacy")
    with op.batch_alter_table("contact_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_change_patient_id"))

    op.drop_table("contact_change")
    op.drop_table("broadcast")
