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

from bot.identity.callers import Caller, Callers, Reached
from bot.identity.limits import Limited, is_locked, note_failure
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


_NO_NUMBER = re.compile(  # short, and about nothing else
    r"(?=.{1,50}$)(?!.*\b(?:your?|what|where|when|call|ring|cancel|appointment)\b)"
    r".*\b(?:no|not|don.?t|haven.?t|lost|changed|new)\b.*\b(?:mobile|phone|number|cell)\b.*",
    re.I,
)
_NOT_AN_ANSWER = Outcome(handled=False)


class Identify:
    """Opens challenges and judges answers. What it decides is added to the turn's work."""

    def __init__(self, database: Database, callers: Callers, practice: Practice) -> None:
        self._database, self._callers, self._practice = database, callers, practice
        self._secret = database.keyring.secret("codes")

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
        if number is None and _NO_NUMBER.fullmatch(text):
            return Outcome(response="utter_ask_mobile_again")  # which names the other ways
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
        is_known = bool(self._callers.reached_by(number, now))
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
        limited = Limited(conversation.id, number=challenge.number)
        given = self._hash(conversation.id, typed[1] + typed[2]) if typed else ""
        reached = self._callers.reached_by(challenge.number or "", now)
        with self._database.read() as connection:
            is_over = is_locked(connection, limited, self._practice, now)
        if not is_over and hmac.compare_digest(given, challenge.code_hash or "") and reached:
            return self._proved(work, conversation, challenge, reached, now)
        work.add(note_failure, limited, now)
        if is_over or challenge.tries + 1 >= self._practice.conversation.code_tries:
            work.add(grants.close_challenges, conversation.id, now)
            return Outcome(response="utter_code_locked", secret=True)
        return Outcome(response="utter_code_wrong", secret=True)

    def _proved(
        self,
        work: Work,
        conversation: Conversation,
        challenge: Challenge,
        reached: list[Reached],
        now: datetime,
    ) -> Outcome:
        if len(reached) > 1:
            work.add(grants.start_challenge, conversation.id, WHO, now, challenge.number)
            return Outcome(response="utter_ask_who", secret=True)
        return self._grant(work, conversation, reached[0], challenge.number, now, secret=True)

    def _who(self, work: Work, conversation: Conversation, challenge: Challenge, text: str, now: datetime) -> Outcome:
        named = _named(text, self._callers.reached_by(challenge.number or "", now))
        if named is None:
            return _NOT_AN_ANSWER
        return self._grant(work, conversation, named, challenge.number, now)

    def _grant(
        self,
        work: Work,
        conversation: Conversation,
        reached: Reached,
        number: str | None,
        now: datetime,
        secret: bool = False,
    ) -> Outcome:
        method = "sms-number" if conversation.channel == SMS else "web-code"
        patient, person_id = reached.patient, reached.person_id
        given = Grant(patient.id, person_id, Assurance.CONTACT.name, method, now, now, number)
        work.add(grants.close_challenges, conversation.id, now)
        work.add(grants.give_grant, conversation.id, given)
        access = self._callers.access(patient, reached.proxy, now)
        caller = Caller(patient, Assurance.CONTACT, access=access, person_id=person_id)
        return Outcome(passed=True, secret=secret, caller=caller)

    def _hash(self, conversation_id: str, code: str) -> str:
        """Keyed, so that six digits cannot be tried out on a stolen table; bound to one conversation."""
        return hmac.new(self._secret.encode(), f"{conversation_id}|{code}".encode(), sha256).hexdigest()


def _named(text: str, reached: list[Reached]) -> Reached | None:
    """The one patient whose name was written; never a guess between two."""
    words = set(re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text.casefold())) - _NAME_NOISE
    if not words or len(words) > 4:
        return None
    fits = [each for each in reached if words <= set(each.patient.name.casefold().split())]
    return fits[0] if len(fits) == 1 else None
