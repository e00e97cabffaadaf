"""What people change about their own way in, on the secure page."""

from __future__ import annotations

import re

import pyotp
import pytest

from bot.store.credentials import find_credential
from tests.doors.secure import AMIRAS, PASSCODE, Phone, last_noted, send_link
from tests.doors.support import Doors
from tests.support import NOVAK

NEW = "three quiet walnuts"


@pytest.fixture()
def phone(doors: Doors) -> Phone:
    opened = Phone(doors)
    opened.logs_in("settings")
    return opened


def test_the_settings_name_what_can_be_changed(doors: Doors, phone: Phone) -> None:
    assert phone.heading == "Settings"
    for said in ("Change your passcode", "Authenticator app", "Turn off online access", "Someone else has logged in"):
        assert said in phone.words
    assert last_noted(doors) == ("settings.view", "done", "page", None)


def test_a_passcode_is_changed_with_the_old_one(doors: Doors, phone: Phone) -> None:
    phone.opens("/secure/settings/passcode")
    phone.sends("/secure/settings/passcode", old=PASSCODE, new=NEW, again=NEW)
    assert phone.heading == "Your passcode is changed"
    again = Phone(doors)
    again.spends(send_link(doors))
    again.proves(PASSCODE)
    assert again.status == 400
    assert again.proves(NEW).status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"old": ""}, "Enter the passcode you have now"),
        ({"old": "not this one"}, "That is not the passcode you have now"),
        ({"new": "short", "again": "short"}, "Use at least 10 characters"),
        ({"new": "amira-khan-1991", "again": "amira-khan-1991"}, "too easy to guess"),
        ({"again": "something else"}, "are not the same"),
    ],
)
def test_what_is_wrong_with_a_change_is_said(doors: Doors, phone: Phone, fields: dict[str, str], said: str) -> None:
    phone.opens("/secure/settings/passcode")
    phone.sends("/secure/settings/passcode", **{"old": PASSCODE, "new": NEW, "again": NEW, **fields})
    assert phone.status == 400
    assert said in phone.words


def test_guessing_the_old_passcode_is_limited(doors: Doors, phone: Phone) -> None:
    for _ in range(5):
        phone.opens("/secure/settings/passcode")
        phone.sends("/secure/settings/passcode", old="not this one", new=NEW, again=NEW)
    assert (phone.status, phone.heading) == (403, "You cannot log in at the moment")


def _secret(phone: Phone) -> str:
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', phone.page.text)
    return found[1].replace(" ", "") if found else ""


def test_an_authenticator_app_is_set_up_with_a_picture_or_a_key(doors: Doors, phone: Phone) -> None:
    phone.opens("/secure/settings/app")
    assert "<svg" not in phone.page.text
    assert phone.sends("/secure/settings/app/start").status_code == 303
    phone.opens("/secure/settings/app")
    assert '<div class="qr" role="img"' in phone.page.text
    secret = _secret(phone)
    phone.sends("/secure/settings/app", code="000000")
    assert "That code did not work" in phone.words
    assert _secret(phone) == secret, "the key stays the same until it is used"
    phone.sends("/secure/settings/app", code=pyotp.TOTP(secret).at(doors.clock()))
    assert phone.heading == "Your authenticator app is on"
    assert last_noted(doors)[:2] == ("credential.authenticator", "on")
    phone.opens("/secure/settings/app")
    assert secret not in phone.page.text.replace(" ", "")


def _turn_on_app(doors: Doors, phone: Phone) -> pyotp.TOTP:
    phone.opens("/secure/settings/app")
    phone.sends("/secure/settings/app/start")
    phone.opens("/secure/settings/app")
    app = pyotp.TOTP(_secret(phone))
    phone.sends("/secure/settings/app", code=app.at(doors.clock()))
    return app


def test_an_app_is_taken_away_with_a_code_of_its_own(doors: Doors, phone: Phone) -> None:
    app = _turn_on_app(doors, phone)
    phone.opens("/secure/settings/app")
    phone.sends("/secure/settings/app/remove", code="000000")
    assert phone.status == 400
    phone.sends("/secure/settings/app/remove", code=app.at(doors.clock()))
    assert phone.status == 400, "the code that turned it on does not count twice"
    doors.clock.forward(minutes=1)
    phone.sends("/secure/settings/app/remove", code=app.at(doors.clock()))
    assert phone.heading == "Your authenticator app is off"
    with doors.surgery.program.database.read() as connection:
        held = find_credential(connection, AMIRAS)
    assert held is not None and held.authenticator is None


def test_guessing_the_code_of_an_app_is_limited(doors: Doors, phone: Phone) -> None:
    _turn_on_app(doors, phone)
    for _ in range(6):
        phone.opens("/secure/settings/app")
        phone.sends("/secure/settings/app/remove", code="000000")
    assert phone.status == 403


def test_turning_off_asks_first_and_then_closes_everything_at_once(doors: Doors, phone: Phone) -> None:
    phone.opens("/secure/settings/turn-off")
    assert phone.heading == "Turn off online access to your record"
    assert "No, keep it on" in phone.words
    answer = phone.sends("/secure/settings/turn-off")
    assert phone.heading == "Online access is off"
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert ("access.off", "done") in doors.surgery.audit()
    again = Phone(doors)
    again.spends(send_link(doors))
    again.proves()
    again.opens("/secure/results")
    assert again.heading == "We cannot do that here"
    again.opens("/secure/settings")
    assert again.status == 200, "the way in is still theirs to look after"


def test_somebody_trusted_cannot_turn_it_off_for_the_patient(doors: Doors) -> None:
    eva = Phone(doors)
    eva.spends(send_link(doors, "settings", NOVAK, "patient-06"))
    eva.proves("orchard-violin-51")
    eva.opens("/secure/settings")
    assert "Turn off" not in eva.words
    eva.opens("/secure/settings/turn-off")
    assert eva.status == 404
    eva.opens("/secure/settings")
    assert eva.sends("/secure/settings/turn-off").status_code == 404


def test_saying_that_it_was_not_me_locks_the_way_in_and_tells_staff_at_once(doors: Doors, phone: Phone) -> None:
    other = Phone(doors)
    other.spends(send_link(doors))
    phone.opens("/secure/settings/not-me")
    assert "020 7946 0123" in phone.page.text
    phone.sends("/secure/settings/not-me")
    assert phone.heading == "Logging in is locked"
    assert [(row.reason, row.urgency) for row in doors.surgery.escalations()] == [("not_me", "urgent")]
    assert last_noted(doors)[:2] == ("step_up.not_me", "locked")
    phone.opens("/secure/settings")
    assert phone.status == 404
    other.opens("/secure/prove")
    assert other.status == 404
