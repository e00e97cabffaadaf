"""Ports for servers under test."""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress


def free_port() -> int:
    """On 127.0.0.1, where nobody listens.

    Below those that the system gives to connections (from 32768 on): before the server has started, somebody's
    connection could take one of them.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
