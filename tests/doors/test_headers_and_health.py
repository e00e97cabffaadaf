"""What every answer carries, what is served from disk and what is not, and whether the house is in order."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from tests.doors.support import Doors

_PATHS = [
    ("GET", "/", 200),
    ("GET", "/chat", 200),
    ("GET", "/chat/widget.js", 200),
    ("GET", "/chat/messages?after=0", 200),
    ("GET", "/chat/messages?after=1", 401),
    ("POST", "/chat/messages", 403),
    ("GET", "/chat/events", 401),
    ("POST", "/chat/extend", 403),
    ("POST", "/chat/end", 403),
    ("GET", "/chat/calendar/x.ics", 401),
    ("GET", "/chat/static/chat.js", 200),
    ("GET", "/chat/static/chat.css", 200),
    ("GET", "/chat/static/nothing.js", 404),
    ("GET", "/demo/static/phone.js", 200),
    ("GET", "/demo/phone/messages?number=%2B447700900001", 200),
    ("POST", "/demo/phone/messages", 403),
    ("POST", "/sms/inbound", 403),
    ("POST", "/sms/status", 403),
    ("GET", "/sms/inbound", 405),
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 200),
    ("GET", "/nothing/here", 404),
    ("DELETE", "/chat", 405),
]


def _policy(answer: Any) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.headers["Content-Security-Policy"].split(";") if part.strip()]
    return {name: sources for name, *sources in parts}


def test_every_answer_carries_the_headers_that_keep_it_to_itself(demo: Doors) -> None:
    for method, path, status in _PATHS:
        answer = demo.client.request(method, path)
        demo.client.cookies.clear()
        assert answer.status_code == status, (method, path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] == "no-referrer", path
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert "camera=()" in answer.headers["Permissions-Policy"], path
        assert _policy(answer)["default-src"] == ["'none'"], path
        assert "frame-ancestors" in _policy(answer), path
        assert "Server" not in answer.headers, path
        assert "Strict-Transport-Security" not in answer.headers, "this machine has no certificate"
        if status != 200 or not re.search(r"static|widget", path):
            assert answer.headers["Cache-Control"] == "no-store" or "static" in path, path


def test_on_https_every_answer_asks_for_https_ever_after(opening: Callable[..., Doors]) -> None:
    doors = opening(demo=True, public_url="https://chat.surgery.example")
    for method, path, _ in _PATHS:
        answer = doors.client.request(method, path)
        doors.client.cookies.clear()
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", path


@pytest.mark.parametrize("path", ["/", "/chat"])
def test_a_page_runs_nothing_but_our_own_files(demo: Doors, path: str) -> None:
    answer = demo.client.get(path)
    policy = _policy(answer)
    assert policy["default-src"] == policy["base-uri"] == ["'none'"]
    for name in ("script-src", "style-src", "img-src", "connect-src", "form-action"):
        assert policy[name] == ["'self'"], name
    assert policy["require-trusted-types-for"] == ["'script'"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\bsrc=)", answer.text)
    for address in re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="([^"]+)"', answer.text):
        assert address.startswith("/"), address


def test_the_chat_may_be_framed_by_itself_only_unless_the_practice_names_a_site(demo: Doors) -> None:
    assert _policy(demo.client.get("/chat"))["frame-ancestors"] == ["'self'"]
    assert _policy(demo.client.get("/"))["frame-ancestors"] == ["'none'"]
    assert _policy(demo.client.get("/"))["frame-src"] == ["'self'"]


def test_any_site_may_load_the_widget_and_nothing_else(demo: Doors) -> None:
    assert demo.client.get("/chat/widget.js").headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    for path in ("/chat", "/chat/messages?after=0", "/readyz"):
        assert "Cross-Origin-Resource-Policy" not in demo.client.get(path).headers


def test_an_error_says_nothing_about_the_inside(demo: Doors) -> None:
    for path in ("/nothing", "/chat/static/../x", "/chat/calendar/x.ics"):
        assert not re.search(r"Traceback|site-packages|sqlalchemy", demo.client.get(path).text)


@pytest.mark.parametrize("mount", ["/chat/static", "/demo/static"])
@pytest.mark.parametrize(
    "escape",
    [
        "/../chat.py",
        "/../templates/chat.html",
        "/%2e%2e/chat.py",
        "/..%2fchat.py",
        "/%2e%2e%2f%2e%2e%2fsms.py",
        "/....//chat.py",
        "/..%5cchat.py",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/%00",
        "/chat.js%00.py",
        "/",
        "",
        "/.",
        "/../../../../../../../../etc/passwd",
    ],
)
def test_nothing_outside_the_folder_is_served(demo: Doors, mount: str, escape: str) -> None:
    answer = _raw_get(demo, f"{mount}{escape}")
    assert answer.status_code in (404, 405, 307)
    assert b"import" not in answer.content
    assert b"root:" not in answer.content


def _raw_get(doors: Doors, path: str) -> Any:
    """A request whose path no client has tidied up."""
    inner = doors.app

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await inner({**scope, "path": unquote(path), "raw_path": path.encode()}, receive, send)

    return TestClient(app, raise_server_exceptions=False).get("/", follow_redirects=False)


def test_the_demonstration_is_there_only_if_it_was_asked_for(doors: Doors, demo: Doors) -> None:
    for path in ("/", "/demo/phone/messages?number=%2B447700900001", "/demo/static/phone.js"):
        assert demo.client.get(path).status_code == 200
        assert doors.client.get(path).status_code == 404


def test_alive_and_ready(doors: Doors) -> None:
    assert doors.client.get("/healthz").json() == {"status": "ok"}
    ready = doors.client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ok"})


def test_not_ready_while_the_tables_are_not_those_of_this_version(doors: Doors) -> None:
    with doors.surgery.program.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'another'"))
    answer = doors.client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
    assert doors.client.get("/healthz").status_code == 200


def test_not_ready_when_the_database_is_gone(doors: Doors) -> None:
    doors.surgery.program.database.close()
    shutil.rmtree(doors.settings.home)
    answer = doors.client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
    assert doors.client.get("/healthz").status_code == 200
