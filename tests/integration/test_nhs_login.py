"""Proving who one is with a real OpenID provider that is shaped like NHS login."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
import pytest

from bot.backend.demo import PATIENTS
from bot.clock import system_clock
from bot.identity import oidc
from bot.identity.nhs_login import Begun, NhsLogin, NotProved, ProviderUnavailable
from bot.settings import Settings
from tests.integration.nhs_login_provider import (
    AMIRA,
    GRACE,
    TOM,
    USERS,
    NhsLoginProvider,
    nhs_login_provider,
)

PUBLIC_URL = "http://127.0.0.1:8080"
REDIRECT_URI = f"{PUBLIC_URL}/secure/nhs-login"
ODD_USERS = {
    **USERS,
    "Insistent": replace(GRACE, subject="sub-insistent", insists=True),
    "One-factor": replace(AMIRA, subject="sub-one-factor", vot="P9.Cp", insists=True),
    "Half-proved": replace(AMIRA, subject="sub-half-proved", level="P5"),
    "Swapped": replace(AMIRA, subject="sub-swapped", described_as=TOM.subject),
}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NhsLoginProvider]:
    with nhs_login_provider(tmp_path_factory.mktemp("provider"), PUBLIC_URL, users=ODD_USERS) as running:
        yield running


@pytest.fixture()
def nhs_login(provider: NhsLoginProvider) -> NhsLogin:
    return _relying_on(provider)


def _relying_on(provider: NhsLoginProvider, clock: Any = system_clock, **changed: Any) -> NhsLogin:
    return NhsLogin(Settings(_env_file=None, **{**provider.settings, **changed}), clock)


class Browser:
    """Follows redirects within the provider, and stops where it is sent back to us."""

    def __init__(self) -> None:
        self._client = httpx.Client()

    def logs_in(self, url: str, user: str) -> dict[str, str]:
        """What the provider sends back with the browser, having been given a person's name (or "" for no)."""
        page = self._follow(self._client.get(url))
        return self.sent_back(self._client.post(page.url, data={"user": user}))

    def is_asked_who_it_is(self, url: str) -> bool:
        return self._follow(self._client.get(url)).url.path.startswith("/interaction/")

    def sent_back(self, answer: httpx.Response) -> dict[str, str]:
        landed = self._follow(answer).headers["location"]
        assert landed.startswith(f"{REDIRECT_URI}?")
        return dict(parse_qsl(urlsplit(landed).query))

    def _follow(self, answer: httpx.Response) -> httpx.Response:
        while answer.next_request and not str(answer.next_request.url).startswith(PUBLIC_URL):
            answer = self._client.send(answer.next_request)
        return answer


def _logs_in(begun: Begun, user: str) -> dict[str, str]:
    return Browser().logs_in(begun.url, user)


def _without(url: str, *names: str) -> str:
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in names]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def _refusal(nhs_login: NhsLogin, query: dict[str, str], pending: dict[str, str]) -> str:
    with pytest.raises(NotProved) as refused:
        nhs_login.finish(query, pending)
    return refused.value.code


def _trouble(nhs_login: NhsLogin, query: dict[str, str], pending: dict[str, str]) -> str:
    with pytest.raises(ProviderUnavailable) as trouble:
        nhs_login.finish(query, pending)
    return trouble.value.code


# Proved


def test_a_patient_with_a_full_nhs_login_is_proved(nhs_login: NhsLogin) -> None:
    before = datetime.now(timezone.utc) - timedelta(seconds=2)
    begun = nhs_login.begin()
    claims = nhs_login.finish(_logs_in(begun, "Amira"), begun.pending)
    amira = PATIENTS[0].patient
    assert (claims.nhs_number, claims.date_of_birth, claims.family_name) == (
        amira.nhs_number,
        date(1991, 4, 18),
        "Khan",
    )
    assert (claims.subject, claims.proofing) == (AMIRA.subject, "P9")
    assert claims.auth_time is not None
    assert before <= claims.auth_time <= datetime.now(timezone.utc)


def test_somebody_else_is_proved_to_be_somebody_else(nhs_login: NhsLogin) -> None:
    begun = nhs_login.begin()
    claims = nhs_login.finish(_logs_in(begun, "Tom"), begun.pending)
    assert (claims.nhs_number, claims.family_name) == (TOM.nhs_number, "Barker")


