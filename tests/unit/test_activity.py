"""What patients are told of the audit trail: every code that is noted is either in plain words or kept back."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Optional, get_args

import pytest
import yaml

from bot.backend import base
from bot.backend.prescribing import NEXT
from bot.identity import activity
from bot.identity.activity import (
    ASSISTANT,
    STAFF,
    TRUSTED,
    UNPROVEN,
    YOU,
    activity_of,
    twelve_months_before,
    wording_of,
)
from bot.identity.policy import ACCESS_LEVELS, FLAGS, Decision, Service
from bot.identity.step_up import Verdict
from bot.nlu.attendance import Reading
from bot.safety.screen import Kind
from bot.settings import ROOT
from bot.staff.roles import ROLES
from bot.store.audit import AuditEntry, add_entries
from bot.store.database import Database
from connectors.webchat.card_reading import SERVICES
from tests.support import MONDAY

ANY = "anything"  # stands for a code that only the running program knows

# What staff do with a conversation, as `bot.escalation` names it.
STAFF_DO = (
    *("claimed", "transferred", "replied", "taken_back", "noted", "snoozed", "resolved", "returned"),
    *("asked_proof", "booked", "cancelled"),
)

# What codes that are not written out in a call may be, by how the call writes them.
MEANINGS = {
    "service.value": [each.value for each in Service],
    "decision.value": [each.value for each in Decision],
    "verdict.value": [each.value for each in Verdict],
    "refusal.code": sorted({each.code for each in vars(base).values() if hasattr(each, "code")}),
    "reading.value": [each.value for each in Reading],
    "access.level": list(ACCESS_LEVELS),
    "given.level": list(ACCESS_LEVELS),
    "f'{name}.view'": [f"{name}.view" for name in SERVICES],
    "kind": list(get_args(Kind)),
    "f'escalation.{kind}'": [f"escalation.{kind}" for kind in STAFF_DO],
    "to": sorted({each for steps in NEXT.values() for each in steps}),  # prescription.decide
    "role": list(ROLES),
    "member.role": list(ROLES),
    "language.code": [ANY],
    "reason": [ANY],  # why a text did not arrive: text.delivery
    "(outcome.response or 'none').removeprefix('utter_')": [ANY],  # which question followed: identity.answer
}


# Reading the source.

SOURCES = {
    str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
    for folder in ("bot", "connectors")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts
}


Parameters = dict[str, Optional[ast.expr]]  # name to default


def noters() -> dict[str, Parameters]:
    """What notes an entry: whatever has parameters or fields called action and outcome."""
    found: dict[str, Parameters] = {}
    for tree in SOURCES.values():
        for node in ast.walk(tree):
            names = _parameters(node)
            if {"action", "outcome"} <= names.keys():
                found[node.name] = names  # type: ignore[attr-defined]
    return found


def _parameters(node: ast.AST) -> Parameters:
    if isinstance(node, ast.FunctionDef):
        names = [each.arg for each in node.args.args if each.arg != "self"]
        defaults = dict(zip(reversed(names), reversed(node.args.defaults)))
        return {name: defaults.get(name) for name in names}
    if isinstance(node, ast.ClassDef):
        return {each.target.id: None for each in node.body if isinstance(each, ast.AnnAssign) and _is_name(each.target)}
    return {}


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name)


def noted() -> Iterator[tuple[str, str, str]]:
    """(file, action, outcome) of everything that is noted, as it is written there."""
    known = noters()
    for path, tree in SOURCES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield from _noted_by(path, node, known)


def _noted_by(path: str, call: ast.Call, known: dict[str, Parameters]) -> Iterator[tuple[str, str, str]]:
    name, given = _name(call.func), list(call.args)
    if name == "add" and given and _name(given[0]) in known:  # work.add(add_audit, now, …): called later
        name, given = _name(given[0]), [call.func, *given[1:]]
    if name not in known:
        return
    by_name: Parameters = (
        known[name] | dict(zip(known[name], given)) | {each.arg: each.value for each in call.keywords if each.arg}
    )
    for action, outcome in itertools.product(_codes(by_name["action"]), _codes(by_name["outcome"])):
        yield path, action, outcome


def _name(node: ast.AST) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))


def _codes(node: ast.expr | None) -> list[str]:
    if node is None:
        return []  # given as a whole: `audit(entry)`
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_codes(node.body), *_codes(node.orelse)]
    written = ast.unparse(node)
    if written in ("action", "outcome", "entry.action", "entry.outcome"):
        return []  # handed on by something that notes: its own calls say which
    if written == "self.audit_as":
        return audit_names()
    return MEANINGS.get(written, [f"({written})"])


def audit_names() -> list[str]:
    assigned = (node for tree in SOURCES.values() for node in ast.walk(tree) if isinstance(node, ast.Assign))
    return [each.value.value for each in assigned if _name(each.targets[0]) == "audit_as"]  # type: ignore[attr-defined]


def test_the_source_is_read_as_it_is_written() -> None:
    codes = {(action, outcome) for _, action, outcome in noted()}
    assert {
        ("appointment.book", "done"),
        ("appointment.cancel", "too_late_to_cancel"),
        ("see_results", "prove"),
        ("identity.answer", "passed"),
        ("text.delivery", ANY),
        ("safety.alarm", "crisis"),
        ("step_up.proof", "wrong"),
        ("result.view", "done"),
    } <= codes


def test_every_code_in_the_source_is_worded_or_kept_back() -> None:
    """Anything in brackets is written in a way that this test cannot read: say in MEANINGS what it may be."""
    missing = sorted(
        {f"{path}: {action} {outcome}" for path, action, outcome in noted() if not _is_listed(action, outcome)}
    )
    assert missing == []


def _is_listed(action: str, outcome: str) -> bool:
    return "(" not in action + outcome and wording_of(action, outcome) is not None


EXPECTED = """
    step_up.link made, step_up.link spent, step_up.link refused, step_up.proof passed, step_up.proof wrong,
    step_up.proof locked, step_up.proof expired, step_up.log_out done, step_up.not_me locked, credential.set done,
    credential.authenticator on, credential.authenticator off, access.set done, proxy.given done, proxy.ended done,
    record.view done, results.view done, result.view done, activity.view done, access.off done
