"""What the tests of the doors are told in: the real doors of a surgery, Twilio's side of a webhook, and a browser."""

from __future__ import annotations

import json
import secrets
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.testclient import TestClient
from twilio.request_validator import RequestValidator

from bot.app import web_app
from bot.backend.demo import ensure_demo, is_empty
from bot.delivery import Delivery, SendFailed, SendRefused, Sent
from bot.dialogue import Dialogue
from bot.program import assemble
from bot.settings import Settings
from bot.store.tables import conversation, message, outbox
from tests.support import HandClock, Surgery

PUBLIC_URL = "https://chat.surgery.example"
PLAIN_URL = "http://127.0.0.1:8080"
TOKEN = "0123456789abcdef0123456789abcdef"
OUR_NUMBER = "+447700900000"
TWILIO = {
    "twilio_account_sid": "AC" + "a" * 32,
    "twilio_auth_token": TOKEN,
    "twilio_from": OUR_NUMBER,
    "public_url": PUBLIC_URL,
}


class Telco:
    """A text network that can be told to fail, and gives ids and statuses as Twilio does.

    `failures` are raised one by one; a failure that is `unsure` may have taken the text first (`takes`).
    """

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self.sids: list[str] = []
        self.failures: list[SendFailed | SendRefused] = []
        self.takes = True
        self.lookups = 0
        self.lookup_failures: list[SendFailed] = []
        self.before_answer: Callable[[str], None] = lambda sid: None

    def send(self, number: str, body: str) -> Sent:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None and not (isinstance(failure, SendFailed) and failure.unsure and self.takes):
            raise failure
        sid = new_sid()
        self.texts.append((number, body))
        self.sids.append(sid)
        if failure is not None:
            raise failure
        self.before_answer(sid)
        return Sent(sid, "accepted")

    def find(self, number: str, body: str, since: Any) -> Sent | None:
        self.lookups += 1
        if self.lookup_failures:
            raise self.lookup_failures.pop(0)
        known = [sid for sid, text in zip(self.sids, self.texts) if text == (number, body)]
        return Sent(known[-1], "queued") if known else None

    def bodies(self) -> list[str]:
        return [body for _, body in self.texts]


class Doors:
    """A surgery behind its real doors. Its workers stand still until the test says `run()`."""

    def __init__(self, surgery: Surgery, app: Starlette) -> None:
        self.surgery, self.app = surgery, app
        self.settings = surgery.program.settings
        self.clock = surgery.clock
        self.client = TestClient(app, base_url=self.settings.public_url, raise_server_exceptions=False)

    @property
    def telco(self) -> Telco:
        return self.surgery.network  # type: ignore[return-value]

    def run(self) -> None:
        self.surgery.run()

    def browser(self) -> Browser:
        return Browser(self)

    # What the store holds.

    def count_messages(self, author: str | None = None) -> int:
        wanted = select(func.count()).select_from(message)
        return self._scalar(wanted.where(message.c.author == author) if author else wanted)

    def count_conversations(self) -> int:
        return self._scalar(select(func.count()).select_from(conversation))

    def outbox(self) -> list[Any]:
        with self.surgery.program.database.read() as connection:
            return connection.execute(select(outbox).order_by(outbox.c.id)).all()

    def states(self) -> list[str]:
        return [row.state for row in self.outbox()]

    def reasons(self) -> list[str]:
        return [row.reason for row in self.surgery.escalations()]

    def _scalar(self, query: Any) -> int:
        with self.surgery.program.database.read() as connection:
            return int(connection.execute(query).scalar_one())

    # Twilio's side.

    def texts_in(self, text: str, number: str, **fields: str) -> Any:
        """A patient's text arrives, as Twilio brings it."""
        return self.posts("/sms/inbound", webhook(text, number, **fields))

    def reports(self, sid: str, status: str, error_code: str = "") -> Any:
        """Twilio reports what became of a text of ours."""
        form = {"MessageSid": sid, "MessageStatus": status, "ErrorCode": error_code, "To": "+447700900001"}
        return self.posts("/sms/status", form)

    def posts(
        self, path: str, form: dict[str, str], token: str = TOKEN, signed_for: str | None = None, **headers: str
    ) -> Any:
        """A signed webhook. `signed_for` is the address that it was signed for, where that is not our own."""
        signature = RequestValidator(token).compute_signature(signed_for or self.settings.public_url + path, form)
        return self.post_raw(path, urlencode(form), signature, **headers)

    def post_raw(self, path: str, body: str | bytes, signature: str | None, **headers: str) -> Any:
        kind = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        if signature is not None:
            kind["X-Twilio-Signature"] = signature
        return self.client.post(path, content=body, headers=kind)


