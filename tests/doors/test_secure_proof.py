"""Showing who you are on the secure page, staying there, and leaving."""

from __future__ import annotations

import re
from typing import Any

import pyotp
import pytest

from bot.identity.passcodes import new_registration_key
from bot.settings import ROOT
from bot.store import credentials
from tests.doors.secure import AMIRAS, PASSCODE, Phone, noted, send_link
from tests.doors.support import Doors
from tests.support import NOVAK

NIAS, NIA = "patient-20", "+447700900018"
NEW = "three quiet walnuts"
OVER = "This page cannot be opened"
NEUTRAL = "https://www.bbc.co.uk/weather"


@pytest.fixture()
def phone(doors: Doors) -> Phone:
    """A browser that has spent a link and has not proved anything."""
    opened = Phone(doors)
    opened.spends(send_link(doors))
    return opened


def _cookies(answer: Any) -> dict[str, set[str]]:
    found = {}
    for header in answer.headers.get_list("Set-Cookie"):
        first, *attributes = [part.strip() for part in header.split(";")]
        found[first.partition("=")[0]] = set(attributes)
    return found


def test_the_right_passcode_shows_what_was_asked_for(phone: Phone) -> None:
    assert phone.proves().headers["Location"] == "/secure/results"
    phone.opens("/secure/results")
    assert phone.heading == "Test results"


