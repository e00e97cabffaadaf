"""Each check that NHS login asks of us is made: what it says is not believed without it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.utils import base64url_encode

from bot.identity import oidc, relying_party
from bot.identity.nhs_login import NhsLogin, NotProved, ProviderUnavailable
from bot.settings import Settings, SettingsError
from tests.support import HandClock
from tests.unit.nhs_login_support import (
    CLIENT_ID,
    DISCOVERY,
    ISSUER,
    KEYS,
    PUBLIC_URL,
    SECRETS,
    TOKEN,
    USERINFO,
    SlowClock,
    Visit,
    answering,
    failing,
    pem,
    published,
    rsa_key,
)

NESTED = b"[" * 50_000


@pytest.fixture(scope="module", autouse=True)
def _keys_are_read_once() -> Iterator[None]:
    """Checking a private key takes longer than everything else here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relying_party, "_read_key", cache(relying_party._read_key))
        yield


@pytest.fixture(scope="module")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("key")


@pytest.fixture()
def visit(key_folder: Path, clock: HandClock) -> Visit:
    return Visit(key_folder, clock)


def refusal(visit: Visit, **query: str) -> str:
    with pytest.raises(NotProved) as refused:
        visit.comes_back(**query)
    _tells_nothing(refused.value)
    return refused.value.code


def trouble(visit: Visit, **query: str) -> str:
    with pytest.raises(ProviderUnavailable) as met:
        visit.comes_back(**query)
    _tells_nothing(met.value)
    return met.value.code


def _tells_nothing(error: Exception) -> None:
    assert not any(secret in f"{error!r}{error.args}" for secret in SECRETS)
    assert error.__cause__ is None
    assert error.__context__ is None or error.__suppress_context__


# Asking


def test_what_is_asked_for(visit: Visit) -> None:
    begun = visit.begins()
    asked = visit.asked()
    assert begun.url.startswith(f"{ISSUER}/authorize?")
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": f"{PUBLIC_URL}/secure/nhs-login",
        "scope": "openid profile",
        "state": begun.pending["state"],
        "nonce": begun.pending["nonce"],
        "vtr": '["P9.Cp.Cd","P9.Cp.Ck","P9.Cm"]',
        "prompt": "login",
        "allow_registration": "false",
    }


def test_each_visit_has_a_state_a_nonce_and_a_verifier_of_its_own(visit: Visit) -> None:
    visit.provider.document = {"code_challenge_methods_supported": ["plain", "S256"]}
    pending = [visit.begins().pending for _ in range(2)]
    secrets = {each[name] for each in pending for name in ("state", "nonce", "code_verifier")}
    assert len(secrets) == 6
    assert min(map(len, secrets)) >= 43


def test_pkce_is_used_where_it_is_taken(visit: Visit) -> None:
    visit.provider.document = {"code_challenge_methods_supported": ["S256"]}
    verifier = visit.begins().pending["code_verifier"]
    asked = visit.asked()
    assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
    assert verifier not in visit.begun.url
    visit.comes_back()
    assert visit.provider.form()["code_verifier"] == verifier


def test_pkce_is_left_out_where_it_is_not_known(visit: Visit) -> None:
    visit.comes_back()
    assert "code_challenge" not in visit.asked()
    assert "code_verifier" not in visit.provider.form()


def test_we_prove_who_we_are_with_a_short_signed_assertion(visit: Visit, clock: HandClock) -> None:
    visit.comes_back()
    form = visit.provider.form()
    options = {"verify_exp": False, "verify_iat": False}
    said = jwt.decode(
        form["client_assertion"], rsa_key("ours").public_key(), ["RS512"], audience=f"{ISSUER}/token", options=options
    )
    assert said["iss"] == said["sub"] == CLIENT_ID
    assert said["exp"] - said["iat"] == 60
    assert said["iat"] == int(clock().timestamp())
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert form["redirect_uri"] == f"{PUBLIC_URL}/secure/nhs-login"


def test_no_assertion_is_made_twice(visit: Visit) -> None:
    made = set()
    for _ in range(2):
        visit.comes_back()
        made.add(jwt.decode(visit.provider.form()["client_assertion"], options={"verify_signature": False})["jti"])
    assert len(made) == 2


