"""Step-up: the proof given on a visit, and the grant that comes of it. Secrets stay on the page."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.identity import passcodes
from bot.identity.authenticator import take_code
from bot.identity.callers import Callers
from bot.identity.limits import Limited, is_locked, note_failure
from bot.identity.policy import Assurance
from bot.identity.telling import Telling
from bot.identity.visits import Visits
from bot.practice import Practice
from bot.responses import Responses
from bot.store import credentials, grants, secure_links
from bot.store.conversations import SMS, get_conversation
from bot.store.credentials import Credential
from bot.store.database import Database
from bot.store.escalations import add_escalation
from bot.store.failed_proofs import forget_failures
from bot.store.grants import Grant
from bot.store.notices import Notices
from bot.store.proxies import note_use, proxies_for
from bot.store.secure_links import Visit


class Verdict(Enum):
    """What came of a proof."""

    PASSED = "passed"
    WRONG = "wrong"
    CODE_NEEDED = "code_needed"  # the passcode is right, and an authenticator app has its say too
    LOCKED = "locked"  # tried too often, or locked by its owner or by staff: the surgery can help
    OTHER_PATIENT = "other_patient"
    GUESSABLE = "guessable"  # the key is right, the passcode to be set is made of what others know of its owner
    GONE = "gone"  # the visit, or what it was for, is over


@dataclass(frozen=True)
class Judged:
    """`visit_token` and `device_token` are new cookies, once PASSED."""

    verdict: Verdict
    visit_token: str = ""
    device_token: str = ""


@dataclass(frozen=True)
class Proving:
    """Attributes:
    address: the network address the proof comes from.
    device: the cookie of a browser that was used before, if there is one.
    """

    address: str
    device: str | None = None


class StepUp(Visits):
    """Judges proof on a visit, and gives grants."""

    def __init__(
        self,
        database: Database,
        callers: Callers,
        practice: Practice,
        responses: Responses,
        notices: Notices,
        clock: Clock,
        public_url: str,
    ) -> None:
        super().__init__(database, callers, practice, notices, clock, public_url)
        self._telling = Telling(callers, practice, responses)

    def prove(self, visit: Visit, passcode: str, code: str, proving: Proving) -> Judged:
        """Judge a passcode, and a code of an authenticator app where one is set up.

        The passcode says who proves it: the patient, or one of the people trusted to act for them.
        """
        now = self._clock()
        with self._database.read() as connection:
            people = self._people(connection, visit, now)
            limited = self._limited(visit, proving, people)
            is_over = is_locked(connection, limited, self._practice, now)
        # Before the transaction: hashing takes long, and the database has one writer.
        able = [] if is_over else people
        fitting = next((each for each in able if passcodes.fits(passcode, each.passcode)), None)
        with self._database.write() as connection:
            if is_locked(connection, limited, self._practice, now):
                return self._judged(visit, Verdict.LOCKED, connection)
            if fitting is None or fitting.locked_by:  # what is locked is answered alike, whether or not it fits
                is_shut = any(each.locked_by for each in people)
                return self._failed(connection, visit, limited, now, is_shut)
            if fitting.authenticator and not code.strip():
                return self._judged(visit, Verdict.CODE_NEEDED, connection)
            if fitting.authenticator and not take_code(connection, fitting, code, now):
                return self._failed(connection, visit, limited, now)
            if passcodes.needs_rehash(fitting.passcode or ""):
                credentials.rehash_passcode(connection, fitting.person_id, passcodes.hash_passcode(passcode))
            judged = self._give(connection, visit, fitting.person_id, "passcode", proving, now)
        self._announce(visit)
        return judged

    def prove_by_claims(self, visit: Visit, nhs_number: str, date_of_birth: date, proving: Proving) -> Judged:
        """Judge what NHS login says of somebody at P9: they must be this patient, or be trusted to act for them."""
        now = self._clock()
        with self._database.read() as connection:
            people = self._people(connection, visit, now)
        limited = self._limited(visit, proving, people)
        fitting = next((each for each in people if self._is(each.person_id, nhs_number, date_of_birth)), None)
        with self._database.write() as connection:
            if is_locked(connection, limited, self._practice, now) or (fitting and fitting.locked_by):
                return self._judged(visit, Verdict.LOCKED, connection)
            if fitting is None:
                note_failure(connection, limited, now)
                return self._judged(visit, Verdict.OTHER_PATIENT, connection)
            judged = self._give(connection, visit, fitting.person_id, "nhs-login", proving, now)
        self._announce(visit)
        return judged

    def register(self, visit: Visit, key: str, passcode: str, proving: Proving) -> Judged:
        """Set a passcode with a registration key from the surgery, which proves who somebody is as well.

        Whoever has lost their authenticator app begins anew, too.
        """
        now, typed = self._clock(), passcodes.read_registration_key(key)
        hashed = passcodes.hash_passcode(passcode)
        with self._database.write() as connection:
            people = self._people(connection, visit, now)
            limited = self._limited(visit, proving, people)
            if is_locked(connection, limited, self._practice, now):
                return self._judged(visit, Verdict.LOCKED, connection)
            holders = (
                each for each in people if credentials.holds_registration_key(connection, each.person_id, typed, now)
            )
            person = next(holders, None)
            if person is not None and self._is_personal(visit, passcode):
                return Judged(Verdict.GUESSABLE)
            if person is None or not credentials.take_registration_key(connection, person.person_id, typed, now):
                return self._failed(connection, visit, limited, now)
            credentials.set_passcode(connection, person.person_id, hashed, now)
            credentials.set_authenticator(connection, person.person_id, None)
            judged = self._give(connection, visit, person.person_id, "registration", proving, now)
            self._note(connection, "credential.set", "done", visit.conversation_id, visit.patient_id, person.person_id)
        self._announce(visit)
        return judged

    def change_passcode(self, visit: Visit, old: str, new: str, proving: Proving) -> Verdict:
        """Put a new passcode in place of the old one. Needs a live grant."""
        now, person_id = self._clock(), self.caller(visit).person_id
        if person_id is None:
            return Verdict.GONE
        limited = self._limited(visit, proving, [Credential(person_id)])
        with self._database.read() as connection:
            held = credentials.find_credential(connection, person_id)
            is_over = is_locked(connection, limited, self._practice, now)
        if is_over:
            return Verdict.LOCKED
        is_right, hashed = passcodes.fits(old, held.passcode if held else None), passcodes.hash_passcode(new)
        with self._database.write() as connection:
            if is_locked(connection, limited, self._practice, now):  # others may have tried meanwhile
                return Verdict.LOCKED
            if not is_right:
                return self._failed(connection, visit, limited, now).verdict
            credentials.set_passcode(connection, person_id, hashed, now)
            grants.end_others(connection, now, "passcode_changed", person_id, but=visit.grant_id)
            self._note(connection, "credential.set", "done", visit.conversation_id, visit.patient_id, person_id)
        return Verdict.PASSED

    def weakness(self, visit: Visit, passcode: str) -> str | None:
        """What is wrong with a passcode somebody wants to set; see `passcodes.weakness`.

        Before proof it says nothing of the patient: answers to guesses would give away name and date of birth.
        """
        own = self._own_words(visit) if visit.grant_id is not None else (self._practice.name,)
        return passcodes.weakness(passcode, self._practice.identity.passcode_length, own)

    # What lies behind.

    def _people(self, connection: Connection, visit: Visit, now: datetime) -> list[Credential]:
        """Those who may prove themselves here, with or without a passcode."""
        patient = self._callers.find_patient(visit.patient_id)
        if patient is None:
            return []
        persons = self._callers.persons(patient, self._number_index(connection, visit), now)
        return [credentials.find_credential(connection, each) or Credential(each) for each in persons]

    def _is_personal(self, visit: Visit, passcode: str) -> bool:
        return passcodes.weakness(passcode, 0, self._own_words(visit)) == "guessable"

    def _own_words(self, visit: Visit) -> tuple[str, ...]:
        """What others may know of the patient."""
        patient = self._callers.find_patient(visit.patient_id)
        if patient is None:
            return (self._practice.name,)
        born = patient.date_of_birth
        names = (self._practice.name, patient.first_name, patient.last_name)
        numbers = (patient.nhs_number or "", (patient.mobile or "").replace("+44", "0"))
        return (*names, f"{born:%d%m%Y}", f"{born:%d%m%y}", f"{born:%Y}", *numbers)

    def _number_index(self, connection: Connection, visit: Visit) -> str | None:
        """The number that led to this patient: of the phone by text, of the code in the chat."""
        conversation = get_conversation(connection, visit.conversation_id)
        if conversation.channel == SMS:
            return self._database.keyring.index(conversation.address, "mobile")
        held = grants.held_grants(connection, visit.conversation_id)
        return next((each.number for each in held if each.patient_id == visit.patient_id and each.number), None)

    def _is(self, person_id: str, nhs_number: str, date_of_birth: date) -> bool:
        person = self._callers.find_patient(person_id)
        return person is not None and (person.nhs_number, person.date_of_birth) == (nhs_number, date_of_birth)

    def _give(
        self, connection: Connection, visit: Visit, person_id: str, method: str, proving: Proving, now: datetime
    ) -> Judged:
        number = self._number_index(connection, visit)
        given = Grant(visit.patient_id, person_id, Assurance.VERIFIED.name, method, now, now)
        grant_id = grants.give_grant(connection, visit.conversation_id, given)
        grants.rest_on(connection, grant_id, number)
        visit_token = secrets.token_urlsafe(32)
        secure_links.give_visit(connection, visit, grant_id, visit_token, now)
        # Only their own: somebody with one passcode must not try another's for ever.
        for key in Limited(visit.conversation_id, (person_id,), visit.link_id).counters():
            forget_failures(connection, key)
        self._use_proxy(connection, visit.patient_id, person_id, now)
        device = self._telling.recognise(connection, visit, person_id, proving.device, now)
        self._telling.tell_chat(connection, visit, now)
        self._note(connection, "step_up.proof", "passed", visit.conversation_id, visit.patient_id, person_id, method)
        return Judged(Verdict.PASSED, visit_token, device)

    def _use_proxy(self, connection: Connection, patient_id: str, person_id: str, now: datetime) -> None:
        for each in proxies_for(connection, patient_id):
            if each.person_id == person_id:
                note_use(connection, each.id, now.astimezone(self._practice.zone).date())

    def _failed(
        self, connection: Connection, visit: Visit, limited: Limited, now: datetime, is_shut: bool = False
    ) -> Judged:
        note_failure(connection, limited, now)
        if is_shut or is_locked(connection, limited, self._practice, now):
            return self._judged(visit, Verdict.LOCKED, connection)
        return self._judged(visit, Verdict.WRONG, connection)

    def _judged(self, visit: Visit, verdict: Verdict, connection: Connection) -> Judged:
        """A refusal, kept in the audit trail; somebody locked out is a matter for staff."""
        if verdict is Verdict.LOCKED:
            add_escalation(connection, visit.conversation_id, "step_up_locked", "routine", "", self._clock())
        self._note(connection, "step_up.proof", verdict.value, visit.conversation_id, visit.patient_id)
        return Judged(verdict)

    def _limited(self, visit: Visit, proving: Proving, people: Iterable[Credential]) -> Limited:
        persons = (visit.patient_id, *(each.person_id for each in people))
        return Limited(visit.conversation_id, persons, visit.link_id, address=proving.address)