def test_with_the_proof_the_cookie_changes_and_the_old_one_is_worth_nothing(doors: Doors, phone: Phone) -> None:
    before = phone.cookie()
    answer = phone.proves()
    assert phone.cookie() != before
    assert _cookies(answer) == {
        "__Host-secure": {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"},
        "__Host-device": {"Path=/", "HttpOnly", "SameSite=Lax", "Secure", "Max-Age=31536000"},
    }
    thief = Phone(doors)
    thief.client.cookies.set("__Host-secure", before or "")
    thief.opens("/secure/results")
    assert (thief.status, thief.heading) == (404, OVER)


def test_on_plain_http_the_cookies_have_names_that_work_there(demo: Doors) -> None:
    answer = Phone(demo).spends(send_link(demo))
    assert _cookies(answer) == {"secure": {"Path=/", "HttpOnly", "SameSite=Lax"}}


def test_a_wrong_passcode_is_said_in_the_usual_way(phone: Phone) -> None:
    phone.proves("not this one")
    assert phone.status == 400
    assert phone.page.text.count("<title>Error: ") == 1
    assert 'role="alert"' in phone.page.text
    assert '<a href="#passcode">That did not match.' in phone.page.text
    assert 'aria-describedby="passcode-hint passcode-error"' in phone.page.text


def test_an_empty_passcode_is_no_try(doors: Doors, phone: Phone) -> None:
    for _ in range(12):
        phone.proves("")
        assert "Enter your passcode" in phone.words
    assert phone.proves().status_code == 303


def test_the_words_are_the_same_whether_or_not_there_is_a_passcode(doors: Doors, phone: Phone) -> None:
    nia = Phone(doors)
    nia.spends(send_link(doors, number=NIA, patient_id=NIAS))
    for each in (phone, nia):
        each.opens("/secure/prove")
    assert phone.words == nia.words
    for each in (phone, nia):
        each.proves("not this one")
    assert (phone.status, phone.words) == (nia.status, nia.words)


def test_a_passcode_may_be_pasted_or_filled_in_and_is_not_spell_checked(phone: Phone) -> None:
    field = re.search(r"<input[^>]*id=\"passcode\"[^>]*>", phone.opens("/secure/prove"))
    assert field
    assert 'autocomplete="current-password"' in field[0]
    assert 'type="password"' in field[0]
    assert 'spellcheck="false"' in field[0]
    assert "onpaste" not in field[0]


def test_what_was_typed_is_never_shown_again(phone: Phone) -> None:
    phone.proves("my-old-secret-words")
    assert "my-old-secret-words" not in phone.page.text


def test_after_too_many_tries_only_the_surgery_can_help(doors: Doors, phone: Phone) -> None:
    for _ in range(5):
        phone.proves("not this one")
    assert (phone.status, phone.heading) == (403, "You cannot log in at the moment")
    assert "Only the surgery can help" in phone.words
    assert "020 7946 0123" in phone.words
    phone.proves()
    assert phone.status == 403, "the right passcode does not help any more"
    assert "step_up_locked" in doors.reasons()


def test_nothing_is_shown_before_the_proof(phone: Phone) -> None:
    for path in ("results", "results/x", "record", "record/medicines", "activity", "settings", "settings/app"):
        phone.opens(f"/secure/{path}")
        assert (phone.status, phone.page.headers.get("Location")) == (303, "/secure/prove"), path


def test_without_a_visit_there_is_nothing_at_all(doors: Doors) -> None:
    for path in ("prove", "register", "help", "results", "record", "activity", "settings"):
        stranger = Phone(doors)
        stranger.opens(f"/secure/{path}")
        assert (stranger.status, stranger.heading) == (404, OVER), path


@pytest.mark.parametrize("token", ["", "0" * 64, "é", "A" * 3000])
def test_a_form_without_its_own_token_changes_nothing(doors: Doors, phone: Phone, token: str) -> None:
    phone.posts("/secure/prove", {"passcode": PASSCODE, "token": token})
    assert (phone.status, phone.heading) == (403, "Please try that again")
    assert "Nothing was changed" in phone.words


def test_the_token_of_another_visit_does_not_fit(doors: Doors, phone: Phone) -> None:
    other = Phone(doors)
    other.spends(send_link(doors, number=NIA, patient_id=NIAS))
    other.opens("/secure/prove")
    phone.page = other.page
    assert phone.sends("/secure/prove", passcode=PASSCODE).status_code == 403


@pytest.mark.parametrize("path", ["prove", "register", "log-out", "settings/turn-off", "settings/not-me"])
def test_another_site_can_send_none_of_our_forms(doors: Doors, path: str) -> None:
    phone = Phone(doors)
    phone.logs_in("settings")
    token = re.search(r'name="token" value="(\w+)"', phone.page.text)
    assert token
    phone.posts(f"/secure/{path}", {"token": token[1]}, Origin="https://elsewhere.example")
    assert phone.status == 403
    phone.opens("/secure/settings")
    assert phone.status == 200


def test_a_form_that_is_far_too_long_is_not_read(phone: Phone) -> None:
    phone.opens("/secure/prove")
    assert phone.sends("/secure/prove", passcode="x" * 100_000).status_code == 403
    assert phone.sends("/secure/prove", **{f"field{number}": "" for number in range(50)}).status_code == 403
    assert phone.proves().status_code == 303


def test_another_kind_of_body_is_not_read(phone: Phone) -> None:
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
        assert phone.posts("/secure/prove", {}, **{"Content-Type": kind}).status_code == 403


def test_other_methods_are_refused(phone: Phone) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert phone.client.request(method, "/secure/prove").status_code == 405


# An authenticator app.


def _with_app(doors: Doors, person_id: str = AMIRAS) -> pyotp.TOTP:
    secret = pyotp.random_base32()
    with doors.surgery.program.database.write() as connection:
        credentials.set_authenticator(connection, person_id, secret)
    return pyotp.TOTP(secret)


def test_with_an_authenticator_app_its_code_is_asked_for_too(doors: Doors, phone: Phone) -> None:
    app = _with_app(doors)
    phone.proves()
    assert phone.status == 200
    assert 'autocomplete="one-time-code"' in phone.page.text
    assert 'inputmode="numeric"' in phone.page.text
    assert 'id="passcode"' in phone.page.text
    done = phone.sends("/secure/prove", passcode=PASSCODE, code=app.at(doors.clock()))
    assert done.headers["Location"] == "/secure/results"


def test_a_wrong_code_keeps_the_question(doors: Doors, phone: Phone) -> None:
    _with_app(doors)
    phone.proves(code="000000")
    assert phone.status == 400
    assert 'id="code"' in phone.page.text


def test_a_wrong_passcode_does_not_tell_that_there_is_an_app(doors: Doors, phone: Phone) -> None:
    _with_app(doors)
    phone.proves("not this one")
    assert 'id="code"' not in phone.page.text


# A registration key.


def _key(doors: Doors) -> str:
    key, program = new_registration_key(), doors.surgery.program
    with program.database.write() as connection:
        until = doors.clock().replace(year=2027)
        credentials.add_registration_key(connection, NIAS, key, "reception", doors.clock(), until)
    return key


@pytest.fixture()
def nia(doors: Doors) -> Phone:
    opened = Phone(doors)
    opened.spends(send_link(doors, "record", NIA, NIAS))
    opened.opens("/secure/register")
    return opened


def test_with_a_key_from_the_surgery_a_passcode_is_set_and_proves_it(doors: Doors, nia: Phone) -> None:
    key = _key(doors).lower().replace("-", " ")
    answer = nia.sends("/secure/register", key=key, new=NEW, again=NEW)
    assert answer.headers["Location"] == "/secure/record"
    nia.opens("/secure/record")
    assert nia.heading == "Health record"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"key": "", "new": NEW, "again": NEW}, "Enter your registration key"),
        ({"new": "short", "again": "short"}, "Use at least 10 characters"),
        ({"new": "x" * 200, "again": "x" * 200}, "Use 128 characters or fewer"),
        ({"new": "passwordpassword", "again": "passwordpassword"}, "too easy to guess"),
        ({"new": "NiaRoberts1998", "again": "NiaRoberts1998"}, "too easy to guess"),
        ({"new": NEW, "again": f"{NEW}s"}, "are not the same"),
        ({"key": "AAAA-AAAA-AAAA", "new": NEW, "again": NEW}, "That key did not work"),
    ],
)
def test_what_is_wrong_with_a_registration_is_said(doors: Doors, nia: Phone, fields: dict[str, str], said: str) -> None:
    nia.sends("/secure/register", **{"key": _key(doors), **fields})
    assert nia.status == 400
    assert said in nia.words
    assert "<title>Error: " in nia.page.text