@pytest.mark.parametrize(("key_id", "named"), [("", None), ("2026-a", "2026-a")])
def test_the_key_is_named_if_it_has_a_name(key_folder: Path, clock: HandClock, key_id: str, named: str | None) -> None:
    visit = Visit(key_folder, clock, nhs_login_key_id=key_id)
    visit.comes_back()
    assert jwt.get_unverified_header(visit.provider.form()["client_assertion"]).get("kid") == named


def test_neither_code_nor_token_is_in_an_address(visit: Visit) -> None:
    visit.comes_back()
    addresses = [str(each.url) for each in visit.provider.requests]
    assert not any(secret in address for secret in SECRETS for address in addresses)
    (userinfo,) = visit.provider.asked(USERINFO)
    assert userinfo.headers["authorization"] == "Bearer the-access-token"


# Proved


def test_somebody_is_proved(visit: Visit, clock: HandClock) -> None:
    claims = visit.comes_back()
    assert (claims.subject, claims.proofing) == ("sub-amira", "P9")
    assert (claims.nhs_number, claims.date_of_birth, claims.family_name) == ("9990000018", date(1991, 4, 18), "Khan")
    assert claims.auth_time == clock()


@pytest.mark.parametrize("vot", ["P9.Cp.Cd", "P9.Cp.Ck", "P9.Cm"])
def test_every_way_of_logging_in_that_was_asked_for_will_do(visit: Visit, vot: str) -> None:
    visit.provider.token = {"vot": vot}
    assert visit.comes_back()


def test_the_time_of_the_log_in_need_not_be_told(visit: Visit) -> None:
    visit.provider.token = {"auth_time": None}
    assert visit.comes_back().auth_time is None


@pytest.mark.parametrize("seconds", [-100, 100])
def test_clocks_may_differ_a_little(visit: Visit, clock: HandClock, seconds: int) -> None:
    visit.begins()
    now = int(clock().timestamp()) + seconds
    visit.provider.token = {"iat": now, "auth_time": now, "exp": now + 60}
    assert visit.comes_back()


def test_a_token_for_several_services_will_do_if_it_was_made_for_us(visit: Visit) -> None:
    visit.provider.token = {"aud": [CLIENT_ID, "other"], "azp": CLIENT_ID}
    assert visit.comes_back()


def _signed_userinfo(visit: Visit, **changed: Any) -> None:
    said = {"iss": ISSUER, "aud": CLIENT_ID, **visit.provider.userinfo(), **changed}
    body, headers = visit.provider.signed(said).encode(), {"content-type": "application/jwt"}
    visit.provider.answers[USERINFO] = answering(content=body, headers=headers)


def test_signed_details_will_do(visit: Visit) -> None:
    _signed_userinfo(visit)
    assert visit.comes_back().family_name == "Khan"


# What the browser brings


@pytest.mark.parametrize("state", ["", "another", "é"])
def test_the_state_must_be_that_of_this_visit(visit: Visit, state: str) -> None:
    assert refusal(visit, state=state) == "state"
    assert visit.provider.asked(TOKEN) == [], "the code is not even tried"


def test_no_state_is_not_the_same_as_no_state(visit: Visit) -> None:
    visit.begins().pending["state"] = ""
    assert refusal(visit) == "state"
    with pytest.raises(NotProved):
        visit.nhs_login.finish({"code": "the-code"}, {})


def test_an_error_counts_only_with_the_state_of_this_visit(visit: Visit) -> None:
    assert refusal(visit, state="another", error="access_denied") == "state"


def test_another_providers_answer_is_refused(visit: Visit) -> None:
    assert refusal(visit, iss="https://other.example") == "issuer"


def test_a_provider_that_says_it_names_itself_must_do_so(visit: Visit) -> None:
    visit.provider.document = {"authorization_response_iss_parameter_supported": True}
    assert refusal(visit) == "issuer"
    assert visit.comes_back(iss=ISSUER)


