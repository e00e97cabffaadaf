"""Who of the staff may do what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.staff.roles import ROLES, TASKS, Task, may_do

OF_PATIENTS = {
    Task.SEE_QUEUE,
    Task.READ_CONVERSATION,
    Task.ANSWER,
    Task.BOOK_FOR_PATIENT,
    Task.SEE_RECORD_BANNER,
    Task.CLINICAL,
    Task.SEE_PRESCRIPTIONS,
    Task.DECIDE_PRESCRIPTIONS,
    Task.REGISTER_PATIENT,
    Task.CHANGE_ACCESS,
    Task.MANAGE_PROXIES,
}
roles, tasks = st.sampled_from(ROLES), st.sampled_from(list(Task))


def test_the_roles_are_these() -> None:
    assert ROLES == ("reception", "clinician", "supervisor", "admin", "auditor")


@given(st.text(), tasks)
def test_a_role_that_nobody_gave_may_do_nothing(role: str, task: Task) -> None:
    assert role in ROLES or not may_do(role, task)


@given(tasks)
def test_an_auditor_reads_the_audit_trail_and_nothing_else(task: Task) -> None:
    assert may_do("auditor", task) == (task is Task.READ_AUDIT)


@given(roles)
def test_whoever_makes_accounts_sees_no_patient(role: str) -> None:
    assert not (may_do(role, Task.MANAGE_STAFF) and TASKS[role] & OF_PATIENTS)


@given(roles)
def test_results_are_for_clinicians(role: str) -> None:
    assert may_do(role, Task.CLINICAL) == (role == "clinician")


@given(roles)
def test_prescriptions_are_decided_by_clinicians(role: str) -> None:
    assert may_do(role, Task.DECIDE_PRESCRIPTIONS) == (role == "clinician")


@given(roles)
def test_whoever_decides_a_prescription_sees_it_and_whose_it_is(role: str) -> None:
    if TASKS[role] & {Task.SEE_PRESCRIPTIONS, Task.DECIDE_PRESCRIPTIONS}:
        assert {Task.SEE_PRESCRIPTIONS, Task.SEE_RECORD_BANNER} <= TASKS[role]


@given(roles)
def test_whoever_answers_sees_the_queue_and_what_was_said(role: str) -> None:
    if may_do(role, Task.ANSWER):
        assert {Task.SEE_QUEUE, Task.READ_CONVERSATION, Task.SEE_RECORD_BANNER} <= TASKS[role]


@given(roles)
def test_whoever_changes_something_about_a_patient_sees_who_it_is(role: str) -> None:
    if TASKS[role] & {Task.BOOK_FOR_PATIENT, Task.REGISTER_PATIENT, Task.CHANGE_ACCESS, Task.MANAGE_PROXIES}:
        assert may_do(role, Task.SEE_RECORD_BANNER)


@given(roles)
def test_a_supervisor_can_do_what_reception_can(role: str) -> None:
    assert TASKS["reception"] <= TASKS["supervisor"]


@pytest.mark.parametrize("task", Task)
def test_every_task_is_somebodys(task: Task) -> None:
    assert any(may_do(role, task) for role in ROLES)
