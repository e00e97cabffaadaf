"""`python -m bot staff …`: access as the surgery grants it, from the command line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli_staff import app
from bot.settings import Settings
from bot.store.credentials import take_registration_key
from bot.store.database import open_database
from tests.support import HandClock

Staff = Callable[..., Result]


@pytest.fixture()
def staff(tmp_path: Path, prepared_home: Path, monkeypatch: pytest.MonkeyPatch) -> Staff:
    shutil.copytree(prepared_home, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("BOT_HOME", str(tmp_path))
    return lambda *words: CliRunner().invoke(app, [*words])


def test_access_to_the_record_needs_a_check_of_identity(staff: Staff) -> None:
    refused = staff("access", "patient-10", "full", "--by", "jo")
    assert refused.exit_code == 2
    assert staff("access", "patient-10", "full", "--by", "jo", "--checked", "documents").exit_code == 0
    assert "full" in staff("show", "patient-10").output


def test_a_registration_key_is_shown_once_and_works(staff: Staff, tmp_path: Path) -> None:
    key = staff("key", "patient-20", "--by", "jo").output.strip()
    database = open_database(Settings(home=tmp_path, _env_file=None))
    with database.write() as connection:
        assert take_registration_key(connection, "patient-20", key, HandClock()())
    database.close()


def test_somebody_is_trusted_reviewed_and_no_longer_trusted(staff: Staff) -> None:
    facts = ("--name", "Ann Onn", "--mobile", "07700 900555", "--level", "summary", "--basis", "consent")
    proxy = staff("trust", "patient-01", *facts, "--by", "jo").output.strip()
    assert proxy in staff("show", "patient-01").output
    assert staff("review-trust", "patient-01", proxy, "--by", "jo").exit_code == 0
    assert staff("end-trust", "patient-01", proxy, "--by", "jo").exit_code == 0
    assert proxy not in staff("show", "patient-01").output


def test_a_flag_goes_on_and_off(staff: Staff) -> None:
    staff("flag", "patient-01", "under_pressure", "--by", "jo")
    assert "under_pressure" in staff("show", "patient-01").output
    staff("flag", "patient-01", "under_pressure", "--by", "jo", "--off")
    assert "under_pressure" not in staff("show", "patient-01").output


@pytest.mark.parametrize(
    "words",
    [
        ("access", "patient-99", "full", "--by", "jo"),
        ("access", "patient-01", "everything", "--by", "jo"),
        ("flag", "patient-01", "suspicious", "--by", "jo"),
        ("key", "nobody", "--by", "jo"),
        ("key", "patient-01", "--by", "jo from the desk"),
        ("end-trust", "patient-01", "proxy-novak", "--by", "jo"),
        ("trust", "patient-01", "--name", "A", "--mobile", "12", "--level", "full", "--basis", "consent", "--by", "jo"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line_and_changes_nothing(staff: Staff, words: tuple[str, ...]) -> None:
    refused = staff(*words)
    assert refused.exit_code == 2
    assert "Traceback" not in refused.output


# Accounts


def test_a_new_account_gets_a_link_that_is_for_them_alone(staff: Staff) -> None:
    added = staff("add", "jo.reed", "--name", "Jo Reed", "--role", "reception", "--by", "boss")
    assert added.exit_code == 0
    assert "http://127.0.0.1:8080/console/set-up/" in added.output
    listed = staff("list").output
    assert all(word in listed for word in ("jo.reed", "Jo Reed", "reception", "not set up"))


def test_a_lost_way_in_is_made_anew_from_the_command_line(staff: Staff) -> None:
    staff("add", "jo.reed", "--name", "Jo Reed", "--role", "admin", "--by", "boss")
    assert "/console/set-up/" in staff("reset", "jo.reed", "--by", "boss").output


def test_an_account_gets_another_role_and_is_disabled(staff: Staff) -> None:
    staff("add", "jo.reed", "--name", "Jo Reed", "--role", "reception", "--by", "boss")
    assert staff("role", "jo.reed", "supervisor", "--by", "boss").exit_code == 0
    assert staff("disable", "jo.reed", "--by", "boss").exit_code == 0
    listed = staff("list").output
    assert "supervisor" in listed and "disabled" in listed


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("add", "jo.reed", "--name", "Jo", "--role", "boss", "--by", "boss"), "unknown role"),
        (("add", "Jo Reed", "--name", "Jo", "--role", "admin", "--by", "boss"), "bad login"),
        (("reset", "nobody", "--by", "boss"), "unknown login"),
        (("disable", "nobody", "--by", "boss"), "unknown login"),
        (("role", "nobody", "admin", "--by", "boss"), "unknown login"),
    ],
)
def test_what_is_not_possible_with_an_account_is_named(staff: Staff, words: tuple[str, ...], why: str) -> None:
    refused = staff(*words)
    assert (refused.exit_code, "Traceback" in refused.output) == (2, False)
    assert why in refused.output
