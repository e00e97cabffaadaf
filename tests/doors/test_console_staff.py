"""Staff accounts in the console, and the news that its pages are told."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import httpx
import pytest

from bot.escalation.handover import QUEUE
from tests.doors.console import Computer, hire, sign_in
from tests.doors.live import Live, served
from tests.doors.secure import noted
from tests.doors.support import PLAIN_URL, Doors, wait_until

STAFF = "/console/staff"


@pytest.fixture()
def admin(doors: Doors) -> Computer:
    computer = sign_in(doors, role="admin", name="Bo Chief")
    computer.opens(STAFF)
    return computer


def test_only_whoever_manages_staff_sees_the_accounts(doors: Doors) -> None:
    for role in ("reception", "clinician", "supervisor", "auditor"):
        computer = sign_in(doors, role=role)
        computer.opens(STAFF)
        assert computer.status == 403
        assert computer.sends(f"{STAFF}/reset", {"login": "jo"}).status_code == 403


def test_an_account_is_added_and_its_link_shown_once(doors: Doors, admin: Computer) -> None:
    admin.sends(STAFF, {"name": "Jo Reed", "login": "jo.reed", "role": "reception"})
    link = re.search(r'id="link">https://[^/]+(/console/set-up/[\w-]+)<', admin.page.text)
    assert link is not None
    newcomer = Computer(doors)
    newcomer.opens(link[1])
    assert newcomer.heading == "Set up your account"
    admin.opens(STAFF)
    assert "jo.reed, reception, not set up" in admin.words
    assert link[1] not in admin.page.text
    row = next(row for row in noted(doors) if row.action == "staff.added")
    assert (row.outcome, row.channel, row.actor_id is not None) == ("reception", "desk", True)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "Jo", "login": "Jo Reed", "role": "reception"}, "A login is 2 to 60"),
        ({"name": "", "login": "jo.reed", "role": "reception"}, "Type their name"),
        ({"name": "Jo", "login": "jo.reed", "role": "boss"}, "Choose a role"),
        ({}, "A login is 2 to 60"),
    ],
)
def test_what_makes_no_account_is_said(admin: Computer, fields: dict[str, str], words: str) -> None:
    assert admin.sends(STAFF, fields).status_code == 400
    assert words in admin.words


def test_somebody_is_disabled_and_gets_another_role(doors: Doors, admin: Computer) -> None:
    member = hire(doors, login="jo.reed")
    theirs = sign_in(doors, member)
    assert admin.sends(f"{STAFF}/role", {"login": "jo.reed", "role": "clinician"}).status_code == 303
    assert "Role: clinician" in theirs.opens("/console/me")
    assert admin.sends(f"{STAFF}/disable", {"login": "jo.reed"}).status_code == 303
    theirs.opens("/console/me")
    assert theirs.status == 303


def test_nobody_changes_their_own_account(doors: Doors) -> None:
    boss = hire(doors, "admin", login="boss")
    computer = sign_in(doors, boss)
    for path, fields in (("role", {"role": "supervisor"}), ("disable", {})):
        computer.opens(STAFF)
        assert computer.sends(f"{STAFF}/{path}", {"login": "boss", **fields}).status_code == 400
        assert "You cannot change your own account" in computer.words


# News


@pytest.fixture()
def live(demo: Doors) -> Iterator[Live]:
    with served(demo.app) as server:
        yield server


def listen(live: Live, computer: Computer, query: str = "") -> list[str]:
    """The names of the events that come, as they come."""
    heard: list[str] = []
    connected = threading.Event()

    def follow() -> None:
        cookies = {"Cookie": f"console={computer.cookie()}"}
        with httpx.stream("GET", f"{live.url}/console/events{query}", headers=cookies, timeout=60) as answer:
            heard.append(str(answer.status_code))
            connected.set()
            for line in answer.iter_lines():
                if line.startswith(("event:", "data:")):
                    heard.append(line.strip())

    threading.Thread(target=follow, daemon=True).start()
    assert connected.wait(20)
    return heard


def _is_listened_to(doors: Doors, topic: str) -> bool:
    return topic in doors.surgery.program.notices._listeners


def test_a_page_is_told_that_something_changed_and_never_what(demo: Doors, live: Live) -> None:
    heard = listen(live, sign_in(demo), "?conversation=abc")
    notices = demo.surgery.program.notices
    wait_until(lambda: _is_listened_to(demo, "abc"))
    notices.announce(QUEUE)
    wait_until(lambda: "event: queue" in heard)
    notices.announce("abc")
    wait_until(lambda: "event: conversation" in heard)
    assert {each for each in heard if each.startswith("data:")} <= {"data:"}


def test_an_auditor_hears_nothing_of_conversations(demo: Doors, live: Live) -> None:
    heard = listen(live, sign_in(demo, role="auditor"), "?conversation=abd")
    assert heard[0] == "200"
    assert not _is_listened_to(demo, "abd")


def test_the_stream_ends_with_the_session(demo: Doors, live: Live) -> None:
    computer = sign_in(demo)
    heard = listen(live, computer)
    wait_until(lambda: _is_listened_to(demo, QUEUE))
    computer.sends("/console/lock-now")
    wait_until(lambda: "event: over" in heard)
    wait_until(lambda: not _is_listened_to(demo, QUEUE))


def test_without_a_session_a_browser_is_told_not_to_come_back(demo: Doors) -> None:
    assert demo.settings.public_url == PLAIN_URL
    assert demo.client.get("/console/events").status_code == 204
