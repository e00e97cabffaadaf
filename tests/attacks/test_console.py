"""The staff console: every address it has, as the application lists them, tried by strangers, by other sites, and by
staff whose role does not reach so far."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from bot.staff.roles import ROLES
from tests.attacks.support import addresses, held
from tests.attacks.test_forged_requests import FROM_ELSEWHERE
from tests.doors.console import Computer, sign_in
from tests.doors.secure import AMIRAS, FORM
from tests.doors.support import Doors
from tests.support import AMIRA

OPEN = {"/console/sign-in", "/console/set-up/{link}", "/console/service", "/console/service/done"}
_UNLOCKED = {"/console/lock"}  # of a session that is not locked it only leads back
SECRETS = ("Khan", "9990000018", "999 000 0018", "18 April 1991")
_PASSING = {"staff_session", "failed_proof", "audit", "presence"}  # that somebody came by may be noted


def console(doors: Doors, method: str) -> list[str]:
    return [path for path in addresses(doors, method) if path.startswith("/console")]


def filled(doors: Doors, path: str) -> str:
    """With ids that exist, so that nothing is refused for want of a row."""
    with doors.surgery.program.database.engine.connect() as connection:
        conversation = connection.exec_driver_sql("SELECT id FROM conversation").scalar()
    known = {"ref": conversation, "patient": AMIRAS, "conversation": conversation}
    return re.sub(r"{(\w+)(?::\w+)?}", lambda found: str(known.get(found[1], "1")), path)


@pytest.fixture()
def waiting(doors: Doors) -> Doors:
    """Amira waits for a person."""
    doors.texts_in("can i speak to a person please", AMIRA)
    doors.run()
    return doors


def kept(doors: Doors) -> dict[str, Any]:
    return {name: rows for name, rows in held(doors).items() if name not in _PASSING}


def test_a_stranger_sees_nothing_and_does_nothing(waiting: Doors) -> None:
    stranger, before = Computer(waiting), kept(waiting)
    for path in console(waiting, "GET"):
        if path in OPEN or "static" in path:
            continue
        answer = stranger.client.get(filled(waiting, path))
        assert answer.status_code in (204, 303, 401, 403, 404), path
        assert not any(secret in answer.text for secret in SECRETS), path
    for path in console(waiting, "POST"):
        answer = stranger.sends(filled(waiting, path))
        assert answer.status_code in (303, 400, 401, 403, 404), path
    assert kept(waiting) == before


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=lambda each: "-".join(each.values())[:40])
def test_nothing_that_another_site_sends_is_done_in_the_name_of_staff(waiting: Doors, headers: dict[str, str]) -> None:
    jo = sign_in(waiting, role="supervisor")
    jo.opens("/console")
    before = kept(waiting)
    for path in console(waiting, "POST"):
        fields = {"token": jo.token, "text": "hello", "version": "0", "seen": "0"}
        for kind, body in ((FORM, None), ("text/plain", json.dumps(fields))):
            sent: dict[str, Any] = {"content": body} if body else {"data": fields}
            answer = jo.client.post(filled(waiting, path), **sent, headers={**headers, "Content-Type": kind})
            assert answer.status_code in (401, 403), (path, kind)
    assert kept(waiting) == before


def test_no_form_counts_without_the_sessions_own_token(waiting: Doors) -> None:
    jo, other = sign_in(waiting, role="supervisor"), sign_in(waiting, role="supervisor", name="Al Ng")
    other.opens("/console")
    before = kept(waiting)
    for path in console(waiting, "POST"):
        if path in OPEN | _UNLOCKED:
            continue
        for token in ("", "0" * 64, other.token):
            assert jo.sends(filled(waiting, path), {"token": token}).status_code in (401, 403), path
    assert kept(waiting) == before


@pytest.mark.parametrize("role", [role for role in ROLES if role in ("admin", "auditor")])
def test_whoever_sees_no_patients_sees_none_at_any_address(waiting: Doors, role: str) -> None:
    member, before = sign_in(waiting, role=role), kept(waiting)
    for path in console(waiting, "GET"):
        if "events" in path or "static" in path:
            continue
        member.opens(filled(waiting, path))
        assert not any(secret in member.page.text for secret in SECRETS), path
    assert kept(waiting) == before


def test_the_audit_trail_is_read_by_those_whose_task_it_is_and_by_nobody_else(waiting: Doors) -> None:
    reads = {}
    for role in ROLES:
        member = sign_in(waiting, role=role)
        member.opens("/console/audit")
        reads[role] = member.status == 200
    assert reads == {"reception": False, "clinician": False, "supervisor": True, "admin": False, "auditor": True}


def test_a_patients_cookies_open_no_console(waiting: Doors) -> None:
    browser = waiting.browser()
    browser.opens()
    stolen = Computer(waiting)
    for name, value in browser.client.cookies.items():
        for cookie in ("__Host-console", "console"):
            stolen.client.cookies.set(cookie, value)
        stolen.client.cookies.set(name, value)
    stolen.opens("/console")
    assert stolen.status != 200
