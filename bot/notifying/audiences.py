"""The lists that a text can go to, each as a code: "flu", "reviews:2026-12-31", "day:2026-12-10", "numbers"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import nhs_number

from bot.backend.base import PracticeBackend
from bot.practice import Practice

REVIEWS, FLU, DAY, NUMBERS = "reviews", "flu", "day", "numbers"
WITH_DAY = (REVIEWS, DAY)
_FLU_AGE = 65
_NUMBER = re.compile(r"[^\s,;]+(?: \d{3} \d{4}\b)?")  # 9990000018, or in groups: 999 000 0018


def code_of(audience: str, day: date | None = None) -> str:
    return f"{audience}:{day.isoformat()}" if day else audience


def kind_of(code: str) -> str:
    return code.partition(":")[0]


def day_of(code: str) -> date | None:
    day = code.partition(":")[2]
    return date.fromisoformat(day) if day else None


def patients_in(code: str, backend: PracticeBackend, practice: Practice, today: date) -> list[str]:
    """The ids of everybody on the list now, but for NUMBERS, which somebody typed. May raise Unavailable."""
    day = day_of(code) or today
    if kind_of(code) == REVIEWS:
        return backend.reviews_due(day)
    if kind_of(code) == DAY:
        start = datetime.combine(day, time.min, practice.zone)
        end = datetime.combine(day + timedelta(days=1), time.min, practice.zone)
        return [each.patient_id for each in backend.appointments_between(start, end)]
    return backend.patients_born_before(_born_before(today))


def _born_before(today: date) -> date:
    """Those who are 65 by the end of the flu season, 31 March (UKHSA and NHS England, annual flu letter)."""
    ends = date(today.year + (today.month > 3), 3, 31)
    return date(ends.year - _FLU_AGE, 4, 1)


@dataclass(frozen=True)
class Pasted:
    """NHS numbers somebody typed. `wrong`: none of the kind; `unknown`: nobody here has it."""

    patient_ids: Sequence[str]
    wrong: Sequence[str]
    unknown: Sequence[str]


def read_numbers(text: str, backend: PracticeBackend) -> Pasted:
    """One on each line, or with commas between. May raise Unavailable."""
    found, wrong, unknown = [], [], []
    for written in dict.fromkeys(_NUMBER.findall(text)):
        digits = re.sub(r"\D", "", written)
        if len(digits) != 10 or not nhs_number.is_valid(digits):
            wrong.append(written)
            continue
        patient = next(iter(backend.find_patients(digits, 1)), None)
        if patient is None:
            unknown.append(written)
        else:
            found.append(patient.id)
    return Pasted(list(dict.fromkeys(found)), wrong, unknown)
