"""What the assistant asks of a clinical system, in the words of GP Connect and FHIR, and how it may refuse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from bot.backend.prescribing import Prescribing
from bot.backend.record import Entry, Result
from bot.backend.refused import Refused

# Whether somebody is on the practice's list.
REGISTERED, LEFT, DIED = "registered", "left", "died"


@dataclass(frozen=True)
class Patient:
    """Attributes:
    sex: "female", "male", "other" or "unknown".
    general_practitioner: the id of the clinician they usually see, where the record has one (FHIR's word).
    status: REGISTERED, LEFT or DIED.
    address: lines; email: of the patient, where the record has them.
    communication_needs: what they need to understand and be understood (DAPB1605), in words: "Large print".
    """

    id: str
    first_name: str
    last_name: str
    date_of_birth: date
    sex: str
    nhs_number: str | None = None
    mobile: str | None = None
    general_practitioner: str | None = None
    status: str = REGISTERED
    communication_needs: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    email: str | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def age_on(self, day: date) -> int:
        """In whole years."""
        born = self.date_of_birth
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True)
class Clinician:
    """`role` as patients say it: "GP", "nurse", "pharmacist", … `sex` as for patients."""

    id: str
    name: str
    role: str
    sex: str


@dataclass(frozen=True)
class Slot:
    """A free or taken place in a session. `mode`: "face to face", "phone" or "video"."""

    id: str
    start: datetime
    minutes: int
    clinician: Clinician
    mode: str
    site: str
    session_type: str = "general"
    min_age: int | None = None
    max_age: int | None = None
    sex: str | None = None
    online_bookable: bool = True

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Appointment:
    """`status`: "booked" or "cancelled", as in FHIR. `reference` is what a patient is told; `made_at` when it was
    booked, or moved to this time (FHIR: created)."""

    id: str
    patient_id: str
    slot: Slot
    status: str
    reference: str
    reason: str = ""
    made_at: datetime | None = None


@dataclass(frozen=True)
class SlotSearch:
    """Which slots would do. Dates inclusive; times are wall-clock starts in the practice's zone; None is open.

    Attributes:
        exclude: "MON" … "SUN" or ISO days.
        days: when not empty, only these days.
        after, before: only slots that start later, or earlier, than this instant.
        clinician_ids: when not empty, only these clinicians.
        mode: only this mode.
        session_types: kinds of session; a clinic is only searched when it is asked for.
    """

    date_from: date | None = None
    date_to: date | None = None
    time_from: time | None = None
    time_to: time | None = None
    exclude: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    after: datetime | None = None
    before: datetime | None = None
    clinician_ids: tuple[str, ...] = ()
    mode: str | None = None
    session_types: tuple[str, ...] = ("general",)


class SlotTaken(Refused):
    code = "slot_taken"


class TooSoon(Refused):
    """Inside the embargo: too near to be booked online, or already past."""

    code = "too_soon"


class TooFarAhead(Refused):
    """Beyond the booking window."""

    code = "too_far_ahead"


class TooManyBooked(Refused):
    code = "too_many_booked"


class TooLateToCancel(Refused):
    """After the cut-off, or the appointment has begun."""

    code = "too_late_to_cancel"


class NotSuitable(Refused):
    """A clinic for another age or sex."""

    code = "not_suitable"


class NotBookableOnline(Refused):
    code = "not_bookable_online"


class NoSuchAppointment(Refused):
    """Not this patient's, cancelled already, or unknown: the same answer to each."""

    code = "no_such_appointment"


class Unavailable(Refused):
    """The clinical system cannot be reached or does not make sense just now."""

    code = "unavailable"


class NoSuchPatient(Refused):
    """Unknown here; for a change, also somebody who has left or died. Told like a system that does not answer."""


class PracticeBackend(Prescribing, Protocol):
    """One practice's clinical system.

    Every change takes an idempotency key: the same key again changes nothing and gives the first outcome.
    All methods may raise Unavailable; changes raise the Refused that fits.
    """

    def patient(self, patient_id: str) -> Patient:
        """Anybody the practice has a record of, whatever their status.

        Raises:
            NoSuchPatient: if it has none.
        """

    def patients_with_mobile(self, mobile: str) -> list[Patient]:
        """Every registered patient for whom this E.164 number is held."""

    def results(self, patient_id: str) -> list[Result]:
        """All there are, shown or not, in no order: `bot.identity.disclosure` says what may be seen."""

    def entries(self, patient_id: str) -> list[Entry]:
        """All there are, as with results."""

    def untold_results(self, filed_before: datetime) -> list[tuple[str, Result]]:
        """(patient id, result) of each that needs action, was filed before then, and was not told to the patient."""

    def results_filed_since(self, at: datetime) -> list[tuple[str, Result]]:
        """(patient id, result) of each that was filed since then, shown or not."""

    def find_patients(self, text: str, limit: int) -> list[Patient]:
        """Those somebody at the desk may mean: by NHS number, mobile number, or words that their name has."""

    def patients_born_before(self, day: date) -> list[str]:
        """Ids of the registered patients who were born before that day."""

    def clinicians(self) -> list[Clinician]: ...

    def free_slots(self, patient_id: str, search: SlotSearch, limit: int) -> list[Slot]:
        """Slots this patient could book now under every rule, earliest first.

        Raises:
            NotSuitable: if there are some, but all are for another age or sex.
        """

    def appointments(self, patient_id: str) -> list[Appointment]:
        """Booked appointments from now on, earliest first."""

    def book(self, patient_id: str, slot_id: str, reason: str, key: str) -> Appointment: ...

    def cancel(self, patient_id: str, appointment_id: str, key: str) -> Appointment: ...

    def reschedule(self, patient_id: str, appointment_id: str, slot_id: str, key: str) -> Appointment:
        """Move to another slot in one step: at no moment are there none or two."""

    def appointment(self, appointment_id: str) -> Appointment:
        """Any, booked or cancelled, past or future. Raises NoSuchAppointment."""

    def appointments_between(self, start: datetime, end: datetime) -> list[Appointment]:
        """Everybody's booked appointments that start in [start, end), earliest first."""

    def keep_message(self, patient_id: str, text: str, at: datetime, key: str) -> None:
        """Put a copy of a message that was written at that time into the record."""

    def change_contact(self, patient_id: str, kind: str, value: str, key: str) -> Patient:
        """Put new contact details into the record; `kind` is "mobile" (E.164), "address" (lines) or "email"."""
