"""The practice's own facts, switches and rules: one typed object from practice.yml."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Optional
from zoneinfo import ZoneInfo

import holidays
import phonenumbers
import yaml
from pydantic import Field, ValidationError, validator

from bot.practice_sections import (
    Answers,
    Booking,
    Clinic,
    Closure,
    ConversationRules,
    EarlierSlots,
    IdentityRules,
    MessageRules,
    PrescriptionRules,
    Reminders,
    Services,
    Span,
    StaffRules,
    Strict,
    Texts,
    TrustedPeople,
    WebChat,
)
from bot.settings import SettingsError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"^(\d\d:\d\d)-(\d\d:\d\d)$")


class Practice(Strict):
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
    texts: Texts
    reminders: Reminders
    prescriptions: PrescriptionRules
    messages: MessageRules
    earlier_slots: EarlierSlots
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
        return _bank_holidays(self.bank_holidays, day.year).get(day)

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

    def is_working_day(self, day: date) -> bool:
        """Whether the surgery is open at all on it."""
        return bool(self.open_spans(day))

    def after_working_days(self, day: date, count: int) -> date:
        """The working day that is so many after `day`, which itself does not count.

        Raises:
            SettingsError: if the surgery is hardly ever open.
        """
        for ahead in range(1, 120):
            later = day + timedelta(days=ahead)
            count -= self.is_working_day(later)
            if count <= 0 and self.is_working_day(later):
                return later
        raise SettingsError("practice.yml: opening_hours hardly ever open")

    def when_to_text(self, due: datetime) -> datetime:
        """The first moment from `due` on, in local time, at which a text that nobody asked for may leave."""
        local = due.astimezone(self.zone)
        if local.time() < self.texts.start:
            return datetime.combine(local.date(), self.texts.start, self.zone)
        if local.time() >= self.texts.end:
            return datetime.combine(local.date() + timedelta(days=1), self.texts.start, self.zone)
        return local

    def texts_end(self, now: datetime) -> datetime:
        """When texts that nobody asked for may leave no longer, on the day of `now`."""
        return datetime.combine(now.astimezone(self.zone).date(), self.texts.end, self.zone)

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


@lru_cache(maxsize=64)
def _bank_holidays(nation: str, year: int) -> dict[date, str]:
    """Of one year; working them out takes longer than all that is asked of them."""
    return dict(holidays.country_holidays("GB", subdiv=nation, years=year).items())


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
