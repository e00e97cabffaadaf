"""Trying passcodes, codes, keys and links one after the other, however it is spread: a few tries, then none."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
from sqlalchemy import func, select

from bot.identity import passcodes
from bot.identity.desk import Desk
from bot.identity.passcodes import new_registration_key
from bot.store import credentials, secure_links
from bot.store.failed_proofs import add_failures
from bot.store.identity_tables import failed_proof
from bot.store.proxies import Proxy
from tests.attacks.support import at_address, held, knows_itself, opens_page
from tests.doors.secure import AMIRAS, PASSCODE, PASSCODES, TOMS, NoLink, Phone, send_link
from tests.doors.support import TWILIO, Doors, open_doors
from tests.faults.support import all_at_once
from tests.support import AMIRA, NOVAK, TOM

LEOS, EVAS = "patient-06", "patient-05"
LOCKED = "You cannot log in at the moment"


def _guess(number: int = 0) -> str:
    return f"guess number {number}"


def _opened(doors: Doors, number: str = AMIRA, patient_id: str = AMIRAS) -> Phone:
    phone = Phone(doors)
    phone.spends(send_link(doors, "results", number, patient_id))
    return phone


def _tries(phone: Phone, times: int) -> list[int]:
    return [phone.proves(_guess(number)).status_code for number in range(times)]


def _failures(doors: Doors, limited: str) -> int:
    wanted = select(func.count()).select_from(failed_proof).where(failed_proof.c.limited_index == limited)
    with doors.surgery.program.database.read() as connection:
        return int(connection.execute(wanted).scalar_one())


# Passcodes


def test_a_link_takes_five_wrong_passcodes_and_then_not_even_the_right_one(doors: Doors) -> None:
    phone = _opened(doors)
    assert _tries(phone, 5) == [400] * 4 + [403]
    assert phone.proves(PASSCODE).status_code == 403
    assert phone.heading == LOCKED
    phone.opens("/secure/results")
    assert phone.page.headers["Location"] == "/secure/prove"


def test_new_links_give_ten_wrong_passcodes_a_day_and_no_more(doors: Doors) -> None:
    for _ in range(2):
        _tries(_opened(doors), 5)
    with pytest.raises(NoLink):
        send_link(doors)
    doors.clock.forward(hours=25)
    assert _opened(doors).proves(PASSCODE).status_code == 303


def test_tries_by_text_and_in_the_chat_are_counted_together(doors: Doors) -> None:
    _tries(_opened(doors), 5)
    page = opens_page(knows_itself(doors))
    assert _tries(page, 5)[-1] == 403
    with pytest.raises(NoLink):
        send_link(doors)


def test_coming_from_many_addresses_gives_no_more_tries(doors: Doors) -> None:
    phone = _opened(doors)
    answers = [at_address(phone, f"198.51.100.{last}").proves(_guess(last)).status_code for last in range(6)]
    assert answers == [400] * 4 + [403] * 2


def test_one_address_cannot_go_from_patient_to_patient(doors: Doors) -> None:
    others = {"+447700900003": "patient-03", "+447700900005": "patient-08", "+447700900006": "patient-09"}
    people = {AMIRA: AMIRAS, TOM: TOMS, **others, "+447700900009": "patient-12"}
    for _ in range(2):
        for number, patient_id in people.items():
            _tries(_opened(doors, number, patient_id), 5)
    last = _opened(doors, "+447700900008", "patient-11")
    assert last.proves(PASSCODES["patient-11"]).status_code == 403
    assert at_address(last, "198.51.100.7").proves(PASSCODES["patient-11"]).status_code == 303


def test_tries_made_at_the_same_moment_are_all_counted(doors: Doors) -> None:
    phone = _opened(doors)
    _tries(phone, 4)
    visit = doors.surgery.program.services.step_up.visit(phone.cookie() or "")
    assert visit
    phone.opens("/secure/prove")
    answers = all_at_once([lambda: phone.sends("/secure/prove", passcode=_guess()).status_code] * 12)
    assert set(answers) == {403}
    assert _failures(doors, f"link|{visit.link_id}") == 5


def test_a_restart_forgets_no_try(doors: Doors) -> None:
    phone = _opened(doors)
    _tries(phone, 5)
    cookie = phone.cookie() or ""
    again = open_doors(doors.settings.home, doors.surgery.program.dialogue, doors.clock, **TWILIO)
    later = Phone(again)
    later.client.cookies.set("__Host-secure", cookie)
    assert later.proves(PASSCODE).status_code == 403
    again.surgery.program.database.close()


def test_locking_the_proof_leaves_the_conversation_open(doors: Doors) -> None:
    _tries(_opened(doors), 5)
    doors.texts_in("I want to book an appointment", AMIRA)
    doors.run()
    assert doors.telco.texts[-1][0] == AMIRA


def test_an_empty_or_endless_passcode_is_never_the_right_one(doors: Doors) -> None:
    for passcode in ("", " ", "\x00", "x" * 7000, PASSCODE + "\x00" * 5000):
        assert _opened(doors).proves(passcode).status_code in (303, 400, 403)
    phone = _opened(doors)
    phone.proves(PASSCODE.upper())
    phone.opens("/secure/results")
    assert phone.status == 303


# Several people behind one phone


def _trusts_her_husband(doors: Doors) -> None:
    """Grace and Daniel share a phone; he may order her repeats."""
    given = Proxy(
        "proxy-daniel", "patient-03", "patient-04", "Daniel Mensah", "+447700900003", "prescriptions", "consent",
        "reception", doors.clock().date(),
    )  # fmt: skip
    with doors.surgery.program.database.write() as connection:
        Desk(doors.surgery.program.practice).trust(connection, given, doors.clock())


def test_somebody_with_a_passcode_of_their_own_cannot_go_on_guessing_at_anothers(doors: Doors) -> None:
    """Daniel guesses at Grace's, and logs in with his own before it locks: again and again."""
    _trusts_her_husband(doors)
    guesses = 0
    with pytest.raises(NoLink):
        for _ in range(6):
            phone = _opened(doors, "+447700900003", "patient-03")
            answers = _tries(phone, 4)
            guesses += answers.count(400) + answers.count(403)
            phone.proves(PASSCODES["patient-04"])
    assert guesses <= 12


