"""Processes under test: started on one core, watched through /proc, ended by their own id."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def cores() -> tuple[int, int]:
    """(core for the processes under test, core for the one that writes to them); the same one if there is no other."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[-1], usable[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Child:
    """A process of ours on one core, with its output in a file."""

    def __init__(self, command: list[str], core: int, log: Path, environment: dict[str, str], folder: Path) -> None:
        self._started = time.perf_counter()
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                ["taskset", "-c", str(core), *command],
                cwd=folder,
                env={**os.environ, **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_until(self, is_ready: Callable[[], bool], seconds: float = 180) -> float:
        """Seconds from the start until it is ready.

        Raises:
            RuntimeError: with the last lines it printed, if it ended or took too long.
        """
        while time.perf_counter() - self._started < seconds:
            if self._process.poll() is not None:
                break
            if is_ready():
                return time.perf_counter() - self._started
            time.sleep(0.02)
        said = "\n".join(self._log.read_text(errors="replace").splitlines()[-15:])
        self.stop()
        raise RuntimeError(f"not ready: {self._log}\n{said}")

    def cpu_seconds(self) -> float:
        """Processor time used so far, by all its threads."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def memory(self, name: str = "VmHWM") -> float:
        """Peak resident memory in MB; `VmRSS` for what is held now."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
