"""The practice's own facts, switches and rules: one typed object from practice.yml."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Optional
from zoneinfo import ZoneInfo

import holidays
import phonenumbers
import yaml
from pydantic import BaseModel, Extra, Field, ValidationError, root_validator, validator

from bot.settings import SettingsError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"^(\d\d:\d\d)-(\d\d:\d\d)$")


class _Strict(BaseModel):
    class Config:
        extra = Extra.forbid
        allow_population_by_field_name = True


class Span(_Strict):
    """Opening from one wall-clock time to another on one day."""

    start: time
    end: time

    @root_validator(skip_on_failure=True)
    def _ends_after_it_starts(cls, values: dict[str, time]) -> dict[str, time]:
        if values["start"] >= values["end"]:
            raise ValueError("must end after it starts")
        return values


class Closure(_Strict):
    """A day, or part of one, when the doors are shut."""

    date: date
    start: time = Field(time.min, alias="from")
    end: time = Field(time.max, alias="to")
    why: str = ""


class Services(_Strict):
    appointments: bool
    prescriptions: bool
    results: bool
    record: bool
    messages: bool


class Booking(_Strict):
    """Booking rules; lengths in the unit that the name says."""

    window_days: int = Field(ge=1, le=365)
    embargo_minutes: int = Field(ge=0)
    max_future_appointments: int = Field(ge=1)
    cancel_cutoff_minutes: int = Field(ge=0)
    same_day_warning: bool
    reason_max_length: int = Field(ge=20, le=500)
    offers: int = Field(ge=1, le=3)  # more do not fit in a text of three segments


class Clinic(_Strict):
    """A kind of session, and the words by which patients ask for it."""

    type: str
    words: list[str] = Field(min_items=1)


class ConversationRules(_Strict):
    quiet_hours: int = Field(ge=1)
    code_minutes: int = Field(ge=1, le=10)
    code_tries: int = Field(ge=1, le=5)
    codes_per_hour: int = Field(ge=1)


# Seeing, changing and cancelling appointments and ordering repeats need P9 in NHS England's own table of levels.
_NHS_LOGIN_TABLE = ("see_appointments", "change_appointment", "cancel_appointment", "order_named_repeat")
_PRESETS: dict[str, tuple[str, ...]] = {"standard": (), "nhs_login_table": _NHS_LOGIN_TABLE}


class IdentityRules(_Strict):
    """How identity is proved. A practice can ask for more than the standard, never for less."""

    preset: str
    raise_to_verified: list[str]
    link_minutes: int = Field(ge=2, le=10)
    idle_minutes: int = Field(ge=5, le=30)  # NHS login: anew after 30 minutes without use
    longest_hours: int = Field(ge=1, le=12)  # NHS login: anew after 12 hours
    tries: int = Field(ge=1, le=5)
    tries_per_day: int = Field(ge=1, le=10)
    passcode_length: int = Field(ge=8, le=64)
    registration_key_days: int = Field(ge=1, le=28)

    @validator("preset")
    def _is_a_preset(cls, value: str) -> str:
        if value not in _PRESETS:
            raise ValueError(f"must be one of {', '.join(_PRESETS)}")
        return value

    @validator("raise_to_verified", each_item=True)
    def _is_a_service(cls, value: str) -> str:
        if value not in ("book_appointment", *_NHS_LOGIN_TABLE):
            raise ValueError(f"must be of book_appointment, {', '.join(_NHS_LOGIN_TABLE)}")
        return value

    @property
    def verified_services(self) -> frozenset[str]:
        """Services that need VERIFIED here, though CONTACT would do elsewhere."""
        return frozenset((*_PRESETS[self.preset], *self.raise_to_verified))


class StaffRules(_Strict):
    """How soon somebody has to look; lengths in the unit that the name says."""

    urgent_minutes: int = Field(ge=1, le=60)
    routine_minutes: int = Field(ge=15, le=1440)
    waiting_days: int = Field(ge=1, le=14)
    undo_seconds: int = Field(ge=0, le=30)


class TrustedPeople(_Strict):
    """Acting for somebody else (DAPB3051). Ages are the patient's; 16 is a hard stop, whatever stands here."""

    review_age: int = Field(ge=10, le=14)
    young_level: str
    suspend_age: int = Field(ge=13, le=16)
    unused_years: int = Field(ge=1, le=5)

    @validator("young_level")
    def _is_transactional(cls, value: str) -> str:
        if value not in ("none", "appointments", "prescriptions"):
            raise ValueError("must be none, appointments or prescriptions")
        return value


