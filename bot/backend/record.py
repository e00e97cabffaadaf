"""What a record holds, as a clinical system gives it: results and entries, and all that decides if they are shown.

What a patient may see of it is decided in one place, `bot.identity.disclosure`, never here and never by a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

# The sections of the record, as a patient sees them (GP Connect: Access Record Structured).
MEDICINES, ALLERGIES, PROBLEMS = "medicines", "allergies", "problems"
IMMUNISATIONS, MEASUREMENTS, DOCUMENTS = "immunisations", "measurements", "documents"
SECTIONS = (MEDICINES, ALLERGIES, PROBLEMS, IMMUNISATIONS, MEASUREMENTS, DOCUMENTS)

# As laboratories print numbers; float() would take "nan", "1_000" and the digits of every script for one too.
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,12}|[0-9]{0,12}\.[0-9]{1,12})")


@dataclass(frozen=True)
class Value:
    """One thing that was measured (FHIR: Observation). Numbers as the laboratory printed them, never rounded by us.

    Attributes:
        value: as printed; may be words ("Not detected").
        unit: as printed, "" if none.
        low, high: the laboratory's reference range; None where it gave none.
    """

    name: str
    value: str
    unit: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def number(self) -> float | None:
        """The value as a number, where it is one; "<5" and "Not detected" are none."""
        printed = self.value.strip()
        return float(printed) if _NUMBER.fullmatch(printed) else None

    @property
    def reference_range(self) -> str:
        """The laboratory's range in words: "41 to 48", "up to 5"; "" where it gave none."""
        low, high = (f"{bound:.12g}" if bound is not None else "" for bound in (self.low, self.high))
        if low and high:
            return f"{low} to {high}"
        if low:
            return f"{low} or more"
        return f"up to {high}" if high else ""


@dataclass(frozen=True)
class Result:
    """A test result (FHIR: DiagnosticReport).

    Attributes:
        filed_at: when a clinician looked at it and filed it; None until then.
        released: the clinician lets the patient see it online.
        told_at: when the patient was spoken to about a result that needs action.
        outcome, comment: the clinician's, word for word.
        redacted: restricted from view, as a whole.
        sensitive: as of an entry.
    """

    id: str
    title: str
    taken_on: date
    values: tuple[Value, ...]
    outcome: str = ""
    comment: str = ""
    filed_by: str = ""
    filed_at: datetime | None = None
    released: bool = False
    told_at: datetime | None = None
    redacted: bool = False
    sensitive: bool = False

    @property
    def needs_action(self) -> bool:
        """Whether the clinician's outcome asks for something: "Action needed", "action-required: see GP" and the like.

        "No action needed" does not. A clinical system with other words for it says "action needed" to us.
        """
        return self.outcome.strip().casefold().startswith("action")


@dataclass(frozen=True)
class Entry:
    """Anything else in the record.

    Attributes:
        section: one of SECTIONS.
        detail: dose, reaction, dates: what stands beside the title as part of the coded entry.
        value, unit: of a measurement, as recorded.
        note: the clinician's free text, which only full access shows.
        redacted: restricted from view, as a whole.
        sensitive: not to be seen by somebody acting for a young person (such as contraception).
    """

    id: str
    section: str
    title: str
    recorded_on: date
    detail: str = ""
    value: str = ""
    unit: str = ""
    note: str = ""
    redacted: bool = False
    sensitive: bool = False