"""


@pytest.mark.parametrize("code", [each.strip() for each in EXPECTED.split(",")])
def test_what_is_done_with_access_and_record_is_told(code: str) -> None:
    wording = wording_of(*code.split())
    assert wording and wording.what


@pytest.mark.parametrize(
    "service", [each for each in Service if each.value not in ("practice_information", "ask_for_person")]
)
def test_a_refusal_is_told_and_never_why(service: Service) -> None:
    wording = wording_of(service.value, Decision.REFUSED.value)
    assert wording and wording.what and wording.what.endswith("It could not be done online.")


@pytest.mark.parametrize(
    "code",
    [
        "safety.alarm crisis",
        "safety.alarm emergency",
        "safety.ask crisis",
        "safety.retracted crisis",
        "access.pressure noted",
        *(f"flag.set {flag}" for flag in FLAGS),
    ],
)
def test_alarms_and_notes_of_staff_are_kept_back(code: str) -> None:
    wording = wording_of(*code.split())
    assert wording and wording.what is None


def test_an_unknown_code_is_not_told() -> None:
    assert wording_of("something.new", "done") is None


# The words.


def sentences() -> dict[str, str]:
    words = yaml.safe_load(Path(activity.__file__).with_name("activity.yml").read_text(encoding="utf-8"))
    return {**words["shown"], **words["unproven"]}


@pytest.mark.parametrize(("code", "said"), sentences().items())
def test_a_sentence_is_short_and_plain(code: str, said: str) -> None:
    assert said[0].isupper() and said.endswith(".")
    for sentence in re.split(r"(?<=\.) ", said):
        assert len(sentence.split()) <= 12, code
    assert not re.search(r"(?i)flag|pressure|redact|alarm|crisis|proxy|credential|assurance|session|token|verif", said)


# A patient's log.


def note(database: Database, action: str, outcome: str, channel: str = "sms", **changes: Any) -> None:
    values = {"at": MONDAY, "patient_id": "patient-01", **changes}
    with database.write() as connection:
        add_entries(connection, [AuditEntry(action=action, outcome=outcome, channel=channel, **values)])


def log(database: Database, since: datetime = MONDAY - timedelta(days=1)) -> list[tuple[str, str, str]]:
    with database.read() as connection:
        return [(each.what, each.channel, each.who) for each in activity_of(connection, "patient-01", since)]


def test_a_log_says_what_how_and_who_newest_first(database: Database) -> None:
    note(database, "appointment.book", "done")
    note(database, "results.view", "done", "web", actor_id="proxy-1")
    note(database, "access.set", "done", "desk", actor_id="staff-1")
    note(database, "proxy.ended", "sixteen", "system")
    note(database, "step_up.log_out", "done", "page", actor_id="patient-01")
    assert log(database) == [
        ("Logged out.", "on the secure page", YOU),
        ("Stopped somebody you trust from using your online services.", "by computer", ASSISTANT),
        ("Changed what you can do and see online.", "at the surgery", STAFF),
        ("Looked at your list of test results.", "in the web chat", TRUSTED),
        ("Booked an appointment.", "by text message", YOU),
    ]


def test_who_gave_a_wrong_passcode_is_not_said_to_be_the_patient(database: Database) -> None:
    note(database, "step_up.proof", "wrong", "page")
    note(database, "see_results", "prove", "sms")
    assert {who for _, _, who in log(database)} == {UNPROVEN}


def test_a_log_leaves_out_what_is_kept_back_what_is_unknown_and_other_patients(database: Database) -> None:
    note(database, "safety.alarm", "crisis")
    note(database, "flag.set", "under_pressure", "desk", actor_id="staff-1")
    note(database, "see_results", "allowed")
    note(database, "something.new", "done")
    note(database, "record.view", "done", patient_id="patient-02")
    note(database, "record.view", "done", patient_id=None)
    assert log(database) == []


def test_a_log_holds_no_ids(database: Database) -> None:
    note(database, "result.view", "done", "page", subject="result-77", actor_id="proxy-1", conversation_id="c0ffee")
    assert not {"result-77", "proxy-1", "c0ffee"} & set(" ".join(log(database)[0]).split())


def test_a_log_goes_back_twelve_months(database: Database) -> None:
    note(database, "record.view", "done", at=MONDAY - timedelta(days=366))
    note(database, "results.view", "done", at=MONDAY - timedelta(days=364))
    assert log(database, twelve_months_before(MONDAY)) == [
        ("Looked at your list of test results.", "by text message", YOU)
    ]


@pytest.mark.parametrize(
    ("now", "before"), [("2026-11-23", "2025-11-23"), ("2028-02-29", "2027-02-28"), ("2029-02-28", "2028-02-28")]
)
def test_twelve_months_are_counted_by_the_calendar(now: str, before: str) -> None:
    def at(day: str) -> datetime:
        return datetime.fromisoformat(day).replace(tzinfo=timezone.utc)

    assert twelve_months_before(at(now)) == at(before)


def test_every_channel_has_words() -> None:
    channels: Iterable[str] = ("sms", "web", "page", "desk", "system")
    assert set(activity._words()["channels"]) == set(channels)
