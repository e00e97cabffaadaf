"""Real servers on this machine: the assistant as a child process, and a practice's own web site."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import yaml
from sqlalchemy import func, select

from bot.backend.demo import ensure_demo
from bot.backend.demo_people import PATIENTS
from bot.backend.demo_staff import ensure_demo_staff
from bot.clock import system_clock
from bot.practice import load_practice
from bot.settings import ROOT, Settings
from bot.store.database import open_database
from bot.store.tables import audit, message, metadata

PATIENCE = 30  # seconds: longer than anything here takes, on a busy machine too
_START = 120


class Assistant:
    """`python -m bot serve --demo` on a port of its own, with a home of its own."""

    def __init__(self, home: Path, port: int, allowed_sites: list[str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._home, self._port = home, port
        self._practice_file = home / "practice.yml"
        self._practice_file.write_text(yaml.safe_dump(_practice(allowed_sites), sort_keys=False))
        self.settings = Settings(home=home, _env_file=None)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it is ready."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
        environment |= {
            "BOT_HOME": str(self._home),
            "BOT_PRACTICE_FILE": str(self._practice_file),
            "BOT_MODELS": os.environ.get("BOT_TEST_MODELS", str(ROOT / "models")),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "bot", "serve", "--demo", "--port", str(self._port)]
        with (self._home / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self._home, env=environment, stdout=log, stderr=log)
        wait_until(self._is_ready, _START)

    def stop(self) -> None:
        """End it by its process id: asked first, then made to."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(PATIENCE)

    def begin_afresh(self) -> None:
        """Nobody has written yet, and the demo patients hold what they are there to show."""
        database = open_database(self.settings)
        try:
            wait_until(lambda: self._waiting(database) == 0)
            with database.write() as connection:
                for table in reversed(metadata.sorted_tables):
                    if table is not audit:
                        connection.execute(table.delete())
            ensure_demo(database, load_practice(self._practice_file), system_clock)
            ensure_demo_staff(database, system_clock)
        finally:
            database.close()

    def settles(self) -> None:
        """Everything that was written has been dealt with: what is not answered by now is not going to be."""
        database = open_database(self.settings)
        try:
            wait_until(lambda: self._waiting(database) == 0)
        finally:
            database.close()

    def texts_to(self, number: str) -> list[str]:
        """What the pretend phone with this number has received, oldest first."""
        address = f"{self.url}/demo/phone/messages?number={quote(number)}"
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            listed = json.load(answer)["messages"]
        return [each["text"] for each in listed if each["direction"] == "out"]

    def code_sent_to(self, number: str) -> str:
        """The newest six-digit code, once it has come."""
        return wait_until(lambda: [*map(code_in, self.texts_to(number))])[-1]

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._home / "log.txt").read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    @staticmethod
    def _waiting(database) -> int:
        with database.read() as connection:
            query = select(func.count()).select_from(message).where(message.c.done_at.is_(None))
            return int(connection.execute(query).scalar_one())


class PracticeSite:
    """A page of the practice's own, on another origin, with a strict policy and our one script tag."""

    def __init__(self, script_from: str) -> None:
        policy = f"default-src 'none'; script-src {script_from}; frame-src {script_from}"
        page = (
            '<!doctype html><html lang="en"><title>Our surgery</title><main><h1>Our surgery</h1></main>'
            f'<script src="{script_from}/chat/widget.js" defer></script></html>'
        ).encode()

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if self.path == "/" else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(page if self.path == "/" else b"")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def code_in(text: str) -> str:
    """The six-digit code in a text."""
    found = re.search(r"\b\d{6}\b", text)
    assert found, text
    return found[0]


def wait_until(condition, seconds: float = PATIENCE):
    """Ask again until it is so; gives what it came to."""
    ends = time.monotonic() + seconds
    while not (outcome := condition()):
        assert time.monotonic() < ends, f"not so within {seconds} seconds"
        time.sleep(0.05)
    return outcome


def mobile_of(first_name: str) -> str:
    """A demo patient's mobile, as E.164."""
    return next(each.patient.mobile for each in PATIENTS if each.patient.first_name == first_name)


def _practice(allowed_sites: list[str]) -> dict:
    held = yaml.safe_load((ROOT / "practice.yml").read_text(encoding="utf-8"))
    held["web_chat"]["allowed_sites"] = allowed_sites
    return held