def test_an_attempt_does_not_last(visit: Visit, clock: HandClock) -> None:
    visit.begins()
    clock.forward(minutes=15, seconds=1)
    assert refusal(visit) == "expired"
    assert visit.provider.asked(TOKEN) == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", "declined"),
        ("consent_required", "declined"),
        ("login_required", "login"),
        ("sso_login_required", "login"),
        ("interaction_required", "login"),
        ("account_selection_required", "login"),
    ],
)
def test_what_the_person_did_not_do_is_not_proof(visit: Visit, error: str, code: str) -> None:
    assert refusal(visit, error=error) == code
    assert visit.provider.asked(TOKEN) == [], "an error counts even with a code beside it"


@pytest.mark.parametrize("error", ["invalid_request", "server_error", "temporarily_unavailable", "the-code", ""])
def test_what_is_wrong_between_the_two_systems_is_trouble(visit: Visit, error: str) -> None:
    assert trouble(visit, error=error) == "refused"


def test_an_answer_without_a_code_is_nothing(visit: Visit) -> None:
    assert refusal(visit, code="") == "claims"


def test_a_code_that_was_used_is_refused(visit: Visit) -> None:
    visit.provider.answers[TOKEN] = answering(400, body={"error": "invalid_grant", "error_description": "the-code"})
    assert refusal(visit) == "replayed"


# The token


def test_the_issuer_must_be_nhs_login(visit: Visit) -> None:
    visit.provider.token = {"iss": "https://other.example"}
    assert refusal(visit) == "issuer"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "other"},
        {"aud": None},
        {"aud": []},
        {"aud": ["other"]},
        {"aud": f"{CLIENT_ID}-2"},
        {"aud": [CLIENT_ID, "other"]},
        {"aud": [CLIENT_ID, "other"], "azp": "other"},
        {"azp": "other"},
    ],
)
def test_the_token_must_be_meant_for_us(visit: Visit, claims: dict[str, Any]) -> None:
    visit.provider.token = claims
    assert refusal(visit) == "audience"


@pytest.mark.parametrize("nonce", [None, "", "another", 7])
def test_the_nonce_must_be_that_of_this_visit(visit: Visit, nonce: object) -> None:
    visit.provider.token = {"nonce": nonce}
    assert refusal(visit) == "nonce"


def test_a_token_that_has_expired_is_refused(visit: Visit, clock: HandClock) -> None:
    visit.provider.token = {"exp": int(clock().timestamp()) - 121}
    assert refusal(visit) == "expired"


@pytest.mark.parametrize("name", ["iat", "auth_time"])
def test_a_token_from_the_future_is_refused(visit: Visit, clock: HandClock, name: str) -> None:
    visit.provider.token = {name: int(clock().timestamp()) + 600}
    assert refusal(visit) == "clock"


@pytest.mark.parametrize("name", ["iat", "auth_time"])
def test_an_older_log_in_is_refused(visit: Visit, clock: HandClock, name: str) -> None:
    visit.provider.token = {name: int(clock().timestamp()) - 121}
    assert refusal(visit) == "stale"


@pytest.mark.parametrize("name", ["exp", "iat"])
@pytest.mark.parametrize("value", [None, "soon", True, 1e30, -1e30, [1]])
def test_a_token_must_say_when_it_is_good(visit: Visit, name: str, value: object) -> None:
    visit.provider.token = {name: value}
    assert refusal(visit) == "claims"


@pytest.mark.parametrize("vot", [None, "", "P5.Cp.Cd", "P9.Cp", "P9", "P0.Cp", "P9.Cp.Cd.Cm", ["P9.Cp.Cd"]])
def test_another_way_of_logging_in_than_asked_for_is_refused(visit: Visit, vot: object) -> None:
    visit.provider.token = {"vot": vot}
    assert refusal(visit) == "wrong_vot"


@pytest.mark.parametrize("subject", [None, "", 7])
def test_a_token_must_be_about_somebody(visit: Visit, subject: object) -> None:
    visit.provider.token, visit.provider.about = {"sub": subject}, {"sub": subject}
    assert refusal(visit) == "subject"


# The signature


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "PS512"])
def test_only_the_agreed_way_of_signing_will_do(visit: Visit, algorithm: str) -> None:
    visit.provider.signed_with = ("key-1", algorithm)
    assert refusal(visit) == "signature"


def _says_token(visit: Visit, token: str) -> None:
    visit.provider.answers[TOKEN] = answering(body=visit.provider.tokens(id_token=token))