def test_on_the_page_of_a_child_nobody_can_go_on_guessing_at_the_mothers_passcode(doors: Doors) -> None:
    for _ in range(2):
        _tries(_opened(doors, NOVAK, LEOS), 5)
    with pytest.raises(NoLink):
        send_link(doors, "results", NOVAK, EVAS)


# An app's codes


def _with_app(doors: Doors) -> pyotp.TOTP:
    secret = pyotp.random_base32()
    with doors.surgery.program.database.write() as connection:
        credentials.set_authenticator(connection, AMIRAS, secret)
    return pyotp.TOTP(secret)


def test_an_apps_codes_are_tried_five_times_with_the_right_passcode(doors: Doors) -> None:
    app, phone = _with_app(doors), _opened(doors)
    right = app.at(doors.clock())
    wrong = [code for code in (f"{number:06}" for number in range(9)) if code != right]
    answers = [phone.proves(PASSCODE, code=code).status_code for code in wrong[:5]]
    assert answers == [400] * 4 + [403]
    assert phone.proves(PASSCODE, code=right).status_code == 403


@pytest.mark.parametrize("seconds", [-90, -61, 61, 90, 3600])
def test_a_code_of_another_time_is_none(doors: Doors, seconds: int) -> None:
    app, phone = _with_app(doors), _opened(doors)
    assert phone.proves(PASSCODE, code=app.at(int(doors.clock().timestamp()) + seconds)).status_code == 400


def test_an_open_page_cannot_be_used_to_put_another_app_in_place_of_the_owners(doors: Doors) -> None:
    app, phone = _with_app(doors), _opened(doors)
    assert phone.proves(PASSCODE, code=app.at(doors.clock())).status_code == 303
    phone.opens("/secure/settings/app")
    phone.sends("/secure/settings/app/start")
    visit = doors.surgery.program.services.step_up.visit(phone.cookie() or "")
    assert visit
    offered = pyotp.TOTP(visit.pending.get("authenticator", pyotp.random_base32()))
    phone.opens("/secure/settings")
    phone.sends("/secure/settings/app", code=offered.at(doors.clock()))
    with doors.surgery.program.database.read() as connection:
        held_now = credentials.find_credential(connection, AMIRAS)
    assert held_now and held_now.authenticator == app.secret


def test_the_old_passcode_is_not_guessed_at_on_an_open_page(doors: Doors) -> None:
    phone = Phone(doors)
    phone.logs_in("settings")
    phone.opens("/secure/settings/passcode")
    fields = {"old": _guess(), "new": "three quiet walnuts", "again": "three quiet walnuts"}
    answers = all_at_once([lambda: phone.sends("/secure/settings/passcode", **fields).status_code] * 9)
    assert sorted(answers) == [400] * 4 + [403] * 5
    assert phone.sends("/secure/settings/passcode", **{**fields, "old": PASSCODE}).status_code == 403