def test_one_registration_serves_several_visits_at_once(nhs_login: NhsLogin) -> None:
    visits = {user: nhs_login.begin() for user in ("Amira", "Tom")}
    answers = {user: _logs_in(begun, user) for user, begun in visits.items()}
    for user in ("Tom", "Amira"):
        assert nhs_login.finish(answers[user], visits[user].pending).subject == ODD_USERS[user].subject


def test_signed_details_are_read_too(tmp_path: Path) -> None:
    with nhs_login_provider(tmp_path, PUBLIC_URL, signed_userinfo=True) as provider:
        nhs_login = _relying_on(provider)
        begun = nhs_login.begin()
        assert nhs_login.finish(_logs_in(begun, "Amira"), begun.pending).subject == AMIRA.subject


def test_a_provider_that_insists_on_pkce_is_satisfied(tmp_path: Path) -> None:
    with nhs_login_provider(tmp_path, PUBLIC_URL, pkce_required=True) as provider:
        nhs_login = _relying_on(provider)
        begun = nhs_login.begin()
        assert nhs_login.finish(_logs_in(begun, "Amira"), begun.pending).subject == AMIRA.subject
        bare = Browser().sent_back(httpx.get(_without(begun.url, "code_challenge", "code_challenge_method")))
        assert bare["error"] == "invalid_request"
        assert _trouble(nhs_login, bare, begun.pending) == "refused"


def test_a_log_in_is_asked_for_even_where_there_is_a_session(nhs_login: NhsLogin) -> None:
    browser = Browser()
    browser.logs_in(nhs_login.begin().url, "Amira")
    begun = nhs_login.begin()
    assert not browser.is_asked_who_it_is(_without(begun.url, "prompt")), "the session would do"
    assert browser.is_asked_who_it_is(begun.url)


def test_what_is_asked_for_is_what_nhs_login_describes(nhs_login: NhsLogin) -> None:
    asked = {name: value for name, (value,) in parse_qs(urlsplit(nhs_login.begin().url).query).items()}
    assert asked["vtr"] == '["P9.Cp.Cd","P9.Cp.Ck","P9.Cm"]'
    assert (asked["prompt"], asked["allow_registration"]) == ("login", "false")
    assert (asked["response_type"], asked["scope"]) == ("code", "openid profile")
    assert asked["redirect_uri"] == REDIRECT_URI
    assert asked["code_challenge_method"] == "S256"


# Not proved


def test_a_person_proved_less_than_asked_is_turned_away(nhs_login: NhsLogin) -> None:
    begun = nhs_login.begin()
    answer = _logs_in(begun, "Grace")
    assert answer["error"] == "access_denied"
    assert _refusal(nhs_login, answer, begun.pending) == "declined"


def test_a_person_who_will_not_share_is_turned_away(nhs_login: NhsLogin) -> None:
    begun = nhs_login.begin()
    assert _refusal(nhs_login, _logs_in(begun, ""), begun.pending) == "declined"


@pytest.mark.parametrize("user", ["Insistent", "One-factor"])
def test_a_provider_that_lets_in_whom_we_did_not_ask_for_is_not_followed(nhs_login: NhsLogin, user: str) -> None:
    begun = nhs_login.begin()
    assert _refusal(nhs_login, _logs_in(begun, user), begun.pending) == "wrong_vot"


def test_the_person_must_be_proved_in_full_as_well(nhs_login: NhsLogin) -> None:
    begun = nhs_login.begin()
    assert _refusal(nhs_login, _logs_in(begun, "Half-proved"), begun.pending) == "not_p9"


def test_details_of_another_person_are_not_used(nhs_login: NhsLogin) -> None:
    begun = nhs_login.begin()
    assert _refusal(nhs_login, _logs_in(begun, "Swapped"), begun.pending) == "subject"


def test_a_code_is_good_once(nhs_login: NhsLogin) -> None:
    begun = nhs_login.begin()
    answer = _logs_in(begun, "Amira")
    nhs_login.finish(answer, begun.pending)
    assert _refusal(nhs_login, answer, begun.pending) == "replayed"


def test_an_invented_code_is_refused(nhs_login: NhsLogin) -> None:
    begun = nhs_login.begin()
    answer = {**_logs_in(begun, "Amira"), "code": "invented"}
    assert _refusal(nhs_login, answer, begun.pending) == "replayed"


