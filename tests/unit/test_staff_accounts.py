"""Accounts of staff: made, set up once, reset, disabled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from bot.practice import Practice
from bot.staff.accounts import NotPossible
from bot.staff.sessions import Verdict
from bot.store.database import Database
from bot.store.staff_tables import staff, staff_setup
from tests.support import HandClock
from tests.unit.staff_support import PASSCODE, Office


@pytest.fixture()
def office(database: Database, practice: Practice, clock: HandClock) -> Office:
    return Office(database, practice, clock)


def test_a_new_account_signs_nobody_in_until_it_is_set_up(office: Office) -> None:
    office.accounts.add("jo.reed", "Jo Reed", "reception", "boss")
    assert office.signs_in(passcode="").verdict is Verdict.WRONG


def test_an_account_that_is_set_up_signs_in(office: Office) -> None:
    office.hires()
    assert office.signs_in().verdict is Verdict.PASSED


def test_who_made_it_and_who_set_it_up_are_noted(office: Office) -> None:
    office.hires()
    own_id = office.accounts.all()[0].account.id
    assert office.noted() == [("staff.added", "reception", "boss"), ("staff.set_up", "done", own_id)]


@pytest.mark.parametrize(
    ("login", "name", "role", "code"),
    [
        ("Jo Reed", "Jo", "reception", "bad_login"),
        ("j", "Jo", "reception", "bad_login"),
        ("-jo", "Jo", "reception", "bad_login"),
        ("jo.reed", " ", "reception", "bad_name"),
        ("jo.reed", "J" * 81, "reception", "bad_name"),
        ("jo.reed", "Jo", "boss", "unknown_role"),
    ],
)
def test_what_makes_no_account_is_named(office: Office, login: str, name: str, role: str, code: str) -> None:
    with pytest.raises(NotPossible) as refused:
        office.accounts.add(login, name, role, "boss")
    assert refused.value.code == code
    assert office.accounts.all() == []


def test_a_login_is_one_persons_however_it_is_typed(office: Office) -> None:
    office.hires("jo.reed")
    with pytest.raises(NotPossible, match="taken"):
        office.accounts.add("JO.Reed ", "Jo Reed", "admin", "boss")
    assert office.signs_in("jo.reed").verdict is Verdict.PASSED


def test_nothing_secret_is_stored_as_it_is(office: Office) -> None:
    link = office.accounts.add("jo.reed", "Jo Reed", "reception", "boss")
    held = office.accounts.look(link)
    assert held is not None and held.authenticator is not None
    office.sets_up(link)
    with office.database.read() as connection:
        raw = connection.connection.cursor().execute("SELECT * FROM staff").fetchall()
        raw += connection.connection.cursor().execute("SELECT * FROM staff_setup").fetchall()
    for secret in (link, held.authenticator, PASSCODE):
        assert secret not in str(raw)
    assert secret not in repr(held)


# The link


def test_a_link_works_once(office: Office) -> None:
    link = office.accounts.add("jo.reed", "Jo Reed", "reception", "boss")
    office.sets_up(link)
    assert office.accounts.look(link) is None
    assert office.accounts.set_up(link, PASSCODE, PASSCODE, office.code("jo.reed")) == {"link": "over"}


def test_looking_at_a_link_spends_nothing(office: Office) -> None:
    link = office.accounts.add("jo.reed", "Jo Reed", "reception", "boss")
    assert office.accounts.look(link) == office.accounts.look(link) is not None


def test_a_link_is_over_after_a_day(office: Office) -> None:
    link = office.accounts.add("jo.reed", "Jo Reed", "reception", "boss")
    office.clock.forward(hours=24)
    assert office.accounts.look(link) is None


def test_a_new_link_ends_the_one_before(office: Office) -> None:
    first = office.accounts.add("jo.reed", "Jo Reed", "reception", "boss")
    second = office.accounts.reset("jo.reed", "boss")
    assert office.accounts.look(first) is None
    assert office.accounts.look(second) is not None


def test_of_several_who_use_a_link_at_once_one_does(office: Office) -> None:
    link = office.accounts.add("jo.reed", "Jo Reed", "reception", "boss")
    held = office.accounts.look(link)
    assert held is not None
    office._secrets["jo.reed"] = held.authenticator or ""
    code = office.code("jo.reed")
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: office.accounts.set_up(link, PASSCODE, PASSCODE, code), range(4)))
    assert done.count(None) == 1
    assert done.count({"link": "over"}) == 3


@pytest.mark.parametrize(
    ("passcode", "again", "errors"),
    [
        ("short", "short", {"passcode": "short"}),
        ("password1234", "password1234", {"passcode": "guessable"}),
        ("jo.reedjo.reed", "jo.reedjo.reed", {"passcode": "guessable"}),
        (PASSCODE, "gravel-lantern", {"again": "different"}),
    ],
)
def test_a_bad_passcode_leaves_the_link_as_it_is(
    office: Office, passcode: str, again: str, errors: dict[str, str]
) -> None:
    link = office.accounts.add("jo.reed", "Jo Reed", "reception", "boss")
    held = office.accounts.look(link)
    assert held is not None
    office._secrets["jo.reed"] = held.authenticator or ""
    assert office.accounts.set_up(link, passcode, again, office.code("jo.reed")) == errors
    assert office.accounts.look(link) is not None


def test_without_the_app_no_account_is_set_up(office: Office) -> None:
    link = office.accounts.add("jo.reed", "Jo Reed", "reception", "boss")
    assert office.accounts.set_up(link, PASSCODE, PASSCODE, "000000") == {"code": "wrong"}
    assert office.accounts.look(link) is not None


def test_the_code_that_set_it_up_does_not_sign_in(office: Office) -> None:
    office.hires()
    with office.database.read() as connection:
        assert connection.execute(select(staff.c.last_step)).scalar_one() is not None
    code = office.code("jo.reed")
    assert office.signs_in(code=code).verdict is Verdict.PASSED
    assert office.sessions.sign_in("jo.reed", PASSCODE, code, "").verdict is Verdict.WRONG


# Afterwards


def test_a_reset_shuts_the_old_way_in_at_once(office: Office) -> None:
    office.hires()
    token = office.signs_in().token
    office.accounts.reset("jo.reed", "boss")
    assert office.sessions.find(token) is None
    assert office.signs_in().verdict is Verdict.WRONG


def test_a_reset_lets_in_again_who_was_locked_out(office: Office) -> None:
    office.hires()
    for _ in range(12):
        office.signs_in(passcode="wrong-passcode")
    assert office.signs_in().verdict is Verdict.LIMITED
    office.sets_up(office.accounts.reset("jo.reed", "boss"))
    assert office.signs_in().verdict is Verdict.PASSED


def test_a_reset_gives_the_app_another_secret(office: Office) -> None:
    office.hires()
    before = office.accounts.all()[0].authenticator
    office.accounts.reset("jo.reed", "boss")
    assert office.accounts.all()[0].authenticator != before


def test_a_disabled_account_ends_at_once(office: Office) -> None:
    office.hires()
    token, link = office.signs_in().token, None
    office.accounts.disable("jo.reed", "boss")
    assert office.sessions.find(token) is None
    assert office.signs_in().verdict is Verdict.WRONG
    assert ("staff.disabled", "done", "boss") in office.noted()
    assert link is None


def test_a_disabled_account_is_not_set_up_by_a_link_given_before(office: Office) -> None:
    link = office.accounts.add("jo.reed", "Jo Reed", "reception", "boss")
    office.accounts.disable("jo.reed", "boss")
    assert office.accounts.look(link) is None
    with office.database.read() as connection:
        assert connection.execute(select(staff_setup.c.used_at)).scalar_one() is not None


def test_another_role_counts_from_the_next_page_on(office: Office) -> None:
    office.hires()
    token = office.signs_in().token
    office.accounts.change_role("jo.reed", "supervisor", "boss")
    session = office.sessions.find(token)
    assert session is not None and session.member.role == "supervisor"


@pytest.mark.parametrize("change", ["reset", "disable"])
def test_a_login_that_nobody_has_is_named(office: Office, change: str) -> None:
    with pytest.raises(NotPossible, match="unknown_login"):
        getattr(office.accounts, change)("nobody", "boss")
