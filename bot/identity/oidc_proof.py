"""Whether what an OpenID provider signed is an answer to what was asked. No network.

The checks are those that OpenID Connect Core 3.1.3.7 asks of a relying party.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from hmac import compare_digest
from typing import Any, Literal

SKEW = timedelta(minutes=2)

Reason = Literal[
    "declined",  # the person said no, or the provider did
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
    "weak",  # logged in with less than was asked for
    "subject",  # the details are not of the person in the token
    "not_p9",
    "claims",  # something is missing or makes no sense
]


class NotProved(Exception):
    """Who they are was not proved. `code` says why; nothing that was sent is in it."""

    def __init__(self, code: Reason) -> None:
        super().__init__(code)
        self.code: Reason = code


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


def _instant(seconds: object) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise NotProved("claims")
    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        raise NotProved("claims") from None
