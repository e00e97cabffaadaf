"""Deployment settings: one typed object from the environment (prefix BOT_) or a .env file."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseSettings, ValidationError, root_validator, validator
from pydantic.fields import ModelField

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting is missing or wrong. The message is one line and names the setting."""


class Settings(BaseSettings):
    """Where this deployment keeps things and how it reaches the outside world."""

    home: Path = Path("var")
    database_url: str = ""
    practice_file: Path = ROOT / "practice.yml"
    models: Path = ROOT / "models"
    public_url: str = "http://127.0.0.1:8080"
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_from: str = ""
    twilio_messaging_service_sid: str = ""
    twilio_api_url: str = "https://api.twilio.com"
    nhs_login_url: str = ""
    nhs_login_client_id: str = ""
    nhs_login_key: Path = Path()
    nhs_login_key_id: str = ""
    # A sign-in service for staff, in the shape of NHS CIS2; the practice's ODS code, and our role for each role code
    # there, as JSON: {"R8001": "clinician"}.
    staff_login_url: str = ""
    staff_login_name: str = "NHS CIS2"
    staff_login_client_id: str = ""
    staff_login_key: Path = Path()
    staff_login_key_id: str = ""
    staff_login_organisation: str = ""
    staff_login_roles: dict[str, str] = {}

    class Config:
        env_prefix = "BOT_"
        env_file = ".env"
        extra = "ignore"

    @validator("public_url", "twilio_api_url", "nhs_login_url", "staff_login_url")
    def _is_a_web_address(cls, value: str, field: ModelField) -> str:
        if not value and not field.default:
            return value
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("must be a web address such as https://chat.example.nhs.uk")
        return value.rstrip("/")

    @validator("twilio_account_sid")
    def _is_an_account_sid(cls, value: str) -> str:
        if value and not (value.startswith("AC") and len(value) == 34):
            raise ValueError("must be a Twilio account SID: AC and 32 letters or digits")
        return value

    @root_validator(skip_on_failure=True)
    def _twilio_is_whole_or_absent(cls, values: dict[str, object]) -> dict[str, object]:
        if not values["twilio_account_sid"]:
            return values
        if not values["twilio_auth_token"]:
            raise ValueError("BOT_TWILIO_AUTH_TOKEN is not set, but BOT_TWILIO_ACCOUNT_SID is")
        if not (values["twilio_from"] or values["twilio_messaging_service_sid"]):
            raise ValueError(
                "BOT_TWILIO_FROM or BOT_TWILIO_MESSAGING_SERVICE_SID must be set with BOT_TWILIO_ACCOUNT_SID"
            )
        return values

    @root_validator(skip_on_failure=True)
    def _nhs_login_is_whole_or_absent(cls, values: dict[str, Any]) -> dict[str, Any]:
        _check_provider(values, "nhs_login", "NHS login")
        return values

    @root_validator(skip_on_failure=True)
    def _staff_login_is_whole_or_absent(cls, values: dict[str, Any]) -> dict[str, Any]:
        _check_provider(values, "staff_login", "staff to sign in by it")
        for name in ("staff_login_organisation", "staff_login_roles"):
            if values["staff_login_url"] and not values[name]:
                raise ValueError(f"BOT_{name.upper()} is not set, but BOT_STAFF_LOGIN_URL is")
        return values

    @property
    def database(self) -> str:
        """The database URL; by default a SQLite file in the state directory."""
        return self.database_url or f"sqlite:///{self.home / 'bot.db'}"

    @property
    def twilio_tokens(self) -> list[str]:
        """The auth tokens that a webhook may be signed with: two while rotating."""
        return [token.strip() for token in self.twilio_auth_token.split(",") if token.strip()]

    @property
    def has_twilio(self) -> bool:
        return bool(self.twilio_account_sid)

    @property
    def has_nhs_login(self) -> bool:
        return bool(self.nhs_login_url)

    @property
    def has_staff_login(self) -> bool:
        return bool(self.staff_login_url)

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


def load_settings(**overrides: Any) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: with one line that names the setting at fault.
    """
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None
    settings.home.mkdir(parents=True, exist_ok=True)
    return settings


def is_protected(url: str) -> bool:
    """Whether nobody on the way can read or change what goes there: https, or this machine itself."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))
    )


def _check_provider(values: dict[str, Any], name: str, what_for: str) -> None:
    """An OpenID provider is set as a whole or not at all. Raises ValueError."""
    setting = f"BOT_{name.upper()}"
    if not values[f"{name}_url"]:
        return
    if not values[f"{name}_client_id"]:
        raise ValueError(f"{setting}_CLIENT_ID is not set, but {setting}_URL is")
    if not values[f"{name}_key"].is_file():
        raise ValueError(f"{setting}_KEY must be the path of a private key in PEM, with {setting}_URL")
    for each in (f"{name}_url", "public_url"):
        if not is_protected(values[each]):
            raise ValueError(f"BOT_{each.upper()} must begin with https:// for {what_for}")


def _one_line(error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0])
    return str(first["msg"]) if name == "__root__" else f"BOT_{name.upper()} {first['msg']}"
