"""The tables of the earlier slot: who wants one, and what was offered to whom, in which order."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, String, Table, Time
from sqlalchemy import Index as TableIndex

from bot.store.tables import Id, Instant, metadata

# A patient who wants to be told of an earlier time than the appointment they have. The order of ids is the turn.
slot_wish = Table(
    "slot_wish",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("patient_id", String(40), nullable=False, index=True),
    Column("appointment_id", String(40), nullable=False),
    Column("clinician_id", String(40)),  # null: any
    Column("weekdays", String(28), nullable=False),  # "MON,TUE"; "" for any
    Column("day_from", Date),
    Column("day_to", Date),
    Column("time_from", Time),  # wall-clock
    Column("time_to", Time),
    Column("asked_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_why", String(16)),  # taken, withdrawn, gone
)
TableIndex(
    "ux_slot_wish_live",
    slot_wish.c.appointment_id,
    unique=True,
    sqlite_where=slot_wish.c.ended_at.is_(None),
    postgresql_where=slot_wish.c.ended_at.is_(None),
)

# A slot that was offered to one of them. At most one live offer for a slot, and one for a wish.
slot_offer = Table(
    "slot_offer",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("wish_id", ForeignKey("slot_wish.id"), nullable=False, index=True),
    Column("patient_id", String(40), nullable=False),
    Column("slot_id", String(40), nullable=False, index=True),
    Column("number", String(3), nullable=False),  # to be repeated by whoever takes it
    Column("offered_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", String(12)),  # taken, declined, expired, gone, unsent
)
for _name, _column in (("slot", slot_offer.c.slot_id), ("wish", slot_offer.c.wish_id)):
    TableIndex(
        f"ux_slot_offer_{_name}_live",
        _column,
        unique=True,
        sqlite_where=slot_offer.c.ended_at.is_(None),
        postgresql_where=slot_offer.c.ended_at.is_(None),
    )
