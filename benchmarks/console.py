"""How long the pages of the console take, with as much in the store as a busy practice gathers.

    python -m benchmarks.console [conversations] [escalations]

Prints a table of milliseconds at the server. The store is SQLite, made anew in a temporary folder.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from types import SimpleNamespace
from typing import Any, cast

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert
from starlette.testclient import TestClient

from benchmarks.console_history import add_history
from bot.app import web_app
from bot.backend.demo import ensure_demo
from bot.backend.demo_people import PATIENTS
from bot.clock import system_clock
from bot.dialogue import Dialogue
from bot.program import Program, assemble
from bot.settings import Settings
from bot.staff.sessions import Sessions
from bot.store import staff
from bot.store.escalations import ROUTINE, URGENT, add_escalation
from bot.store.private import Private
from bot.store.staff import Account
from bot.store.tables import conversation, message
from connectors.console.browser import ConsoleCookies

CONVERSATIONS, ESCALATIONS, MESSAGES, TIMES = 10_000, 200, 6, 40
_MEMBER = Account("staff-bench", "bench", "Bench", "supervisor")


def main(conversations: int = CONVERSATIONS, escalations: int = ESCALATIONS) -> None:
    """Fill a store, ask for each page, print."""
    with tempfile.TemporaryDirectory() as folder:
        program = _program(Path(folder))
        ids = list(_fill(program, conversations))
        _escalate(program, ids[:escalations])
        add_history(program, ids, escalations)
        client = _browser(program)
        table = Table("Page", "median ms", "95th ms", title=f"{conversations} conversations, {escalations} escalations")
        for name, path, is_part in _pages(ids[0]):
            taken = [_timed(client, path, is_part) for _ in range(TIMES)]
            table.add_row(name, f"{median(taken):.1f}", f"{quantiles(taken, n=20)[18]:.1f}")
        Console().print(table)


def _pages(conversation_id: str) -> list[tuple[str, str, bool]]:
    at = f"/console/conversations/{conversation_id}"
    return [
        ("Queue", "/console", False),
        ("Queue, urgent", "/console?tab=urgent", False),
        ("Queue, mine", "/console?tab=mine", False),
        ("Queue, when it changes", "/console/queue", True),
        ("Bell", "/console/alarm", True),
        ("Conversation", at, False),
        ("Conversation, when it changes", f"{at}/thread", True),
        ("Conversation, its state", f"{at}/state", True),
        ("Appointments", f"{at}/appointments", False),
        ("Patients", "/console/patients", False),
        ("Desk", "/console/desk", False),
        ("Desk, a patient", "/console/desk/patient-01", False),
        ("Overview, 7 days", "/console/overview?days=7", False),
        ("Overview, 28 days", "/console/overview?days=28", False),
        ("Overview, 90 days", "/console/overview?days=90", False),
        ("Not understood", "/console/examples", False),
        ("Audit", "/console/audit", False),
        ("Audit, a patient", "/console/audit?patient=patient-01", False),
    ]


def _timed(client: TestClient, path: str, is_part: bool) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    answer = client.get(path, headers={"HX-Request": "true"} if is_part else {})
    taken = (time.perf_counter() - begun) * 1000
    assert answer.status_code == 200, (path, answer.status_code)
    return taken


def _program(home: Path) -> Program:
    """Without a model: no turn is run."""
    nothing = SimpleNamespace(use_wording=lambda _: None, close=lambda: None)
    program = assemble(Settings(home=home, _env_file=None), system_clock, cast(Dialogue, nothing))
    ensure_demo(program.database, program.practice, system_clock)
    return program


def _fill(program: Program, count: int) -> Iterator[str]:
    """Conversations with a few messages each; gives their ids. The first are of patients of the demonstration."""
    now, mobiles = program.clock(), list(dict.fromkeys(each.patient.mobile or "" for each in PATIENTS))
    ids = [f"{number:032x}" for number in range(count)]
    for start in range(0, count, 500):
        part = ids[start : start + 500]
        with program.database.write() as connection:
            connection.execute(insert(conversation), [_conversation(each, now, mobiles) for each in part])
            connection.execute(insert(message), [_message(each, at, now) for each in part for at in range(MESSAGES)])
    yield from ids


def _conversation(identifier: str, now: datetime, mobiles: list[str]) -> dict[str, Any]:
    number = int(identifier, 16)
    is_text = number < len(mobiles)
    address = mobiles[number] if is_text else f"visitor-{number}"
    return {
        "id": identifier,
        "channel": "sms" if is_text else "web",
        "address_index": address,
        "address": Private(address, identifier),
        "started_at": now - timedelta(days=number % 90),
        "last_activity_at": now,
        "closed_at": None if number < ESCALATIONS else now,
    }


def _message(owner: str, number: int, now: datetime) -> dict[str, Any]:
    author = "patient" if number % 2 == 0 else "assistant"
    words = "I would like to move my appointment to a day after the holidays, if there is one in the morning."
    return {"conversation_id": owner, "author": author, "text": Private(words, owner), "at": now, "done_at": now}


def _escalate(program: Program, ids: list[str]) -> None:
    now = program.clock()
    with program.database.write() as connection:
        for number, each in enumerate(ids):
            patient_id = PATIENTS[number % len(PATIENTS)].patient.id
            urgency = URGENT if number % 10 == 0 else ROUTINE
            add_escalation(
                connection, each, "asked_for_person", urgency, "please", now - timedelta(minutes=number), patient_id
            )


def _browser(program: Program) -> TestClient:
    """Somebody who has signed in."""
    with program.database.write() as connection:
        staff.add_staff(connection, _MEMBER, program.clock())
    token = Sessions(program.database, program.clock).enter(_MEMBER.login).token
    app = web_app(program, demo=False)
    client = TestClient(app, base_url=program.settings.public_url)
    cookies = ConsoleCookies(program.settings.is_https, program.database.keyring)
    client.cookies.set(cookies._session, token)
    return client


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
