"""Whatever was good once, sent again; and what NHS login says, to another visit, by another provider, or too late."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pyotp
import pytest

from bot.identity.passcodes import new_registration_key
from bot.store import credentials
from tests.attacks.support import OVER, Surroundings, held, knows_itself, opens_page
from tests.doors.proving import exchanges, is_offered
from tests.doors.secure import AMIRAS, PASSCODE, TOMS, Phone, send_link
from tests.doors.support import Doors
from tests.support import AMIRA, TOM
from tests.unit.nhs_login_support import TOKEN, USERINFO, answering, published

NOT_PROVED = "We could not check who you are with NHS login"


def test_a_link_is_spent_once(doors: Doors) -> None:
    path, first, second = send_link(doors), Phone(doors), Phone(doors)
    first.spends(path)
    first.proves()
    second.spends(path)
    assert (second.heading, second.cookie()) == (OVER, None)


def test_a_link_handed_over_is_spent_once(doors: Doors) -> None:
    browser = knows_itself(doors)
    given, thief = exchanges(browser, is_offered(browser, "Amira")), Phone(doors)
    fields = {"handover": given["handover"]}
    assert Phone(doors).posts(given["action"], fields).status_code == 303
    thief.posts(given["action"], fields)
    assert (thief.heading, thief.cookie()) == (OVER, None)


def test_a_code_of_one_chat_is_none_in_another(doors: Doors) -> None:
    """Two chats ask for a code to the same number: each takes only its own."""
    chats = [doors.browser(), doors.browser()]
    for chat in chats:
        chat.opens()
        chat.says("I want to book an appointment")
        chat.says(AMIRA)
    codes = [re.search(r"\b\d{6}\b", body)[0] for to, body in doors.telco.texts if to == AMIRA]  # type: ignore[index]
    assert codes[0] != codes[1]
    chats[1].says(codes[0])
    assert not held(doors, "identity_grant")["identity_grant"]
    chats[0].says(codes[0])
    assert len(held(doors, "identity_grant")["identity_grant"]) == 1


def test_a_new_code_ends_the_one_before(doors: Doors) -> None:
    chat = doors.browser()
    chat.opens()
    chat.says("I want to book an appointment")
    chat.says(AMIRA)
    chat.says("new code")
    codes = [re.search(r"\b\d{6}\b", body)[0] for to, body in doors.telco.texts if to == AMIRA]  # type: ignore[index]
    if codes[0] != codes[1]:
        chat.says(codes[0])
        assert not held(doors, "identity_grant")["identity_grant"]


def test_a_code_of_an_app_counts_once_wherever_it_is_seen(doors: Doors) -> None:
    secret = pyotp.random_base32()
    with doors.surgery.program.database.write() as connection:
        credentials.set_authenticator(connection, AMIRAS, secret)
    code = pyotp.TOTP(secret).at(doors.clock())
    owner, thief = Phone(doors), opens_page(knows_itself(doors))
    owner.spends(send_link(doors))
    assert owner.proves(PASSCODE, code=code).status_code == 303
    assert thief.proves(PASSCODE, code=code).status_code == 400
    earlier = pyotp.TOTP(secret).at(int(doors.clock().timestamp()) - 30)
    assert thief.proves(PASSCODE, code=earlier).status_code == 400, "nor one from before it"


def test_a_key_sets_one_passcode(doors: Doors) -> None:
    key = new_registration_key()
    with doors.surgery.program.database.write() as connection:
        until = doors.clock().replace(year=2027)
        credentials.add_registration_key(connection, AMIRAS, key, "reception", doors.clock(), until)
    phones = [Phone(doors), opens_page(knows_itself(doors))]
    phones[0].spends(send_link(doors))
    answers = []
    for phone in phones:
        phone.opens("/secure/register")
        new = {"new": "three quiet walnuts", "again": "three quiet walnuts"}
        answers.append(phone.sends("/secure/register", key=key, **new).status_code)
    assert answers == [303, 400]


def test_a_key_lets_somebody_who_lost_their_app_begin_anew(doors: Doors) -> None:
    key = new_registration_key()
    with doors.surgery.program.database.write() as connection:
        credentials.set_authenticator(connection, AMIRAS, pyotp.random_base32())
        until = doors.clock().replace(year=2027)
        credentials.add_registration_key(connection, AMIRAS, key, "reception", doors.clock(), until)
    phone = Phone(doors)
    phone.spends(send_link(doors))
    phone.opens("/secure/register")
    new = "three quiet walnuts"
    assert phone.sends("/secure/register", key=key, new=new, again=new).status_code == 303
    phone.opens("/secure/results")
    phone.sends("/secure/log-out")
    phone.spends(send_link(doors))
    assert phone.proves(new).status_code == 303


def test_cookies_and_forms_kept_from_before_do_nothing_after_logging_out(doors: Doors) -> None:
    phone, thief = Phone(doors), Phone(doors)
    phone.logs_in("settings")
    cookie, page = phone.cookie() or "", phone.page
    phone.sends("/secure/log-out")
    thief.client.cookies.set("__Host-secure", cookie)
    for path in ("passcode", "app/start", "turn-off", "not-me"):
        thief.page = page
        thief.sends(f"/secure/settings/{path}")
        assert thief.heading == OVER, path


def test_a_text_that_twilio_brings_twice_makes_one_link(doors: Doors) -> None:
    sid = "SM" + "7" * 32
    for _ in range(3):
        doors.texts_in("can i see my test results", AMIRA, MessageSid=sid, SmsSid=sid)
    doors.run()
    assert len(doors.telco.texts) == 1


# NHS login


class _Visitor:
    """A browser on its way to NHS login and back."""

    def __init__(self, surroundings: Surroundings, number: str = AMIRA, patient_id: str = AMIRAS) -> None:
        self.provider = surroundings.provider
        self.phone = Phone(surroundings.doors)
        self.phone.spends(send_link(surroundings.doors, "results", number, patient_id))
        self.phone.opens("/secure/prove")

    def leaves(self) -> dict[str, str]:
        """What NHS login is asked."""
        self.phone.sends("/secure/nhs-login")
        address = re.search(r'url=(https:[^"]+)"', self.phone.page.text)
        assert address, self.phone.words
        self.asked = dict(parse_qsl(urlsplit(address[1].replace("&amp;", "&")).query))
        self.provider.nonce = self.asked["nonce"]
        return self.asked

    def comes_back(self, **query: str) -> Any:
        wanted = {"state": self.asked["state"], "code": "the-code", **query}
        self.phone.opens("/secure/nhs-login?" + "&".join(f"{name}={value}" for name, value in wanted.items()))
        return self.phone.page

    @property
    def is_in(self) -> bool:
        self.phone.opens("/secure/results")
        return self.phone.status == 200


def test_somebody_proved_by_nhs_login_is_let_in(with_nhs_login: Surroundings) -> None:
    amira = _Visitor(with_nhs_login)
    amira.leaves()
    assert amira.comes_back().status_code == 303
    assert amira.is_in


def test_an_answer_of_nhs_login_counts_once_and_in_one_browser(with_nhs_login: Surroundings) -> None:
    amira, thief = _Visitor(with_nhs_login), Phone(with_nhs_login.doors)
    amira.leaves()
    amira.comes_back()
    back = str(amira.phone.page.request.url).partition("example")[2]
    thief.opens(back)
    assert thief.heading == OVER
    amira.phone.sends("/secure/log-out")
    again = _Visitor(with_nhs_login)
    again.leaves()
    again.phone.opens(back)
    assert NOT_PROVED in again.phone.words


def test_a_thief_cannot_have_the_patient_finish_what_he_began(with_nhs_login: Surroundings) -> None:
    """He sends her the address of his own attempt: her browser comes back without his visit, and he gets in nowhere."""
    thief = _Visitor(with_nhs_login)
    thief.leaves()
    amira = Phone(with_nhs_login.doors)
    amira.opens(f"/secure/nhs-login?state={thief.asked['state']}&code=the-code")
    assert amira.heading == OVER
    own = _Visitor(with_nhs_login)
    own.leaves()
    own.comes_back(state=thief.asked["state"])
    assert NOT_PROVED in own.phone.words
    assert not thief.is_in and not own.is_in


def test_an_answer_meant_for_another_visit_is_none(with_nhs_login: Surroundings) -> None:
    first, second = _Visitor(with_nhs_login), _Visitor(with_nhs_login, TOM, TOMS)
    first.leaves()
    second.leaves()
    with_nhs_login.provider.nonce = first.asked["nonce"]
    second.comes_back()
    assert NOT_PROVED in second.phone.words


def test_an_attempt_begun_again_ends_the_one_before(with_nhs_login: Surroundings) -> None:
    amira = _Visitor(with_nhs_login)
    before = amira.leaves()["state"]
    amira.phone.opens("/secure/prove")
    amira.leaves()
    amira.comes_back(state=before)
    assert NOT_PROVED in amira.phone.words


@pytest.mark.parametrize(
    ("token", "about"),
    [
        ({"nonce": "another"}, {}), ({"nonce": None}, {}), ({"vot": "P5.Cp.Cd"}, {}), ({"vot": "P9"}, {}),
        ({"vot": None}, {}), ({"iss": "https://elsewhere.example"}, {}), ({"aud": "another-service"}, {}),
        ({"aud": ["riverside-assistant", "another"]}, {}), ({"exp": 1}, {}), ({"sub": "somebody"}, {}),
        ({}, {"sub": "somebody"}), ({}, {"identity_proofing_level": "P5"}), ({}, {"identity_proofing_level": None}),
        ({}, {"nhs_number": "9990000026"}), ({}, {"birthdate": "1991-04-19"}), ({}, {"nhs_number": ""}),
    ],
)  # fmt: skip
def test_whatever_does_not_prove_this_patient_at_p9_lets_nobody_in(
    with_nhs_login: Surroundings, token: dict[str, Any], about: dict[str, Any]
) -> None:
    with_nhs_login.provider.token, with_nhs_login.provider.about = token, about
    amira = _Visitor(with_nhs_login)
    amira.leaves()
    assert amira.comes_back().status_code == 400
    assert not amira.is_in


def test_another_providers_answer_is_none(with_nhs_login: Surroundings) -> None:
    """The mix-up: it names itself, or signs with a key of its own."""
    amira = _Visitor(with_nhs_login)
    amira.leaves()
    amira.comes_back(iss="https://elsewhere.example")
    assert NOT_PROVED in amira.phone.words
    assert not with_nhs_login.provider.asked(TOKEN), "and it is not sent the code"
    amira.phone.opens("/secure/prove")
    amira.leaves()
    with_nhs_login.provider.signed_with = ("somebody's", "RS512")
    amira.comes_back()
    assert not amira.is_in


@pytest.mark.parametrize("minutes", [16, 29])
def test_an_answer_that_took_too_long_is_none(with_nhs_login: Surroundings, minutes: int) -> None:
    amira = _Visitor(with_nhs_login)
    amira.leaves()
    with_nhs_login.doors.clock.forward(minutes=minutes)
    amira.comes_back()
    assert not amira.is_in


@pytest.mark.parametrize("path", [TOKEN, USERINFO])
@pytest.mark.parametrize(
    "answer",
    [
        answering(500, content=b"oops"), answering(200, content=b"<html>"), answering(200, body=[]),
        answering(200, content=b"x" * 200_000), answering(302, headers={"Location": "https://elsewhere.example"}),
        answering(200, body={"access_token": "a\r\nb", "token_type": "Bearer", "id_token": "x"}),
    ],
)  # fmt: skip
def test_rubbish_from_nhs_login_lets_nobody_in_and_names_another_way(
    with_nhs_login: Surroundings, path: str, answer: Any
) -> None:
    amira = _Visitor(with_nhs_login)
    amira.leaves()
    with_nhs_login.provider.answers[path] = answer
    assert amira.comes_back().status_code == 400
    assert "020 7946 0123" in amira.phone.page.text
    assert 'id="passcode"' in amira.phone.page.text
    assert not amira.is_in


def test_a_key_that_nhs_login_does_not_publish_signs_nothing(with_nhs_login: Surroundings) -> None:
    with_nhs_login.provider.keys = [published("key-2")]
    amira = _Visitor(with_nhs_login)
    amira.leaves()
    amira.comes_back()
    assert not amira.is_in
