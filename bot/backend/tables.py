"""The tables of the local practice: a small clinical system for demonstration and tests."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Table
from sqlalchemy import Index as TableIndex

from bot.store.private import Index, Sealed
from bot.store.tables import Instant, metadata

patient = Table(
    "practice_patient",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("details", Sealed("practice_patient.details"), nullable=False),  # JSON: name, birth, sex, numbers
    Column("mobile_index", Index("mobile"), index=True),
    Column("nhs_number_index", Index("nhs_number"), unique=True),
    Column("status", String(10), nullable=False, server_default="registered"),  # registered, left, died
)

clinician = Table(
    "practice_clinician",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("role", String(20), nullable=False),
    Column("sex", String(10), nullable=False),
)

# A stretch of one clinician's day, cut into slots (GP Connect: Schedule).
session = Table(
    "practice_session",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("clinician_id", ForeignKey("practice_clinician.id"), nullable=False),
    Column("type", String(20), nullable=False),
    Column("site", String(80), nullable=False),
    Column("min_age", Integer),
    Column("max_age", Integer),
    Column("sex", String(10)),
    Column("start", Instant, nullable=False),
)

slot = Table(
    "practice_slot",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("session_id", ForeignKey("practice_session.id"), nullable=False),
    Column("start", Instant, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("mode", String(16), nullable=False),
    Column("online_bookable", Boolean, nullable=False),
    Column("status", String(8), nullable=False),  # free, busy
)
TableIndex("ix_practice_slot_status", slot.c.status, slot.c.start)

appointment = Table(
    "practice_appointment",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("patient_id", ForeignKey("practice_patient.id"), nullable=False, index=True),
    Column("slot_id", ForeignKey("practice_slot.id"), nullable=False),
    Column("status", String(12), nullable=False),
    Column("reference", String(12), nullable=False, unique=True),
    Column("reason", Sealed("practice_appointment.reason")),
    Column("made_at", Instant, nullable=False),
)
TableIndex(
    "ux_practice_appointment_slot",
    appointment.c.slot_id,
    unique=True,
    sqlite_where=appointment.c.status == "booked",
    postgresql_where=appointment.c.status == "booked",
)

# A test result as the laboratory sent it and a clinician filed it.
result = Table(
    "practice_result",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("patient_id", ForeignKey("practice_patient.id"), nullable=False, index=True),
    Column("details", Sealed("practice_result.details"), nullable=False),  # JSON: title, values, comment, outcome
    Column("taken_on", Date, nullable=False),
    Column("filed_at", Instant),
    Column("released", Boolean, nullable=False),  # the clinician lets the patient see it online
    Column("told_at", Instant),  # the patient has been spoken to about a result that needs action
    Column("redacted", Boolean, nullable=False),
)

# An entry of the record other than a result.
entry = Table(
    "practice_entry",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("patient_id", ForeignKey("practice_patient.id"), nullable=False, index=True),
    Column("section", String(16), nullable=False),
    Column("details", Sealed("practice_entry.details"), nullable=False),  # JSON: title, detail, value, unit
    Column("recorded_on", Date, nullable=False),
    Column("redacted", Boolean, nullable=False),
    Column("sensitive", Boolean, nullable=False),  # not for somebody acting for a young person
)

# Idempotency: what a change with this key came to.
request = Table(
    "practice_request",
    metadata,
    Column("key", String(80), primary_key=True),
    # of an appointment, or of what else it was about
    Column("appointment_id", String(40), key="outcome_id", nullable=False),
    Column("at", Instant, nullable=False),
)

# A medicine a patient may have again.
repeat = Table(
    "practice_repeat",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("patient_id", ForeignKey("practice_patient.id"), nullable=False, index=True),
    Column("details", Sealed("practice_repeat.details"), nullable=False),  # JSON: the rest of RepeatMedication
    Column("review_on", Date, index=True),
    Column("stopped_on", Date),
)

# An order of one medicine.
prescription_request = Table(
    "practice_prescription_request",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("patient_id", ForeignKey("practice_patient.id"), nullable=False, index=True),
    Column("repeat_id", ForeignKey("practice_repeat.id"), nullable=False),
    Column("reference", String(12), nullable=False, index=True),
    Column("details", Sealed("practice_prescription_request.details"), nullable=False),  # JSON: name, note, reasons
    Column("status", String(10), nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False, index=True),
)
TableIndex(
    "ux_practice_prescription_requested",  # of each medicine one at a time
    prescription_request.c.repeat_id,
    unique=True,
    sqlite_where=prescription_request.c.status == "requested",
    postgresql_where=prescription_request.c.status == "requested",
)
TableIndex("ix_practice_prescription_status", prescription_request.c.status, prescription_request.c.requested_at)

pharmacy = Table(
    "practice_pharmacy",
    metadata,
    Column("id", String(12), primary_key=True),  # ODS code
    Column("name", String(80), nullable=False),
    Column("address", String(200), nullable=False),
    Column("phone", String(20), nullable=False),
    Column("closed_on", Date),
)

# Where a patient's prescriptions go (EPS nomination).
nomination = Table(
    "practice_nomination",
    metadata,
    Column("patient_id", ForeignKey("practice_patient.id"), primary_key=True),
    Column("pharmacy_id", ForeignKey("practice_pharmacy.id"), nullable=False),
)

# Copies of messages that were put into the record, by their key.
kept_message = Table(
    "practice_kept_message",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("patient_id", ForeignKey("practice_patient.id"), nullable=False, index=True),
    Column("text", Sealed("practice_kept_message.text"), nullable=False),
    Column("at", Instant, nullable=False),
)
