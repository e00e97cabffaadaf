"""What the slots of a journey hold: JSON, in and out."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from bot.actions.talk import Talk
from bot.backend.base import Appointment, Clinician, Slot
from bot.wording import say_slot


def new_confirm_number() -> str:
    """Three digits that no list of options, nor 999, 111 or 101, could be mistaken for."""
    return str(200 + secrets.randbelow(700))


def slot_to_json(slot: Slot) -> dict[str, Any]:
    return {
        "id": slot.id,
        "start": slot.start.isoformat(),
        "minutes": slot.minutes,
        "clinician": [slot.clinician.id, slot.clinician.name, slot.clinician.role, slot.clinician.sex],
        "mode": slot.mode,
        "site": slot.site,
        "session_type": slot.session_type,
    }


def slot_from_json(held: dict[str, Any]) -> Slot:
    return Slot(
        held["id"],
        datetime.fromisoformat(held["start"]),
        held["minutes"],
        Clinician(*held["clinician"]),
        held["mode"],
        held["site"],
        held["session_type"],
    )


def describe(held: dict[str, Any], talk: Talk) -> str:
    """The slot kept in a slot value, in words."""
    return say_slot(slot_from_json(held), talk.turn.practice.zone)


def appointment_to_json(held: Appointment) -> dict[str, Any]:
    return {"id": held.id, "reference": held.reference, "slot": slot_to_json(held.slot)}


def appointment_from_json(held: dict[str, Any], patient_id: str) -> Appointment:
    return Appointment(held["id"], patient_id, slot_from_json(held["slot"]), "booked", held["reference"])
