"""Signing in to the console, its lock, and its end."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from sqlalchemy import select

from bot.identity import passcodes
from bot.practice import Practice
from bot.staff.service_login import Worker
from bot.staff.sessions import Verdict
from bot.store.database import Database
from bot.store.staff_sessions import StaffSession
from bot.store.staff_tables import staff_session
from tests.support import HandClock
from tests.unit.staff_support import HERE, PASSCODE, Office, trying


@pytest.fixture()
def office(database: Database, practice: Practice, clock: HandClock) -> Office:
    office = Office(database, practice, clock)
    office.hires()
    return office


def session_of(office: Office, token: str) -> StaffSession:
    session = office.sessions.find(token)
    assert session is not None
    return session


# In


def test_passcode_and_code_sign_in(office: Office) -> None:
    judged = office.signs_in()
    assert judged.verdict is Verdict.PASSED
    assert session_of(office, judged.token).member.login == "jo.reed"
    assert office.noted()[-1] == ("sign_in", "passed", session_of(office, judged.token).member.id)


@pytest.mark.parametrize(
    "typed",
    [
        {"passcode": "not-the-passcode"},
        {"passcode": ""},
        {"code": "000000"},
        {"code": " "},
        {"login": "nobody"},
        {"login": ""},
        {"login": "x" * 5000},
        {"passcode": "x" * 5000},
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(office: Office, typed: dict[str, Any]) -> None:
    judged = office.signs_in(**typed)
    assert (judged.verdict, judged.token, judged.member) == (Verdict.WRONG, "", None)


def test_hashing_is_done_for_a_login_that_nobody_has(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    usual = passcodes.fits
    monkeypatch.setattr(passcodes, "fits", lambda *given: tried.append(given) or usual(*given))
    office.signs_in("nobody")
    office.signs_in(passcode="wrong")
    assert len(tried) == 2


def test_what_was_typed_as_a_login_is_not_noted(office: Office) -> None:
    office.signs_in(login=PASSCODE)
    assert office.noted()[-1] == ("sign_in", "refused", None)


def test_a_code_signs_in_once(office: Office) -> None:
    code = office.code("jo.reed")
    assert office.sessions.sign_in("jo.reed", PASSCODE, code, HERE).verdict is Verdict.PASSED
    assert office.sessions.sign_in("jo.reed", PASSCODE, code, HERE).verdict is Verdict.WRONG


def test_a_right_code_with_a_wrong_passcode_is_not_used_up(office: Office) -> None:
    code = office.code("jo.reed")
    office.sessions.sign_in("jo.reed", "wrong-passcode", code, HERE)
    assert office.sessions.sign_in("jo.reed", PASSCODE, code, HERE).verdict is Verdict.PASSED


def test_tokens_are_long_and_kept_as_hashes(office: Office) -> None:
    token = office.signs_in().token
    assert len(token) == 43  # 256 bits
    with office.database.read() as connection:
        held = connection.execute(select(staff_session.c.token_hash)).scalar_one()
    assert held == hashlib.sha256(token.encode()).hexdigest()


def test_signing_in_ends_what_this_browser_had(office: Office) -> None:
    first = office.signs_in().token
    second = office.signs_in(before=session_of(office, first)).token
    assert first != second
    assert office.sessions.find(first) is None
    assert office.sessions.find(second) is not None


def test_other_browsers_stay_signed_in(office: Office) -> None:
    first, second = office.signs_in().token, office.signs_in().token
    assert office.sessions.find(first) and office.sessions.find(second)


# Limits


def test_after_five_wrong_tries_the_right_one_has_to_wait(office: Office) -> None:
    assert [each.verdict for each in trying(office, 5)] == [Verdict.WRONG] * 5
    assert office.signs_in().verdict is Verdict.LIMITED
    assert office.noted()[-1][:2] == ("sign_in", "locked")
    office.clock.forward(minutes=16)
    assert office.signs_in().verdict is Verdict.PASSED


def test_after_ten_in_a_day_waiting_is_not_enough(office: Office) -> None:
    for _ in range(2):
        list(trying(office, 5))
        office.clock.forward(minutes=16)
    assert office.signs_in().verdict is Verdict.LIMITED
    office.clock.forward(hours=6)
    assert office.signs_in().verdict is Verdict.LIMITED


def test_signing_in_forgives_what_went_before(office: Office) -> None:
    list(trying(office, 4))
    assert office.signs_in().verdict is Verdict.PASSED
    assert [each.verdict for each in trying(office, 5)] == [Verdict.WRONG] * 5


def test_a_login_that_nobody_has_is_limited_alike(office: Office) -> None:
    verdicts = [each.verdict for each in trying(office, 6, login="nobody")]
    assert verdicts == [*[Verdict.WRONG] * 5, Verdict.LIMITED]


def test_one_address_cannot_try_one_login_after_the_other(office: Office) -> None:
    for number in range(20):
        office.signs_in(f"login-{number}")
    assert office.signs_in().verdict is Verdict.LIMITED
    assert office.signs_in(address="192.0.2.8").verdict is Verdict.PASSED


def test_while_it_is_limited_nothing_is_hashed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    list(trying(office, 5))
    monkeypatch.setattr(passcodes, "fits", lambda *_: pytest.fail("it was hashed"))
    assert office.signs_in().verdict is Verdict.LIMITED


# The lock


def test_a_session_locks_after_a_quarter_of_an_hour_without_use(office: Office) -> None:
    token = office.signs_in().token
    office.clock.forward(minutes=14)
    assert not office.sessions.is_locked(session_of(office, token))
    office.clock.forward(minutes=1)
    assert office.sessions.is_locked(session_of(office, token))


def test_use_keeps_it_open(office: Office) -> None:
    token = office.signs_in().token
    for _ in range(4):
        office.clock.forward(minutes=10)
        assert not office.sessions.is_locked(session_of(office, token))
        office.sessions.use(session_of(office, token))


def test_a_session_is_over_after_ten_hours_however_it_is_used(office: Office) -> None:
    token = office.signs_in().token
    for _ in range(59):
        office.clock.forward(minutes=10)
        office.sessions.use(session_of(office, token))
    office.clock.forward(minutes=10)
    assert office.sessions.find(token) is None


def test_the_passcode_alone_unlocks_it_under_a_fresh_token(office: Office) -> None:
    token = office.signs_in().token
    office.sessions.lock(session_of(office, token))
    judged = office.sessions.unlock(session_of(office, token), PASSCODE, HERE)
    assert judged.verdict is Verdict.PASSED
    assert office.sessions.find(token) is None
    assert not office.sessions.is_locked(session_of(office, judged.token))


def test_an_unlocked_session_is_no_younger(office: Office) -> None:
    token = office.signs_in().token
    office.clock.forward(hours=9)
    token = office.sessions.unlock(session_of(office, token), PASSCODE, HERE).token
    office.clock.forward(hours=1)
    assert office.sessions.find(token) is None


def test_somebody_elses_passcode_does_not_unlock_it(office: Office) -> None:
    office.sets_up(office.accounts.add("al.bo", "Al Bo", "supervisor", "boss"), "pebble-violin-thirteen")
    session = session_of(office, office.signs_in().token)
    assert office.sessions.unlock(session, "pebble-violin-thirteen", HERE).verdict is Verdict.WRONG


def test_an_unlock_is_limited_as_signing_in_is(office: Office) -> None:
    session = session_of(office, office.signs_in().token)
    verdicts = [office.sessions.unlock(session, "wrong-passcode", HERE).verdict for _ in range(6)]
    assert verdicts == [*[Verdict.WRONG] * 5, Verdict.LIMITED]
    assert office.sessions.unlock(session, PASSCODE, HERE).verdict is Verdict.LIMITED


def test_an_ended_session_is_not_unlocked(office: Office) -> None:
    session = session_of(office, office.signs_in().token)
    office.sessions.sign_out(session)
    assert office.sessions.unlock(session, PASSCODE, HERE).verdict is Verdict.OVER


def test_what_was_typed_is_there_after_the_lock(office: Office) -> None:
    token = office.signs_in().token
    office.sessions.keep_draft(session_of(office, token), "/console/conversations/7", {"text": "Dear Amira"})
    office.sessions.lock(session_of(office, token))
    token = office.sessions.unlock(session_of(office, token), PASSCODE, HERE).token
    assert session_of(office, token).drafts == {"/console/conversations/7": {"text": "Dear Amira"}}


def test_what_was_typed_on_several_pages_is_kept_for_each(office: Office) -> None:
    token = office.signs_in().token
    for number in (7, 8):
        office.sessions.keep_draft(session_of(office, token), f"/console/conversations/{number}", {"text": "x"})
    office.sessions.keep_draft(session_of(office, token), "/console/conversations/7", {})
    assert list(session_of(office, token).drafts) == ["/console/conversations/8"]


def test_what_was_typed_follows_its_member_and_nobody_else(office: Office) -> None:
    office.hires("al.bo", "Al Bo")
    token = office.signs_in().token
    office.sessions.keep_draft(session_of(office, token), "/console", {"text": "mine"})
    own = office.signs_in(before=session_of(office, token)).token
    assert session_of(office, own).drafts == {"/console": {"text": "mine"}}
    other = office.signs_in("al.bo", before=session_of(office, own)).token
    assert session_of(office, other).drafts == {}


def test_what_was_typed_is_sealed(office: Office) -> None:
    session = session_of(office, office.signs_in().token)
    office.sessions.keep_draft(session, "/console", {"text": "Dear Amira"})
    with office.database.read() as connection:
        raw = connection.connection.cursor().execute("SELECT pending FROM staff_session").fetchall()
    assert b"Amira" not in raw[0][0]


# Out


def test_signing_out_ends_this_browser_alone(office: Office) -> None:
    here, there = office.signs_in().token, office.signs_in().token
    office.sessions.sign_out(session_of(office, here))
    assert office.sessions.find(here) is None
    assert office.sessions.find(there) is not None


def test_signing_out_everywhere_ends_all(office: Office) -> None:
    here, there = office.signs_in().token, office.signs_in().token
    office.sessions.sign_out(session_of(office, here), everywhere=True)
    assert office.sessions.find(here) is None and office.sessions.find(there) is None
    assert office.noted()[-1][:2] == ("sign_out", "everywhere")


# By a sign-in service


def test_whom_the_service_proves_is_signed_in_with_the_role_chosen_there(office: Office) -> None:
    office.accounts.add("dr.bo", "Dr Bo", "reception", "boss", subject="555021")
    judged = office.sessions.sign_in_by_service(Worker("555021", "clinician"))
    assert judged.verdict is Verdict.PASSED
    assert session_of(office, judged.token).member.role == "clinician"
    assert ("staff.role", "clinician", None) in office.noted()


def test_whom_the_service_proves_and_nobody_knows_is_refused(office: Office) -> None:
    judged = office.sessions.sign_in_by_service(Worker("555021", "clinician"))
    assert (judged.verdict, judged.token) == (Verdict.UNKNOWN, "")


@pytest.mark.parametrize("role", [None, "", "boss"])
def test_without_a_role_of_ours_nobody_is_signed_in(office: Office, role: str | None) -> None:
    office.accounts.add("dr.bo", "Dr Bo", "reception", "boss", subject="555021")
    assert office.sessions.sign_in_by_service(Worker("555021", role)).verdict is Verdict.NO_ROLE


def test_a_disabled_account_is_nobodys_by_the_service_either(office: Office) -> None:
    office.accounts.add("dr.bo", "Dr Bo", "clinician", "boss", subject="555021")
    office.accounts.disable("dr.bo", "boss")
    assert office.sessions.sign_in_by_service(Worker("555021", "clinician")).verdict is Verdict.UNKNOWN
