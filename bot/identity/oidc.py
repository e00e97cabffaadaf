"""An OpenID provider seen from outside: its metadata, its keys, and answers that may be late, huge or rubbish."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import jwt

from bot.clock import Clock
from bot.settings import is_protected

ALGORITHM = "RS512"  # the only one NHS login signs with, and the one we sign with
CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
MAX_BYTES = 100_000
MIN_KEY_BITS = 2048
_KEPT = timedelta(hours=1)
_BETWEEN_FETCHES = timedelta(minutes=1)  # an unknown key id makes us look again, but not as often as a forger likes
_LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


class ProviderUnavailable(Exception):
    """The provider is down, slow, or answers what nobody can read. `code` says which; nothing it sent is in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BadSignature(Exception):
    """A token that is no token, or that the provider did not sign as agreed."""


@dataclass(frozen=True)
class Metadata:
    """The part of the discovery document that is used here."""

    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    takes_pkce: bool
    names_itself: bool  # its redirects back carry `iss` (RFC 9207)


@dataclass(frozen=True)
class Answer:
    status: int
    media_type: str
    body: bytes

    def json(self) -> dict[str, Any]:
        """The object in the body. Raises ProviderUnavailable if there is none."""
        is_json = self.media_type == "application/json" or self.media_type.endswith("+json")
        found = _parsed(self.body) if is_json else None
        if not isinstance(found, dict):
            raise ProviderUnavailable("not_json")
        return found


class Provider:
    """What `issuer` publishes, fetched when first needed and kept for an hour. Every method may raise
    ProviderUnavailable."""

    def __init__(
        self,
        issuer: str,
        clock: Clock,
        client: httpx.Client | None = None,
        signed_with: tuple[str, ...] = (ALGORITHM,),
    ) -> None:
        self.issuer, self._clock, self._signed_with = issuer, clock, signed_with
        self._client = client or httpx.Client()
        self._metadata: tuple[datetime, Metadata] | None = None
        self._keys: tuple[datetime, dict[str, Any]] = (_LONG_AGO, {})

    def metadata(self) -> Metadata:
        if self._metadata is None or self._clock() - self._metadata[0] > _KEPT:
            document = self.fetch(f"{self.issuer}/.well-known/openid-configuration")
            self._metadata = (self._clock(), _read_metadata(document, self.issuer))
        return self._metadata[1]

    def verified(self, token: str) -> dict[str, Any]:
        """What a signed token says. Only the signature is checked.

        Raises:
            BadSignature: by another algorithm than agreed, not by a key of the provider's, or not a token.
        """
        try:
            key = self._key(str(jwt.get_unverified_header(token).get("kid", "")))
            found = _parsed(jwt.PyJWS().decode(token, key, algorithms=list(self._signed_with)))
        except jwt.PyJWTError:
            raise BadSignature from None
        if not isinstance(found, dict):
            raise BadSignature
        return found

    def fetch(self, url: str) -> dict[str, Any]:
        answer = self.ask("GET", url)
        if answer.status != httpx.codes.OK:
            raise ProviderUnavailable("status")
        return answer.json()

    def ask(self, method: str, url: str, headers: Mapping[str, str] | None = None, **content: Any) -> Answer:
        """One request: no redirects followed, at most MAX_BYTES read, in about TOTAL_SECONDS."""
        give_up = time.monotonic() + TOTAL_SECONDS
        sent = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
        limit = httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS)
        try:
            with self._client.stream(
                method, url, headers=sent, timeout=limit, follow_redirects=False, **content
            ) as answer:
                media_type = answer.headers.get("content-type", "").split(";")[0].strip().lower()
                return Answer(answer.status_code, media_type, _body(answer, give_up))
        except httpx.TimeoutException:
            raise ProviderUnavailable("timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise ProviderUnavailable("unreachable") from None

    def _key(self, kid: str) -> Any:
        fetched_at, keys = self._keys
        age = self._clock() - fetched_at
        if age > _KEPT or (kid not in keys and age > _BETWEEN_FETCHES):
            keys = _read_keys(self.fetch(self.metadata().jwks_uri), self._signed_with)
            self._keys = (self._clock(), keys)
        if kid not in keys:
            raise BadSignature
        return keys[kid]


def _body(answer: httpx.Response, give_up: float) -> bytes:
    body = b""
    for part in answer.iter_raw():
        body += part
        if len(body) > MAX_BYTES:
            raise ProviderUnavailable("too_big")
        if time.monotonic() > give_up:
            raise ProviderUnavailable("timeout")
    return body


def _parsed(body: bytes) -> Any:
    """What the JSON says; None if it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _read_metadata(document: dict[str, Any], issuer: str) -> Metadata:
    endpoints = {name: str(document.get(name, "")) for name in _ENDPOINTS}
    is_https = issuer.startswith("https://")
    are_safe = all(is_protected(url) and url.startswith("https://") >= is_https for url in endpoints.values())
    if document.get("issuer") != issuer or not are_safe:
        raise ProviderUnavailable("metadata")
    methods = document.get("code_challenge_methods_supported")
    return Metadata(
        **endpoints,
        takes_pkce=isinstance(methods, list) and "S256" in methods,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _read_keys(document: dict[str, Any], signed_with: tuple[str, ...]) -> dict[str, Any]:
    """The keys that may sign a token, by id. A key that cannot be read is left out: another one may do."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise ProviderUnavailable("keys")
    usable = [each for each in listed if isinstance(each, dict) and _may_sign(each, signed_with)]
    read = {each["kid"]: _public_key(each) for each in usable}
    return {kid: key for kid, key in read.items() if key is not None}


def _may_sign(key: dict[str, Any], signed_with: tuple[str, ...]) -> bool:
    is_named = isinstance(key.get("kid"), str) and key["kid"] != ""
    return is_named and key.get("use", "sig") == "sig" and key.get("alg", signed_with[0]) in signed_with


def _public_key(key: dict[str, Any]) -> Any:
    public: dict[str, Any] = {name: key[name] for name in ("kty", "n", "e") if name in key}
    try:
        read = jwt.PyJWK(public, ALGORITHM).key
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
        return None
    return read if read.key_size >= MIN_KEY_BITS else None
