"""Whether what NHS login signed proves who somebody is. No network: only what is said, and what was asked.

The checks are those that NHS login's interface specification (Federation, 3.4 to 5.1) and OpenID Connect Core 3.1.3.7
ask of a partner service.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from hmac import compare_digest
from typing import Any, Literal

import nhs_number

PROOFING = "P9"
VECTORS = ("P9.Cp.Cd", "P9.Cp.Ck", "P9.Cm")  # each with two factors: NHS login's own default
SKEW = timedelta(minutes=2)

Reason = Literal[
    "declined",  # the person said no, or NHS login did
    "login",  # they did not log in
    "state",  # not the answer to what this visit asked
    "issuer",  # another provider's answer or token
    "replayed",  # the code was used before, is too old, or belongs to another visit
    "signature",
    "audience",  # a token meant for another service
    "nonce",
    "expired",  # the token, or the whole attempt
    "clock",  # the token is from the future
    "stale",  # an older log-in was used
    "wrong_vot",  # not one of the ways of logging in that were asked for
    "subject",  # the details are not of the person in the token
    "not_p9",
    "claims",  # something is missing or makes no sense
]


class NotProved(Exception):
    """Who they are was not proved. `code` says why; nothing that was sent is in it."""

    def __init__(self, code: Reason) -> None:
        super().__init__(code)
        self.code: Reason = code


@dataclass(frozen=True)
class Claims:
    """Somebody NHS login has proved: the subject is their id at NHS login, the rest is as the NHS holds it."""

    subject: str
    nhs_number: str
    date_of_birth: date
    family_name: str
    proofing: str
    auth_time: datetime | None


def is_same(given: object, expected: str | None) -> bool:
    """In constant time. Nothing is never the same as nothing."""
    if not isinstance(given, str) or not expected:
        return False
    return compare_digest(given.encode("utf-8", "replace"), expected.encode())


def check_meant_for(client_id: str, issuer: str, token: Mapping[str, Any]) -> None:
    """Raises NotProved: by another issuer, for another service, or about nobody."""
    if token.get("iss") != issuer:
        raise NotProved("issuer")
    audience = token.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    party = token.get("azp", client_id if len(audiences) == 1 else None)
    if client_id not in audiences or party != client_id:
        raise NotProved("audience")
    if not (isinstance(token.get("sub"), str) and token["sub"]):
        raise NotProved("subject")


def check_times(token: Mapping[str, Any], begun_at: datetime, now: datetime) -> datetime | None:
    """When they logged in, if the token says so. Raises NotProved: out of date, from the future, or an older log-in."""
    expires, issued = _instant(token.get("exp")), _instant(token.get("iat"))
    auth_time = _instant(token["auth_time"]) if "auth_time" in token else None
    if expires <= now - SKEW:
        raise NotProved("expired")
    if max(issued, auth_time or issued) > now + SKEW:
        raise NotProved("clock")
    if min(issued, auth_time or issued) < begun_at - SKEW:
        raise NotProved("stale")
    return auth_time


def check_answers(token: Mapping[str, Any], nonce: str | None) -> None:
    """Raises NotProved: not the answer to what was asked."""
    if not is_same(token.get("nonce"), nonce):
        raise NotProved("nonce")
    if token.get("vot") not in VECTORS:
        raise NotProved("wrong_vot")


def read_claims(about: Mapping[str, Any], subject: str, auth_time: datetime | None, now: datetime) -> Claims:
    """The person described. Raises NotProved: somebody else, not proved well enough, or not described."""
    if about.get("sub") != subject:
        raise NotProved("subject")
    if about.get("identity_proofing_level") != PROOFING:
        raise NotProved("not_p9")
    number, family_name = _text(about, "nhs_number"), _text(about, "family_name")
    born = _birthdate(_text(about, "birthdate"))
    if not (re.fullmatch(r"[0-9]{10}", number) and nhs_number.is_valid(number)) or born > now.date():
        raise NotProved("claims")
    return Claims(subject, number, born, family_name, PROOFING, auth_time)


def _text(about: Mapping[str, Any], name: str) -> str:
    found = about.get(name)
    if not isinstance(found, str) or not found.strip():
        raise NotProved("claims")
    return found.strip()


def _birthdate(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotProved("claims") from None


def _instant(seconds: object) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise NotProved("claims")
    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        raise NotProved("claims") from None
