"""Who may do what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity.policy import ACCESS_LEVELS, REQUIREMENTS, Assurance, Decision, Service, may
from bot.practice import Practice, load_practice
from bot.practice import Services as Switches
from bot.settings import ROOT

PRACTICE = load_practice(ROOT / "practice.yml")
SWITCHES = tuple(Switches.__fields__)
RECORD_CONTENT = (
    Service.SEE_MEDICINES,
    Service.SEE_RESULTS,
    Service.SEE_RECORD,
    Service.READ_MESSAGES,
    Service.SEE_ACTIVITY,
)

services = st.sampled_from(Service)
levels = st.sampled_from(ACCESS_LEVELS)
assurances = st.sampled_from(Assurance)
practices = st.fixed_dictionaries({name: st.booleans() for name in SWITCHES}).map(
    lambda switches: PRACTICE.copy(update={"services": Switches(**switches)})
)


def allowed(service: Service, access: str | None, assurance: Assurance, practice: Practice) -> bool:
    return may(service, access, assurance, practice) is Decision.ALLOWED


@given(services, levels, assurances, assurances, practices)
def test_being_surer_never_takes_a_right_away(
    service: Service, access: str, one: Assurance, other: Assurance, practice: Practice
) -> None:
    lower, higher = sorted((one, other))
    if allowed(service, access, lower, practice):
        assert allowed(service, access, higher, practice)


@given(services, levels, levels, assurances, practices)
def test_more_access_never_takes_a_right_away(
    service: Service, one: str, other: str, assurance: Assurance, practice: Practice
) -> None:
    lower, higher = sorted((one, other), key=ACCESS_LEVELS.index)
    if allowed(service, lower, assurance, practice):
        assert allowed(service, higher, assurance, practice)


@given(services, levels, assurances, practices)
def test_a_service_that_is_switched_off_is_refused_to_everyone(
    service: Service, access: str, assurance: Assurance, practice: Practice
) -> None:
    switch = REQUIREMENTS[service].switch
    if switch and not getattr(practice.services, switch):
        assert may(service, access, assurance, practice) is Decision.REFUSED
        assert may(service, None, assurance, practice) is Decision.REFUSED


@given(st.sampled_from(RECORD_CONTENT), st.sampled_from((*ACCESS_LEVELS, None)), assurances, practices)
def test_what_the_record_holds_is_never_shown_below_verified(
    service: Service, access: str | None, assurance: Assurance, practice: Practice
) -> None:
    if assurance < Assurance.VERIFIED:
        assert not allowed(service, access, assurance, practice)


@given(services, assurances, practices)
def test_nobody_in_particular_is_only_given_what_everyone_is(
    service: Service, assurance: Assurance, practice: Practice
) -> None:
    if allowed(service, None, assurance, practice):
        assert service in (Service.PRACTICE_INFORMATION, Service.ASK_FOR_PERSON)


@given(levels, assurances, practices)
def test_everyone_can_ask_about_the_surgery_and_for_a_person(
    access: str, assurance: Assurance, practice: Practice
) -> None:
    assert allowed(Service.PRACTICE_INFORMATION, access, assurance, practice)
    assert allowed(Service.ASK_FOR_PERSON, None, assurance, practice)


@given(services, assurances)
def test_a_patient_without_online_services_is_refused_in_the_same_way_at_every_assurance(
    service: Service, assurance: Assurance
) -> None:
    if REQUIREMENTS[service].access:
        assert may(service, "none", assurance, PRACTICE) is Decision.REFUSED


def test_every_service_has_a_requirement() -> None:
    assert set(REQUIREMENTS) == set(Service)


@pytest.mark.parametrize(
    ("service", "access", "assurance", "decision"),
    [
        (Service.BOOK_APPOINTMENT, None, Assurance.UNKNOWN, Decision.PROVE),
        (Service.BOOK_APPOINTMENT, "appointments", Assurance.CONTACT, Decision.ALLOWED),
        (Service.CANCEL_APPOINTMENT, "full", Assurance.CONTACT, Decision.ALLOWED),
        (Service.ORDER_NAMED_REPEAT, "appointments", Assurance.CONTACT, Decision.REFUSED),
        (Service.ORDER_NAMED_REPEAT, "prescriptions", Assurance.CONTACT, Decision.ALLOWED),
        (Service.SEE_MEDICINES, "prescriptions", Assurance.CONTACT, Decision.PROVE),
        (Service.SEE_RESULTS, "summary", Assurance.VERIFIED, Decision.REFUSED),
        (Service.SEE_RESULTS, "coded", Assurance.VERIFIED, Decision.ALLOWED),
        (Service.SEE_RECORD, "full", Assurance.CONTACT, Decision.PROVE),
    ],
)
def test_the_table_of_the_design(
    service: Service, access: str | None, assurance: Assurance, decision: Decision
) -> None:
    assert may(service, access, assurance, PRACTICE) is decision
