"""One patient at the online services desk: what is switched on for them, and changing it.

Every look at a patient and every change is noted with who it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.backend.base import REGISTERED, NoSuchPatient, Patient
from bot.identity.activity import twelve_months_before
from bot.identity.desk import Desk, NotPossible
from bot.identity.policy import ACCESS_LEVELS, FLAGS, Access
from bot.identity.registering import Registration, change_access, record_problems
from bot.staff.roles import Task
from bot.store import access, credentials
from bot.store.audit_search import Sought, search_entries
from bot.store.credentials import Credential
from bot.store.proxies import Proxy
from bot.store.staff import all_staff
from connectors.console import words
from connectors.console.site import ConsoleSite
from connectors.console.visitor import MISSING, Visitor

DESK = "/console/desk"
_MOST_CHANGES = 100
# How the actions begin that this desk tells of.
_CHANGES = ("access.set", "access.agreed", "access.off", "flag.", "registration_key", "credential.", "proxy.")


@dataclass(frozen=True)
class Held:
    """All that the desk knows of a patient's online services."""

    access: Access
    set_at: datetime | None
    credential: Credential | None
    key_until: datetime | None
    trusted: list[Proxy]
    history: list[Any]


class DeskPages:
    """`desk_home`, `registering` and `trusting` have the rest of the desk."""

    def __init__(self, site: ConsoleSite) -> None:
        self.site, self.program = site, site.program
        self.desk: Desk = site.program.services.desk

    def routes(self) -> list[BaseRoute]:
        page, one = self.site.page, f"{DESK}/{{patient}}"
        return [
            page(one, self.show, Task.CHANGE_ACCESS),
            page(f"{one}/access", self.ask_access, Task.CHANGE_ACCESS),
            page(f"{one}/access", self.change, Task.CHANGE_ACCESS, "POST"),
            page(f"{one}/flag", self.flag, Task.CHANGE_ACCESS, "POST"),
            page(f"{one}/lock", self.lock, Task.CHANGE_ACCESS, "POST"),
            page(f"{one}/unlock", self.unlock, Task.CHANGE_ACCESS, "POST"),
        ]

    # One patient.

    def show(self, visitor: Visitor) -> Response:
        patient = self.patient(visitor)
        self.site.note(visitor, "access.view", patient_id=patient.id)
        return self.site.render(
            visitor,
            "desk/patient.html",
            patient=patient,
            is_registered=patient.status == REGISTERED,
            held=self._held(patient),
            names=self.names(),
            words=words,
            today=self.today(),
        )

    def ask_access(self, visitor: Visitor) -> Response:
        patient = self.patient(visitor)
        self.site.note(visitor, "access.view", patient_id=patient.id)
        held = self._held(patient).access
        form = {
            "level": held.level,
            "record_from": held.record_from.isoformat() if held.record_from else "",
            "review_on": held.review_on.isoformat() if held.review_on else "",
            "full_history": "yes" if held.full_history else "",
        }
        return self._asking_access(visitor, patient, {**form, **visitor.draft})

    def change(self, visitor: Visitor) -> Response:
        patient, form = self.patient(visitor), dict(visitor.form)
        asked = read_registration(form)
        errors = {**record_problems(asked), **self.unknown(form)}
        if asked.level not in ACCESS_LEVELS:
            errors["level"] = "empty"
        if errors:
            return self._asking_access(visitor, patient, form, errors)
        try:
            with self.program.database.write() as connection:
                change_access(self.desk, connection, patient.id, asked, visitor.member.id, self.program.clock())
        except NotPossible as error:
            return self._asking_access(visitor, patient, form, {"level": error.code})
        return self.back(patient)

    def flag(self, visitor: Visitor) -> Response:
        patient, flag = self.patient(visitor), visitor.form.get("flag", "")
        if flag not in FLAGS:
            raise MISSING
        is_on = visitor.form.get("is") == "on"
        with self.program.database.write() as connection:
            self.desk.flag(connection, patient.id, flag, is_on, visitor.member.id, self.program.clock())
        return self.back(patient)

    def lock(self, visitor: Visitor) -> Response:
        patient = self.patient(visitor)
        with self.program.database.write() as connection:
            self.desk.lock(connection, patient.id, visitor.member.id, self.program.clock())
        return self.back(patient)

    def unlock(self, visitor: Visitor) -> Response:
        patient = self.patient(visitor)
        with self.program.database.write() as connection:
            self.desk.unlock(connection, patient.id, visitor.member.id, self.program.clock())
        return self.back(patient)

    # What the other pages of the desk use too.

    def patient(self, visitor: Visitor) -> Patient:
        """Whom the page is about. Raises MISSING if there is nobody of this id."""
        try:
            return self.program.backend.patient(visitor.request.path_params["patient"])
        except NoSuchPatient:
            raise MISSING from None

    def registered(self, visitor: Visitor) -> Patient:
        """The same, as long as they are registered here."""
        patient = self.patient(visitor)
        if patient.status != REGISTERED:
            raise MISSING
        return patient

    def back(self, patient: Patient) -> Response:
        return self.site.go(f"{DESK}/{patient.id}")

    def names(self) -> dict[str, str]:
        """By id, everybody who may have decided something: accounts, and the practice's clinicians."""
        with self.program.database.read() as connection:
            accounts = {each.account.id: each.account.name for each in all_staff(connection)}
        return {**accounts, **self.clinicians()}

    def clinicians(self) -> dict[str, str]:
        return {each.id: each.name for each in self.program.backend.clinicians()}

    def vouchers(self) -> dict[str, str]:
        """By id, everybody who may say that they know a patient."""
        with self.program.database.read() as connection:
            accounts = [each.account for each in all_staff(connection) if not each.is_disabled]
        return {**self.clinicians(), **{each.id: each.name for each in accounts}}

    def unknown(self, form: dict[str, str]) -> dict[str, str]:
        """Fields that name somebody who is not on the list they were to be chosen from."""
        lists = {"voucher": self.vouchers(), "decided_by": self.clinicians(), "partner": self.clinicians()}
        return {name: "empty" for name, listed in lists.items() if form.get(name) and form[name] not in listed}

    def today(self) -> date:
        return self.program.clock().astimezone(self.program.practice.zone).date()

    # What lies behind.

    def _held(self, patient: Patient) -> Held:
        now = self.program.clock()
        with self.program.database.read() as connection:
            year = Sought(patient.id, actions=_CHANGES, since=twelve_months_before(now))
            return Held(
                self.desk.access_of(connection, patient.id),
                access.when_set(connection, patient.id),
                credentials.find_credential(connection, patient.id),
                credentials.key_expires_at(connection, patient.id, now),
                self.desk.trusted(connection, patient.id),
                search_entries(connection, year, _MOST_CHANGES),
            )

    def _asking_access(
        self, visitor: Visitor, patient: Patient, form: dict[str, str], errors: dict[str, str] | None = None
    ) -> Response:
        return self.site.form(
            visitor,
            "desk/access.html",
            errors or {},
            patient=patient,
            form=form,
            clinicians=self.clinicians(),
            words=words,
        )


def read_registration(form: dict[str, str]) -> Registration:
    """What staff filled in; dates that are none are left out."""
    return Registration(
        method=form.get("method", ""),
        photo=form.get("photo", ""),
        address=form.get("address", ""),
        voucher=form.get("voucher", ""),
        is_remote=form.get("is_remote") == "yes",
        level=form.get("level", ""),
        decided_by=form.get("decided_by", ""),
        is_new=form.get("is_new") == "yes",
        partner=form.get("partner", ""),
        record_from=read_day(form.get("record_from", "")),
        full_history=form.get("full_history") == "yes",
        is_reviewed=form.get("is_reviewed") == "yes",
        review_on=read_day(form.get("review_on", "")),
        was_alone=form.get("was_alone") == "yes",
    )


def read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
