"""Registering a patient for online services, and the letter they are handed with their key."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import Patient
from bot.identity.registering import problems, register
from bot.staff.roles import Task
from connectors.console import words
from connectors.console.desk import DESK, DeskPages, read_registration
from connectors.console.visitor import Visitor


class RegisteringPages:
    """A key is shown once: on the answer to the form that made it."""

    def __init__(self, desk: DeskPages) -> None:
        self._desk, self._site, self._program = desk, desk.site, desk.program

    def routes(self) -> list[BaseRoute]:
        page, one = self._site.page, f"{DESK}/{{patient}}"
        return [
            page(f"{one}/register", self.ask, Task.REGISTER_PATIENT),
            page(f"{one}/register", self.register, Task.REGISTER_PATIENT, "POST"),
            page(f"{one}/key", self.give_key, Task.REGISTER_PATIENT, "POST"),
        ]

    def ask(self, visitor: Visitor) -> Response:
        patient = self._desk.registered(visitor)
        self._site.note(visitor, "access.view", patient_id=patient.id)
        today = self._desk.today().isoformat()
        return self._asking(visitor, patient, {"record_from": today, **visitor.draft})

    def register(self, visitor: Visitor) -> Response:
        patient, form = self._desk.registered(visitor), dict(visitor.form)
        asked = read_registration(form)
        errors = {**problems(asked), **self._desk.unknown(form)}
        if errors:
            return self._asking(visitor, patient, form, errors)
        with self._program.database.write() as connection:
            key = register(self._desk.desk, connection, patient.id, asked, visitor.member.id, self._program.clock())
        return self.letter(visitor, patient, patient.name, key)

    def give_key(self, visitor: Visitor) -> Response:
        """A new one, for somebody registered before: those given earlier no longer work."""
        patient = self._desk.registered(visitor)
        with self._program.database.write() as connection:
            key = self._desk.desk.give_key(connection, patient.id, visitor.member.id, self._program.clock())
        return self.letter(visitor, patient, patient.name, key)

    def letter(self, visitor: Visitor, patient: Patient, name: str, key: str, for_another: bool = False) -> Response:
        """To be printed and handed over. It names nobody but its reader, and holds no number of theirs."""
        practice = self._program.practice
        until = self._desk.today() + timedelta(days=practice.identity.registration_key_days)
        return self._site.render(
            visitor,
            "desk/letter.html",
            patient=patient,
            name=name,
            key=key,
            until=until,
            today=self._desk.today(),
            practice=practice,
            chat=f"{self._program.settings.public_url}/chat",
            for_another=for_another,
        )

    # What lies behind.

    def _asking(
        self, visitor: Visitor, patient: Patient, form: dict[str, str], errors: dict[str, str] | None = None
    ) -> Response:
        return self._site.form(
            visitor,
            "desk/register.html",
            errors or {},
            patient=patient,
            form=form,
            vouchers=self._desk.vouchers(),
            clinicians=self._desk.clinicians(),
            words=words,
        )
