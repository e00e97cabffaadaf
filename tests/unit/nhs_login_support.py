"""An NHS login that lives in memory, with a key of its own, and can be told to answer anything."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import RSAAlgorithm

from bot.identity.nhs_login import Begun, Claims, NhsLogin
from bot.settings import Settings
from tests.support import HandClock

ISSUER = "https://auth.login.example"
PUBLIC_URL = "https://chat.surgery.example"
CLIENT_ID = "riverside-assistant"
SECRETS = ("the-code", "the-access-token", "9990000018", "1991-04-18", "Khan")
DISCOVERY, KEYS, TOKEN, USERINFO = "/.well-known/openid-configuration", "/.well-known/jwks.json", "/token", "/userinfo"

Answer = Callable[[httpx.Request], httpx.Response]


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """One key for each name: making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def pem(key: Any) -> bytes:
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def published(kid: str, /, **changed: Any) -> dict[str, Any]:
    """A key as the provider publishes it."""
    jwk = RSAAlgorithm.to_jwk(rsa_key(kid).public_key(), as_dict=True)
    return {**jwk, "kid": kid, "use": "sig", "alg": "RS512", **changed}


def answering(
    status: int = 200, body: object = None, content: bytes = b"", headers: Mapping[str, str] | None = None
) -> Answer:
    """The same answer to every request, as it comes over a wire: `body` as JSON, or `content` as it is."""
    if body is not None:
        content, headers = json.dumps(body).encode(), {"content-type": "application/json; charset=utf-8"}
    return lambda request: httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))


def failing(error: Exception) -> Answer:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    return fail


class PretendNhsLogin:
    """Answers as NHS login does, but for what a test changes: `token` and `about` are what is said of the patient,
    `document` and `keys` what is published, `answers` whole answers by path."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.token: dict[str, Any] = {}
        self.about: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.keys: list[Any] = [published("key-1")]
        self.signed_with = ("key-1", "RS512")
        self.answers: dict[str, Answer] = {}
        self.requests: list[httpx.Request] = []
        self.nonce = ""

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._answer))

    def asked(self, path: str) -> list[httpx.Request]:
        return [each for each in self.requests if each.url.path == path]

    def form(self) -> dict[str, str]:
        """What came to the token endpoint last."""
        return dict(parse_qsl(self.asked(TOKEN)[-1].content.decode()))

    def signed(self, claims: dict[str, Any]) -> str:
        """What NHS login says, as a token. None among the claims leaves that one out."""
        kid, algorithm = self.signed_with
        said = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(said, rsa_key(kid), algorithm, {"kid": kid})

    def id_token(self) -> dict[str, Any]:
        now = int(self.clock().timestamp())
        said = {"iss": ISSUER, "sub": "sub-amira", "aud": CLIENT_ID, "nonce": self.nonce, "vot": "P9.Cp.Cd"}
        return {**said, "iat": now, "exp": now + 300, "auth_time": now, **self.token}

    def userinfo(self) -> dict[str, Any]:
        return {
            "sub": "sub-amira",
            "nhs_number": "9990000018",
            "birthdate": "1991-04-18",
            "family_name": "Khan",
            "identity_proofing_level": "P9",
            **self.about,
        }

    def published_document(self) -> dict[str, Any]:
        return {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}{TOKEN}",
            "userinfo_endpoint": f"{ISSUER}{USERINFO}",
            "jwks_uri": f"{ISSUER}{KEYS}",
            **self.document,
        }

    def tokens(self, **changed: Any) -> dict[str, Any]:
        said = {"access_token": "the-access-token", "token_type": "Bearer", "id_token": self.signed(self.id_token())}
        return {**said, **changed}

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        usual: dict[str, Callable[[], Any]] = {
            DISCOVERY: self.published_document,
            KEYS: lambda: {"keys": self.keys},
            TOKEN: self.tokens,
            USERINFO: self.userinfo,
        }
        path = request.url.path
        answer = self.answers.get(path) or answering(body=usual[path]())
        return answer(request)


class Visit:
    """One patient's way to NHS login and back."""

    def __init__(self, folder: Path, clock: HandClock, **settings: Any) -> None:
        key_file = folder / "key.pem"
        if not key_file.exists():
            key_file.write_bytes(pem(rsa_key("ours")))
        whole = {
            "public_url": PUBLIC_URL,
            "nhs_login_url": ISSUER,
            "nhs_login_client_id": CLIENT_ID,
            "nhs_login_key": key_file,
            **settings,
        }
        self.provider, self.clock = PretendNhsLogin(clock), clock
        self.nhs_login = NhsLogin(Settings(_env_file=None, **whole), clock, self.provider.client())

    def begins(self) -> Begun:
        self.begun = self.nhs_login.begin()
        self.provider.nonce = self.begun.pending["nonce"]
        return self.begun

    def asked(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.begun.url).query))

    def comes_back(self, **query: str) -> Claims:
        if not hasattr(self, "begun"):
            self.begins()
            self.clock.forward(minutes=1)
        state = self.begun.pending["state"]
        return self.nhs_login.finish({"state": state, "code": "the-code", **query}, self.begun.pending)


class SlowClock:
    """Stands in for the machine's own clock: each look takes this long."""

    def __init__(self, each: timedelta) -> None:
        self._each, self._now = each.total_seconds(), time.monotonic()

    def __call__(self) -> float:
        self._now += self._each
        return self._now