class Browser:
    """A visitor of the web chat: keeps the cookie as a browser does, and sends what our own page sends."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        url = doors.settings.public_url
        self.client = TestClient(doors.app, base_url=url, raise_server_exceptions=False)
        self.own_page = {"X-Requested-With": "chat", "Origin": url, "Content-Type": "application/json"}

    def opens(self) -> dict[str, Any]:
        """Loads the conversation from the start, as the page does."""
        return self.client.get("/chat/messages?after=0").json()

    def reads(self, after: int = 0) -> list[dict[str, Any]]:
        return self.client.get(f"/chat/messages?after={after}").json()["messages"]

    def posts(self, path: str, body: Any, **headers: str) -> Any:
        content = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return self.client.post(f"/chat/{path}", content=content, headers={**self.own_page, **headers})

    def says(self, text: str) -> list[dict[str, Any]]:
        """Writes something; gives what the assistant answers."""
        return self._turn({"id": str(uuid.uuid4()), "text": text})

    def presses(self, label: str) -> list[dict[str, Any]]:
        """Presses the newest button whose label begins so."""
        buttons = [button for each in self.reads() for button in each["quick_replies"]]
        chosen = next(button for button in reversed(buttons) if button["label"].startswith(label))
        return self._turn({"id": str(uuid.uuid4()), "reply": chosen["id"]})

    def identifies(self, number: str) -> list[dict[str, Any]]:
        self.says(number)
        body = next(body for to, body in reversed(self.doors.surgery.network.texts) if to == number)
        return self.says(next(word for word in body.split() if word.isdigit() and len(word) == 6))

    def _turn(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.posts("messages", body)
        assert answer.status_code == 202, answer.text
        self.doors.run()
        return [each for each in self.reads(answer.json()["seq"]) if each["author"] != "patient"]


def open_doors(home: Path, dialogue: Dialogue, clock: HandClock, demo: bool = False, **settings: Any) -> Doors:
    """The application as it is served, on a fresh store, its texts going to a `Telco`."""
    program = assemble(Settings(home=home, _env_file=None, **settings), clock, dialogue)
    if is_empty(program.database):
        ensure_demo(program.database, program.practice, clock)
    surgery = Surgery(program, clock, network=Telco())  # type: ignore[arg-type]

    def stand_still(sender: Any) -> Delivery:
        if not program.settings.has_twilio:  # then it is the pretend network that takes the texts
            surgery.network = sender
            surgery.delivery = Delivery(program.database, program.notices, sender, clock)
        return surgery.delivery

    program.start = stand_still  # type: ignore[method-assign]
    return Doors(surgery, web_app(program, demo))


def webhook(text: str, number: str, **fields: str) -> dict[str, str]:
    """The fields that Twilio posts for a text from a British mobile; the places are blank."""
    sid = new_sid()
    return {
        "ToCountry": "GB",
        "ToState": "",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": text,
        "FromCountry": "GB",
        "To": OUR_NUMBER,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": "AC" + "a" * 32,
        "From": number,
        "ApiVersion": "2010-04-01",
        **fields,
    }


def new_sid() -> str:
    return f"SM{secrets.token_hex(16)}"


def short(value: Any) -> str:
    """What a parametrized test is called by."""
    return ascii(value)[:24]


def wait_until(is_so: Callable[[], Any], seconds: float = 30) -> Any:
    """What `is_so` gives, once it is true. Fails if it never is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = is_so()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"it did not come true within {seconds} seconds")
