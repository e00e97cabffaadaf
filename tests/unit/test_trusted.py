"""Acting for somebody else: ages, days, and never more than the patient's own access."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backend.base import Patient
from bot.identity.policy import ACCESS_LEVELS, Access
from bot.identity.trusted import access_through, birthday, suspended_from
from bot.practice import load_practice
from bot.settings import ROOT
from bot.store.proxies import Proxy

PRACTICE = load_practice(ROOT / "practice.yml")
TODAY = date(2026, 11, 23)
FULL = Access("full", full_history=True, verified_by="documents")

days = st.dates(date(2010, 1, 1), date(2040, 12, 31))
levels = st.sampled_from(ACCESS_LEVELS)


def child(born: date) -> Patient:
    return Patient("patient-90", "Robin", "Vale", born, "unknown")


def parent(given_on: date, level: str = "full", **facts: date | None) -> Proxy:
    return Proxy(
        "proxy-1", "patient-90", "patient-91", "Kim Vale", "+447700900099", level, "parental_responsibility",
        given_by="reception", given_on=given_on, **facts,
    )  # fmt: skip


def level_on(today: date, born: date, held: Proxy) -> str:
    return access_through(held, child(born), FULL, PRACTICE, today).level


def test_a_parent_of_a_small_child_has_what_was_agreed() -> None:
    assert level_on(TODAY, date(2019, 5, 14), parent(TODAY)) == "full"


def test_from_eleven_on_only_appointments_are_left_until_staff_have_looked_at_it() -> None:
    born = date(2015, 11, 23)  # eleven today
    agreed = TODAY - timedelta(days=400)
    assert level_on(TODAY - timedelta(days=1), born, parent(agreed)) == "full"
    assert level_on(TODAY, born, parent(agreed)) == "appointments"
    assert level_on(TODAY, born, parent(agreed, reviewed_on=TODAY)) == "full"


def test_what_was_agreed_after_the_birthday_is_not_cut_back() -> None:
    assert level_on(TODAY, date(2014, 1, 1), parent(TODAY - timedelta(days=2))) == "full"


def test_a_child_who_turned_sixteen_overnight_is_no_longer_seen() -> None:
    born = date(2010, 11, 23)
    agreed = parent(TODAY - timedelta(days=900), reviewed_on=TODAY - timedelta(days=100))
    assert level_on(TODAY - timedelta(days=1), born, agreed) == "full"
    assert level_on(TODAY, born, agreed) == "none"


def test_an_adult_who_agrees_anew_can_be_helped_again() -> None:
    assert level_on(TODAY, date(2010, 11, 23), parent(TODAY, level="summary")) == "summary"


def test_a_practice_can_end_it_earlier_than_sixteen_but_never_later() -> None:
    earlier = PRACTICE.copy(update={"trusted_people": PRACTICE.trusted_people.copy(update={"suspend_age": 14})})
    later = PRACTICE.copy(update={"trusted_people": PRACTICE.trusted_people.copy(update={"suspend_age": 18})})
    born = date(2010, 11, 23)
    assert suspended_from(child(born), earlier) == date(2024, 11, 23)
    assert suspended_from(child(born), later) == date(2026, 11, 23)


def test_born_on_29_february_the_birthday_is_1_march() -> None:
    assert birthday(child(date(2012, 2, 29)), 11) == date(2023, 3, 1)
    assert birthday(child(date(2012, 2, 29)), 16) == date(2028, 2, 29)


@pytest.mark.parametrize("facts", [{"ends_on": TODAY - timedelta(days=1)}, {"used_on": TODAY - timedelta(days=1830)}])
def test_it_ends_on_its_last_day_and_after_five_years_without_use(facts: dict[str, date]) -> None:
    held = parent(TODAY - timedelta(days=3000), **facts)
    assert level_on(TODAY, date(1950, 1, 1), held) == "none"


def test_it_begins_on_its_first_day_and_holds_on_its_last() -> None:
    born = date(1950, 1, 1)
    assert level_on(TODAY, born, parent(TODAY + timedelta(days=1))) == "none"
    assert level_on(TODAY, born, parent(TODAY, ends_on=TODAY)) == "full"


@given(levels, levels, days, days, days)
def test_nobody_sees_more_than_the_patient_or_than_was_agreed(
    own: str, agreed: str, born: date, given_on: date, today: date
) -> None:
    access = replace(FULL, level=own)
    seen = access_through(parent(given_on, agreed), child(born), access, PRACTICE, today)
    assert ACCESS_LEVELS.index(seen.level) <= min(ACCESS_LEVELS.index(own), ACCESS_LEVELS.index(agreed))
    assert seen.flags >= access.flags if seen.level != "none" else True


@given(days, days, days)
def test_whatever_was_agreed_for_a_child_is_over_at_sixteen(born: date, given_on: date, today: date) -> None:
    grown = birthday(child(born), 16)
    if given_on < grown <= today:
        assert level_on(today, born, parent(given_on)) == "none"


def test_sensitive_entries_are_left_out_for_whoever_acts_for_another() -> None:
    assert access_through(parent(TODAY), child(date(2019, 5, 14)), FULL, PRACTICE, TODAY).is_proxy
