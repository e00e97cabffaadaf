"""Messages in the console: staff read and answer them, open their files, and decide on new contact details."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.identity.policy import NO_TEXTS, UNDER_REVIEW
from bot.staff.roles import ROLES
from bot.store import attachments
from bot.store.conversations import get_conversation
from tests import files_support as made
from tests.doors.console import Computer, sign_in
from tests.doors.secure import AMIRAS, PASSCODES, Phone, give_access, noted, send_link
from tests.doors.support import Doors
from tests.doors.writing import Answering, log_in, uploads, writes
from tests.support import AMIRA

HERE = "/console/details"


def file_id(doors: Doors) -> str:
    conversation_id = doors.surgery.escalations()[-1].conversation_id
    with doors.surgery.program.database.read() as connection:
        [[file]] = attachments.files_of(connection, conversation_id).values()
    return file.id


def ask(doors: Doors, kind: str = "mobile", value: str = "07700 900321") -> None:
    phone = Phone(doors)
    phone.spends(send_link(doors, "details"))
    phone.proves()
    phone.opens(f"/secure/details/{kind}")
    phone.sends(f"/secure/details/{kind}", value=value)
    assert phone.heading == "We have your request"


# A thread.


def test_it_is_read_and_answered_like_any_conversation(doors: Doors) -> None:
    reference = writes(log_in(doors), "when is my note ready")
    jo = sign_in(doors)
    jo.opens("/console")
    assert "Amira Khan" in jo.words and "Message: fit note" in jo.words
    desk = Answering(doors)
    assert "when is my note ready" in desk.jo.words and "Was known when they wrote" in desk.jo.words
    desk.answers("It is ready.")
    assert "It is ready." in desk.jo.words
    phone = log_in(doors)
    phone.opens(f"/secure/messages/{reference}")
    assert "It is ready." in phone.words


def test_there_is_no_assistant_to_give_it_to_and_nobody_to_ask_for_proof_at_once(doors: Doors) -> None:
    writes(log_in(doors), "first")
    desk = Answering(doors)
    desk.answers("Which week?")
    assert f"{desk.at}/resolve" in desk.jo.page.text
    assert f"{desk.at}/return" not in desk.jo.page.text and f"{desk.at}/proof" not in desk.jo.page.text
    for what in ("return", "proof"):
        assert desk.jo.sends(f"{desk.at}/{what}", {"version": "1"}).status_code == 404
        desk.jo.opens(desk.at)


def test_resolved_it_stays_with_staff(doors: Doors) -> None:
    writes(log_in(doors), "first")
    desk = Answering(doors)
    desk.answers("Done.")
    version = re.search(r'name="version" value="(\d+)"', str(desk.jo.page.text))
    assert version
    desk.jo.sends(f"{desk.at}/resolve", {"version": version[1], "why": "answered"})
    with doors.surgery.program.database.read() as connection:
        assert get_conversation(connection, desk.at.rpartition("/")[2]).owner == "staff"
    assert not any("finished with this" in body for body in doors.telco.bodies())


@pytest.mark.parametrize(
    "changes, said",
    [
        ({}, ""),
        ({"flags": frozenset({NO_TEXTS})}, "cannot be told by text"),
        ({"flags": frozenset({UNDER_REVIEW})}, "cannot read an answer online"),
        ({"level": "appointments", "verified_by": None}, "cannot read an answer online"),
    ],
)
def test_who_would_not_read_an_answer_is_to_be_called(doors: Doors, changes: dict[str, Any], said: str) -> None:
    writes(log_in(doors), "first")
    give_access(doors, **changes)
    desk = Answering(doors)
    assert ("call them" in desk.jo.words) == bool(said) and said in desk.jo.words


def test_somebody_trusted_who_is_no_patient_here_is_told_of_the_answer(doors: Doors) -> None:
    carol, number = PASSCODES["proxy-whitfield"], "+447700900019"
    writes(log_in(doors, number, "patient-07", carol), "when is his note ready")
    desk = Answering(doors)
    assert "call them" not in desk.jo.words
    desk.answers("It is ready.")
    assert [to for to, body in doors.telco.texts if "has answered your message" in body] == [number]


# Files.


@pytest.mark.parametrize(
    "name, content, kind",
    [("form.pdf", made.pdf(), "application/pdf"), ("photo.jpg", made.picture("JPEG"), "image/jpeg")],
    ids=["pdf", "photo"],
)
def test_a_file_is_given_out_to_be_kept_and_never_shown(doors: Doors, name: str, content: bytes, kind: str) -> None:
    writes(log_in(doors), "here", "form", {name: content})
    desk = Answering(doors)
    assert f'href="/console/files/{file_id(doors)}"' in desk.jo.page.text and name in desk.jo.words
    given = desk.jo.client.get(f"/console/files/{file_id(doors)}")
    assert given.status_code == 200 and given.headers["Content-Type"] == kind
    assert given.headers["Content-Disposition"].startswith("attachment; ")
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert given.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert given.headers["Cache-Control"] == "no-store"
    assert given.content[:4] == content[:4]
    last = noted(doors)[-1]
    assert (last.action, last.outcome, last.patient_id, last.subject) == ("file.view", "done", AMIRAS, file_id(doors))


@pytest.mark.parametrize(
    "name, plain, encoded",
    [
        ("fit note.pdf", "fit note.pdf", "fit%20note.pdf"),
        ("Łukasz \u202etfel.pdf", "_ukasz tfel.pdf", "%C5%81ukasz%20tfel.pdf"),
        ('a"; filename=b.exe', "a_ filename=b.pdf", "a_%20filename%3Db.pdf"),
        ("a\r\nSet-Cookie: x=y.pdf", "aSet-Cookie_ x=y.pdf", "aSet-Cookie_%20x%3Dy.pdf"),
    ],
)
def test_a_name_cannot_become_a_header(doors: Doors, name: str, plain: str, encoded: str) -> None:
    writes(log_in(doors), "here", "form", {name: made.pdf()})
    given = sign_in(doors).client.get(f"/console/files/{file_id(doors)}")
    assert given.headers["Content-Disposition"] == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
    assert "Set-Cookie" not in given.headers or "x=y" not in given.headers["Set-Cookie"]


@pytest.mark.parametrize("role", ROLES)
def test_only_those_who_may_read_the_conversation_open_it(doors: Doors, role: str) -> None:
    writes(log_in(doors), "here", "form", {"a.pdf": made.pdf()})
    given = sign_in(doors, role=role).client.get(f"/console/files/{file_id(doors)}")
    assert given.status_code == (200 if role in ("reception", "clinician", "supervisor") else 403)
    assert (given.content[:4] == b"%PDF") == (given.status_code == 200)


def test_nobody_opens_it_without_signing_in_nor_by_another_id(doors: Doors) -> None:
    phone = log_in(doors)
    writes(phone, "here", "form", {"a.pdf": made.pdf()})
    held = file_id(doors)
    assert doors.client.get(f"/console/files/{held}", follow_redirects=False).status_code == 303
    assert phone.client.get(f"/console/files/{held}").status_code == 303
    jo = sign_in(doors)
    for wanted in ("0" * 32, held[:-1], f"{held}%00", "1", "..%2f1", f"{held}'--"):
        assert jo.client.get(f"/console/files/{wanted}").status_code == 404, wanted


# Contact details.


class Checking:
    """Jo with the list of what waits."""

    def __init__(self, doors: Doors, role: str = "reception") -> None:
        self.doors = doors
        self.jo: Computer = sign_in(doors, role=role)
        self.jo.opens(HERE)

    def does(self, what: str, **fields: str) -> Any:
        found = re.search(rf'action="{HERE}/(\d+)/{what}".*?name="asked_at" value="([^"]+)"', self.jo.page.text, re.S)
        assert found, self.jo.words
        sent = self.jo.sends(f"{HERE}/{found[1]}/{what}", {"asked_at": found[2], **fields})
        if sent.status_code == 303:
            self.jo.opens(HERE)
        return sent


def test_a_request_shows_what_is_held_and_what_is_asked_for(doors: Doors) -> None:
    ask(doors)
    desk = Checking(doors)
    for said in ("Amira Khan", "mobile number", "07700 900001", "07700 900321"):
        assert said in desk.jo.words
    assert [row.action for row in noted(doors)][-2:] == ["details.list", "details.read"]


def test_approved_it_is_changed_the_old_number_is_warned_and_the_proof_is_over(doors: Doors) -> None:
    phone = log_in(doors)
    ask(doors)
    Checking(doors).does("approve")
    doors.run()
    assert doors.surgery.program.backend.patient(AMIRAS).mobile == "+447700900321"
    warned = [number for number, body in doors.telco.texts if "new mobile number" in body]
    assert warned == [AMIRA]
    assert any(
        number == "+447700900321" and "changed your contact details" in body for number, body in doors.telco.texts
    )
    phone.opens("/secure/messages")
    assert phone.status == 404, "the proof rested on the old number"


def test_declined_it_is_not(doors: Doors) -> None:
    ask(doors)
    desk = Checking(doors)
    desk.does("decline")
    assert desk.jo.status == 400 and "Choose a reason" in desk.jo.page.text
    desk.does("decline", why="not_right")
    assert "Nobody waits" in desk.jo.words
    assert doors.surgery.program.backend.patient(AMIRAS).mobile == AMIRA


def test_a_number_that_others_have_is_pointed_out(doors: Doors) -> None:
    ask(doors, value="07700 900003")
    assert "2 other patients have this number" in Checking(doors).jo.words


def test_what_was_asked_for_anew_meanwhile_is_not_approved(doors: Doors) -> None:
    ask(doors)
    desk = Checking(doors)
    doors.clock.forward(minutes=1)
    ask(doors, value="07700 900322")
    assert desk.does("approve").status_code == 409
    assert "asked for anew" in desk.jo.page.text
    assert doors.surgery.program.backend.patient(AMIRAS).mobile == AMIRA


@pytest.mark.parametrize("role", ROLES)
def test_only_those_who_change_access_decide(doors: Doors, role: str) -> None:
    ask(doors)
    jo = sign_in(doors, role=role)
    jo.opens("/console/me")
    may = role in ("reception", "clinician", "supervisor")
    sent = jo.sends(f"{HERE}/1/approve", {"asked_at": doors.clock().isoformat()})
    assert (sent.status_code == 403) == (not may)
    assert ("Details to check" in jo.page.text) == may or not may


@pytest.mark.parametrize("at", ["", "yesterday", "2026-11-23T10:00:00", "9" * 30])
def test_a_decision_without_what_was_on_the_screen_is_none(doors: Doors, at: str) -> None:
    ask(doors)
    desk = Checking(doors)
    for wanted in ("1", "x", "9" * 40):
        assert desk.jo.sends(f"{HERE}/{wanted}/approve", {"asked_at": at}).status_code == 404
        desk.jo.opens(HERE)


def test_the_queue_leads_there(doors: Doors) -> None:
    ask(doors)
    held = doors.surgery.escalations()[-1]
    jo = sign_in(doors)
    jo.opens(f"/console/conversations/{held.conversation_id}")
    assert f'href="{HERE}"' in jo.page.text and "Wants their contact details changed" in jo.words


def test_more_is_written_after_it_was_resolved_and_staff_are_asked_again(doors: Doors) -> None:
    reference = writes(log_in(doors), "first")
    desk = Answering(doors)
    desk.answers("Done.")
    version = re.search(r'name="version" value="(\d+)"', str(desk.jo.page.text))
    assert version
    desk.jo.sends(f"{desk.at}/resolve", {"version": version[1], "why": "answered"})
    phone = log_in(doors)
    phone.opens(f"/secure/messages/{reference}")
    uploads(phone, f"/secure/messages/{reference}", text="not quite")
    assert doors.reasons()[-1] == "about_fit_note"