@pytest.mark.parametrize(("algorithm", "key"), [("none", None), ("HS512", b"k" * 64), ("HS256", b"k" * 64)])
def test_a_token_that_anybody_could_make_is_refused(visit: Visit, algorithm: str, key: bytes | None) -> None:
    visit.begins()
    _says_token(visit, jwt.encode(visit.provider.id_token(), key, algorithm, {"kid": "key-1"}))
    assert refusal(visit) == "signature"


def test_a_token_signed_with_the_public_key_as_a_password_is_refused(visit: Visit) -> None:
    visit.begins()
    visit.provider.keys.append({"kty": "oct", "kid": "shared", "k": base64url_encode(b"k" * 64).decode()})
    _says_token(visit, jwt.encode(visit.provider.id_token(), b"k" * 64, "HS512", {"kid": "shared"}))
    assert refusal(visit) == "signature"


def test_another_key_under_the_same_name_is_refused(visit: Visit) -> None:
    visit.begins()
    _says_token(visit, jwt.encode(visit.provider.id_token(), rsa_key("forger"), "RS512", {"kid": "key-1"}))
    assert refusal(visit) == "signature"


@pytest.mark.parametrize("headers", [{}, {"kid": ""}, {"kid": "../key-1"}])
def test_a_token_must_name_its_key(visit: Visit, headers: dict[str, str]) -> None:
    visit.begins()
    visit.provider.keys.append(published("key-1", kid=""))
    _says_token(visit, jwt.encode(visit.provider.id_token(), rsa_key("key-1"), "RS512", headers))
    assert refusal(visit) == "signature"


def test_what_was_signed_cannot_be_changed(visit: Visit) -> None:
    visit.begins()
    head, _, signature = visit.provider.signed(visit.provider.id_token()).split(".")
    changed = json.dumps({**visit.provider.id_token(), "sub": "sub-tom"}).encode()
    _says_token(visit, f"{head}.{base64url_encode(changed).decode()}.{signature}")
    assert refusal(visit) == "signature"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "....", f"{base64url_encode(NESTED).decode()}.e30.AA"])
def test_a_token_that_is_none_is_refused(visit: Visit, token: str) -> None:
    visit.begins()
    _says_token(visit, token)
    assert refusal(visit) == "signature"


@pytest.mark.parametrize("payload", [b"[]", b"null", b"not json", NESTED])
def test_a_signed_token_that_says_nothing_is_refused(visit: Visit, payload: bytes) -> None:
    visit.begins()
    _says_token(visit, jwt.PyJWS().encode(payload, rsa_key("key-1"), "RS512", {"kid": "key-1"}))
    assert refusal(visit) == "signature"


@pytest.mark.parametrize(
    "changed", [{"use": "enc"}, {"alg": "RS256"}, {"kty": "EC"}, {"kid": []}, {"n": "!"}, {"n": 1}]
)
def test_a_key_that_is_not_for_signing_is_not_used(visit: Visit, changed: dict[str, Any]) -> None:
    visit.provider.keys = ["rubbish", published("key-1", **changed)]
    assert refusal(visit) == "signature"


def test_a_short_key_is_not_used(visit: Visit) -> None:
    short = jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key("short", 1024).public_key(), as_dict=True)
    visit.provider.keys = [{**short, "kid": "short"}]
    visit.begins()
    _says_token(visit, jwt.encode(visit.provider.id_token(), rsa_key("short", 1024), "RS512", {"kid": "short"}))
    assert refusal(visit) == "signature"


# Its keys and its metadata, kept


def test_what_is_published_is_fetched_once_an_hour(visit: Visit, clock: HandClock) -> None:
    for _ in range(2):
        visit.comes_back()
    assert [len(visit.provider.asked(path)) for path in (DISCOVERY, KEYS)] == [1, 1]
    clock.forward(minutes=61)
    visit.begins()
    visit.comes_back()
    assert [len(visit.provider.asked(path)) for path in (DISCOVERY, KEYS)] == [2, 2]


def test_a_new_key_is_found_within_the_hour(visit: Visit, clock: HandClock) -> None:
    visit.comes_back()
    visit.provider.keys, visit.provider.signed_with = [published("key-2")], ("key-2", "RS512")
    clock.forward(minutes=2)
    assert visit.comes_back()


