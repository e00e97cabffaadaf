"""Moving an appointment to another time, in one step."""

from __future__ import annotations

import re
from typing import Any

from bot.actions.alternatives import read_move
from bot.actions.appointment_form import ChoosesAppointment
from bot.actions.forms import Changes
from bot.actions.held import appointment_to_json, slot_from_json
from bot.actions.outcome import Change, attach_calendar
from bot.actions.slot_form import FindsSlots
from bot.actions.talk import Talk
from bot.backend.base import Appointment
from bot.identity.policy import Service
from bot.store import notifications
from bot.wording import say_slot

_APPOINTMENT = re.compile(r"\b(?:appointment|appt|apt|booking)\b", re.I)  # else "not that one" is about a time


class RescheduleForm(ChoosesAppointment, FindsSlots):
    """Which appointment, when instead, which of the offered times, and the read-back."""

    form = "reschedule_form"
    intent = "reschedule_appointment"
    service = Service.CHANGE_APPOINTMENT
    steps = ("identified", "appointment", "wanted", "slot", "confirmed")

    def read_anything(self, talk: Talk, held: Changes) -> Changes | None:
        is_about_which = talk.asked_for == "wanted" or _APPOINTMENT.search(talk.text)
        other = self.other_appointment(talk, held) if held["appointment"] and is_about_which else None
        read = super().read_anything(talk, held)
        if held["appointment"] and not held["wanted"]:
            now_booked = slot_from_json(held["appointment"]["slot"])
            moved = read_move(talk, (read or {}).get("wanted") or {}, now_booked)
            read = {"wanted": moved} if moved else read
        return read if other is None else {**(read or {}), **other}


class RescheduleAppointment(Change[Appointment]):
    form = "reschedule_form"
    service = Service.CHANGE_APPOINTMENT
    audit_as = "appointment.reschedule"

    def name(self) -> str:
        return "action_reschedule_appointment"

    def change(self, talk: Talk) -> Appointment:
        turn, held = talk.turn, talk.slot("appointment")
        backend, slot_id = turn.services.backend, talk.slot("slot")["id"]
        moved = backend.reschedule(turn.patient.id, held["id"], slot_id, turn.key("reschedule"))
        turn.work.add(notifications.settle_about, held["id"], notifications.MOVED, turn.now)
        return moved

    def keep(self, changed: Appointment) -> dict[str, Any]:
        return appointment_to_json(changed)

    def say_done(self, talk: Talk, changed: Appointment) -> None:
        talk.say("utter_moved", slot=say_slot(changed.slot, talk.turn.practice.zone), reference=changed.reference)
        attach_calendar(talk, changed)