def test_a_code_stolen_from_another_visit_is_refused(nhs_login: NhsLogin) -> None:
    stolen = _logs_in(nhs_login.begin(), "Amira")["code"]
    mine = nhs_login.begin()
    answer = {**_logs_in(mine, "Tom"), "code": stolen}
    assert _refusal(nhs_login, answer, mine.pending) == "replayed", "it was asked for with another verifier"


def test_a_code_stolen_without_pkce_is_refused_for_its_nonce(nhs_login: NhsLogin) -> None:
    theirs, mine = nhs_login.begin(), nhs_login.begin()
    stolen = _logs_in(Begun(_without(theirs.url, "code_challenge", "code_challenge_method"), {}), "Amira")["code"]
    answer = {**_logs_in(mine, "Tom"), "code": stolen}
    assert _refusal(nhs_login, answer, {**mine.pending, "code_verifier": ""}) == "nonce"


def test_the_answer_to_another_visit_is_refused(nhs_login: NhsLogin) -> None:
    theirs, mine = nhs_login.begin(), nhs_login.begin()
    assert _refusal(nhs_login, _logs_in(theirs, "Amira"), mine.pending) == "state"


def test_a_provider_that_names_itself_must_name_itself_rightly(nhs_login: NhsLogin) -> None:
    begun = nhs_login.begin()
    answer = _logs_in(begun, "Amira")
    assert _refusal(nhs_login, {**answer, "iss": "https://other.example"}, begun.pending) == "issuer"
    assert _refusal(nhs_login, {k: v for k, v in answer.items() if k != "iss"}, begun.pending) == "issuer"


def test_an_answer_that_comes_much_later_is_refused(provider: NhsLoginProvider) -> None:
    late = timedelta(0)
    nhs_login = _relying_on(provider, clock=lambda: system_clock() + late)
    begun = nhs_login.begin()
    answer = _logs_in(begun, "Amira")
    late = timedelta(minutes=16)
    assert _refusal(nhs_login, answer, begun.pending) == "expired"


# Trouble


def test_a_key_that_is_not_registered_is_trouble_of_ours(provider: NhsLoginProvider, tmp_path: Path) -> None:
    with nhs_login_provider(tmp_path, PUBLIC_URL) as other:
        nhs_login = _relying_on(provider, nhs_login_key=other.key_file)
        begun = nhs_login.begin()
        assert _trouble(nhs_login, _logs_in(begun, "Amira"), begun.pending) == "token"


def test_our_own_clock_far_behind_makes_the_assertion_expired(provider: NhsLoginProvider) -> None:
    nhs_login = _relying_on(provider, clock=lambda: system_clock() - timedelta(minutes=10))
    begun = nhs_login.begin()
    assert _trouble(nhs_login, _logs_in(begun, "Amira"), begun.pending) == "token"


def test_each_assertion_is_new(nhs_login: NhsLogin) -> None:
    for _ in range(2):  # the provider refuses an assertion whose id it has seen
        begun = nhs_login.begin()
        nhs_login.finish(_logs_in(begun, "Amira"), begun.pending)


def test_another_address_than_the_registered_one_is_refused_by_the_provider(provider: NhsLoginProvider) -> None:
    begun = _relying_on(provider, public_url="http://127.0.0.1:8081").begin()
    refused = httpx.get(begun.url)
    assert (refused.status_code, "location" in refused.headers) == (400, False)


def test_a_provider_that_stops_half_way_is_said_to_be_away(tmp_path: Path) -> None:
    with nhs_login_provider(tmp_path, PUBLIC_URL) as provider:
        nhs_login = _relying_on(provider)
        begun = nhs_login.begin()
        answer = _logs_in(begun, "Amira")
    assert _trouble(nhs_login, answer, begun.pending) == "unreachable"
    with pytest.raises(ProviderUnavailable):
        _relying_on(provider).begin()


def test_a_provider_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with nhs_login_provider(tmp_path, PUBLIC_URL) as provider:
        nhs_login = _relying_on(provider)
        begun = nhs_login.begin()
        answer = _logs_in(begun, "Amira")
        monkeypatch.setattr(oidc, "TOTAL_SECONDS", 0.3)
        provider.freeze()
        assert _trouble(nhs_login, answer, begun.pending) == "timeout"