def test_a_forger_cannot_make_us_fetch_keys_without_end(visit: Visit, clock: HandClock) -> None:
    visit.provider.signed_with = ("forged", "RS512")
    for _ in range(5):
        assert refusal(visit) == "signature"
    assert len(visit.provider.asked(KEYS)) == 1
    clock.forward(minutes=2)
    for _ in range(5):
        assert refusal(visit) == "signature"
    assert len(visit.provider.asked(KEYS)) == 2


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://other.example"},
        {"issuer": f"{ISSUER}/"},
        {"issuer": None},
        {"token_endpoint": None},
        {"token_endpoint": "http://auth.login.example/token"},
        {"token_endpoint": "http://127.0.0.1/token"},
        {"userinfo_endpoint": "/userinfo"},
        {"jwks_uri": "https://["},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_metadata_that_is_not_nhs_logins_is_not_used(visit: Visit, document: dict[str, Any]) -> None:
    visit.provider.document = document
    with pytest.raises(ProviderUnavailable, match="^metadata$"):
        visit.begins()
    visit.provider.document = {}
    assert visit.begins(), "and is not kept"


# The details


@pytest.mark.parametrize("subject", ["sub-tom", "", None, ["sub-amira"]])
def test_details_of_another_subject_are_not_used(visit: Visit, subject: object) -> None:
    visit.provider.about = {"sub": subject}
    assert refusal(visit) == "subject"


@pytest.mark.parametrize("level", ["P5", "P0", "p9", "", None, 9])
def test_somebody_proved_less_is_refused(visit: Visit, level: object) -> None:
    visit.provider.about = {"identity_proofing_level": level}
    assert refusal(visit) == "not_p9"


@pytest.mark.parametrize(
    "number", ["9990000019", "999000001", "999 000 0018", "９９９００００018", "", None, 9990000018]
)
def test_an_nhs_number_must_be_one(visit: Visit, number: object) -> None:
    visit.provider.about = {"nhs_number": number}
    assert refusal(visit) == "claims"


@pytest.mark.parametrize("born", ["18/04/1991", "1991-04", "1991-02-30", "0000-04-18", "2026-11-24", "", None, 1991])
def test_a_date_of_birth_must_be_one(visit: Visit, born: object) -> None:
    visit.provider.about = {"birthdate": born}
    assert refusal(visit) == "claims"


@pytest.mark.parametrize("name", ["", " ", None, ["Khan"]])
def test_there_must_be_a_name(visit: Visit, name: object) -> None:
    visit.provider.about = {"family_name": name}
    assert refusal(visit) == "claims"


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"aud": "other"}, "audience"), ({"iss": "https://other.example"}, "issuer"), ({"sub": "sub-tom"}, "subject")],
)
def test_signed_details_must_be_for_us_and_of_this_person(visit: Visit, changed: dict[str, str], code: str) -> None:
    _signed_userinfo(visit, **changed)
    assert refusal(visit) == code


def test_signed_details_must_be_signed_by_nhs_login(visit: Visit) -> None:
    visit.provider.signed_with = ("forger", "RS512")
    _signed_userinfo(visit)
    visit.provider.signed_with = ("key-1", "RS512")
    assert refusal(visit) == "signature"


def test_what_the_id_token_says_of_the_person_does_not_count(visit: Visit) -> None:
    visit.provider.token = {"nhs_number": "9990000018", "identity_proofing_level": "P9"}
    visit.provider.about = {"identity_proofing_level": "P5"}
    assert refusal(visit) == "not_p9"


# A provider in trouble

