"""Stock Rasa under test: `rasa run` and `rasa run actions` on our data, with the pipeline Rasa gives by default."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import rasa
import yaml

from benchmarks.ours import answers, connect
from benchmarks.people import seed
from benchmarks.processes import Child, free_port
from benchmarks.script import Timed
from bot.settings import ROOT

_READERS = ("bot.nlu.when_component.WhenReader", "bot.nlu.short_replies.ShortReplies")
_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "PYTHONWARNINGS": "ignore",
    "PYTHONPATH": str(ROOT),
    "SANIC_HOST": "127.0.0.1",
}


class Stock:
    """Two processes: the server with its REST channel, and the action server."""

    name = "Stock Rasa"

    def __init__(self, home: Path, model: Path, core: int) -> None:
        seed(home)
        self._port, actions_port = free_port(), free_port()
        self._here = threading.local()
        _write(home / "credentials.yml", {"rest": None})
        _write(
            home / "endpoints.yml",
            {
                "action_endpoint": {"url": f"http://127.0.0.1:{actions_port}/webhook"},
                "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(home / "tracker.db")},
            },
        )
        environment = {**_QUIET, "BOT_HOME": str(home), "BOT_TWILIO_ACCOUNT_SID": ""}
        actions = ["run", "actions", "--actions", "benchmarks.stock_actions", "--port", str(actions_port)]
        server = [
            *("run", "--model", str(model), "--port", str(self._port), "--interface", "127.0.0.1"),
            *("--credentials", str(home / "credentials.yml"), "--endpoints", str(home / "endpoints.yml")),
        ]
        self._actions = Child(_rasa(*actions), core, home / "actions.log", environment, ROOT)
        self.actions_start_seconds = self._actions.wait_until(lambda: answers(actions_port, "/health"))
        self._server = Child(_rasa(*server), core, home / "server.log", environment, ROOT)
        self.start_seconds = self._server.wait_until(lambda: answers(self._port, "/webhooks/rest/"))

    def say(self, number: str, text: str) -> Timed:
        body = json.dumps({"sender": number, "message": text})
        connection = connect(self._here, self._port)
        began = time.perf_counter()
        connection.request("POST", "/webhooks/rest/webhook", body, {"Content-Type": "application/json"})
        said = json.loads(connection.getresponse().read())
        taken = time.perf_counter() - began
        return Timed(taken, taken, "\n".join(part.get("text", "") for part in said))

    def cpu_seconds(self) -> float:
        return self._server.cpu_seconds() + self._actions.cpu_seconds()

    def memory(self) -> float:
        return self._server.memory() + self._actions.memory()

    def memory_of_each(self) -> tuple[float, float]:
        """(server, action server), peak, in MB."""
        return self._server.memory(), self._actions.memory()

    def stop(self) -> None:
        for child in (getattr(self, "_server", None), self._actions):
            if child is not None:
                child.stop()


def trained(folder: Path, epochs: int) -> Path:
    """The stock model, trained once for the data as they are now."""
    config, domain = _config(epochs), _domain()
    model = folder / f"stock-{_fingerprint(config, domain)}.tar.gz"
    if model.exists():
        return model
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "config.yml", config)
    _write(folder / "domain.yml", domain)
    command = _rasa(
        *("train", "--config", str(folder / "config.yml"), "--domain", str(folder / "domain.yml")),
        *("--data", str(ROOT / "data"), "--out", str(folder), "--fixed-model-name", model.name.partition(".")[0]),
    )
    environment = {**os.environ, **_QUIET, "RASA_CACHE_DIRECTORY": str(folder / "cache")}
    with (folder / "train.log").open("wb") as log:
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise RuntimeError(f"training stock Rasa failed: see {folder / 'train.log'}")
    return model


def _config(epochs: int) -> dict[str, Any]:
    """Rasa's own default configuration, as `rasa train` fills it in, with our two readers of text at its end."""
    shipped = Path(rasa.__file__).parent / "engine" / "recipes" / "config_files" / "default_config.yml"
    config: dict[str, Any] = yaml.safe_load(shipped.read_text(encoding="utf-8"))
    for part in (*config["pipeline"], *config["policies"]):
        if "epochs" in part:
            part["epochs"] = epochs
    config["pipeline"] += [{"name": name} for name in _READERS]
    return {**config, "assistant_id": "stock"}


def _domain() -> dict[str, Any]:
    """Our domain, each response in its wording for texts: the REST channel has no name that could pick it."""
    domain: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    for name, variants in domain["responses"].items():
        text = next((variant for variant in variants if variant.get("channel") == "sms"), variants[0])
        domain["responses"][name] = [{key: value for key, value in text.items() if key != "channel"}]
    return domain


def _fingerprint(config: dict[str, Any], domain: dict[str, Any]) -> str:
    digest = sha256(json.dumps([config, domain], default=str).encode())
    for path in sorted([*(ROOT / "data").rglob("*.yml"), *(ROOT / "bot" / "nlu").glob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _rasa(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "rasa", *arguments]


def _write(path: Path, value: Any) -> None:
    path.write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
