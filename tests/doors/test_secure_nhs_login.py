"""NHS login on the secure page: there, back once, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from bot.identity.nhs_login import Begun, Claims, NotProved, ProviderUnavailable
from tests.doors.secure import Phone, noted, send_link
from tests.doors.support import PUBLIC_URL, TWILIO, Doors

ADDRESS = "https://auth.nhs-login.example/authorize?state=s&nonce=n"
BACK = "/secure/nhs-login?state=s&code=c"


class FakeNhsLogin:
    """Says what the test wants it to."""

    says: Any = None
    pendings: list[Mapping[str, str]] = []

    def __init__(self, *_: object) -> None:
        pass

    def begin(self) -> Begun:
        if isinstance(self.says, ProviderUnavailable):
            raise self.says
        return Begun(ADDRESS, {"state": "s", "nonce": "n", "code_verifier": "", "begun_at": "x"})

    def finish(self, query: Mapping[str, str], pending: Mapping[str, str]) -> Claims:
        assert query == {"state": "s", "code": "c"}
        self.pendings.append(pending)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@pytest.fixture()
def phone(opening: Callable[..., Doors], monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Phone:
    monkeypatch.setattr("connectors.secure.pages.NhsLogin", FakeNhsLogin)
    monkeypatch.setattr(FakeNhsLogin, "pendings", [])
    key = tmp_path / "key.pem"
    key.write_text("")
    nhs = {"nhs_login_url": "https://auth.nhs-login.example", "nhs_login_client_id": "us", "nhs_login_key": key}
    doors = opening(**TWILIO, **nhs)
    amira = doors.surgery.program.backend.patient("patient-01")
    FakeNhsLogin.says = Claims("sub", amira.nhs_number or "", amira.date_of_birth, "Khan", "P9", None)
    opened = Phone(doors)
    opened.spends(send_link(doors))
    opened.opens("/secure/prove")
    return opened


def test_the_button_leads_there_by_a_page_that_any_browser_follows(phone: Phone) -> None:
    assert "Continue with NHS login" in phone.words
    phone.sends("/secure/nhs-login")
    assert phone.status == 200
    address = ADDRESS.replace("&", "&amp;")
    assert f'<meta http-equiv="refresh" content="0; url={address}">' in phone.page.text
    assert f'<a href="{address}">' in phone.page.text


def test_somebody_proved_by_nhs_login_sees_what_they_asked_for(phone: Phone) -> None:
    before = phone.cookie()
    phone.sends("/secure/nhs-login")
    phone.opens(BACK)
    assert phone.page.headers["Location"] == "/secure/results"
    assert phone.cookie() != before
    assert FakeNhsLogin.pendings[0]["nonce"] == "n"
    assert noted(phone.doors)[-1].subject == "nhs-login"


def test_an_answer_counts_once(phone: Phone) -> None:
    FakeNhsLogin.says = NotProved("replayed")
    phone.sends("/secure/nhs-login")
    for _ in range(3):
        phone.opens(BACK)
        assert "We could not check who you are with NHS login" in phone.words
    assert len(FakeNhsLogin.pendings) == 1


def test_an_answer_that_nobody_asked_for_counts_for_nothing(phone: Phone) -> None:
    phone.opens(BACK)
    assert phone.status == 400
    assert FakeNhsLogin.pendings == []
    stranger = Phone(phone.doors)
    stranger.opens(BACK)
    assert stranger.status == 404


@pytest.mark.parametrize(
    ("says", "said"),
    [
        (NotProved("declined"), "because sharing was not agreed to"),
        (NotProved("not_p9"), "We could not check who you are with NHS login"),
        (NotProved("wrong_vot"), "We could not check who you are with NHS login"),
        (Claims("sub", "9990000018", date(1991, 4, 19), "Khan", "P9", None), "That NHS login is not for this record"),
    ],
)
def test_whoever_is_not_proved_sees_nothing_but_other_ways(phone: Phone, says: Any, said: str) -> None:
    phone.sends("/secure/nhs-login")
    FakeNhsLogin.says = says
    phone.opens(BACK)
    assert phone.status == 400
    assert said in phone.words
    assert 'id="passcode"' in phone.page.text


def test_while_nhs_login_is_down_the_passcode_is_left(phone: Phone) -> None:
    FakeNhsLogin.says = ProviderUnavailable("down")
    phone.sends("/secure/nhs-login")
    assert "NHS login is not working at the moment" in phone.words
    assert phone.proves().status_code == 303


def test_it_goes_down_on_the_way_back(phone: Phone) -> None:
    phone.sends("/secure/nhs-login")
    FakeNhsLogin.says = ProviderUnavailable("slow")
    phone.opens(BACK)
    assert "NHS login is not working at the moment" in phone.words


def test_another_site_cannot_begin_it(phone: Phone) -> None:
    assert phone.posts("/secure/nhs-login", {}, Origin="https://elsewhere.example").status_code == 403
    assert phone.posts("/secure/nhs-login", {}, Origin=PUBLIC_URL).status_code == 403, "nor a form without its token"


def test_without_nhs_login_there_is_no_such_page(doors: Doors) -> None:
    phone = Phone(doors)
    phone.spends(send_link(doors))
    phone.opens("/secure/prove")
    assert "NHS login" not in phone.words
    phone.opens(BACK)
    assert phone.status == 404
    assert phone.posts("/secure/nhs-login", {}).status_code == 404
