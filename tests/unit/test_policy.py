"""Who may do what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity.policy import (
    ACCESS_LEVELS,
    FLAGS,
    NO_TEXTS,
    RECORD_CONTENT,
    REQUIREMENTS,
    VERIFIED_BY,
    Access,
    Assurance,
    Decision,
    Service,
    may,
)
from bot.practice import IdentityRules, Practice, load_practice
from bot.practice_sections import Services as Switches
from bot.settings import ROOT

PRACTICE = load_practice(ROOT / "practice.yml")
SWITCHES = tuple(Switches.__fields__)
RAISED = ("book_appointment", "see_appointments", "change_appointment", "cancel_appointment", "order_named_repeat")

services = st.sampled_from(Service)
levels = st.sampled_from(ACCESS_LEVELS)
flags = st.frozensets(st.sampled_from(FLAGS))
accesses = st.builds(Access, levels, flags=flags, verified_by=st.sampled_from((None, *VERIFIED_BY)))
assurances = st.sampled_from(Assurance)


def a_practice(switches: dict[str, bool], preset: str, raised: list[str]) -> Practice:
    rules = IdentityRules(**{**PRACTICE.identity.dict(), "preset": preset, "raise_to_verified": raised})
    return PRACTICE.copy(update={"services": Switches(**switches), "identity": rules})


practices = st.builds(
    a_practice,
    st.fixed_dictionaries({name: st.booleans() for name in SWITCHES}),
    st.sampled_from(("standard", "nhs_login_table")),
    st.lists(st.sampled_from(RAISED)),
)


def level(name: str) -> Access:
    """Somebody whose identity the surgery has checked, with so much switched on."""
    return Access(name, verified_by="documents")


def allowed(service: Service, access: Access | None, assurance: Assurance, practice: Practice) -> bool:
    return may(service, access, assurance, practice) is Decision.ALLOWED


@given(services, accesses, assurances, assurances, practices)
def test_being_surer_never_takes_a_right_away(
    service: Service, access: Access, one: Assurance, other: Assurance, practice: Practice
) -> None:
    lower, higher = sorted((one, other))
    if allowed(service, access, lower, practice):
        assert allowed(service, access, higher, practice)


@given(services, accesses, levels, levels, assurances, practices)
def test_more_access_never_takes_a_right_away(
    service: Service, access: Access, one: str, other: str, assurance: Assurance, practice: Practice
) -> None:
    lower, higher = sorted((one, other), key=ACCESS_LEVELS.index)
    if allowed(service, replace(access, level=lower), assurance, practice):
        assert allowed(service, replace(access, level=higher), assurance, practice)


@given(services, accesses, st.sampled_from(FLAGS), assurances, practices)
def test_a_flag_never_gives_a_right(
    service: Service, access: Access, flag: str, assurance: Assurance, practice: Practice
) -> None:
    if not allowed(service, access, assurance, practice):
        assert not allowed(service, replace(access, flags=access.flags | {flag}), assurance, practice)


@given(services, accesses, assurances, practices)
def test_a_check_of_identity_never_takes_a_right_away(
    service: Service, access: Access, assurance: Assurance, practice: Practice
) -> None:
    if allowed(service, replace(access, verified_by=None), assurance, practice):
        assert allowed(service, replace(access, verified_by="documents"), assurance, practice)


@given(st.sampled_from(sorted(RECORD_CONTENT, key=str)), accesses, assurances, practices)
def test_the_record_stays_closed_without_a_check_of_identity_and_behind_every_flag_but_one(
    service: Service, access: Access, assurance: Assurance, practice: Practice
) -> None:
    if access.verified_by is None or access.flags - {NO_TEXTS}:
        assert may(service, access, assurance, practice) is Decision.REFUSED


@given(services, accesses, assurances, practices)
def test_acting_for_somebody_gives_no_right_that_they_have_not_themselves(
    service: Service, access: Access, assurance: Assurance, practice: Practice
) -> None:
    if allowed(service, replace(access, is_proxy=True), assurance, practice):
        assert allowed(service, access, assurance, practice)


def test_what_a_patient_did_with_their_account_is_not_shown_to_somebody_trusted() -> None:
    trusted = replace(level("full"), is_proxy=True)
    assert may(Service.SEE_ACTIVITY, trusted, Assurance.VERIFIED, PRACTICE) is Decision.REFUSED


@given(services, accesses, assurances, practices)
def test_a_practice_can_ask_for_more_but_never_for_less(
    service: Service, access: Access, assurance: Assurance, practice: Practice
) -> None:
    standard = a_practice(practice.services.dict(), "standard", [])
    if allowed(service, access, assurance, practice):
        assert allowed(service, access, assurance, standard)
        if service.value in practice.identity.verified_services:
            assert assurance is Assurance.VERIFIED


@given(services, accesses, assurances, practices)
def test_a_service_that_is_switched_off_is_refused_to_everyone(
    service: Service, access: Access, assurance: Assurance, practice: Practice
) -> None:
    switch = REQUIREMENTS[service].switch
    if switch and not getattr(practice.services, switch):
        assert may(service, access, assurance, practice) is Decision.REFUSED
        assert may(service, None, assurance, practice) is Decision.REFUSED


@given(st.sampled_from(sorted(RECORD_CONTENT, key=str)), st.none() | accesses, assurances, practices)
def test_what_the_record_holds_is_never_shown_below_verified(
    service: Service, access: Access | None, assurance: Assurance, practice: Practice
) -> None:
    if assurance < Assurance.VERIFIED:
        assert not allowed(service, access, assurance, practice)


@given(services, assurances, practices)
def test_nobody_in_particular_is_only_given_what_everyone_is(
    service: Service, assurance: Assurance, practice: Practice
) -> None:
    if allowed(service, None, assurance, practice):
        assert service in (Service.PRACTICE_INFORMATION, Service.ASK_FOR_PERSON)


@given(accesses, assurances, practices)
def test_everyone_can_ask_about_the_surgery_and_for_a_person(
    access: Access, assurance: Assurance, practice: Practice
) -> None:
    assert allowed(Service.PRACTICE_INFORMATION, access, assurance, practice)
    assert allowed(Service.ASK_FOR_PERSON, None, assurance, practice)


@given(services, assurances)
def test_a_patient_without_online_services_is_refused_in_the_same_way_at_every_assurance(
    service: Service, assurance: Assurance
) -> None:
    if REQUIREMENTS[service].access:
        assert may(service, level("none"), assurance, PRACTICE) is Decision.REFUSED


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
    assert may(service, level(access) if access else None, assurance, PRACTICE) is decision


def test_the_table_of_nhs_login_asks_for_proof_before_anything_about_the_person_is_said() -> None:
    stricter = a_practice(PRACTICE.services.dict(), "nhs_login_table", [])
    for service in (Service.SEE_APPOINTMENTS, Service.CANCEL_APPOINTMENT, Service.ORDER_NAMED_REPEAT):
        assert may(service, level("full"), Assurance.CONTACT, stricter) is Decision.PROVE
    assert may(Service.BOOK_APPOINTMENT, level("full"), Assurance.CONTACT, stricter) is Decision.ALLOWED


def test_a_wrong_preset_or_service_is_named_when_the_program_starts() -> None:
    for wrong in ({"preset": "relaxed"}, {"raise_to_verified": ["see_results"]}):
        with pytest.raises(ValueError, match="must be"):
            IdentityRules(**{**PRACTICE.identity.dict(), **wrong})
