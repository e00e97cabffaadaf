"""Alembic's entry: runs the revisions on the connection that `Database.upgrade` hands in."""

from __future__ import annotations

from alembic import context

import bot.backend.tables  # noqa: F401  the local practice's tables belong to the same metadata
import bot.store.earlier_tables  # noqa: F401
import bot.store.identity_tables  # noqa: F401
import bot.store.notification_tables  # noqa: F401
import bot.store.staff_tables  # noqa: F401
import bot.store.writing_tables  # noqa: F401
from bot.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=False)
with context.begin_transaction():
    context.run_migrations()
if hasattr(connection, "commit"):
    connection.commit()
