"""The head of the audit trail, copied to where whoever can change the database cannot: a file of its own, and the log.

Without it the trail could be cut off at its end, or with a stolen key written anew, and would still hold together.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.store.audit import head
from bot.store.database import Database

log = structlog.get_logger(__name__)

ANCHOR_FILE = "audit-anchor.log"  # in the state directory; one JSON object a line
_EVERY = 5.0  # seconds
_TAIL = 4096  # bytes; a line has about 150


class UnreadableAnchor(Exception):
    """A line of an anchor file that says nothing. `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


@dataclass(frozen=True)
class Anchor:
    """The newest entry's number and chain, as they once were."""

    entry: int
    chain: str


class AnchorKeeper:
    """Notes the head when it has changed, every few seconds and at the end. Several processes may share the file."""

    def __init__(self, database: Database, path: Path, clock: Clock, every: float = _EVERY) -> None:
        self._database, self._path, self._clock, self._every = database, path, clock, every
        self._noted: tuple[int, str] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="audit-anchor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """To be called after the last entry."""
        self._stopping.set()
        self._thread.join(30)
        self._try()

    def note(self) -> bool:
        """Note the head; False if it has not moved. Raises SQLAlchemyError or OSError."""
        with self._database.read() as connection:
            newest = head(connection)
        if newest is None or newest == self._noted:
            return False
        entry, chain = newest
        _append(self._path, json.dumps({"at": self._clock().isoformat(), "entry": entry, "chain": chain}))
        log.warning("audit.head", entry=entry, chain=chain)  # nothing is wrong; below this level nothing is kept
        self._noted = newest
        return True

    def _loop(self) -> None:
        while not self._stopping.wait(self._every):
            self._try()

    def _try(self) -> None:
        try:
            self.note()
        except (SQLAlchemyError, OSError) as error:  # the next time it is noted all the same
            log.error("audit.not_anchored", error=type(error).__name__)


def read_anchors(path: Path) -> Iterator[Anchor]:
    """The anchors of a file, one at a time; none if there is no file. Raises UnreadableAnchor."""
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                said = json.loads(line)
                yield Anchor(int(said["entry"]), str(said["chain"]))
            except (ValueError, KeyError, TypeError):
                raise UnreadableAnchor(number) from None


def last_anchor(path: Path) -> tuple[datetime, Anchor] | None:
    """The newest anchor of a file, and when it was made; None if there is none, or none that can be read."""
    try:
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - _TAIL, 0))
            said = json.loads(file.read().splitlines()[-1])
        return datetime.fromisoformat(said["at"]), Anchor(int(said["entry"]), str(said["chain"]))
    except (OSError, IndexError, ValueError, KeyError, TypeError):
        return None


def _append(path: Path, line: str) -> None:
    """Add a line in one write, so that lines of several processes do not mix, and see it onto the disk."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"{line}\n".encode())
        os.fsync(file)
    finally:
        os.close(file)
