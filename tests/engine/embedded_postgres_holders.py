"""Processes that hold a share in an embedded server, for the tests that start, kill and watch them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg2

from engine.embedded_postgres import cluster

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0
_PROGRAM = """
import sys
from pathlib import Path
from engine.embedded_postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), fsync=False, die_with_parent=sys.argv[2] == "die")
print(server.start(), flush=True)
sys.stdin.read()
server.stop()
"""


class Holder:
    """A process that starts or joins the server of `folder` and keeps its share until told to leave."""

    def __init__(
        self, folder: Path, *, environment: Mapping[str, str] | None = None, die_with_parent: bool = False
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(folder), "die" if die_with_parent else "stay"],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def url(self) -> str:
        """Wait until the server is up; return its URL."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line, "the holder ended without a server"
        return line

    def leave(self) -> None:
        """Let the process stop its share and end."""
        self.process.communicate("", timeout=PATIENCE_SECONDS)
        assert self.process.returncode == 0

    def kill(self) -> None:
        """End the process as the kernel does when memory is short."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=PATIENCE_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.returncode is None:
            self.kill()


def ask(url: str, statement: str) -> str:
    """Return the one value `statement` gives at `url`."""
    with connected(url) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
        assert row is not None
        return str(row[0])


@contextmanager
def connected(url: str) -> Iterator[psycopg2.extensions.connection]:
    """Give a connection and close it."""
    connection = psycopg2.connect(url.replace("+psycopg2", ""))
    try:
        yield connection
    finally:
        connection.close()


def is_served(folder: Path) -> bool:
    """Whether a server runs on the cluster of `folder`."""
    return cluster.running_server(folder / "cluster") is not None


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for the condition; fail when it does not come."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
