"""A real PostgreSQL of our own: made in a temporary folder, on a free port of 127.0.0.1, ended with the tests."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.ports import free_port

_names = itertools.count(1)


def binaries() -> Path:
    """Debian's folder of PostgreSQL's programs. Without one the test is skipped; in CI that is a failure."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    missing = "PostgreSQL's server programs are not installed (apt-get install postgresql)"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


class PostgresqlServer:
    """Runs as somebody other than root, which PostgreSQL insists on."""

    def __init__(self) -> None:
        self._bin = binaries()
        self._folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
        self._as: dict[str, Any] = {}
        if os.getuid() == 0:
            owner = _somebody()
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
            self._as = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        self.port = free_port()
        data = self._folder / "data"
        self._run("initdb", "--pgdata", str(data), "--username=bot", "--auth=trust", "--encoding=UTF8", "--no-sync")
        self._server = subprocess.Popen(
            [
                str(self._bin / "postgres"),
                *("-D", str(data), "-p", str(self.port), "-k", str(self._folder)),
                *("-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=200"),
            ],
            cwd=self._folder,
            stderr=(self._folder / "log").open("w"),
            **self._as,
        )
        self._run("pg_isready", "--host=127.0.0.1", f"--port={self.port}", "--timeout=60", tries=600)

    def new_database(self) -> str:
        """An empty database; gives its URL."""
        name = f"bot{next(_names)}"
        self._run("createdb", "--host=127.0.0.1", f"--port={self.port}", "--username=bot", name)
        return f"postgresql://bot@127.0.0.1:{self.port}/{name}"

    def query(self, url: str, statement: str) -> list[Any]:
        """Ask as an administrator would, past the program."""
        connection = psycopg2.connect(url)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall())
        finally:
            connection.close()

    def end(self) -> None:
        self._server.terminate()
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str, tries: int = 1) -> None:
        for _ in range(tries):
            ended = subprocess.run(
                [str(self._bin / program), *arguments], cwd=self._folder, capture_output=True, text=True, **self._as
            )
            if ended.returncode == 0:
                return
        raise AssertionError(f"{program}: {ended.stderr or ended.stdout}")


def _somebody() -> pwd.struct_passwd:
    names = {each.pw_name: each for each in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]