def test_a_key_works_once(doors: Doors, nia: Phone) -> None:
    key = _key(doors)
    nia.sends("/secure/register", key=key, new=NEW, again=NEW)
    again = Phone(doors)
    again.spends(send_link(doors, "record", NIA, NIAS))
    again.opens("/secure/register")
    again.sends("/secure/register", key=key, new=NEW, again=NEW)
    assert "That key did not work" in again.words


# Tabs, time, and leaving.


def test_a_second_tab_goes_on_with_the_proof_of_the_first(doors: Doors, phone: Phone) -> None:
    stale = Phone(doors)
    stale.client = phone.client
    stale.opens("/secure/prove")
    phone.proves()
    stale.sends("/secure/prove", passcode="whatever")
    assert (stale.status, stale.heading) == (403, "Please try that again")
    stale.opens("/secure/prove")
    assert stale.page.headers["Location"] == "/secure/results"


def test_after_half_an_hour_without_use_nothing_is_shown(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in()
    doors.clock.forward(minutes=31)
    phone.opens("/secure/results")
    assert (phone.status, phone.heading) == (404, OVER)


def test_every_page_that_is_used_begins_the_half_hour_anew(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in()
    for path in ("results", "record", "activity", "settings") * 3:
        doors.clock.forward(minutes=29)
        phone.opens(f"/secure/{path}")
        assert phone.status == 200, path


def test_after_twelve_hours_it_is_over_however_much_it_is_used(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in()
    for _ in range(29):
        doors.clock.forward(minutes=25)
        phone.opens("/secure/results")
    assert phone.status == 404


def test_a_page_left_open_before_the_proof_is_over_too(doors: Doors, phone: Phone) -> None:
    phone.opens("/secure/prove")
    doors.clock.forward(hours=10)
    phone.sends("/secure/prove", passcode=PASSCODE)
    assert (phone.status, phone.heading) == (404, OVER)


def test_a_page_left_open_goes_from_the_screen_by_itself(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in()
    assert phone.page.headers["Refresh"] == "1830; url=/secure/ended"
    doors.clock.forward(seconds=1830)
    phone.opens("/secure/ended")
    assert (phone.status, phone.heading) == (200, "We closed this page")
    assert "Refresh" not in phone.page.headers
    assert "Amira" not in phone.page.text
    assert "Open it again" not in phone.words


def test_a_page_that_closed_while_another_tab_was_in_use_can_be_opened_again(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in("record")
    phone.opens("/secure/ended")
    assert '<a href="/secure/record">Open it again</a>' in phone.page.text
    assert "Amira" not in phone.page.text


def test_logging_out_ends_every_tab_and_takes_the_cookie(doors: Doors) -> None:
    phone, tab = Phone(doors), Phone(doors)
    phone.logs_in()
    tab.client.cookies.set("__Host-secure", phone.cookie() or "")
    tab.opens("/secure/results")
    assert tab.heading == "Test results"
    answer = phone.sends("/secure/log-out")
    assert (answer.status_code, phone.heading) == (200, "You are logged out")
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    tab.opens("/secure/results")
    assert (tab.status, tab.heading) == (404, OVER)
    assert ("step_up.log_out", "done") in doors.surgery.audit()


def test_leaving_in_a_hurry_logs_out_so_that_going_back_shows_nothing(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in()
    _leaves(phone)
    phone.opens("/secure/results")
    assert phone.page.status_code == 404


def test_it_leads_where_the_chat_does() -> None:
    assert NEUTRAL in (ROOT / "connectors/webchat/templates/chat.html").read_text()


def test_a_page_that_another_tab_has_made_old_can_be_left_all_the_same(doors: Doors) -> None:
    """Its own visit is over, and nobody in a hurry is asked to try that again."""
    phone = Phone(doors)
    phone.logs_in()
    phone.spends(send_link(doors, "record"))
    _leaves(phone)
    phone.opens("/secure/record")
    assert phone.page.status_code == 404


def test_looking_ahead_at_the_way_out_signs_nobody_out(doors: Doors) -> None:
    """As browsers and mail programs do with links."""
    phone = Phone(doors)
    phone.logs_in()
    phone.opens("/secure/leave")
    phone.opens("/secure/results")
    assert phone.heading == "Test results"


def _leaves(phone: Phone) -> None:
    answer = phone.posts("/secure/leave", {})
    assert f'content="0; url={NEUTRAL}"' in answer.text and "Riverside" not in answer.text
    assert not phone.cookie()


def test_logging_out_twice_is_logging_out(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in()
    old = phone.page
    phone.sends("/secure/log-out")
    phone.page = old
    assert phone.sends("/secure/log-out").status_code == 200


def test_a_new_browser_is_told_of_to_the_number_on_record_and_a_known_one_is_not(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in()
    doors.run()
    assert sum("logged in" in body for body in doors.telco.bodies()) == 1
    device = phone.cookie("__Host-device")
    phone.sends("/secure/log-out")
    phone.logs_in()
    doors.run()
    assert sum("logged in" in body for body in doors.telco.bodies()) == 1
    assert phone.cookie("__Host-device") == device


def test_somebody_trusted_proves_with_their_own_passcode_and_reads_for_whom(doors: Doors) -> None:
    phone = Phone(doors)
    phone.spends(send_link(doors, "record", NOVAK, "patient-06"))
    assert phone.proves("orchard-violin-51").status_code == 303
    phone.opens("/secure/record")
    assert "You are looking at Leo Novak’s record." in phone.words
    viewed = noted(doors)[-1]
    assert (viewed.patient_id, viewed.actor_id) == ("patient-06", "patient-05")
    phone.opens("/secure/record/nonsense")
    assert "You are looking at Leo Novak’s record." in phone.words
