"""Who is writing, and what is switched on for them: from the number they write from and the proofs they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.backend.base import NoSuchPatient, Patient, PracticeBackend
from bot.identity.policy import NO_ACCESS, Access, Assurance
from bot.identity.trusted import access_through
from bot.practice import Practice
from bot.store.access import find_access
from bot.store.conversations import SMS, Conversation
from bot.store.database import Database
from bot.store.grants import Grant
from bot.store.proxies import Proxy, proxies_for, proxies_with_mobile

_SKEW = timedelta(minutes=5)  # clocks of several machines may differ by so much


@dataclass(frozen=True)
class Caller:
    """Who we take the writer for.

    Attributes:
        access: what staff have switched on, as far as it reaches for this person; None while nobody is known.
        person_id: who writes: the patient, or somebody trusted to act for them.
        sharing: how many patients this number leads to.
        grant: the proof that VERIFIED rests on.
    """

    patient: Patient | None
    assurance: Assurance
    sharing: int = 0
    access: Access | None = None
    person_id: str | None = None
    grant: Grant | None = None

    @property
    def acts_for_another(self) -> bool:
        return self.patient is not None and self.person_id != self.patient.id


NOBODY = Caller(None, Assurance.UNKNOWN)


@dataclass(frozen=True)
class Reached:
    """A patient whom a number leads to: held on their record, or of somebody trusted to act for them."""

    patient: Patient
    proxy: Proxy | None = None

    @property
    def person_id(self) -> str:
        return self.proxy.person_id if self.proxy else self.patient.id


class Callers:
    """Answers "who is this?" anew each time: what was true when a proof was given may have changed since."""

    def __init__(self, database: Database, backend: PracticeBackend, practice: Practice) -> None:
        self._database, self._backend, self._practice = database, backend, practice

    def caller(self, conversation: Conversation, held: Sequence[Grant], now: datetime) -> Caller:
        """Who is writing, as far as is known before the message is read. `held`: newest first."""
        reached = self.reached_by(conversation.address, now) if conversation.channel == SMS else []
        meant = [each for each in held if each.patient_id == held[0].patient_id]  # the last that was asked for
        for grant in sorted(meant, key=lambda each: Assurance[each.assurance], reverse=True):
            caller = self.by_grant(grant, now, len(reached))
            is_led_to = any(each.patient == caller.patient for each in reached)
            if caller.patient and (conversation.channel != SMS or is_led_to):
                return caller
        if len(reached) == 1:
            only = reached[0]
            return Caller(
                only.patient, Assurance.CONTACT, 1, self.access(only.patient, only.proxy, now), only.person_id
            )
        return Caller(None, Assurance.UNKNOWN, len(reached))

    def by_grant(self, grant: Grant, now: datetime, sharing: int = 0) -> Caller:
        """Whom this proof stands for now; nobody if it is too old, or what it rests on is gone."""
        patient = self.find_patient(grant.patient_id)
        if patient is None or not self._is_live(grant, now):
            return NOBODY
        proxy = None if grant.person_id == patient.id else self.trusted(patient, grant.person_id, now)
        if grant.person_id != patient.id and proxy is None:
            return NOBODY
        if grant.number is not None and grant.number not in self._numbers(patient, proxy):
            return NOBODY
        verified = grant if grant.assurance == Assurance.VERIFIED.name else None
        access = self.access(patient, proxy, now)
        return Caller(patient, Assurance[grant.assurance], sharing, access, grant.person_id, verified)

    def reached_by(self, number: str, now: datetime) -> list[Reached]:
        """Every patient this number leads to: those whose record holds it, then those its owner may act for."""
        own = [Reached(patient) for patient in self._backend.patients_with_mobile(number)]
        with self._database.read() as connection:
            proxies = proxies_with_mobile(connection, number)
        known = {each.patient.id for each in own}
        return [*own, *(each for each in self._through(proxies, now) if each.patient.id not in known)]

    def persons(self, patient: Patient, number_index: str | None, now: datetime) -> list[str]:
        """Who may prove that they are this patient, or, from a phone with this number, that they act for them."""
        with self._database.read() as connection:
            proxies = proxies_for(connection, patient.id)
        acting = [each for each in proxies if number_index and self._index(each.mobile) == number_index]
        return [patient.id, *(each.person_id for each in acting if self._may_act(each, patient, now))]

    def find_patient(self, patient_id: str) -> Patient | None:
        """None if they are not registered here, or no longer."""
        try:
            patient = self._backend.patient(patient_id)
        except NoSuchPatient:
            return None
        return patient if patient.status == "registered" else None

    def access(self, patient: Patient, proxy: Proxy | None, now: datetime) -> Access:
        with self._database.read() as connection:
            row = find_access(connection, patient.id)
        own = Access(**vars(row)) if row else NO_ACCESS
        if proxy is None:
            return own
        return access_through(proxy, patient, own, self._practice, self._day(now))

    def trusted(self, patient: Patient, person_id: str, now: datetime) -> Proxy | None:
        """By what this person may act for the patient today; None if they may not."""
        with self._database.read() as connection:
            proxies = proxies_for(connection, patient.id)
        acting = (each for each in proxies if each.person_id == person_id)
        return next((each for each in acting if self._may_act(each, patient, now)), None)

    def _through(self, proxies: Sequence[Proxy], now: datetime) -> list[Reached]:
        found = ((proxy, self.find_patient(proxy.patient_id)) for proxy in proxies)
        return [Reached(patient, proxy) for proxy, patient in found if patient and self._may_act(proxy, patient, now)]

    def _may_act(self, proxy: Proxy, patient: Patient, now: datetime) -> bool:
        return self.access(patient, proxy, now).level != NO_ACCESS.level

    def _numbers(self, patient: Patient, proxy: Proxy | None) -> set[str | None]:
        """Blind indexes of the numbers that a proof for this patient may rest on."""
        return {self._index(patient.mobile), self._index(proxy.mobile) if proxy else None} - {None}

    def _index(self, number: str | None) -> str | None:
        return self._database.keyring.index(number, "mobile") if number else None

    def _is_live(self, grant: Grant, now: datetime) -> bool:
        """CONTACT lasts as long as its conversation; VERIFIED 30 minutes without use and 12 hours at most."""
        if grant.given_at > now + _SKEW:
            return False
        if grant.assurance != Assurance.VERIFIED.name:
            return True
        rules = self._practice.identity
        is_idle = now - grant.used_at > timedelta(minutes=rules.idle_minutes)
        return not is_idle and now - grant.given_at <= timedelta(hours=rules.longest_hours)

    def _day(self, now: datetime) -> date:
        return now.astimezone(self._practice.zone).date()
