"""Booking or cancelling for a patient, from within their conversation. They are told in it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import date

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import Appointment, Patient, Slot, SlotSearch, Unavailable
from bot.backend.refused import Refused
from bot.escalation.handover import Closed, Member, NotYours
from bot.staff.roles import Task
from bot.store.escalations import Escalation
from bot.wording import say_slot
from connectors.console.conversation import acting
from connectors.console.reading import Reading
from connectors.console.showing import ONE, path_of
from connectors.console.site import ConsoleSite
from connectors.console.view import View
from connectors.console.visitor import MISSING, Visitor

_MOST = 30  # times on one page
_MODES = ("face to face", "phone", "video")
_KEY = re.compile(r"[0-9a-f]{32}")
_REFUSED = {
    "slot_taken": "Somebody else has just taken that time.",
    "too_soon": "That time is too near to be booked here.",
    "too_far_ahead": "That day is too far ahead.",
    "too_many_booked": "They have as many appointments as one may have.",
    "too_late_to_cancel": "It is too late to cancel that here.",
    "not_suitable": "That clinic is for patients of another age or sex.",
    "not_bookable_online": "That time cannot be booked here.",
    "no_such_appointment": "That appointment is no longer there.",
    "closed": "This was closed meanwhile. Take the conversation over again first.",
    "not_yours": "A colleague has taken this conversation.",
    "nothing": "Choose a time.",
}
_DOWN = "The clinical system does not answer just now. Nothing has been changed. Try again soon."


class AppointmentPages:
    """Looking for a time, confirming it, and what is booked already."""

    def __init__(self, site: ConsoleSite) -> None:
        self._site, self._program = site, site.program
        self._reading, self._acting = Reading(site.program), acting(site.program)

    def routes(self) -> list[BaseRoute]:
        page, here, task = self._site.page, f"{ONE}/appointments", Task.BOOK_FOR_PATIENT
        return [
            page(here, self.show, task),
            page(here, self.confirm, task, "POST"),
            page(f"{here}/book", self.book, task, "POST"),
            page(f"{here}/cancel", self.cancel, task, "POST"),
        ]

    def show(self, visitor: Visitor) -> Response:
        view, patient, _ = self._about(visitor)
        self._site.note(visitor, "appointment.list", "done", patient.id, view.conversation.id)
        return self._render(visitor)

    def confirm(self, visitor: Visitor) -> Response:
        """Read it back before anything is changed. The key makes of a form sent twice one booking."""
        view, patient, _ = self._about(visitor)
        chosen, ends = visitor.form.get("slot", ""), visitor.form.get("appointment", "")
        try:
            slot = next((each for each in self._slots(visitor, patient) if each.id == chosen), None)
            booked = next((each for each in self._booked(patient) if each.id == ends), None)
        except Unavailable:
            return self._render(visitor, _DOWN, 503)
        about = booked.slot if booked else slot
        if about is None:
            return self._render(visitor, _REFUSED["slot_taken" if chosen else "nothing"], 400)
        return self._site.render(
            visitor,
            "appointment_confirm.html",
            view=view,
            conversation=view.conversation,
            words=say_slot(about, self._program.practice.zone),
            booked=booked,
            slot=slot,
            reason=visitor.form.get("reason", "")[: self._program.practice.booking.reason_max_length],
            key=secrets.token_hex(16),
        )

    def book(self, visitor: Visitor) -> Response:
        view, patient, held = self._about(visitor)
        form, member = visitor.form, _me(visitor)
        reason = form.get("reason", "")[: self._program.practice.booking.reason_max_length]
        return self._change(
            visitor,
            view,
            lambda: self._acting.book(held, member, patient.id, form.get("slot", ""), reason, _key(visitor)),
        )

    def cancel(self, visitor: Visitor) -> Response:
        view, patient, held = self._about(visitor)
        ends, member = visitor.form.get("appointment", ""), _me(visitor)
        return self._change(visitor, view, lambda: self._acting.cancel(held, member, patient.id, ends, _key(visitor)))

    # What lies behind.

    def _change(self, visitor: Visitor, view: View, change: Callable[[], object]) -> Response:
        try:
            change()
        except Unavailable:
            return self._render(visitor, _DOWN, 503)
        except Refused as refusal:
            return self._render(visitor, _REFUSED.get(refusal.code, _DOWN), 409)
        except (Closed, NotYours) as refused:
            return self._render(visitor, _REFUSED["closed" if isinstance(refused, Closed) else "not_yours"], 409)
        return self._site.go(path_of(view.conversation))

    def _about(self, visitor: Visitor) -> tuple[View, Patient, Escalation]:
        """Raises MISSING where there is nobody to book for, or nobody asked staff for anything."""
        view = self._reading.find(visitor.request.path_params["ref"], visitor.member.id)
        if view is None or view.patient is None or view.held is None:
            raise MISSING
        return view, view.patient, view.held

    def _render(self, visitor: Visitor, said: str = "", status: int = 200) -> Response:
        view, patient, _ = self._about(visitor)
        zone = self._program.practice.zone
        try:
            booked, slots = self._booked(patient), self._slots(visitor, patient)
        except Unavailable:
            booked, slots, said, status = [], [], _DOWN, 503
        return self._site.render(
            visitor,
            "appointments.html",
            status,
            said=said,
            view=view,
            conversation=view.conversation,
            booked=[(each, say_slot(each.slot, zone)) for each in booked],
            slots=[(each, say_slot(each, zone)) for each in slots],
            modes=_MODES,
            types=[clinic.type for clinic in self._program.practice.clinics],
            longest=self._program.practice.booking.reason_max_length,
            sought={name: _asked(visitor, name) for name in ("day", "mode", "type")},
        )

    def _booked(self, patient: Patient) -> list[Appointment]:
        return self._program.backend.appointments(patient.id)

    def _slots(self, visitor: Visitor, patient: Patient) -> list[Slot]:
        mode, kind = _asked(visitor, "mode"), _asked(visitor, "type")
        search = SlotSearch(
            date_from=_day(_asked(visitor, "day")),
            mode=mode if mode in _MODES else None,
            session_types=(kind or "general",),
        )
        try:
            return self._program.backend.free_slots(patient.id, search, _MOST)
        except Unavailable:
            raise
        except Refused:
            return []


def _me(visitor: Visitor) -> Member:
    return Member(visitor.member.id, visitor.member.name)


def _key(visitor: Visitor) -> str:
    """Of the form that was confirmed."""
    key = visitor.form.get("key", "")
    if not _KEY.fullmatch(key):
        raise MISSING
    return key


def _asked(visitor: Visitor, name: str) -> str:
    return visitor.form.get(name) or visitor.request.query_params.get(name, "")


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
