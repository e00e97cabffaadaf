"""What the tests of writing to the practice are told in: forms with files, and a surgery that answers."""

from __future__ import annotations

import re
from typing import Any

from tests.doors.console import Computer, sign_in
from tests.doors.secure import PASSCODE, Phone, send_link
from tests.doors.support import Doors

WRITE = "/secure/messages/write"


def log_in(doors: Doors, number: str = "", patient_id: str = "", passcode: str = PASSCODE) -> Phone:
    """Somebody at the list of their messages."""
    phone = Phone(doors)
    whose = {"number": number, "patient_id": patient_id} if number else {}
    phone.spends(send_link(doors, "messages", **whose))
    assert phone.proves(passcode).status_code == 303
    phone.opens("/secure/messages")
    return phone


def uploads(phone: Phone, path: str, files: dict[str, bytes] | None = None, **fields: str) -> Any:
    """Sends the form with files that stands on the page, as a browser does; `files` by name."""
    url = phone.doors.settings.public_url
    given = {"token": phone.hidden("token"), "once": phone.hidden("once"), **fields}
    parts: list[Any] = [
        ("files", (name, content, "application/octet-stream")) for name, content in (files or {}).items()
    ]
    parts = parts or [("files", ("", b"", "application/octet-stream"))]
    phone.page = phone.client.post(path, data=given, files=parts, headers={"Origin": url})
    return phone.page


def writes(phone: Phone, text: str, topic: str = "fit_note", files: dict[str, bytes] | None = None) -> str:
    """The reference of what was sent."""
    phone.opens(WRITE)
    sent = uploads(phone, WRITE, files, topic=topic, text=text)
    assert sent.status_code == 200, phone.words
    found = re.search(r"Your reference is <strong>(\w+)</strong>", sent.text)
    assert found, phone.words
    return found[1]


class Answering:
    """Somebody at the surgery with the message that came last."""

    def __init__(self, doors: Doors, role: str = "reception") -> None:
        self.doors = doors
        self.jo: Computer = sign_in(doors, role=role)
        held = doors.surgery.escalations()[-1]
        self.at = f"/console/conversations/{held.conversation_id}"
        self.jo.opens(self.at)

    def answers(self, text: str) -> None:
        seen = re.search(r'name="seen" value="(\d+)"', str(self.jo.page.text))
        assert seen
        assert self.jo.sends(f"{self.at}/reply", {"text": text, "seen": seen[1]}).status_code == 303
        self.doors.clock.forward(seconds=self.doors.surgery.program.practice.staff.undo_seconds)
        timers = self.doors.surgery.program.timers()
        while timers.work_once():
            pass
        self.doors.run()
        self.jo.opens(self.at)
