"""A stand-in for Twilio: its own API description served by Prism, and a relay in front of it that remembers.

Prism checks every request against the description and answers with its examples. The relay passes requests on, gives
each text an id of its own, and lists what was sent. It can be told what to answer next.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.settings import ROOT
from tests.doors.live import served
from tests.doors.support import new_sid, wait_until
from tests.ports import free_port

_PRISM = ROOT / "node_modules/.bin/prism"
_DESCRIPTION = ROOT / "node_modules/@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json"
_MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"

# https://www.twilio.com/docs/api/errors. The description has no errors, so they are added to it.
_ERRORS = {
    "400": {
        "e21211": (21211, "The 'To' number +447700900001 is not a valid phone number."),
        "e21610": (21610, "Attempt to send to unsubscribed recipient"),
        "e21617": (21617, "The concatenated message body exceeds the 1600 character limit"),
    },
    "401": {"e20003": (20003, "Authenticate")},
    "422": {"refused": (None, "The request is not as the description says")},
    "429": {"e20429": (20429, "Too Many Requests")},
    "500": {"e20500": (20500, "An internal server error has occurred")},
    "503": {"e20503": (20503, "Service unavailable")},
}


@dataclass
class Account:
    """What Twilio was asked, and what it sent. `url` is where its API is."""

    url: str = ""
    asked: list[tuple[str, dict[str, str], int]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    def will_answer(self, status: int, example: str) -> None:
        """The next request gets this answer, if it is as the description says."""
        self.answers.append(f"code={status}, example={example}")

    def bodies(self) -> list[str]:
        return [each["body"] for each in self.sent]


def require_prism() -> None:
    """Skip where the mock server is not installed; on the build server that is a failure."""
    missing = [str(each.name) for each in (_PRISM, _DESCRIPTION) if not each.exists()]
    if not missing and shutil.which("node"):
        return
    reason = "needs Node.js and the tools that scripts/install-test-tools.sh fetches"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def prism(folder: Path) -> Iterator[str]:
    """Prism on the Messages part of Twilio's description; gives its address."""
    description = folder / "messages.json"
    description.write_text(json.dumps(_messages_part()), encoding="utf-8")
    port = free_port()
    command = [str(_PRISM), "mock", "--host", "127.0.0.1", "--port", str(port), str(description)]
    with (folder / "prism.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            wait_until(lambda: _answers(f"http://127.0.0.1:{port}"), 60)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def account(prism_url: str) -> Iterator[Account]:
    """An account at Twilio, with the relay running."""
    held = Account()
    with httpx.Client(base_url=prism_url, timeout=30) as onward, served(_relay(held, onward)) as server:
        held.url = server.url
        yield held


def _relay(held: Account, onward: httpx.Client) -> Starlette:
    def passed_on(request: Request, body: bytes) -> Response:
        kept = ("authorization", "content-type", "accept")
        headers = {name: value for name, value in request.headers.items() if name in kept}
        if held.answers:
            headers["Prefer"] = held.answers.pop(0)
        answer = onward.request(request.method, _target(request), content=body, headers=headers)
        form = dict(parse_qsl(body.decode()))
        held.asked.append((request.method, form, answer.status_code))
        content = answer.json()
        if answer.status_code == 201:
            content = {**content, "sid": new_sid(), "to": form["To"], "body": form["Body"], "date_sent": None}
            content["date_created"] = format_datetime(datetime.now(timezone.utc))
            held.sent.insert(0, content)
        elif answer.status_code == 200:
            listed = [each for each in held.sent if each["to"] == request.query_params.get("To")]
            content = {**content, "messages": listed, "next_page_uri": None}
        return JSONResponse(content, answer.status_code)

    async def relay(request: Request) -> Response:
        return await run_in_threadpool(passed_on, request, await request.body())

    return Starlette(routes=[Route("/{path:path}", relay, methods=["GET", "POST", "DELETE"])])


def _target(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _messages_part() -> dict[str, Any]:
    """Only what has to do with messages, with the errors added."""
    whole = json.loads(_DESCRIPTION.read_text(encoding="utf-8"))
    path = whole["paths"][_MESSAGES]
    for status, examples in _ERRORS.items():
        content = {"schema": {"type": "object"}, "examples": {}}
        for name, (code, message) in examples.items():
            value = {"message": message, "status": int(status), **({"code": code} if code else {})}
            content["examples"][name] = {"value": value}
        for method in ("get", "post"):
            path[method]["responses"][status] = {"description": message, "content": {"application/json": content}}
    return {
        "openapi": whole["openapi"],
        "info": whole["info"],
        "security": whole["security"],
        "paths": {_MESSAGES: path},
        "components": whole["components"],
    }


def _answers(url: str) -> bool:
    try:
        httpx.get(url, timeout=2)
    except httpx.HTTPError:
        return False
    return True
