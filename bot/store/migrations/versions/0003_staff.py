"""Staff: escalations with their story, accounts, and what the console keeps"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# What the overview counts by.
_COUNTED = (
    ("ix_conversation_started", "conversation", ["started_at", "channel"]),
    ("ix_message_author", "message", ["author", "at"]),
    ("ix_audit_action", "audit", ["action", "at", "outcome"]),
)


def upgrade() -> None:
    op.create_index("ix_conversation_address", "conversation", ["address_index", "started_at"], unique=False)
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("set_by", sa.String(length=40), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("passcode", sa.LargeBinary(), nullable=True),
        sa.Column("authenticator", sa.LargeBinary(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.String(length=120), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
        sa.UniqueConstraint("subject", name=op.f("uq_staff_subject")),
    )
    op.create_table(
        "presence",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_writing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_presence_conversation_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_presence_staff_id")),
        sa.PrimaryKeyConstraint("conversation_id", "staff_id", name=op.f("pk_presence")),
    )
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pending", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_session")),
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_session_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "staff_setup",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_setup_staff_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_setup")),
    )
    with op.batch_alter_table("staff_setup", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_setup_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "escalation_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("escalation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=24), server_default="", nullable=False),
        sa.Column("urgency", sa.String(length=8), server_default="", nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=True),
        sa.Column("summary", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_escalation_event_conversation_id")
        ),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalation.id"], name=op.f("fk_escalation_event_escalation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_event")),
    )
    with op.batch_alter_table("escalation_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_escalation_event_escalation_id"), ["escalation_id"], unique=False)

    op.create_table(
        "training_example",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("intent", sa.String(length=40), nullable=False),
        sa.Column("proposed_by", sa.String(length=40), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_by", sa.String(length=40), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_approved", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_training_example_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_example")),
        sa.UniqueConstraint("message_id", name=op.f("uq_training_example_message_id")),
    )
    # Of several requests of one conversation the first goes on; what each was about is its story.
    op.execute(
        "INSERT INTO escalation_event (escalation_id, conversation_id, kind, reason, urgency, summary, at) "
        "SELECT (SELECT min(o.id) FROM escalation o WHERE o.conversation_id = e.conversation_id), "
        "e.conversation_id, 'raised', e.reason, e.urgency, e.summary, e.opened_at FROM escalation e ORDER BY e.id"
    )
    op.execute(
        "UPDATE escalation SET urgency = 'urgent' "
        "WHERE conversation_id IN (SELECT conversation_id FROM escalation WHERE urgency = 'urgent')"
    )
    op.execute("DELETE FROM escalation WHERE id NOT IN (SELECT escalation_id FROM escalation_event)")
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("patient_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("assignee_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("first_reply_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("overdue", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("again", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("closed_why", sa.String(length=24), nullable=True))
        batch_op.create_index(batch_op.f("ix_escalation_patient_id"), ["patient_id"], unique=False)
        batch_op.create_index("ix_escalation_opened", ["opened_at"], unique=False)
        batch_op.create_index("ix_escalation_state", ["state", "urgency", "waiting_since"], unique=False)
        batch_op.create_index(
            "ux_escalation_live",
            ["conversation_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_column("summary")

    op.create_table(
        "held_reply",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("escalation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_held_reply_conversation_id")),
        sa.ForeignKeyConstraint(["escalation_id"], ["escalation.id"], name=op.f("fk_held_reply_escalation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_reply")),
    )
    with op.batch_alter_table("held_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_held_reply_escalation_id"), ["escalation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_held_reply_send_at"), ["send_at"], unique=False)

    for name, table, columns in _COUNTED:
        op.create_index(name, table, columns)


def downgrade() -> None:
    op.drop_index("ix_conversation_address", table_name="conversation")
    for name, table, _ in _COUNTED:
        op.drop_index(name, table)
    op.drop_table("held_reply")

    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("summary", sa.LargeBinary(), nullable=True))
        batch_op.drop_index(
            "ux_escalation_live",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index("ix_escalation_state")
        batch_op.drop_index("ix_escalation_opened")
        batch_op.drop_index(batch_op.f("ix_escalation_patient_id"))
        batch_op.drop_column("closed_why")
        batch_op.drop_column("closed_at")
        batch_op.drop_column("again")
        batch_op.drop_column("overdue")
        batch_op.drop_column("snoozed_until")
        batch_op.drop_column("first_reply_at")
        batch_op.drop_column("due_at")
        batch_op.drop_column("waiting_since")
        batch_op.drop_column("version")
        batch_op.drop_column("assignee_id")
        batch_op.drop_column("patient_id")

    op.drop_table("training_example")
    with op.batch_alter_table("escalation_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_escalation_event_escalation_id"))

    op.drop_table("escalation_event")
    with op.batch_alter_table("staff_setup", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_setup_staff_id"))

    op.drop_table("staff_setup")
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_session_staff_id"))

    op.drop_table("staff_session")
    op.drop_table("presence")
    op.drop_table("staff")
    op.drop_table("canned_reply")
