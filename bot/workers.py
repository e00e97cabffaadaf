"""Threads that work as long as there is work: turns to run, texts to send."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.store.notices import Notices

log = structlog.get_logger(__name__)


class Workers:
    """Threads that run turns as messages come in. Several conversations at once; one at a time each."""

    def __init__(self, work_once: Callable[[], bool], notices: Notices, topic: str, count: int) -> None:
        self._work_once, self._notices, self._topic = work_once, notices, topic
        self._wake = threading.Semaphore(0)
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._loop, name=f"{topic}-{number}", daemon=True) for number in range(count)
        ]

    def start(self) -> None:
        self._unlisten = self._notices.listen(self._topic, self._wake.release)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let the turns that are running finish; what is waiting is kept for the next start."""
        self._stopping.set()
        self._unlisten()
        for _ in self._threads:
            self._wake.release()
        for thread in self._threads:
            thread.join(35)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._work_once():
                    continue
            except SQLAlchemyError as error:
                log.error("worker.database", error=type(error).__name__)
                self._stopping.wait(1)
            except Exception as error:
                log.error("worker.failed", error=type(error).__name__)
                self._stopping.wait(1)
            self._wake.acquire(timeout=1)
