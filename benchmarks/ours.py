"""Our assistant under test: `python -m bot serve` with texts coming in as Twilio sends them."""

from __future__ import annotations

import http.client
import secrets
import sqlite3
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from queue import Queue
from statistics import median
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from benchmarks.people import NUMBERS, seed
from benchmarks.processes import Child, free_port
from benchmarks.script import Timed
from bot.settings import ROOT
from bot.store.private import Keyring

_POLL_SECONDS = 0.0005
_IDLE_SECONDS = 2


class Ours:
    """One process: doors, turns, store and delivery to the pretend network."""

    name = "This assistant"

    def __init__(self, home: Path, core: int) -> None:
        seed(home)
        self._keys = Keyring.at(home / "keys.json")
        self._signer = RequestValidator(self._keys.secret("pretend network"))
        self._database = home / "bot.db"
        self._port = free_port()
        self._here = threading.local()
        command = [sys.executable, "-m", "bot", "serve", "--port", str(self._port)]
        self._url = f"http://127.0.0.1:{self._port}"
        environment = {
            "BOT_HOME": str(home),
            "BOT_DATABASE_URL": "",
            "BOT_TWILIO_ACCOUNT_SID": "",
            "BOT_PUBLIC_URL": self._url,
        }
        self._child = Child(command, core, home / "log", environment, ROOT)
        self.start_seconds = self._child.wait_until(lambda: answers(self._port, "/readyz"))
        self._outbox = _Outbox(self._database, self._keys)

    def say(self, number: str, text: str) -> Timed:
        body, headers = self._signed(number, text)
        answered = self._outbox.next_to(number)
        connection = connect(self._here, self._port)
        began = time.perf_counter()
        connection.request("POST", "/sms/inbound", body, headers)
        response = connection.getresponse()
        response.read()
        accepted = time.perf_counter() - began
        if response.status != 200:
            raise RuntimeError(f"the webhook answered {response.status}")
        seen, words = answered.get(timeout=60)
        return Timed(seen - began, accepted, words)

    def _signed(self, number: str, text: str) -> tuple[str, dict[str, str]]:
        """A webhook as Twilio sends it for a British number: with blank fields, and signed over all of them."""
        sid = f"SM{secrets.token_hex(16)}"
        places = {f"{side}{place}": "" for side in ("From", "To") for place in ("City", "State", "Zip")}
        form = {
            "MessageSid": sid, "SmsSid": sid, "AccountSid": "AC" + "0" * 32, "From": number, "To": "+447700900000",
            "Body": text, "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received", "FromCountry": "GB",
            "ToCountry": "GB", "ApiVersion": "2010-04-01", **places,
        }  # fmt: skip
        signature = self._signer.compute_signature(f"{self._url}/sms/inbound", form)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
        return urlencode(form), headers

    def cpu_seconds(self) -> float:
        return self._child.cpu_seconds()

    def memory(self) -> float:
        return self._child.memory()

    def inside_seconds(self, numbers: tuple[str, ...]) -> float:
        """Median by the process's own clock: from the message's row to its answer's row in the outbox."""
        query = (
            "SELECT i.at, o.created_at FROM outbox o JOIN message r ON r.id = o.message_id JOIN message i ON i.id ="
            " (SELECT max(id) FROM message WHERE conversation_id = r.conversation_id AND author = 'patient'"
            " AND id < r.id) WHERE o.number_index = ?"
        )
        with _reader(self._database) as connection:
            indexes = [self._keys.index(number, "mobile") for number in numbers]
            rows = [row for index in indexes for row in connection.execute(query, (index,))]
        return median((datetime.fromisoformat(out) - datetime.fromisoformat(at)).total_seconds() for at, out in rows)

    def stop(self) -> None:
        if hasattr(self, "_outbox"):
            self._outbox.stop()
        self._child.stop()


class _Outbox:
    """Looks at the outbox from another process, read only, every half millisecond, and notes when a row appears."""

    def __init__(self, database: Path, keys: Keyring) -> None:
        self._database, self._keys = database, keys
        self._names = {keys.index(number, "mobile"): number for number in NUMBERS}
        self._waiting: dict[str, Queue[tuple[float, str]]] = {number: Queue() for number in NUMBERS}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def next_to(self, number: str) -> Queue[tuple[float, str]]:
        """Where the next text to this number will be: (when it was seen, its words)."""
        return self._waiting[number]

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(5)

    def _watch(self) -> None:
        last = 0
        with _reader(self._database) as connection:
            while not self._stopping.is_set():
                rows = connection.execute("SELECT id, number_index, body FROM outbox WHERE id > ?", (last,)).fetchall()
                seen = time.perf_counter()
                for number, index, body in rows:
                    last = number
                    self._waiting[self._names[index]].put((seen, self._keys.open(body, "outbox.body|outbox")))
                time.sleep(_POLL_SECONDS)


def _reader(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None)


def connect(here: threading.local, port: int) -> http.client.HTTPConnection:
    """This thread's connection, kept open between messages; after a pause a new one, since servers close it."""
    now = time.monotonic()
    if now - getattr(here, "used_at", 0.0) > _IDLE_SECONDS:
        here.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        here.connection.connect()
    here.used_at = now
    held: http.client.HTTPConnection = here.connection
    return held


def answers(port: int, path: str) -> bool:
    """Whether a GET is answered with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
