"""The form in which a text to many is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from bot.backend.base import NoSuchPatient, PracticeBackend
from bot.notifying.audiences import DAY, FLU, NUMBERS, REVIEWS, WITH_DAY, code_of, day_of, kind_of, read_numbers
from bot.notifying.broadcast_text import LONGEST, preview
from bot.program import Program
from bot.store.broadcasts import Broadcast
from connectors.console.desk import read_day

_LONGEST_TITLE = 80
_MOST_NUMBERS = 2000


class Written(NamedTuple):
    """As `Broadcasts.write` takes it."""

    title: str
    text: str
    audience: str
    typed: Sequence[str]


@dataclass
class BroadcastForm:
    """Attributes:
    written: what was written, if nothing is wrong with it.
    errors: by field, as codes; bad_numbers: as they were typed.
    """

    written: Written | None = None
    errors: dict[str, str] = field(default_factory=dict)
    bad_numbers: Sequence[str] = ()

    @classmethod
    def read(cls, form: Mapping[str, str], program: Program) -> BroadcastForm:
        """May raise Unavailable."""
        read = cls()
        title, text = form.get("title", "").strip(), form.get("text", "").strip()
        if not 0 < len(title) <= _LONGEST_TITLE:
            read.errors["title"] = "empty"
        if not text:
            read.errors["text"] = "empty"
        elif len(text) > LONGEST or preview(text, program.practice).is_too_long:
            read.errors["text"] = "too_long"
        audience, typed = read._audience(form, program)
        if not read.errors:
            read.written = Written(title, text, audience, typed)
        return read

    def _audience(self, form: Mapping[str, str], program: Program) -> tuple[str, Sequence[str]]:
        kind, day = form.get("audience", ""), read_day(form.get("day", ""))
        if kind not in (REVIEWS, FLU, DAY, NUMBERS):
            self.errors["audience"] = "empty"
        elif kind in WITH_DAY and day is None:
            self.errors["day"] = "empty"
        elif kind == DAY and day and day < _today(program):
            self.errors["day"] = "past"
        elif kind == NUMBERS:
            return kind, self._numbers(form.get("numbers", ""), program.backend)
        return code_of(kind, day if kind in WITH_DAY else None), ()

    def _numbers(self, text: str, backend: PracticeBackend) -> Sequence[str]:
        pasted = read_numbers(text, backend)
        self.bad_numbers = [*pasted.wrong, *pasted.unknown]
        if self.bad_numbers:
            self.errors["numbers"] = "wrong" if pasted.wrong else "unknown"
        elif not pasted.patient_ids:
            self.errors["numbers"] = "empty"
        elif len(pasted.patient_ids) > _MOST_NUMBERS:
            self.errors["numbers"] = "too_many"
        return pasted.patient_ids


def form_of(held: Broadcast, recipients: Iterable[str], backend: PracticeBackend) -> dict[str, str]:
    """The form as it was filled in."""
    day, kind = day_of(held.audience), kind_of(held.audience)
    form = {"title": held.title, "text": held.text, "audience": kind, "day": day.isoformat() if day else ""}
    if kind == NUMBERS:
        form["numbers"] = "\n".join(filter(None, (_number(backend, each) for each in recipients)))
    return form


def _number(backend: PracticeBackend, patient_id: str) -> str | None:
    try:
        return backend.patient(patient_id).nhs_number
    except NoSuchPatient:
        return None


def _today(program: Program) -> date:
    return program.clock().astimezone(program.practice.zone).date()
