"""What a step-up and the pages behind it cost: our own CPU without the password hash, and bytes as transferred.

    python -m benchmarks.secure_pages

One process, TestClient's own work included, on a fresh demo practice. Prints a table.
"""

from __future__ import annotations

import gzip
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from starlette.testclient import TestClient

from bot import rasa_compat

rasa_compat.prepare()

from bot.actions.registry import all_actions  # noqa: E402
from bot.app import web_app  # noqa: E402
from bot.backend.demo import ensure_demo  # noqa: E402
from bot.backend.demo_people import PATIENTS, find_patient  # noqa: E402
from bot.dialogue import Dialogue  # noqa: E402
from bot.identity import passcodes  # noqa: E402
from bot.program import assemble, newest_model  # noqa: E402
from bot.settings import ROOT, Settings  # noqa: E402
from bot.store.conversations import SMS, open_conversation  # noqa: E402
from bot.store.database import Work  # noqa: E402

ROUNDS = 30
_PAGES = ("results", "record", "activity", "settings")


class Cost:
    """Milliseconds of CPU and, for a page, bytes."""

    def __init__(self) -> None:
        self.cpu: list[float] = []
        self.bytes = 0


def main() -> None:
    costs: dict[str, Cost] = {}
    hashing: list[float] = []
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), public_url="https://chat.surgery.example", _env_file=None)
        program = assemble(settings, dialogue=Dialogue(newest_model(ROOT / "models"), all_actions()))
        ensure_demo(program.database, program.practice, program.clock)
        app = web_app(program, demo=False)
        _without_hashing(hashing)
        for _ in range(ROUNDS):
            _one_patient(program, TestClient(app, base_url=settings.public_url), costs, hashing)
        program.stop()
    _print(costs, hashing)


def _one_patient(program: Any, browser: TestClient, costs: dict[str, Cost], hashing: list[float]) -> None:
    patient = PATIENTS[0].patient
    work, now = Work(), program.clock()
    with program.database.write() as connection:
        conversation = open_conversation(connection, SMS, str(patient.mobile), now, timedelta(hours=12))
    link = program.services.step_up.offer(work, conversation, patient.id, "results", now)
    with program.database.write() as connection:
        work.run(connection)
    path = str(link).removeprefix(program.settings.public_url)

    def step_up() -> Any:
        browser.get(path)
        page = browser.post(path, data={"go": "on"}, headers={"Origin": program.settings.public_url})
        token = page.text.partition('name="token" value="')[2].partition('"')[0]
        fields = {"token": token, "passcode": str(find_patient(patient.id).passcode)}
        return browser.post("/secure/prove", data=fields, headers={"Origin": program.settings.public_url})

    _measure("step-up: link, Continue, passcode, results", step_up, costs, hashing)
    for name in _PAGES:
        _measure(name, lambda name=name: browser.get(f"/secure/{name}"), costs, hashing)
    first = browser.get("/secure/results").text.partition('href="/secure/results/')[2].partition('"')[0]
    _measure("one result", lambda: browser.get(f"/secure/results/{first}"), costs, hashing)


def _measure(name: str, run: Callable[[], Any], costs: dict[str, Cost], hashing: list[float]) -> None:
    before, hashed = time.process_time(), sum(hashing)
    page = run()
    cost = costs.setdefault(name, Cost())
    cost.cpu.append((time.process_time() - before - (sum(hashing) - hashed)) * 1000)
    if page.status_code != 200:
        raise SystemExit(f"{name}: {page.status_code} {page.url.path}")
    cost.bytes = len(gzip.compress(page.content)) + _styles()


def _styles() -> int:
    styles = (ROOT / "connectors/static/nhsuk.css", ROOT / "connectors/secure/static/secure.css")
    return sum(len(gzip.compress(each.read_bytes())) for each in styles)


def _without_hashing(hashing: list[float]) -> None:
    """Note what checking a passcode takes, so that it can be left out."""
    fits = passcodes.fits

    def timed(passcode: str, passcode_hash: str | None) -> bool:
        begun = time.process_time()
        try:
            return fits(passcode, passcode_hash)
        finally:
            hashing.append(time.process_time() - begun)

    passcodes.fits = timed


def _print(costs: dict[str, Cost], hashing: list[float]) -> None:
    table = Table("", "CPU p50, ms", "CPU p95, ms", "page with styles, kB gzipped")
    for name, cost in costs.items():
        p95 = statistics.quantiles(cost.cpu, n=20)[-1]
        table.add_row(name, f"{statistics.median(cost.cpu):.1f}", f"{p95:.1f}", f"{cost.bytes / 1000:.1f}")
    Console().print(table)
    Console().print(f"The password hash by itself: {statistics.median(hashing) * 1000:.0f} ms.")


if __name__ == "__main__":
    main()
