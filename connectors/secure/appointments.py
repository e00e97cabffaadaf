"""The appointments a patient has booked, each with a file for their calendar."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import Appointment
from bot.identity.policy import Service
from bot.wording import say_expected
from connectors.calendar import CALENDAR_HEADERS, CALENDAR_TYPE, appointment_calendar
from connectors.secure.site import Site
from connectors.secure.visitor import MISSING, Guest

_HERE = "/secure/appointments"


class AppointmentPages:
    """Looking only: they are booked, moved and cancelled in a conversation."""

    def __init__(self, site: Site) -> None:
        self._site, self._practice = site, site.program.practice

    def routes(self) -> list[BaseRoute]:
        return [
            self._site.page(_HERE, self.appointments),
            self._site.page(f"{_HERE}/{{appointment}}.ics", self.calendar),
        ]

    def appointments(self, guest: Guest) -> Response:
        held = self._held(guest)
        self._site.note(guest, "appointment.list", "done")
        zone, window = self._practice.zone, self._practice.reminders.phone_window_minutes
        booked = [(each, say_expected(each.slot, zone, window)) for each in held]
        return self._site.render(guest, "appointments.html", booked=booked, address=self._practice.address)

    def calendar(self, guest: Guest) -> Response:
        """One of this patient's own; whatever else is asked for is not here."""
        held = next((each for each in self._held(guest) if each.id == guest.request.path_params["appointment"]), None)
        if held is None:
            self._site.note(guest, "appointment.calendar", "not_found")
            raise MISSING
        self._site.note(guest, "appointment.calendar", "done")
        file = appointment_calendar(held, self._practice, self._site.program.clock())
        return Response(file, media_type=CALENDAR_TYPE, headers={**self._site.headers, **CALENDAR_HEADERS})

    def _held(self, guest: Guest) -> list[Appointment]:
        patient, _ = self._site.admit(guest, Service.SEE_APPOINTMENTS)
        return self._site.program.backend.appointments(patient.id)
