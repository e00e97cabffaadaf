"""What the tests of the secure pages are told in: links as they are sent, and browsers that open them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from starlette.testclient import TestClient

from bot.backend import tables
from bot.backend.demo_people import passcodes
from bot.backend.local_record import entry_to_row, result_to_row
from bot.backend.record import Entry, Result, Value
from bot.identity.desk import Desk
from bot.identity.policy import Access
from bot.store.conversations import SMS, WEB, open_conversation
from bot.store.database import Work
from bot.store.tables import audit
from tests.doors.reading import Reader
from tests.doors.support import Doors
from tests.support import AMIRA, LONDON

PASSCODES = passcodes()
AMIRAS = "patient-01"
TOMS = "patient-02"
PASSCODE = PASSCODES[AMIRAS]
OPEN = Access("full", full_history=True, verified_by="documents", set_by="reception")
DAY = date(2026, 11, 2)
FILED = datetime(2026, 11, 4, 12, 0, tzinfo=LONDON)
FORM = "application/x-www-form-urlencoded"


class NoLink(Exception):
    """None is given."""


def send_link(doors: Doors, purpose: str = "results", number: str = AMIRA, patient_id: str = AMIRAS) -> str:
    """Text somebody a link; gives its path."""
    address = _offer(doors, purpose, SMS, number, patient_id)[1]
    return address.removeprefix(doors.settings.public_url)


def hand_out_link(doors: Doors, purpose: str = "results", patient_id: str = AMIRAS) -> tuple[str, str]:
    """A link in the chat, as its own browser is given it: (path, handover)."""
    conversation_id, link_id = _offer(doors, purpose, WEB, f"visitor-{purpose}", patient_id)
    token, handover = doors.surgery.program.services.step_up.hand_over(conversation_id, link_id) or ("", "")
    return f"/secure/{token}", handover


def _offer(doors: Doors, purpose: str, channel: str, address: str, patient_id: str) -> tuple[str, str]:
    program, work = doors.surgery.program, Work()
    with program.database.write() as connection:
        conversation = open_conversation(connection, channel, address, doors.clock(), timedelta(hours=12))
    link = program.services.step_up.offer(work, conversation, patient_id, purpose, doors.clock())
    with program.database.write() as connection:
        work.run(connection)
    if link is None:
        raise NoLink
    return conversation.id, link


class Phone(Reader):
    """A browser on somebody's phone: keeps cookies, follows nothing by itself, sends forms as they stand on a page."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        self.client = TestClient(doors.app, base_url=doors.settings.public_url, follow_redirects=False)

    def opens(self, path: str) -> str:
        """The page's text, whatever its status."""
        self.page = self.client.get(path)
        return self.page.text

    def sends(self, path: str, **fields: str) -> Any:
        """Sends a form from the page that was opened last, with the hidden token it carries."""
        return self.posts(path, {"token": self.hidden("token"), **fields})

    def posts(self, path: str, fields: dict[str, str], **headers: str) -> Any:
        own = {"Origin": self.doors.settings.public_url, "Content-Type": FORM}
        answer = self.client.post(path, data=fields, headers={**own, **headers})
        if answer.status_code != 303:
            self.page = answer
        return answer

    def spends(self, path: str, **fields: str) -> Any:
        return self.posts(path, fields)

    def proves(self, passcode: str = PASSCODE, **fields: str) -> Any:
        self.opens("/secure/prove")
        return self.sends("/secure/prove", passcode=passcode, **fields)

    def logs_in(self, purpose: str = "results") -> str:
        """From a link to what it is for."""
        self.spends(send_link(self.doors, purpose))
        proved = self.proves()
        assert proved.status_code == 303, proved.text
        return self.opens(proved.headers["Location"])

    def cookie(self, name: str = "__Host-secure") -> str | None:
        return self.client.cookies.get(name)


def give_access(doors: Doors, access: Access = OPEN, patient_id: str = AMIRAS, **changes: Any) -> None:
    program = doors.surgery.program
    with program.database.write() as connection:
        changed = replace(access, **changes)
        Desk(program.practice).set_access(connection, patient_id, changed, "reception", doors.clock())


def clear_record(doors: Doors, patient_id: str = AMIRAS) -> None:
    with doors.surgery.program.database.write() as connection:
        for table in (tables.result, tables.entry):
            connection.execute(table.delete().where(table.c.patient_id == patient_id))


def file_result(doors: Doors, patient_id: str = AMIRAS, **facts: Any) -> Result:
    """A result that a clinician has filed and released, unless said otherwise."""
    usual = Result(
        "result-x", "Ferritin", DAY, (Value("Ferritin", "48", "ug/L", 15, 300),), "Normal", "All is well.",
        "Dr Okafor", FILED, released=True,
    )  # fmt: skip
    result = replace(usual, **facts)
    with doors.surgery.program.database.write() as connection:
        connection.execute(tables.result.insert().values(**result_to_row(patient_id, result)))
    return result


def record_entry(doors: Doors, entry: Entry, patient_id: str = AMIRAS) -> None:
    with doors.surgery.program.database.write() as connection:
        connection.execute(tables.entry.insert().values(**entry_to_row(patient_id, entry)))


def set_status(doors: Doors, status: str, patient_id: str = AMIRAS) -> None:
    with doors.surgery.program.database.write() as connection:
        connection.execute(tables.patient.update().where(tables.patient.c.id == patient_id).values(status=status))


def noted(doors: Doors) -> list[Any]:
    """The audit trail, oldest first."""
    with doors.surgery.program.database.read() as connection:
        return connection.execute(select(audit).order_by(audit.c.id)).all()


def last_noted(doors: Doors) -> tuple[str, str, str, str | None]:
    """(action, outcome, channel, subject) of the newest entry."""
    row = noted(doors)[-1]
    return row.action, row.outcome, row.channel, row.subject
