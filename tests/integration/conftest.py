"""One PostgreSQL server for all tests that want one; each has a database of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.postgresql_server import PostgresqlServer


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresqlServer]:
    started = PostgresqlServer()
    yield started
    started.end()


@pytest.fixture()
def url(server: PostgresqlServer) -> str:
    return server.new_database()