ENDPOINTS = [DISCOVERY, TOKEN, KEYS, USERINFO]
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(
    "answer",
    [
        answering(500, body={}),
        answering(503, content=b"busy"),
        answering(429, body={}),
        answering(302, headers={"location": f"{ISSUER}/elsewhere"}),
        answering(204),
        answering(body=[]),
        answering(content=b"<html>", headers={"content-type": "text/html"}),
        answering(content=b"{}", headers={"content-type": "text/html"}),
        answering(content=b"{}", headers={}),
        answering(content=b"{", headers=JSON),
        answering(content=b"\xff\xfe", headers=JSON),
        answering(content=NESTED, headers=JSON),
        answering(content=gzip.compress(b"{}"), headers={**JSON, "content-encoding": "gzip"}),
        answering(body={"padding": "x" * 100_000}),
        failing(httpx.ConnectError("the-code")),
        failing(httpx.ConnectTimeout("the-code")),
        failing(httpx.ReadTimeout("the-code")),
        failing(httpx.RemoteProtocolError("the-code")),
        failing(httpx.InvalidURL("the-code")),
    ],
)
def test_a_provider_in_trouble_proves_nothing(visit: Visit, path: str, answer: Any) -> None:
    visit.provider.answers[path] = answer
    assert trouble(visit)


@pytest.mark.parametrize(
    "changed",
    [
        {"id_token": None},
        {"id_token": 7},
        {"access_token": None},
        {"access_token": ""},
        {"access_token": "a\r\nX-Other: 1"},
        {"access_token": "é"},
        {"token_type": "DPoP"},
        {"token_type": None},
    ],
)
def test_tokens_that_cannot_be_used_are_trouble(visit: Visit, changed: dict[str, Any]) -> None:
    visit.begins()
    visit.provider.answers[TOKEN] = answering(body=visit.provider.tokens(**changed))
    assert trouble(visit) == "token"


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client", 7])
def test_a_provider_that_does_not_know_us_is_trouble(visit: Visit, error: object) -> None:
    visit.provider.answers[TOKEN] = answering(400, body={"error": error})
    assert trouble(visit) == "token"


def test_an_answer_that_says_it_is_an_error_is_one(visit: Visit) -> None:
    visit.provider.answers[DISCOVERY] = answering(500, visit.provider.published_document())
    with pytest.raises(ProviderUnavailable, match="^status$"):
        visit.begins()
    del visit.provider.answers[DISCOVERY]
    visit.begins()
    visit.provider.answers[TOKEN] = answering(500, visit.provider.tokens())
    assert trouble(visit) == "token"


def test_a_redirect_is_not_followed(visit: Visit) -> None:
    visit.provider.answers[USERINFO] = answering(307, headers={"location": "https://other.example/userinfo"})
    assert trouble(visit) == "userinfo"
    assert {each.url.host for each in visit.provider.requests} == {"auth.login.example"}


def test_an_answer_that_never_ends_is_given_up(visit: Visit) -> None:
    def endless(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=JSON, content=(b" " * 1000 for _ in iter(int, 1)))

    visit.provider.answers[DISCOVERY] = endless
    assert trouble(visit) == "too_big"


def test_an_answer_that_trickles_is_given_up(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def trickling(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=JSON, content=(b" " for _ in iter(int, 1)))

    visit.provider.answers[DISCOVERY] = trickling
    monkeypatch.setattr(oidc.time, "monotonic", SlowClock(timedelta(seconds=1)))
    assert trouble(visit) == "timeout"


def test_nothing_packed_is_asked_for(visit: Visit) -> None:
    visit.comes_back()
    assert {each.headers["accept-encoding"] for each in visit.provider.requests} == {"identity"}


def test_there_are_time_limits(visit: Visit) -> None:
    visit.comes_back()
    limits = [each.extensions["timeout"] for each in visit.provider.requests]
    assert limits == [{"connect": 3.0, "read": 10.0, "write": 10.0, "pool": 10.0}] * 4


# Our own key


def _with_key(file: Path) -> NhsLogin:
    settings = {"public_url": PUBLIC_URL, "nhs_login_url": ISSUER, "nhs_login_client_id": CLIENT_ID}
    return NhsLogin(Settings(_env_file=None, nhs_login_key=file, **settings), HandClock())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a key",
        pem(rsa_key("short", 1024)),
        pem(ec.generate_private_key(ec.SECP256R1())),
        pem(Ed25519PrivateKey.generate()),
    ],
    ids=["nothing", "no key", "short", "elliptic curve", "Edwards curve"],
)
def test_a_key_that_cannot_sign_as_agreed_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match="^BOT_NHS_LOGIN_KEY must be .*RSA") as refused:
        _with_key(file)
    assert "\n" not in str(refused.value)
