"""What staff switch on, give and take away, after checking who somebody is; and what a patient may switch off.

Each change is one call in a transaction of its caller, and is noted in the audit trail with who made it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.engine import Connection

from bot.identity import passcodes
from bot.identity.policy import (
    ACCESS_LEVELS,
    CLOSING,
    DECLINED,
    FLAGS,
    NO_ACCESS,
    UNDER_PRESSURE,
    VERIFIED_BY,
    Access,
)
from bot.practice import Practice
from bot.store import credentials, grants, proxies, secure_links
from bot.store.access import AccessRow, find_access, save_access
from bot.store.audit import add_audit
from bot.store.failed_proofs import forget_failures
from bot.store.proxies import Proxy

DESK = "desk"  # the channel, in the audit trail
BASES = ("parental_responsibility", "consent", "power_of_attorney", "deputy", "best_interests")
_TRANSACTIONAL = ACCESS_LEVELS.index("prescriptions")


class NotPossible(ValueError):
    """What was asked for contradicts the rules. `code` names the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Desk:
    """The surgery's side of access."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice

    def access_of(self, connection: Connection, patient_id: str) -> Access:
        row = find_access(connection, patient_id)
        return Access(**vars(row)) if row else NO_ACCESS

    def set_access(
        self,
        connection: Connection,
        patient_id: str,
        access: Access,
        staff: str,
        now: datetime,
        evidence: str | None = None,
    ) -> None:
        """Switch on this and nothing else. `evidence`: what identity was checked with, as a code.

        Raises:
            NotPossible: "unknown_level", "unknown_flag", "unknown_method"; "not_verified" for the record without a
                check of identity.
        """
        _check(access)
        save_access(connection, patient_id, _as_row(replace(access, set_by=staff)), now)
        add_audit(
            connection, now, "access.set", access.level, DESK, None, patient_id, access.verified_by,
            actor_id=staff, reason=evidence,
        )  # fmt: skip

    def flag(self, connection: Connection, patient_id: str, flag: str, is_on: bool, staff: str, now: datetime) -> None:
        """Put a flag on a patient, or take it off. One that closes the record ends what is open."""
        access = self.access_of(connection, patient_id)
        flagged = replace(access, flags=access.flags | {flag} if is_on else access.flags - {flag})
        _check(flagged)
        save_access(connection, patient_id, _as_row(flagged), now)
        if is_on and flag in CLOSING:
            _end_all(connection, patient_id, "staff", now)
        # By a name of its own: what a patient reads of their account says nothing of flags.
        outcome = "on" if is_on else "off"
        add_audit(connection, now, "flag.set", outcome, DESK, None, patient_id, flag, actor_id=staff)

    def turn_off(
        self, connection: Connection, patient_id: str, conversation_id: str, channel: str, now: datetime
    ) -> None:
        """A patient does not want to see their record online any more: closed at once, until staff open it again."""
        self._close(connection, patient_id, DECLINED, now)
        add_audit(connection, now, "access.off", "done", channel, conversation_id, patient_id)

    def note_pressure(
        self, connection: Connection, patient_id: str, conversation_id: str, channel: str, now: datetime
    ) -> None:
        """A patient says they are being made to show their record: closed at once, and nothing on a screen says so."""
        self._close(connection, patient_id, UNDER_PRESSURE, now)
        add_audit(connection, now, "access.pressure", "noted", channel, conversation_id, patient_id)

    def give_key(self, connection: Connection, person_id: str, staff: str, now: datetime) -> str:
        """A registration key, to be handed over in person after checking identity. Those given before end, and what
        was locked after too many tries is open again."""
        key = passcodes.new_registration_key()
        until = now + timedelta(days=self._practice.identity.registration_key_days)
        credentials.add_registration_key(connection, person_id, key, staff, now, until)
        forget_failures(connection, f"patient|{person_id}")
        add_audit(connection, now, "registration_key", "given", DESK, None, person_id, actor_id=staff)
        return key

    def lock(self, connection: Connection, person_id: str, staff: str, now: datetime) -> None:
        """No proof by this person counts until they set a passcode anew."""
        credentials.lock(connection, person_id, "staff", now)
        grants.end_grants(connection, now, "staff", person_id=person_id)
        add_audit(connection, now, "credential.lock", "done", DESK, None, person_id, actor_id=staff)

    def unlock(self, connection: Connection, person_id: str, staff: str, now: datetime) -> None:
        """What was locked counts again: staff have spoken to its owner."""
        credentials.unlock(connection, person_id)
        forget_failures(connection, f"patient|{person_id}")
        add_audit(connection, now, "credential.unlock", "done", DESK, None, person_id, actor_id=staff)

    def trusted(self, connection: Connection, patient_id: str) -> list[Proxy]:
        """Those who may act for a patient, or could until their time was up."""
        return proxies.proxies_for(connection, patient_id)

    def trust(self, connection: Connection, given: Proxy, now: datetime) -> None:
        """Let somebody act for a patient.

        Raises:
            NotPossible: "unknown_level", "unknown_basis", "no_end" where the patient has not agreed themselves and no
                day is set on which it is looked at again.
        """
        if given.level not in ACCESS_LEVELS:
            raise NotPossible("unknown_level")
        if given.basis not in BASES:
            raise NotPossible("unknown_basis")
        if given.basis == "best_interests" and given.ends_on is None:
            raise NotPossible("no_end")
        proxies.add_proxy(connection, given)
        add_audit(
            connection, now, "proxy.given", given.level, DESK, None, given.patient_id, given.id,
            actor_id=given.given_by, reason=given.basis,
        )  # fmt: skip

    def review(self, connection: Connection, held: Proxy, staff: str, now: datetime) -> None:
        """Staff have looked at it again, with the patient where they can say."""
        proxies.note_review(connection, held.id, self._day(now))
        add_audit(connection, now, "proxy.reviewed", "kept", DESK, None, held.patient_id, held.id, actor_id=staff)

    def end_trust(self, connection: Connection, held: Proxy, staff: str, now: datetime) -> None:
        proxies.end_proxy(connection, held.id, self._day(now))
        grants.end_grants(connection, now, "staff", patient_id=held.patient_id, person_id=held.person_id)
        add_audit(connection, now, "proxy.ended", "done", DESK, None, held.patient_id, held.id, actor_id=staff)

    def _close(self, connection: Connection, patient_id: str, flag: str, now: datetime) -> None:
        access = self.access_of(connection, patient_id)
        save_access(connection, patient_id, _as_row(replace(access, flags=access.flags | {flag})), now)
        _end_all(connection, patient_id, flag, now)

    def _day(self, now: datetime) -> date:
        return now.astimezone(self._practice.zone).date()


def _as_row(access: Access) -> AccessRow:
    kept = {name: value for name, value in vars(access).items() if name != "is_proxy"}
    return AccessRow(**kept)


def _check(access: Access) -> None:
    if access.level not in ACCESS_LEVELS:
        raise NotPossible("unknown_level")
    if access.flags - set(FLAGS):
        raise NotPossible("unknown_flag")
    if access.verified_by is not None and access.verified_by not in VERIFIED_BY:
        raise NotPossible("unknown_method")
    if ACCESS_LEVELS.index(access.level) > _TRANSACTIONAL and access.verified_by is None:
        raise NotPossible("not_verified")


def _end_all(connection: Connection, patient_id: str, by: str, now: datetime) -> None:
    """End every proof for this patient, whoever gave it, and every page that is open."""
    grants.end_grants(connection, now, by, patient_id=patient_id, assurance="VERIFIED")
    secure_links.end_visits(connection, now, patient_id=patient_id)
