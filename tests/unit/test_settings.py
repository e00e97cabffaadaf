"""A wrong setting stops the start with one line that names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings, SettingsError, load_settings

SID = "AC" + "0" * 32


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No BOT_ variable and no .env of the machine that runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.__fields__:
        monkeypatch.delenv(f"BOT_{name.upper()}", raising=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_PUBLIC_URL", "chat.example.nhs.uk"),
        ("BOT_PUBLIC_URL", "ftp://chat.example.nhs.uk"),
        ("BOT_PUBLIC_URL", "https://"),
        ("BOT_TWILIO_API_URL", "localhost:9999"),
        ("BOT_TWILIO_ACCOUNT_SID", "AC123"),
        ("BOT_TWILIO_ACCOUNT_SID", "SK" + "0" * 32),
        ("BOT_NHS_LOGIN_URL", "auth.login.nhs.uk"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert name in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_account_without_its_token_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TWILIO_ACCOUNT_SID", SID)
    with pytest.raises(SettingsError, match="^BOT_TWILIO_AUTH_TOKEN is not set"):
        load_settings()


def test_an_account_without_a_sender_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TWILIO_ACCOUNT_SID", SID)
    monkeypatch.setenv("BOT_TWILIO_AUTH_TOKEN", "token")
    with pytest.raises(SettingsError, match="^BOT_TWILIO_FROM or BOT_TWILIO_MESSAGING_SERVICE_SID"):
        load_settings()


@pytest.mark.parametrize("sender", ["BOT_TWILIO_FROM", "BOT_TWILIO_MESSAGING_SERVICE_SID"])
def test_an_account_with_token_and_one_sender_is_whole(monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
    monkeypatch.setenv("BOT_TWILIO_ACCOUNT_SID", SID)
    monkeypatch.setenv("BOT_TWILIO_AUTH_TOKEN", "token")
    monkeypatch.setenv(sender, "+447700900000")
    assert load_settings().has_twilio


@pytest.fixture()
def nhs_login(tmp_path: Path) -> dict[str, Any]:
    """A registration with NHS login that is whole."""
    key = tmp_path / "key.pem"
    key.write_text("a key")
    return {
        "public_url": "https://chat.example.nhs.uk",
        "nhs_login_url": "https://auth.login.nhs.uk/",
        "nhs_login_client_id": "riverside",
        "nhs_login_key": key,
    }


def test_a_whole_registration_with_nhs_login_is_one(nhs_login: dict[str, Any]) -> None:
    settings = load_settings(**nhs_login)
    assert settings.has_nhs_login
    assert settings.nhs_login_url == "https://auth.login.nhs.uk"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nhs_login_client_id", ""),
        ("nhs_login_key", ""),
        ("nhs_login_key", "/nowhere/key.pem"),
        ("nhs_login_url", "http://auth.login.nhs.uk"),
        ("public_url", "http://chat.example.nhs.uk"),
        ("public_url", "http://127.0.0.1.example.nhs.uk"),
    ],
)
def test_half_a_registration_with_nhs_login_is_named(nhs_login: dict[str, Any], name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^BOT_{name.upper()} ") as refusal:
        load_settings(**{**nhs_login, name: value})
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080"])
def test_nhs_login_can_be_tried_on_one_machine(nhs_login: dict[str, Any], host: str) -> None:
    tried = load_settings(**{**nhs_login, "public_url": f"http://{host}", "nhs_login_url": f"http://{host}"})
    assert tried.has_nhs_login


@pytest.fixture()
def staff_login(nhs_login: dict[str, Any]) -> dict[str, Any]:
    """A registration with a sign-in service for staff that is whole."""
    return {
        "public_url": nhs_login["public_url"],
        "staff_login_url": "https://am.cis2.example",
        "staff_login_client_id": "riverside",
        "staff_login_key": nhs_login["nhs_login_key"],
        "staff_login_organisation": "A81001",
        "staff_login_roles": {"R8001": "clinician"},
    }


def test_roles_are_set_as_json(staff_login: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_STAFF_LOGIN_ROLES", '{"R8001": "clinician"}')
    settings = load_settings(**{name: value for name, value in staff_login.items() if name != "staff_login_roles"})
    assert settings.has_staff_login
    assert settings.staff_login_roles == {"R8001": "clinician"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("staff_login_client_id", ""),
        ("staff_login_key", ""),
        ("staff_login_url", "http://am.cis2.example"),
        ("staff_login_organisation", ""),
        ("staff_login_roles", {}),
    ],
)
def test_half_a_registration_for_staff_is_named(staff_login: dict[str, Any], name: str, value: Any) -> None:
    with pytest.raises(SettingsError, match=f"^BOT_{name.upper()} ") as refusal:
        load_settings(**{**staff_login, name: value})
    assert "\n" not in str(refusal.value)


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.database == "sqlite:///var/bot.db"
    assert not settings.has_twilio
    assert not settings.has_nhs_login
    assert (tmp_path / "var").is_dir()


def test_an_env_file_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("BOT_PUBLIC_URL=https://chat.example.nhs.uk/\n")
    assert load_settings().public_url == "https://chat.example.nhs.uk"


def test_the_environment_wins_over_the_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("BOT_PUBLIC_URL=https://file.example.nhs.uk\n")
    monkeypatch.setenv("BOT_PUBLIC_URL", "https://real.example.nhs.uk")
    assert load_settings().public_url == "https://real.example.nhs.uk"


def test_two_tokens_are_accepted_while_one_is_being_replaced() -> None:
    assert Settings(twilio_auth_token="old, new", _env_file=None).twilio_tokens == ["old", "new"]


@pytest.mark.parametrize(("url", "is_https"), [("https://a.example", True), ("http://127.0.0.1:8080", False)])
def test_the_public_address_says_whether_cookies_can_be_secure(url: str, is_https: bool) -> None:
    assert Settings(public_url=url, _env_file=None).is_https is is_https
