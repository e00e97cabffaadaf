"""Staff sign in with a real OpenID provider that is shaped like NHS CIS2."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from bot.clock import system_clock
from bot.identity.oidc_proof import NotProved
from bot.settings import Settings
from bot.staff.service_login import StaffLogin, Worker
from tests.integration.nhs_login_provider import NhsLoginProvider, StaffUser, nhs_login_provider

PUBLIC_URL = "http://127.0.0.1:8080"
NURSE = ("role-1", "A81001", "S8000:G8000:R8001")
ELSEWHERE = ("role-2", "B82002", "S8000:G8000:R8001")
CLERK = ("role-3", "A81001", "S8001:G8002:R8008")
USERS = {
    "Nurse": StaffUser("555021", [ELSEWHERE, NURSE, CLERK], "role-1"),
    "Clerk": StaffUser("555022", [NURSE, CLERK], "role-3"),
    "Away": StaffUser("555023", [ELSEWHERE], "role-2"),
    "Undecided": StaffUser("555024", [NURSE]),
    "Roleless": StaffUser("555025"),
    "One-factor": StaffUser("555026", [NURSE], "role-1", assurance="1"),
    "Insistent": StaffUser("555027", [NURSE], "role-1", assurance="1", insists=True),
}


@pytest.fixture(scope="module", params=["RS256", "RS512"])
def provider(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NhsLoginProvider]:
    folder = tmp_path_factory.mktemp("provider")
    with nhs_login_provider(folder, PUBLIC_URL, users=USERS, algorithm=request.param) as running:
        yield running


@pytest.fixture()
def staff_login(provider: NhsLoginProvider) -> StaffLogin:
    practice: dict[str, Any] = {
        "staff_login_organisation": "A81001",
        "staff_login_roles": {"R8001": "clinician", "S8001:G8002:R8008": "reception"},
    }
    return StaffLogin(Settings(_env_file=None, **provider.staff_settings, **practice), system_clock)


def _signs_in(staff_login: StaffLogin, user: str) -> Worker:
    begun = staff_login.begin()
    browser = httpx.Client(follow_redirects=False)
    page = _follow(browser, browser.get(begun.url))
    landed = _follow(browser, browser.post(page.url, data={"user": user})).headers["location"]
    assert landed.startswith(f"{PUBLIC_URL}/console/sign-in/return?")
    return staff_login.finish(dict(parse_qsl(urlsplit(landed).query)), begun.pending)


def _follow(browser: httpx.Client, answer: httpx.Response) -> httpx.Response:
    while answer.next_request and not str(answer.next_request.url).startswith(PUBLIC_URL):
        answer = browser.send(answer.next_request)
    return answer


@pytest.mark.parametrize(
    ("user", "worker"), [("Nurse", Worker("555021", "clinician")), ("Clerk", Worker("555022", "reception"))]
)
def test_a_worker_is_proved_with_the_role_they_chose(staff_login: StaffLogin, user: str, worker: Worker) -> None:
    assert _signs_in(staff_login, user) == worker


@pytest.mark.parametrize("user", ["Away", "Undecided", "Roleless"])
def test_a_worker_without_a_role_here_has_none(staff_login: StaffLogin, user: str) -> None:
    assert _signs_in(staff_login, user).role is None


@pytest.mark.parametrize(("user", "why"), [("One-factor", "declined"), ("Insistent", "weak"), ("", "declined")])
def test_less_than_two_factors_are_not_enough(staff_login: StaffLogin, user: str, why: str) -> None:
    with pytest.raises(NotProved) as refusal:
        _signs_in(staff_login, user)
    assert refusal.value.code == why


def test_what_is_asked_for_is_what_cis2_describes(staff_login: StaffLogin) -> None:
    asked = {name: value for name, (value,) in parse_qs(urlsplit(staff_login.begin().url).query).items()}
    assert asked["scope"] == "openid profile nationalrbacaccess associatedorgs selectedrole"
    assert (asked["acr_values"], asked["prompt"]) == ("AAL2_OR_AAL3_ANY", "login")
    assert asked["code_challenge_method"] == "S256"
