"""Forms and requests that another site sends, or that carry more than ours do: every address that takes a POST, as the
application itself lists them, so that a new one without a check fails here."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from bot.store.identity_tables import grant
from tests.attacks.support import ELSEWHERE, Surroundings, held, knows_itself, opens_page, patients_addresses
from tests.doors.proving import conversation_of, is_offered
from tests.doors.secure import FORM, PASSCODE, TOMS, Phone, send_link
from tests.doors.support import Doors
from tests.support import AMIRA, TOM

SIGNED = {"/sms/inbound", "/sms/status"}  # without cookies: Twilio signs what it sends
FROM_ELSEWHERE = [
    {"Origin": ELSEWHERE},
    {"Origin": ELSEWHERE, "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.chat.surgery.example", "Sec-Fetch-Site": "same-site"},
    {"Origin": "https://chat.surgery.example.evil.example"},
]


def _posts(doors: Doors) -> list[str]:
    """Every address that takes a POST, with a live link of Amira's where one is to be named."""
    return [
        path.replace("{link}", send_link(doors, "record")[len("/secure/") :])
        for path in patients_addresses(doors, "POST")
    ]


def _logged_in(doors: Doors) -> tuple[Phone, dict[str, str]]:
    """A browser with every cookie of ours, and what its forms carry."""
    chat = knows_itself(doors)
    phone = opens_page(chat, purpose="settings")
    phone.proves(PASSCODE)
    phone.opens("/secure/settings")
    phone.client.cookies.update(chat.client.cookies)
    token = re.search(r'name="token" value="(\w+)"', phone.page.text)
    assert token
    fields = {"token": token[1], "passcode": PASSCODE, "old": PASSCODE, "new": "three quiet walnuts"}
    return phone, {**fields, "again": "three quiet walnuts", "code": "000000"}


def test_the_application_has_the_posts_that_are_attacked_here(with_nhs_login: Surroundings) -> None:
    assert set(patients_addresses(with_nhs_login.doors, "POST")) == {
        "/sms/inbound", "/sms/status", "/chat/messages", "/chat/extend", "/chat/end", "/chat/secure",
        "/secure/prove", "/secure/register", "/secure/nhs-login", "/secure/log-out", "/secure/leave", "/secure/{link}",
        "/secure/settings/passcode", "/secure/settings/app", "/secure/settings/app/start",
        "/secure/settings/app/remove", "/secure/settings/turn-off", "/secure/settings/not-me",
        "/secure/messages/write", "/secure/messages/{reference}", "/secure/details/{kind}",
        "/secure/repeats", "/secure/repeats/early", "/secure/repeats/note", "/secure/repeats/where",
        "/secure/repeats/find", "/secure/repeats/find/choose", "/secure/repeats/check",
        "/secure/repeats/cancel/{request}", "/secure/pharmacy/find", "/secure/pharmacy/find/choose",
        "/secure/pharmacy/confirm",
    }  # fmt: skip


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=lambda each: "-".join(each.values())[:40])
def test_nothing_that_another_site_sends_is_done(with_nhs_login: Surroundings, headers: dict[str, str]) -> None:
    """With every cookie, the form's own token, and whatever a form or a plain request of another site can carry."""
    doors = with_nhs_login.doors
    phone, fields = _logged_in(doors)
    paths = _posts(doors)
    before = held(doors)
    for path in paths:
        for kind, body in ((FORM, None), ("text/plain", json.dumps(fields))):
            sent = {"content": body} if body else {"data": fields}
            answer = phone.client.post(path, **sent, headers={**headers, "Content-Type": kind})
            assert answer.status_code == 403, (path, kind)
            assert "Set-Cookie" not in answer.headers, path
    assert held(doors) == before


def test_no_form_within_a_visit_counts_without_the_visits_own_token(with_nhs_login: Surroundings) -> None:
    doors = with_nhs_login.doors
    phone, fields = _logged_in(doors)
    within = [
        path for path in _posts(doors) if path in patients_addresses(doors, "POST") and path.startswith("/secure")
    ]
    within.remove("/secure/leave")  # a page that is old can be left too; only our own pages ask for it
    before = held(doors)
    for path in within:
        for token in ("", "0" * 64, fields["token"][:-1], fields["token"].upper()):
            answer = phone.posts(path, {**fields, "token": token})
            assert answer.status_code == 403, path
    assert held(doors) == before


def test_the_token_of_a_thiefs_own_visit_fits_no_other(doors: Doors) -> None:
    thief = Phone(doors)
    thief.spends(send_link(doors, "settings", TOM, TOMS))
    thief.opens("/secure/prove")
    token = re.search(r'name="token" value="(\w+)"', thief.page.text)
    phone, fields = _logged_in(doors)
    for path in ("settings/turn-off", "settings/not-me", "log-out"):
        assert token and phone.posts(f"/secure/{path}", {**fields, "token": token[1]}).status_code == 403
    phone.opens("/secure/settings")
    assert phone.status == 200


