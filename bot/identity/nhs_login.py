"""NHS login as a way to prove who one is: our side of its OpenID Connect authorization code flow.

Whether the person proved is the patient in question is for the caller to judge.
"""

from __future__ import annotations

import json
import re
import secrets
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
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
from bot.identity.nhs_login_proof import (
    VECTORS,
    Claims,
    NotProved,
    Reason,
    check_answers,
    check_meant_for,
    check_times,
    is_same,
    read_claims,
)
from bot.identity.oidc import ALGORITHM, MIN_KEY_BITS, Answer, BadSignature, Provider, ProviderUnavailable
from bot.settings import Settings, SettingsError

__all__ = ["Begun", "Claims", "NhsLogin", "NotProved", "ProviderUnavailable"]

PATH = "/secure/nhs-login"
LASTS = timedelta(minutes=15)  # from leaving for NHS login until coming back
_ASSERTION_SECONDS = 60
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750: anything else could not be put into a header

# What comes back instead of a code and is the person's doing. Everything else is between NHS login and us.
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


class NhsLogin:
    """One practice's registration with NHS login.

    Raises:
        SettingsError: the key is not an RSA key in PEM of at least 2048 bits.
    """

    def __init__(self, settings: Settings, clock: Clock, client: httpx.Client | None = None) -> None:
        self._client_id, self._clock = settings.nhs_login_client_id, clock
        self._redirect_uri = f"{settings.public_url}{PATH}"
        self._key, self._key_id = _read_key(settings.nhs_login_key), settings.nhs_login_key_id
        self._provider = Provider(settings.nhs_login_url, clock, client)

    def begin(self) -> Begun:
        """Raises ProviderUnavailable."""
        provider = self._provider.metadata()
        state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        verifier = secrets.token_urlsafe(48) if provider.takes_pkce else ""
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "vtr": json.dumps(VECTORS, separators=(",", ":")),
            "prompt": "login",  # never the session of whoever used this browser before
            "allow_registration": "false",
        }
        if verifier:
            asked |= {"code_challenge": _challenge(verifier), "code_challenge_method": "S256"}
        joint = "&" if "?" in provider.authorization_endpoint else "?"
        pending = {"state": state, "nonce": nonce, "code_verifier": verifier, "begun_at": self._now().isoformat()}
        return Begun(f"{provider.authorization_endpoint}{joint}{urlencode(asked)}", pending)

    def finish(self, query: Mapping[str, str], pending: Mapping[str, str]) -> Claims:
        """Judge what the browser brought back.

        `pending` is good for one call: the caller forgets it before calling, whatever comes of it. NHS login, too,
        refuses a code that comes twice.

        Raises:
            NotProved: the person did not prove who they are.
            ProviderUnavailable: NHS login cannot be asked now; a new `begin` may work later.
        """
        code = self._code(query, pending)
        tokens = self._redeem(code, pending.get("code_verifier", ""))
        token = self._verified(tokens["id_token"])
        check_answers(token, pending.get("nonce"))
        auth_time = check_times(token, datetime.fromisoformat(pending["begun_at"]), self._now())
        return read_claims(self._userinfo(tokens["access_token"]), token["sub"], auth_time, self._now())

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
        """What a token says that NHS login signed for us."""
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


def _read_key(path: Path) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey) or key.key_size < MIN_KEY_BITS:
        raise SettingsError("BOT_NHS_LOGIN_KEY must be a file with an RSA private key in PEM, 2048 bits or more")
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
