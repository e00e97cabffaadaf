"""An application on a real server of this machine, as `serve` runs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from tests.doors.support import wait_until
from tests.ports import free_port


@dataclass(frozen=True)
class Live:
    url: str


@contextmanager
def served(app: Any, port: int = 0, lifespan: str = "off") -> Iterator[Live]:
    """The application on 127.0.0.1. With `lifespan` "on" leaving also shuts the program down."""
    port = port or free_port()
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        ws="none",
        lifespan=lifespan,  # type: ignore[arg-type]
        access_log=False,
        log_level="error",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield Live(f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join(40)
