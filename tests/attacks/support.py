"""What the attacks are told in: the work that an answer takes, everything the store holds, and the application's own
list of its addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from bot.identity import passcodes
from bot.store.tables import metadata
from tests.doors.proving import exchanges, is_offered
from tests.doors.secure import Phone
from tests.doors.support import Browser, Doors
from tests.support import AMIRA
from tests.unit.nhs_login_support import PretendNhsLogin

ELSEWHERE = "https://elsewhere.example"
OVER = "This page cannot be opened"
PAGES = (
    "results",
    "record",
    "record/medicines",
    "activity",
    "repeats",
    "repeats/check",
    "pharmacy",
    "messages",
    "messages/write",
    "details",
    "settings",
    "settings/passcode",
    "settings/app",
)


@dataclass(frozen=True)
class Surroundings:
    doors: Doors
    provider: PretendNhsLogin


@dataclass(frozen=True)
class Effort:
    """What an answer took. Statements as they were sent to the database, in order."""

    hashes: int
    statements: tuple[str, ...]
    texts: int


class Work:
    """Counts what a clock could tell: passcode hashes, statements, texts."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._hashes = 0
        self._statements: list[str] = []
        self.hasher = _CountingHasher(self)

    def note_hash(self) -> None:
        self._hashes += 1

    @contextmanager
    def watching(self) -> Iterator[None]:
        engine = self._doors.surgery.program.database.engine

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            self._statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        yield
        event.remove(engine, "before_cursor_execute", note)

    def of(self, act: Callable[[], Any]) -> Effort:
        """Do it, with every text that comes of it."""
        self._hashes, self._statements, before = 0, [], len(self._doors.telco.texts)
        act()
        hashes, statements = self._hashes, tuple(self._statements)
        self._doors.run()
        return Effort(hashes, statements, len(self._doors.telco.texts) - before)


class _CountingHasher:
    def __init__(self, work: Work) -> None:
        self._work, self._hasher = work, passcodes._HASHER

    def verify(self, *arguments: Any) -> bool:
        self._work.note_hash()
        return bool(self._hasher.verify(*arguments))

    def hash(self, passcode: str) -> str:
        self._work.note_hash()
        return str(self._hasher.hash(passcode))

    def check_needs_rehash(self, passcode_hash: str) -> bool:
        return bool(self._hasher.check_needs_rehash(passcode_hash))


def addresses(doors: Doors, method: str) -> list[str]:
    """Every path of the application that takes this method, as the application lists it."""
    return [each.path for each in doors.app.routes if isinstance(each, Route) and method in (each.methods or ())]


def patients_addresses(doors: Doors, method: str) -> list[str]:
    """Those that are not the staff's; what is theirs is attacked in test_console.py."""
    return [path for path in addresses(doors, method) if not path.startswith("/console")]


def held(doors: Doors, *tables: str) -> dict[str, list[Any]]:
    """Every row of these tables, or of all, as the database keeps it."""
    names = tables or tuple(metadata.tables)
    with doors.surgery.program.database.engine.connect() as connection:
        return {name: connection.exec_driver_sql(f'SELECT * FROM "{name}"').all() for name in names}  # noqa: S608


def at_address(phone: Phone, address: str) -> Phone:
    """The same browser somewhere else on the network."""
    app: ASGIApp = phone.doors.app

    async def elsewhere(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "client": (address, 1)}, receive, send)

    cookies = phone.client.cookies
    phone.client = TestClient(elsewhere, base_url=phone.doors.settings.public_url, follow_redirects=False)
    phone.client.cookies = cookies  # type: ignore[assignment]
    return phone


def plants(browser: Phone | Browser, name: str, value: str) -> None:
    """Put a cookie there beforehand, as if our own pages had set it."""
    host = browser.doors.settings.public_url.partition("://")[2]
    browser.client.cookies.set(name, value, domain=host, path="/")


def knows_itself(doors: Doors, number: str = AMIRA) -> Browser:
    """A chat in which the code texted to this number was typed back."""
    browser = doors.browser()
    browser.opens()
    browser.says("I want to book an appointment")
    browser.identifies(number)
    return browser


def opens_page(browser: Browser, first_name: str = "Amira", purpose: str = "results") -> Phone:
    """The secure page, opened out of the chat as its widget does."""
    given, phone = exchanges(browser, is_offered(browser, first_name, purpose)), Phone(browser.doors)
    assert phone.posts(given["action"], {"handover": given["handover"]}).status_code == 303
    return phone


def read(answer: Any) -> tuple[int, str, dict[str, str]]:
    """Everything of an answer that somebody can compare with another."""
    return answer.status_code, answer.text, {name: value for name, value in answer.headers.items() if name != "etag"}


def same(answers: dict[str, Any]) -> Any:
    """What all of these read like. Fails if one differs from another."""
    first = next(iter(answers.values()))
    assert all(each == first for each in answers.values()), answers
    return first
