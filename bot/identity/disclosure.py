"""What of a record may be shown: the only place that decides it. Pure; what is left out leaves no trace.

Whether anything may be shown at all, now and to whoever asks, is decided before, by `bot.identity.policy.may`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bot.backend.prescribing import RepeatMedication
from bot.backend.record import ALLERGIES, DOCUMENTS, MEDICINES, SECTIONS, Entry, Result
from bot.identity.policy import ACCESS_LEVELS, Access

# The least level of access that opens a section (NHS England: summary, detailed coded, full record). Whoever orders
# repeats sees what there is to order.
_OPENS = dict.fromkeys(SECTIONS, "coded")
_OPENS |= {MEDICINES: "prescriptions", ALLERGIES: "summary", DOCUMENTS: "full"}
_OPENS_RESULTS = "coded"
_OPENS_NOTES = "full"
# A list of how things stand now, not of what happened: shown whole, whatever day access begins.
_CURRENT = frozenset({MEDICINES, ALLERGIES})


def visible_sections(access: Access) -> tuple[str, ...]:
    """Sections this access opens, whether or not there is anything in them, in their usual order."""
    return tuple(section for section in SECTIONS if _reaches(access, _OPENS[section]))


def visible_entries(entries: Iterable[Entry], access: Access) -> list[Entry]:
    """Entries this access opens, newest first; their free text for full access only."""
    sections = visible_sections(access)
    shown = [entry for entry in entries if entry.section in sections and _is_entry_shown(entry, access)]
    if not _reaches(access, _OPENS_NOTES):
        shown = [replace(entry, note="") for entry in shown]
    return sorted(shown, key=lambda entry: (entry.recorded_on, entry.id), reverse=True)


def visible_results(results: Iterable[Result], access: Access) -> list[Result]:
    """Results that a clinician has filed and released, newest first; one that needs action only once it was told."""
    if not _reaches(access, _OPENS_RESULTS):
        return []
    shown = [result for result in results if _is_result_shown(result, access)]
    return sorted(shown, key=lambda result: (result.taken_on, result.id), reverse=True)


def visible_repeats(repeats: Iterable[RepeatMedication], access: Access) -> list[RepeatMedication]:
    """Repeats this access opens, by name; an order of another one leaves no trace either."""
    if not _reaches(access, _OPENS[MEDICINES]):
        return []
    shown = [each for each in repeats if not (each.redacted or (each.is_sensitive and access.is_proxy))]
    return sorted(shown, key=lambda repeat: (repeat.name.casefold(), repeat.id))


def _is_entry_shown(entry: Entry, access: Access) -> bool:
    if entry.redacted or (entry.sensitive and access.is_proxy):
        return False
    return entry.section in _CURRENT or _in_period(entry.recorded_on, access)


def _is_result_shown(result: Result, access: Access) -> bool:
    if result.redacted or (result.sensitive and access.is_proxy):
        return False
    if result.filed_at is None or not result.released or (result.needs_action and result.told_at is None):
        return False
    return _in_period(result.taken_on, access)


def _in_period(day: date, access: Access) -> bool:
    return access.full_history or (access.record_from is not None and day >= access.record_from)


def _reaches(access: Access, needed: str) -> bool:
    return ACCESS_LEVELS.index(access.level) >= ACCESS_LEVELS.index(needed)