class WebChat(_Strict):
    allowed_sites: list[str]
    idle_minutes: int = Field(ge=5)
    max_length: int = Field(ge=160)
    messages_per_minute: int = Field(ge=1)


class Answers(_Strict):
    parking: str
    access: str
    register_: str = Field(alias="register")
    repeats: str


class Practice(_Strict):
    """One GP practice."""

    name: str = Field(min_length=2, max_length=40)
    phone: str
    address: list[str] = Field(min_items=1)
    time_zone: str
    website: str
    text_number: str
    opening_hours: dict[str, Optional[Span]]
    bank_holidays: str
    closures: list[Closure]
    services: Services
    booking: Booking
    clinics: list[Clinic]
    conversation: ConversationRules
    identity: IdentityRules
    trusted_people: TrustedPeople
    staff: StaffRules
    web_chat: WebChat
    wording: dict[str, str]
    answers: Answers

    @validator("phone", "text_number")
    def _is_a_phone_number(cls, value: str) -> str:
        try:
            possible = phonenumbers.is_possible_number(phonenumbers.parse(value, "GB"))
        except phonenumbers.NumberParseException:
            possible = False
        if not possible:
            raise ValueError("must be a phone number")
        return value

    @validator("time_zone")
    def _is_a_time_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("must be a time zone such as Europe/London") from None
        return value

    @validator("bank_holidays")
    def _is_a_uk_nation(cls, value: str) -> str:
        nations = holidays.country_holidays("GB").subdivisions_aliases
        if value not in nations:
            raise ValueError(f"must be one of {', '.join(sorted(nations))}")
        return value

    @validator("opening_hours", pre=True)
    def _names_every_weekday(cls, value: Any) -> dict[str, Optional[dict[str, str]]]:
        if not isinstance(value, dict) or set(value) != set(WEEKDAYS):
            raise ValueError("must name every day from monday to sunday")
        return {day: _span(day, text) for day, text in value.items()}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def phone_e164(self) -> str:
        return phonenumbers.format_number(phonenumbers.parse(self.phone, "GB"), phonenumbers.PhoneNumberFormat.E164)

    def bank_holiday(self, day: date) -> str | None:
        """The name of the bank holiday on this day, if it is one."""
        names = holidays.country_holidays("GB", subdiv=self.bank_holidays, years=day.year)
        name = names.get(day)
        return name if isinstance(name, str) else None

    def open_spans(self, day: date) -> list[Span]:
        """When the surgery is open on a day, bank holidays and closures taken out, in order."""
        usual = self.opening_hours[WEEKDAYS[day.weekday()]]
        if usual is None or self.bank_holiday(day):
            return []
        spans = [usual]
        for closure in self.closures:
            if closure.date == day:
                spans = [part for span in spans for part in _without(span, closure)]
        return spans

    def is_open(self, now: datetime) -> bool:
        local = now.astimezone(self.zone)
        return any(span.start <= local.time() < span.end for span in self.open_spans(local.date()))

    def next_open(self, now: datetime) -> datetime:
        """When the surgery is next open: now if it is; otherwise the start of the next opening, local time."""
        local = now.astimezone(self.zone)
        if self.is_open(now):
            return local
        for ahead in range(60):
            day = local.date() + timedelta(days=ahead)
            for span in self.open_spans(day):
                opens = datetime.combine(day, span.start, self.zone)
                if opens > local:
                    return opens
        raise SettingsError("practice.yml: opening_hours never open in the next 60 days")


def load_practice(path: Path) -> Practice:
    """Read practice.yml.

    Raises:
        SettingsError: with one line that names the value at fault.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"BOT_PRACTICE_FILE {path}: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{path.name}: not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise SettingsError(f"{path.name}: must hold the practice's settings")
    try:
        return Practice(**raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "__root__")
        raise SettingsError(f"{path.name}: {where}: {first['msg']}") from None


def _span(day: str, text: Any) -> dict[str, str] | None:
    if text == "closed":
        return None
    match = _SPAN.match(str(text))
    if not match:
        raise ValueError(f'{day} must be like "08:00-18:30" or closed')
    return {"start": match[1], "end": match[2]}


def _without(span: Span, closure: Closure) -> list[Span]:
    before = Span(start=span.start, end=min(span.end, closure.start)) if closure.start > span.start else None
    after = Span(start=max(span.start, closure.end), end=span.end) if closure.end < span.end else None
    return [part for part in (before, after) if part]