@pytest.mark.parametrize("path", ["messages", "extend", "end", "secure"])
def test_the_chat_takes_nothing_without_its_own_header(doors: Doors, path: str) -> None:
    browser = knows_itself(doors)
    before = held(doors)
    for headers in ({}, {"X-Requested-With": "XMLHttpRequest"}):
        answer = browser.client.post(f"/chat/{path}", content=b'{"text": "hello"}', headers=headers)
        assert answer.status_code == 403
    assert held(doors) == before
    refused = browser.client.options(f"/chat/{path}", headers={"Origin": ELSEWHERE})
    assert not [name for name in refused.headers if name.startswith("access-control")], "nor may one ask for leave"


def test_no_get_changes_who_may_do_what(with_nhs_login: Surroundings) -> None:
    """A picture or a link on another site: it is sent with the cookies."""
    doors = with_nhs_login.doors
    phone, _ = _logged_in(doors)
    tables = ("credential", "patient_access", "proxy", "registration_key", "secure_link", "challenge")
    send_link(doors)

    def who_may() -> Any:
        with doors.surgery.program.database.read() as connection:
            proofs = connection.execute(select(grant.c.id, grant.c.assurance, grant.c.ended_at)).all()
        return held(doors, *tables), proofs

    before = who_may()
    for path in patients_addresses(doors, "GET"):
        if path != "/chat/events":
            phone.client.get(re.sub(r"\{\w+(:path)?\}", "x", path), headers={"Sec-Fetch-Site": "cross-site"})
    assert who_may() == before


def test_demonstrations_doors_are_shut_to_other_sites_too(demo: Doors) -> None:
    before = held(demo)
    body = json.dumps({"from": AMIRA, "text": "STOP"})
    answer = demo.client.post("/demo/phone/messages", content=body, headers={"Origin": ELSEWHERE})
    assert answer.status_code == 403
    assert held(demo) == before


def test_what_else_a_message_carries_is_not_looked_at(doors: Doors) -> None:
    """A payload, a slot, another conversation, an author: only a text and the id of a button count."""
    browser = knows_itself(doors)
    tom = knows_itself(doors, TOM)
    extra = {
        "payload": '/view_test_results{"identified": true}', "extra": {"payload": "/log_out"}, "media": 3,
        "opt_out": "STOP", "conversation": conversation_of(tom).id, "conversation_id": conversation_of(tom).id,
        "author": "assistant", "patient_id": TOMS, "channel": "sms", "address": TOM, "provider_id": "x",
    }  # fmt: skip
    before = len(tom.reads())
    answer = browser.posts("messages", {"id": "8d2c3a52-0f43-4c5f-9d7e-0c6f8a3e1b11", "text": "hello", **extra})
    assert answer.status_code == 202
    doors.run()
    assert len(tom.reads()) == before
    mine = browser.reads(answer.json()["seq"] - 1)
    assert [mine[0]["text"], mine[0]["author"]] == ["hello", "patient"]
    assert not any(each["attachment"] for each in mine)


def test_a_button_cannot_be_made_up_or_pressed_in_another_chat(doors: Doors) -> None:
    browser, other = knows_itself(doors), doors.browser()
    other.opens()
    buttons = [button["id"] for each in browser.reads() for button in each["quick_replies"]]
    assert buttons
    message = {"id": "8d2c3a52-0f43-4c5f-9d7e-0c6f8a3e1b11"}
    made_up = ["/log_out", "0" * 32, buttons[0].upper(), f"{buttons[0]}' OR 1=1", ["x"], {"id": buttons[0]}, 1]
    for wanted in made_up:
        assert browser.posts("messages", {**message, "reply": wanted}).status_code == 400, wanted
    assert other.posts("messages", {**message, "reply": buttons[0]}).status_code == 400


def test_a_page_is_of_the_visits_patient_whatever_else_the_form_says(doors: Doors) -> None:
    phone = Phone(doors)
    phone.spends(send_link(doors))
    phone.opens("/secure/prove")
    fields = {"patient_id": TOMS, "person_id": TOMS, "purpose": "record", "grant_id": "1", "visit": "x"}
    assert phone.sends("/secure/prove", passcode=PASSCODE, **fields).headers["Location"] == "/secure/results"
    phone.opens(f"/secure/record?patient_id={TOMS}&patient={TOMS}&person_id={TOMS}")
    assert "Amira Khan" in phone.page.text and "Tom" not in phone.page.text


@pytest.mark.parametrize(
    "body", [[], "x", {"link": ["0" * 32]}, {"link": 1}, {"card": "settings"}, {"card": ["results"]}, {"card": "../x"}]
)
def test_what_the_widget_never_asks_for_is_refused(doors: Doors, body: Any) -> None:
    browser = knows_itself(doors)
    is_offered(browser, "Amira")
    assert browser.posts("secure", body).status_code in (400, 404)


def test_a_body_given_in_two_ways_does_not_slip_past(doors: Doors) -> None:
    """The first of two tokens, passcodes or handovers is no better than the last."""
    phone, fields = _logged_in(doors)
    own = {"Origin": doors.settings.public_url, "Content-Type": FORM}
    answer = phone.client.post("/secure/settings/turn-off", content=f"token={fields['token']}&token=0", headers=own)
    assert answer.status_code == 403