def test_a_guess_that_is_right_comes_too_late_if_others_were_wrong_meanwhile(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one passcode is being hashed, five others turn out to be wrong."""
    phone, fits = Phone(doors), passcodes.fits
    phone.logs_in("settings")
    phone.opens("/secure/settings/passcode")
    visit = doors.surgery.program.services.step_up.visit(phone.cookie() or "")
    assert visit

    def fits_in_the_end(*tried: Any) -> bool:
        with doors.surgery.program.database.write() as connection:
            add_failures(connection, [f"link|{visit.link_id}"] * 5, doors.clock())
        return fits(*tried)

    monkeypatch.setattr("bot.identity.passcodes.fits", fits_in_the_end)
    fields = {"old": PASSCODE, "new": "three quiet walnuts", "again": "three quiet walnuts"}
    assert phone.sends("/secure/settings/passcode", **fields).status_code == 403


# Six digits in the chat


def _texted(doors: Doors, number: str = AMIRA) -> str:
    body = next(body for to, body in reversed(doors.telco.texts) if to == number)
    return next(word for word in body.split() if word.isdigit() and len(word) == 6)


def _asked_for_code(doors: Doors) -> Any:
    browser = doors.browser()
    browser.opens()
    browser.says("I want to book an appointment")
    browser.says(AMIRA)
    return browser


def _not(code: str) -> str:
    return "000000" if code != "000000" else "000001"


def test_five_wrong_codes_end_the_question_and_the_right_one_comes_too_late(doors: Doors) -> None:
    browser = _asked_for_code(doors)
    code = _texted(doors)
    said = [browser.says(_not(code))[-1]["text"] for _ in range(5)]
    assert "tried too many times" in said[-1]
    browser.says(code)
    assert browser.client.get("/chat/calendar/x.ics").status_code == 404
    assert not held(doors, "identity_grant")["identity_grant"]


def test_many_chats_have_ten_tries_a_day_at_one_number(doors: Doors) -> None:
    for _ in range(2):
        browser = _asked_for_code(doors)
        for _ in range(5):
            browser.says(_not(_texted(doors)))
    doors.clock.forward(minutes=61)
    browser = _asked_for_code(doors)
    assert "tried too many times" in browser.says(_texted(doors))[-1]["text"]
    assert not held(doors, "identity_grant")["identity_grant"]


def test_codes_sent_at_the_same_moment_are_tried_one_after_the_other(doors: Doors) -> None:
    browser = _asked_for_code(doors)
    code = _texted(doors)
    wrong = [f"{number:06}" for number in range(9) if f"{number:06}" != code][:8]
    ids = [f"8d2c3a52-0f43-4c5f-9d7e-0c6f8a3e1b{number:02}" for number in range(9)]
    for each, identifier in zip([*wrong, code], ids):
        assert browser.posts("messages", {"id": identifier, "text": each}).status_code == 202
    all_at_once([doors.run] * 4)
    assert not held(doors, "identity_grant")["identity_grant"]


def test_one_number_is_not_flooded_with_codes(doors: Doors) -> None:
    before = len(doors.telco.texts)
    for _ in range(4):
        browser = _asked_for_code(doors)
        browser.says("new code")
        browser.says("send it again")
    assert len(doors.telco.texts) - before == 5


# Keys and links


def test_a_registration_key_is_tried_five_times(doors: Doors) -> None:
    key, nia = new_registration_key(), ("+447700900018", "patient-20")
    with doors.surgery.program.database.write() as connection:
        until = doors.clock().replace(year=2027)
        credentials.add_registration_key(connection, nia[1], key, "reception", doors.clock(), until)
    phone = _opened(doors, *nia)
    phone.opens("/secure/register")
    new = {"new": "three quiet walnuts", "again": "three quiet walnuts"}
    answers = [phone.sends("/secure/register", key=new_registration_key(), **new).status_code for _ in range(5)]
    assert answers == [400] * 4 + [403]
    assert phone.sends("/secure/register", key=key, **new).status_code == 403


def test_passcodes_and_keys_are_counted_together(doors: Doors) -> None:
    phone = _opened(doors)
    _tries(phone, 3)
    phone.opens("/secure/register")
    new = {"new": "three quiet walnuts", "again": "three quiet walnuts"}
    answers = [phone.sends("/secure/register", key=new_registration_key(), **new).status_code for _ in range(2)]
    assert answers == [400, 403]


def test_trying_links_finds_none_and_leaves_nothing_behind(doors: Doors) -> None:
    path, stranger = send_link(doors), Phone(doors)
    before = held(doors)
    for _ in range(150):
        guess = f"/secure/{secure_links.new_token()}"
        stranger.opens(guess)
        assert (stranger.status, stranger.posts(guess, {}).status_code, stranger.cookie()) == (404, 404, None)
    assert held(doors) == before
    assert Phone(doors).spends(path).status_code == 303


def test_trying_cookies_finds_nobody(doors: Doors) -> None:
    Phone(doors).logs_in()
    stranger = Phone(doors)
    for _ in range(50):
        stranger.client.cookies.set("__Host-secure", secure_links.new_token() * 2)
        stranger.opens("/secure/results")
        assert stranger.status == 404
