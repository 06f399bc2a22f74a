"""Locks that the kernel releases when their holder ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.embedded_postgres.failure import EmbeddedPostgresError

_POLL_SECONDS = 0.02


@contextmanager
def exclusive(path: Path, *, patience_seconds: float) -> Iterator[None]:
    """Hold the lock at `path` alone; raise `EmbeddedPostgresError` when others keep it longer than the patience."""
    handle = open_lock(path)
    try:
        deadline = time.monotonic() + patience_seconds
        while not _try(handle, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError("postgres_lock_held", path=str(path), seconds=int(patience_seconds))
            time.sleep(_POLL_SECONDS)
        yield
    finally:
        os.close(handle)


class Use:
    """One process's share in the server: a shared lock, held until `leave`, or until the process ends."""

    def __init__(self, path: Path) -> None:
        self._handle = open_lock(path)
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """Whether nobody else uses the server. Call under the start-and-stop lock only, and leave afterwards."""
        return _try(self._handle, fcntl.LOCK_EX)

    def leave(self) -> None:
        """Give the share back."""
        os.close(self._handle)


def open_lock(path: Path) -> int:
    """Open the lock file, making it where it is missing; child processes do not inherit the descriptor."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _try(handle: int, operation: int) -> bool:
    try:
        fcntl.flock(handle, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
