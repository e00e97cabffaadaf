"""People trusted to act for a patient: taking them on, looking again, and ending it (DAPB3051: proxies)."""

from __future__ import annotations

import secrets
from datetime import date

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import Patient
from bot.identity.desk import NotPossible
from bot.identity.phone_numbers import as_e164
from bot.identity.trusted import birthday
from bot.staff.roles import Task
from bot.store.proxies import Proxy
from connectors.console import words
from connectors.console.desk import DESK, DeskPages, read_day
from connectors.console.registering import RegisteringPages
from connectors.console.visitor import MISSING, Visitor

_REVIEWED_AT = 13  # DAPB3051 7.2: looked at again at 13 at the latest
_LONGEST_NAME = 80


class TrustingPages:
    """Each has an access of their own: nobody uses the patient's login."""

    def __init__(self, desk: DeskPages, registering: RegisteringPages) -> None:
        self._desk, self._registering = desk, registering
        self._site, self._program = desk.site, desk.program

    def routes(self) -> list[BaseRoute]:
        page, all_of_them = self._site.page, f"{DESK}/{{patient}}/trusted"
        one = f"{all_of_them}/{{proxy}}"
        return [
            page(all_of_them, self.ask, Task.MANAGE_PROXIES),
            page(all_of_them, self.add, Task.MANAGE_PROXIES, "POST"),
            page(f"{one}/review", self.review, Task.MANAGE_PROXIES, "POST"),
            page(f"{one}/end", self.end, Task.MANAGE_PROXIES, "POST"),
            page(f"{one}/key", self.give_key, Task.MANAGE_PROXIES, "POST"),
        ]

    def ask(self, visitor: Visitor) -> Response:
        patient = self._desk.registered(visitor)
        self._site.note(visitor, "access.view", patient_id=patient.id)
        return self._asking(visitor, patient, dict(visitor.draft))

    def add(self, visitor: Visitor) -> Response:
        patient, form = self._desk.registered(visitor), dict(visitor.form)
        number, errors = as_e164(form.get("mobile", "")), self._problems(form)
        if number is None:
            errors["mobile"] = "not_a_number"
        if errors:
            return self._asking(visitor, patient, form, errors)
        identifier = f"proxy-{secrets.token_hex(6)}"
        given = Proxy(
            identifier,
            patient.id,
            form.get("person") or identifier,
            form["name"].strip(),
            number,
            form.get("level", ""),
            form.get("basis", ""),
            visitor.member.id,
            self._desk.today(),
            ends_on=read_day(form.get("ends_on", "")),
        )
        try:
            with self._program.database.write() as connection:
                self._desk.desk.trust(connection, given, self._program.clock())
        except NotPossible as error:
            return self._asking(visitor, patient, form, {_FIELDS[error.code]: error.code})
        return self._desk.back(patient)

    def review(self, visitor: Visitor) -> Response:
        patient, held = self._held(visitor)
        with self._program.database.write() as connection:
            self._desk.desk.review(connection, held, visitor.member.id, self._program.clock())
        return self._desk.back(patient)

    def end(self, visitor: Visitor) -> Response:
        patient, held = self._held(visitor)
        with self._program.database.write() as connection:
            self._desk.desk.end_trust(connection, held, visitor.member.id, self._program.clock())
        return self._desk.back(patient)

    def give_key(self, visitor: Visitor) -> Response:
        """For a login of their own."""
        patient, held = self._held(visitor)
        with self._program.database.write() as connection:
            key = self._desk.desk.give_key(connection, held.person_id, visitor.member.id, self._program.clock())
        return self._registering.letter(visitor, patient, held.name, key, for_another=True)

    # What lies behind.

    def _held(self, visitor: Visitor) -> tuple[Patient, Proxy]:
        """One of this patient's. Raises MISSING if there is none of this id."""
        patient = self._desk.patient(visitor)
        with self._program.database.read() as connection:
            trusted = self._desk.desk.trusted(connection, patient.id)
        found = next((each for each in trusted if each.id == visitor.request.path_params["proxy"]), None)
        if found is None:
            raise MISSING
        return patient, found

    def _problems(self, form: dict[str, str]) -> dict[str, str]:
        errors = {}
        if not 0 < len(form.get("name", "").strip()) <= _LONGEST_NAME:
            errors["name"] = "empty"
        for name in ("is_checked", "is_safe"):
            if form.get(name) != "yes":
                errors[name] = "empty"
        person = form.get("person", "").strip()
        if person and not self._program.services.callers.find_patient(person):
            errors["person"] = "unknown"
        ends_on = form.get("ends_on", "")
        if ends_on and (read_day(ends_on) or date.min) <= self._desk.today():
            errors["ends_on"] = "past"
        return errors

    def _asking(
        self, visitor: Visitor, patient: Patient, form: dict[str, str], errors: dict[str, str] | None = None
    ) -> Response:
        return self._site.form(
            visitor,
            "desk/trusted.html",
            errors or {},
            patient=patient,
            form=form,
            words=words,
            age=patient.age_on(self._desk.today()),
            ahead=self._ahead(patient),
        )

    def _ahead(self, patient: Patient) -> list[tuple[int, date, str]]:
        """(age, birthday, what happens then) of the birthdays to come that change what a parent may do."""
        rules = self._program.practice.trusted_people
        ages = {rules.review_age: "cut_back", _REVIEWED_AT: "review", rules.suspend_age: "ends"}
        days = [(age, birthday(patient, age), what) for age, what in sorted(ages.items())]
        return [each for each in days if each[1] > self._desk.today()]


_FIELDS = {"unknown_level": "level", "unknown_basis": "basis", "no_end": "ends_on"}
