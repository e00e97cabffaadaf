"""The sections of practice.yml, each a typed object: what a practice may decide, and within which bounds."""

from __future__ import annotations

from datetime import date, time

from pydantic import BaseModel, Extra, Field, root_validator, validator


class Strict(BaseModel):
    class Config:
        extra = Extra.forbid
        allow_population_by_field_name = True


class Span(Strict):
    """Opening from one wall-clock time to another on one day."""

    start: time
    end: time

    @root_validator(skip_on_failure=True)
    def _ends_after_it_starts(cls, values: dict[str, time]) -> dict[str, time]:
        if values["start"] >= values["end"]:
            raise ValueError("must end after it starts")
        return values


class Closure(Strict):
    """A day, or part of one, when the doors are shut."""

    date: date
    start: time = Field(time.min, alias="from")
    end: time = Field(time.max, alias="to")
    why: str = ""


class Services(Strict):
    appointments: bool
    prescriptions: bool
    results: bool
    record: bool
    messages: bool


class Booking(Strict):
    """Booking rules; lengths in the unit that the name says."""

    window_days: int = Field(ge=1, le=365)
    embargo_minutes: int = Field(ge=0)
    max_future_appointments: int = Field(ge=1)
    cancel_cutoff_minutes: int = Field(ge=0)
    same_day_warning: bool
    reason_max_length: int = Field(ge=20, le=500)
    offers: int = Field(ge=1, le=3)  # more do not fit in a text of three segments


class Clinic(Strict):
    """A kind of session, and the words by which patients ask for it."""

    type: str
    words: list[str] = Field(min_items=1)


class ConversationRules(Strict):
    quiet_hours: int = Field(ge=1)
    code_minutes: int = Field(ge=1, le=10)
    code_tries: int = Field(ge=1, le=5)
    codes_per_hour: int = Field(ge=1)


# Seeing, changing and cancelling appointments and ordering repeats need P9 in NHS England's own table of levels.
_NHS_LOGIN_TABLE = ("see_appointments", "change_appointment", "cancel_appointment", "order_named_repeat")
_PRESETS: dict[str, tuple[str, ...]] = {"standard": (), "nhs_login_table": _NHS_LOGIN_TABLE}


class IdentityRules(Strict):
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


class StaffRules(Strict):
    """How soon somebody has to look; lengths in the unit that the name says."""

    urgent_minutes: int = Field(ge=1, le=60)
    routine_minutes: int = Field(ge=15, le=1440)
    waiting_days: int = Field(ge=1, le=14)
    undo_seconds: int = Field(ge=0, le=30)


class TrustedPeople(Strict):
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


class Texts(Strict):
    """Texts that nobody has just asked for leave between these hours, wall-clock.

    Attributes:
        pence_per_segment: what a network bills, for the preview of a text to many.
    """

    start: time = Field(alias="from")
    end: time = Field(alias="to")
    pence_per_segment: float = Field(ge=0, le=50)

    @root_validator(skip_on_failure=True)
    def _ends_after_it_starts(cls, values: dict[str, time]) -> dict[str, time]:
        if values["start"] >= values["end"]:
            raise ValueError("must end after it starts")
        return values


class Reminders(Strict):
    """Attributes:
    days_before: of an appointment, each its own reminder.
    at: wall-clock.
    not_within_hours: of the booking: nobody is reminded of what they have only just booked.
    phone_window_minutes: how much later than its time a phone appointment may begin.
    """

    days_before: list[int] = Field(max_items=3)
    at: time
    not_within_hours: int = Field(ge=0, le=72)
    phone_window_minutes: int = Field(ge=0, le=240)

    @validator("days_before", each_item=True)
    def _is_a_number_of_days(cls, value: int) -> int:
        if not 1 <= value <= 28:
            raise ValueError("must be from 1 to 28")
        return value


class PrescriptionRules(Strict):
    """Ordering repeats; lengths in the unit that the name says.

    Attributes:
        early_days: how long before the last issue runs out a repeat may be ordered.
        early_with_reason_days: and with a reason, which the prescriber reads.
        controlled_early_days: the same for controlled drugs, reason or not.
        turnaround_working_days: from the order until it is at the pharmacy.
        late_from: orders from then on count from the next working day.
        review_grace_days: how long after a review was due it may still be ordered.
        usual_days: how long an issue lasts where the record does not say.
        last_step: "sent" or "ready": the last that the practice notes of an order, and then tells the patient.
        run_out_open, run_out_closed: what somebody who has none left is told, while open and while closed.
    """

    early_days: int = Field(ge=0, le=28)
    early_with_reason_days: int = Field(ge=0, le=60)
    controlled_early_days: int = Field(ge=0, le=14)
    turnaround_working_days: int = Field(ge=1, le=10)
    late_from: time
    review_grace_days: int = Field(ge=0, le=90)
    usual_days: int = Field(ge=7, le=90)
    last_step: str
    note_max_length: int = Field(ge=50, le=500)
    run_out_open: str
    run_out_closed: str

    @validator("last_step")
    def _is_a_step(cls, value: str) -> str:
        if value not in ("sent", "ready"):
            raise ValueError("must be sent or ready")
        return value

    @root_validator(skip_on_failure=True)
    def _a_reason_gives_more(cls, values: dict[str, int]) -> dict[str, int]:
        if values["early_with_reason_days"] < values["early_days"]:
            raise ValueError("early_with_reason_days must not be less than early_days")
        return values


class MessageRules(Strict):
    """Writing to the practice.

    Attributes:
        answer_working_days: by when an answer comes.
        max_files: with one message; file_megabytes: the most that each may have.
    """

    answer_working_days: int = Field(ge=1, le=20)
    max_length: int = Field(ge=200, le=10000)
    max_files: int = Field(ge=0, le=5)
    file_megabytes: int = Field(ge=1, le=10)


class EarlierSlots(Strict):
    """Attributes:
    answer_minutes: how long a freed slot is kept for whoever it is offered to.
    notice_hours: how long before it begins it may still be offered.
    """

    answer_minutes: int = Field(ge=15, le=240)
    notice_hours: int = Field(ge=1, le=48)


class WebChat(Strict):
    allowed_sites: list[str]
    idle_minutes: int = Field(ge=5)
    max_length: int = Field(ge=160)
    messages_per_minute: int = Field(ge=1)


class Answers(Strict):
    parking: str
    access: str
    register_: str = Field(alias="register")
    repeats: str
