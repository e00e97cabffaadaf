"""What somebody trusted may do for a patient: one pure function of ages, days and what was agreed (DAPB3051)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.backend.base import Patient
from bot.identity.policy import ACCESS_LEVELS, NO_ACCESS, Access
from bot.practice import Practice
from bot.store.proxies import Proxy

ADULT = 16  # hard stop (DAPB3051 7.2): what was agreed for a child ends on this birthday
_YEAR = 365.25


def access_through(held: Proxy, patient: Patient, access: Access, practice: Practice, today: date) -> Access:
    """The patient's access as far as it reaches through this person; never more than the patient's own."""
    if not _is_current(held, patient, practice, today):
        return NO_ACCESS
    level = min(held.level, access.level, key=ACCESS_LEVELS.index)
    if _waits_for_review(held, patient, practice, today):
        level = min(level, practice.trusted_people.young_level, key=ACCESS_LEVELS.index)
    return replace(access, level=level, is_proxy=True)


def birthday(patient: Patient, age: int) -> date:
    """The day somebody reaches an age; born on 29 February, 1 March in other years."""
    born = patient.date_of_birth
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def suspended_from(patient: Patient, practice: Practice) -> date:
    """The birthday on which what was agreed for a child ends."""
    return birthday(patient, min(practice.trusted_people.suspend_age, ADULT))


def _is_current(held: Proxy, patient: Patient, practice: Practice, today: date) -> bool:
    if today < held.given_on or (held.ends_on is not None and today > held.ends_on):
        return False
    if _is_unused(held, practice, today):
        return False
    ends = suspended_from(patient, practice)
    return today < ends or held.given_on >= ends


def _is_unused(held: Proxy, practice: Practice, today: date) -> bool:
    years = (today - (held.used_on or held.given_on)).days / _YEAR
    return years >= practice.trusted_people.unused_years


def _waits_for_review(held: Proxy, patient: Patient, practice: Practice, today: date) -> bool:
    """A young person's growing say: from the review age on, until staff have looked at it with them."""
    begins = birthday(patient, practice.trusted_people.review_age)
    if not begins <= today < birthday(patient, ADULT):
        return False
    looked_at = max(held.given_on, held.reviewed_on or held.given_on)
    return looked_at < begins
