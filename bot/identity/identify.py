"""Finding out who is writing, as far as CONTACT: a number held for one patient, or a code sent to such a number.

The same questions, the same words and the same work follow whether or not a number is known.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from bot.backend.base import Patient, PracticeBackend
from bot.identity.phone_numbers import read_mobile
from bot.identity.policy import Assurance
from bot.practice import Practice
from bot.store import grants
from bot.store.conversations import SMS, Conversation
from bot.store.database import Database, Work
from bot.store.grants import CODE, MOBILE, WHO, Challenge, Grant

_CODE = re.compile(r"(?<!\d)(\d{3})[ -]?(\d{3})(?!\d)")
_CODE_ATTEMPT = re.compile(r"^\W*(?:code|it'?s|its|is|my|the|\s)*\W*\d[\d \-]{2,8}\W*$", re.IGNORECASE)
_AGAIN = re.compile(
    r"\b(resend|send (it |the code )?again|(new|another|no) code|no text|where(?:'?s| is) (?:my|the) (?:code|text)"
    r"|((?:did|ha(?:ve|s)?) ?n[o'’]?t|not|never) (get|got|had|received?|come|arrive\w*))",
    re.IGNORECASE,
)
_OTHER_NUMBER = re.compile(r"\b(wrong|different|other|another|change\w*) (mobile|phone|number)", re.IGNORECASE)
_NAME_NOISE = frozenset(
    "its it's it is for me my name im i'm i am this the please mr mrs ms miss patient called son daughter husband wife"
    " mum dad and not a to be".split()
)


@dataclass(frozen=True)
class Caller:
    """Who we take the writer for. `sharing`: how many patients this number is held for."""

    patient: Patient | None
    assurance: Assurance
    sharing: int = 0

    @property
    def access(self) -> str | None:
        return self.patient.access if self.patient else None


NOBODY = Caller(None, Assurance.UNKNOWN)


@dataclass(frozen=True)
class Outcome:
    """What came of an answer. `response` names the wording; `None` with `passed` means: go on with the journey.

    Attributes:
        passed: the writer is now known.
        handled: False if this was no answer to the challenge, so that it is read like any other message.
        secret: the message held a code and is not to be kept.
        text_to: a number to send `code` to.
        caller: who the writer is now, once `passed`.
    """

    passed: bool = False
    handled: bool = True
    response: str | None = None
    secret: bool = False
    code: str | None = None
    text_to: str | None = None
    caller: Caller | None = None


_NOT_AN_ANSWER = Outcome(handled=False)


class Identify:
    """Opens challenges and judges answers. What it decides is added to the turn's work."""

    def __init__(self, database: Database, backend: PracticeBackend, practice: Practice) -> None:
        self._database, self._backend, self._practice = database, backend, practice
        self._secret = database.keyring.secret("codes")

    def caller(self, conversation: Conversation, held: Grant | None) -> Caller:
        """Who is writing, as far as is known before the message is read."""
        sharing: list[Patient] = []
        if conversation.channel == SMS:
            sharing = self._backend.patients_with_mobile(conversation.address)
            if len(sharing) == 1:
                return Caller(sharing[0], Assurance.CONTACT, 1)
        if held is None:
            return Caller(None, Assurance.UNKNOWN, len(sharing))
        patient = self._backend.patient(held.patient_id)
        if conversation.channel == SMS and patient not in sharing:
            return Caller(None, Assurance.UNKNOWN, len(sharing))  # the number was taken off this patient's record
        return Caller(patient, Assurance[held.assurance], len(sharing))

    def ask(self, work: Work, conversation: Conversation, sharing: int, now: datetime) -> str | None:
        """Open the first challenge; names the wording, or None if this channel cannot lead to a patient."""
        if conversation.channel != SMS:
            work.add(grants.start_challenge, conversation.id, MOBILE, now)
            return "utter_ask_mobile"
        if sharing < 2:
            return None
        work.add(grants.start_challenge, conversation.id, WHO, now, conversation.address)
        return "utter_ask_who"

    def answer(self, work: Work, conversation: Conversation, challenge: Challenge, text: str, now: datetime) -> Outcome:
        """Judge what was written while a challenge is open."""
        if challenge.kind == MOBILE:
            return self._mobile(work, conversation, text, now)
        if challenge.kind == CODE:
            return self._code(work, conversation, challenge, text, now)
        return self._who(work, conversation, challenge, text, now)

    def _mobile(self, work: Work, conversation: Conversation, text: str, now: datetime) -> Outcome:
        number = read_mobile(text)
        if number is None:
            digits = sum(character.isdigit() for character in text)
            return Outcome(response="utter_mobile_not_read") if digits >= 6 else _NOT_AN_ANSWER
        return self._send_code(work, conversation, number, now)

    def _send_code(self, work: Work, conversation: Conversation, number: str, now: datetime) -> Outcome:
        rules = self._practice.conversation
        if self._codes_lately(number, now) >= rules.codes_per_hour:
            work.add(grants.close_challenges, conversation.id, now)
            return Outcome(response="utter_too_many_codes")
        code = f"{secrets.randbelow(1_000_000):06}"
        work.add(grants.start_challenge, conversation.id, CODE, now, number, self._hash(conversation.id, code))
        is_known = bool(self._backend.patients_with_mobile(number))
        return Outcome(response="utter_code_sent", code=code, text_to=number if is_known else None)

    def _codes_lately(self, number: str, now: datetime) -> int:
        with self._database.read() as connection:
            return grants.count_codes_since(connection, number, now - timedelta(hours=1))

    def _code(self, work: Work, conversation: Conversation, challenge: Challenge, text: str, now: datetime) -> Outcome:
        if _AGAIN.search(text) and challenge.number:
            return self._send_code(work, conversation, challenge.number, now)
        if _OTHER_NUMBER.search(text):
            work.add(grants.start_challenge, conversation.id, MOBILE, now)
            return Outcome(response="utter_ask_mobile")
        if not (_CODE.search(text) or _CODE_ATTEMPT.match(text)):
            return _NOT_AN_ANSWER
        if now - challenge.opened_at > timedelta(minutes=self._practice.conversation.code_minutes):
            work.add(grants.start_challenge, conversation.id, MOBILE, now)
            return Outcome(response="utter_code_expired", secret=True)
        return self._judge_code(work, conversation, challenge, _CODE.search(text), now)

    def _judge_code(
        self,
        work: Work,
        conversation: Conversation,
        challenge: Challenge,
        typed: re.Match[str] | None,
        now: datetime,
    ) -> Outcome:
        work.add(grants.count_try, challenge.id)
        given = self._hash(conversation.id, typed[1] + typed[2]) if typed else ""
        patients = self._backend.patients_with_mobile(challenge.number or "")
        if hmac.compare_digest(given, challenge.code_hash or "") and patients:
            return self._proved(work, conversation, challenge, patients, now)
        if challenge.tries + 1 >= self._practice.conversation.code_tries:
            work.add(grants.close_challenges, conversation.id, now)
            return Outcome(response="utter_code_locked", secret=True)
        return Outcome(response="utter_code_wrong", secret=True)

    def _proved(
        self,
        work: Work,
        conversation: Conversation,
        challenge: Challenge,
        patients: list[Patient],
        now: datetime,
    ) -> Outcome:
        if len(patients) > 1:
            work.add(grants.start_challenge, conversation.id, WHO, now, challenge.number)
            return Outcome(response="utter_ask_who", secret=True)
        return self._grant(work, conversation, patients[0], "web-code", now, secret=True)

    def _who(self, work: Work, conversation: Conversation, challenge: Challenge, text: str, now: datetime) -> Outcome:
        named = _named(text, self._backend.patients_with_mobile(challenge.number or ""))
        if named is None:
            return _NOT_AN_ANSWER
        method = "sms-number" if conversation.channel == SMS else "web-code"
        return self._grant(work, conversation, named, method, now)

    def _grant(
        self,
        work: Work,
        conversation: Conversation,
        patient: Patient,
        method: str,
        now: datetime,
        secret: bool = False,
    ) -> Outcome:
        work.add(grants.close_challenges, conversation.id, now)
        work.add(grants.give_grant, conversation.id, Grant(patient.id, Assurance.CONTACT.name, method, now))
        return Outcome(passed=True, secret=secret, caller=Caller(patient, Assurance.CONTACT))

    def _hash(self, conversation_id: str, code: str) -> str:
        """Keyed, so that six digits cannot be tried out on a stolen table; bound to one conversation."""
        return hmac.new(self._secret.encode(), f"{conversation_id}|{code}".encode(), sha256).hexdigest()


def _named(text: str, patients: list[Patient]) -> Patient | None:
    """The one patient whose name was written; never a guess between two."""
    words = set(re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text.casefold())) - _NAME_NOISE
    if not words or len(words) > 4:
        return None
    fits = [patient for patient in patients if words <= set(patient.name.casefold().split())]
    return fits[0] if len(fits) == 1 else None
