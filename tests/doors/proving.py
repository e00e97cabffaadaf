"""How a visitor of the chat comes to prove who they are, without a word being said: what is tested is what follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Protocol

from bot.backend.demo_people import PROXIES, passcodes
from bot.identity.step_up import Proving, Verdict
from bot.store import sessions
from bot.store.conversations import Conversation, get_conversation
from bot.store.database import Work
from bot.store.grants import Grant, give_grant
from bot.store.secure_links import Visit
from tests.doors.support import Browser, Doors

_AT_HOME = Proving("192.0.2.1")


class Visiting(Protocol):
    """A browser in the chat: of a test's own, or on a real server."""

    doors: Doors

    @property
    def client(self) -> Any: ...

    def posts(self, path: str, body: Any) -> Any: ...


def conversation_of(browser: Visiting) -> Conversation:
    """The conversation that this browser's cookie stands for."""
    doors = browser.doors
    (token,) = browser.client.cookies.values()
    with doors.surgery.program.database.read() as connection:
        session = sessions.find_session(connection, token, doors.clock(), timedelta(hours=24))
        assert session is not None
        return get_conversation(connection, session.conversation_id)


def is_offered(browser: Visiting, first_name: str, purpose: str = "results") -> str:
    """A message of this conversation comes with a link; gives the link's id."""
    doors, work = browser.doors, Work()
    program, patient_id = doors.surgery.program, doors.surgery.patient_id(first_name)
    link = program.services.step_up.offer(work, conversation_of(browser), patient_id, purpose, doors.clock())
    assert link is not None
    with program.database.write() as connection:
        work.run(connection)
    return link


def exchanges(browser: Visiting, link: str) -> dict[str, str]:
    answer = browser.posts("secure", {"link": link})
    assert answer.status_code == 200, answer.text
    given: dict[str, str] = answer.json()
    return given


def token_in(given: dict[str, str]) -> str:
    return given["action"].removeprefix("/secure/")


def spends(browser: Visiting, given: dict[str, str], cookie: str | None = None) -> str | None:
    """What the form does that opens the secure page; gives the cookie of the visit."""
    step_up = browser.doors.surgery.program.services.step_up
    return step_up.spend(token_in(given), given["handover"], cookie)


def visit_of(doors: Doors, cookie: str | None) -> Visit:
    visit = doors.surgery.program.services.step_up.visit(cookie or "")
    assert visit is not None
    return visit


def _came_by_number_of(browser: Visiting, first_name: str, person_id: str) -> None:
    """The code that was typed back had gone to the phone of somebody trusted."""
    doors = browser.doors
    number = next(each.mobile for each in PROXIES if each.person_id == person_id)
    patient_id, now = doors.surgery.patient_id(first_name), doors.clock()
    with doors.surgery.program.database.write() as connection:
        given = Grant(patient_id, person_id, "CONTACT", "web-code", now, now, number)
        give_grant(connection, conversation_of(browser).id, given)


def proves(browser: Visiting, first_name: str, purpose: str = "results", by: str | None = None) -> str:
    """Link, page and passcode, of the patient or of the person id `by`; gives the visit's cookie."""
    doors = browser.doors
    if by is not None:
        _came_by_number_of(browser, first_name, by)
    cookie = spends(browser, exchanges(browser, is_offered(browser, first_name, purpose)))
    passcode = passcodes()[by or doors.surgery.patient_id(first_name)]
    judged = doors.surgery.program.services.step_up.prove(visit_of(doors, cookie), passcode, "", _AT_HOME)
    assert judged.verdict is Verdict.PASSED
    return judged.visit_token


def is_given(browser: Visiting, first_name: str, assurance: str) -> None:
    """A proof, however it came about."""
    now, patient_id = browser.doors.clock(), browser.doors.surgery.patient_id(first_name)
    conversation = conversation_of(browser)
    with browser.doors.surgery.program.database.write() as connection:
        give_grant(connection, conversation.id, Grant(patient_id, patient_id, assurance, "test", now, now))


def logs_out(doors: Doors, cookie: str) -> None:
    doors.surgery.program.services.step_up.end(visit_of(doors, cookie))


def card(browser: Browser, name: str, **headers: str) -> Any:
    return browser.client.get(f"/chat/cards/{name}", headers={**browser.own_page, **headers})


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["title"] for group in answer.json()["groups"] for item in group["items"]]
