"""Training, in a process of its own: the serving process leaves out what only training needs."""

from __future__ import annotations

import os
import subprocess  # noqa: S404
import sys
from pathlib import Path

from bot.settings import ROOT, SettingsError

_SOURCES = ("config.yml", "domain.yml", "data", "bot/nlu")


def train_model(folder: Path, quiet: bool) -> Path:
    """Train, and give the path of the new model. Rasa's own cache makes an unchanged training short.

    Raises:
        SettingsError: if Rasa refuses the project's files; its reasons are printed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "rasa", "train", "--out", str(folder), "--fixed-model-name", "assistant"]
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore", "PYTHONPATH": str(ROOT)}
    output = subprocess.PIPE if quiet else None
    done = subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT if quiet else None, check=False
    )
    if done.returncode:
        sys.stderr.write((done.stdout or b"").decode(errors="replace")[-2000:])
        raise SettingsError("training failed; the reason stands above")
    return folder / "assistant.tar.gz"


def is_stale(folder: Path) -> bool:
    """Whether there is no model, or one older than what it is trained from."""
    model = folder / "assistant.tar.gz"
    if not model.exists():
        return True
    files = (path for source in _SOURCES for path in [ROOT / source, *(ROOT / source).rglob("*")] if path.is_file())
    return max(path.stat().st_mtime for path in files) > model.stat().st_mtime
