"""Repeat medicines and orders as the secure page and the chat's card show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.backend.base import Patient
from bot.backend.prescribing import CANCELLED, READY, REJECTED, REQUESTED, PrescriptionRequest, RepeatMedication
from bot.identity.policy import Access
from bot.prescribing.ordering import Item
from bot.prescribing.rules import ALREADY_ORDERED, EARLY, OK, STOPPED
from bot.program import Program
from bot.wording import say_day

_NEWS = timedelta(days=28)  # so long an order that is over is still shown


@dataclass(frozen=True)
class Shown:
    """A medicine. `why` says why it cannot be ordered, or that it needs a reason; "" if it is due, or under way, which
    its order says."""

    repeat: RepeatMedication
    code: str
    why: str

    @property
    def is_orderable(self) -> bool:
        return self.code in (OK, EARLY)

    @property
    def needs_reason(self) -> bool:
        return self.code == EARLY


@dataclass(frozen=True)
class Ordered:
    """One medicine that was ordered, and in words how far that has come. `repeat`: None once the order is over."""

    request: PrescriptionRequest
    state: str
    repeat: RepeatMedication | None

    @property
    def is_cancellable(self) -> bool:
        return is_cancellable(self.request)


class Repeats:
    """Reads them, for whoever the policy has let in."""

    def __init__(self, program: Program) -> None:
        self._program, self._ordering = program, program.services.ordering

    def medicines(self, patient: Patient, access: Access, now: datetime) -> list[Shown]:
        """Those that can be ordered first, what was stopped last."""
        items = self._ordering.items(patient.id, access, now)
        items.sort(key=lambda each: (not each.verdict.is_orderable, each.verdict.code == STOPPED))
        return [Shown(each.repeat, each.verdict.code, self._why(each)) for each in items]

    def listing(self, patient: Patient, access: Access, now: datetime) -> tuple[list[Ordered], list[Shown]]:
        """The orders under way, and what became of others not long ago, newest first; and all medicines but those that
        stand with their order."""
        medicines = self.medicines(patient, access, now)
        under_way = {each.repeat.id: each.repeat for each in medicines if each.code == ALREADY_ORDERED}
        today = now.astimezone(self._program.practice.zone).date()
        orders = [
            Ordered(each, self._state(each), under_way.get(each.repeat_id) if each.is_outstanding(today) else None)
            for each in self._ordering.requests(patient.id, access)
            if each.status != CANCELLED and (each.is_outstanding(today) or now - each.changed_at < _NEWS)
        ]
        return orders, [each for each in medicines if each.repeat.id not in under_way]

    def _why(self, item: Item) -> str:
        code, on = item.verdict.code, item.verdict.on
        if code in (OK, ALREADY_ORDERED):
            return ""
        return self._program.responses.say(f"utter_repeat_{code}", day=say_day(on) if on else "")

    def _state(self, request: PrescriptionRequest) -> str:
        zone = self._program.practice.zone
        days = {
            "day": say_day(request.requested_at.astimezone(zone).date()),
            "ready": say_day(request.ready_on),
        }
        reason = request.status_reason if request.status in (REJECTED, READY) else ""
        return self._program.responses.say(f"utter_request_{request.status}", reason=reason, **days).strip()


def is_cancellable(request: PrescriptionRequest) -> bool:
    """By the patient; later only by the practice."""
    return request.status == REQUESTED
