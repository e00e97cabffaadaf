"""Our side of an OpenID Connect authorization code flow (PKCE, private_key_jwt), whoever the provider is.

What the provider must say of a person, and what follows from it, is for the caller to judge.
"""

from __future__ import annotations

import re
import secrets
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.clock import Clock
from bot.identity.oidc import ALGORITHM, MIN_KEY_BITS, Answer, BadSignature, Provider, ProviderUnavailable
from bot.identity.oidc_proof import NotProved, Reason, check_meant_for, check_times, is_same
from bot.settings import SettingsError

LASTS = timedelta(minutes=15)  # from leaving for the provider until coming back
_ASSERTION_SECONDS = 60
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750: anything else could not be put into a header

# What comes back instead of a code and is the person's doing. Everything else is between the provider and us.
_ERRORS: Mapping[str, Reason] = {
    "access_denied": "declined",
    "consent_required": "declined",
    "login_required": "login",
    "sso_login_required": "login",
    "interaction_required": "login",
    "account_selection_required": "login",
}


@dataclass(frozen=True)
class Begun:
    """Where to send the browser, and what is to be kept, sealed, until it comes back."""

    url: str
    pending: dict[str, str]  # state, nonce, code_verifier ("" without PKCE), begun_at (ISO, UTC)


@dataclass(frozen=True)
class Registration:
    """How one provider knows us.

    Attributes:
        key: file of our RSA key in PEM, at least 2048 bits. `key_setting` is what names it, should it be wrong.
        signed_with: the algorithms that the provider may sign with.
    """

    issuer: str
    client_id: str
    redirect_uri: str
    key: Path
    key_id: str
    key_setting: str
    signed_with: tuple[str, ...] = (ALGORITHM,)


@dataclass(frozen=True)
class Proved:
    """What the provider says, after every check that is the same for all of them.

    Attributes:
        token: the claims of the ID token.
        about: those of the userinfo endpoint, of the same subject.
        auth_time: when they logged in, if it was said.
    """

    token: Mapping[str, Any]
    about: Mapping[str, Any]
    auth_time: datetime | None


class RelyingParty:
    """One registration with one provider.

    Raises:
        SettingsError: the key is not an RSA key in PEM of at least 2048 bits.
    """

    def __init__(self, registration: Registration, clock: Clock, client: httpx.Client | None = None) -> None:
        self._registration, self._clock = registration, clock
        self._client_id, self._redirect_uri = registration.client_id, registration.redirect_uri
        self._key, self._key_id = _read_key(registration.key, registration.key_setting), registration.key_id
        self._provider = Provider(registration.issuer, clock, client, registration.signed_with)

    def begin(self, scope: str, **asked: str) -> Begun:
        """`asked`: what else goes into the request. A log-in is always asked for: never the session of whoever used
        this browser before. Raises ProviderUnavailable."""
        provider = self._provider.metadata()
        state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        verifier = secrets.token_urlsafe(48) if provider.takes_pkce else ""
        sent = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": scope,
            "state": state,
            "nonce": nonce,
            "prompt": "login",
            **asked,
        }
        if verifier:
            sent |= {"code_challenge": _challenge(verifier), "code_challenge_method": "S256"}
        joint = "&" if "?" in provider.authorization_endpoint else "?"
        pending = {"state": state, "nonce": nonce, "code_verifier": verifier, "begun_at": self._now().isoformat()}
        return Begun(f"{provider.authorization_endpoint}{joint}{urlencode(sent)}", pending)

    def finish(
        self, query: Mapping[str, str], pending: Mapping[str, str], check: Callable[[Mapping[str, Any]], None]
    ) -> Proved:
        """Judge what the browser brought back. `check` raises NotProved for an ID token that is not enough.

        `pending` is good for one call: the caller forgets it before calling, whatever comes of it. The provider, too,
        refuses a code that comes twice.

        Raises:
            NotProved: the person did not prove who they are.
            ProviderUnavailable: the provider cannot be asked now; a new `begin` may work later.
        """
        code = self._code(query, pending)
        tokens = self._redeem(code, pending.get("code_verifier", ""))
        token = self._verified(tokens["id_token"])
        if not is_same(token.get("nonce"), pending.get("nonce")):
            raise NotProved("nonce")
        check(token)
        auth_time = check_times(token, datetime.fromisoformat(pending["begun_at"]), self._now())
        about = self._userinfo(tokens["access_token"])
        if about.get("sub") != token["sub"]:
            raise NotProved("subject")
        return Proved(token, about, auth_time)

    def _now(self) -> datetime:
        return self._clock().astimezone(timezone.utc)

    def _code(self, query: Mapping[str, str], pending: Mapping[str, str]) -> str:
        if not is_same(query.get("state"), pending.get("state")):
            raise NotProved("state")
        if self._now() - datetime.fromisoformat(pending["begun_at"]) > LASTS:
            raise NotProved("expired")
        issuer = self._provider.issuer
        if query.get("iss", "" if self._provider.metadata().names_itself else issuer) != issuer:
            raise NotProved("issuer")
        if query.get("error") in _ERRORS:
            raise NotProved(_ERRORS[query["error"]])
        if "error" in query:
            raise ProviderUnavailable("refused")
        if not query.get("code"):
            raise NotProved("claims")
        return query["code"]

    def _redeem(self, code: str, verifier: str) -> dict[str, str]:
        """The tokens for a code."""
        endpoint = self._provider.metadata().token_endpoint
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "client_id": self._client_id,
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": self._assertion(endpoint),
        }
        proof = {"code_verifier": verifier} if verifier else {}
        return _tokens(self._provider.ask("POST", endpoint, data={**form, **proof}))

    def _assertion(self, audience: str) -> str:
        now = int(self._now().timestamp())
        said = {"iss": self._client_id, "sub": self._client_id, "aud": audience, "jti": str(uuid.uuid4()), "iat": now}
        headers = {"kid": self._key_id} if self._key_id else None
        return jwt.encode({**said, "exp": now + _ASSERTION_SECONDS}, self._key, ALGORITHM, headers)

    def _verified(self, token: str) -> dict[str, Any]:
        """What a token says that the provider signed for us."""
        try:
            found = self._provider.verified(token)
        except BadSignature:
            raise NotProved("signature") from None
        check_meant_for(self._client_id, self._provider.issuer, found)
        return found

    def _userinfo(self, access_token: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json, application/jwt"}
        answer = self._provider.ask("GET", self._provider.metadata().userinfo_endpoint, headers)
        if answer.status != httpx.codes.OK:
            raise ProviderUnavailable("userinfo")
        if answer.media_type == "application/jwt":
            return self._verified(answer.body.decode("ascii", "replace"))
        return answer.json()


def _read_key(path: Path, setting: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey) or key.key_size < MIN_KEY_BITS:
        raise SettingsError(f"{setting} must be a file with an RSA private key in PEM, 2048 bits or more")
    return key


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _tokens(answer: Answer) -> dict[str, str]:
    said = answer.json()
    if answer.status == httpx.codes.BAD_REQUEST and said.get("error") == "invalid_grant":
        raise NotProved("replayed")
    names = ("access_token", "id_token", "token_type")
    tokens = {name: said[name] for name in names if isinstance(said.get(name), str)}
    is_bearer = tokens.get("token_type", "").lower() == "bearer" and _BEARER.fullmatch(tokens.get("access_token", ""))
    if answer.status != httpx.codes.OK or not is_bearer or "id_token" not in tokens:
        raise ProviderUnavailable("token")
    return tokens
