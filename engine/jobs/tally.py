"""What a worker's threads did since they began, in numbers: for those who watch over it. Kept in memory, for one process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

#: A worker none of whose threads has asked the queue for so long has lost the database, or hangs.
LOST_SECONDS: Final = 60.0


@dataclass(slots=True, kw_only=True)
class Ran:
    """The jobs of one task: how many were done, how many attempts failed, and how long all of it took."""

    done: int = 0
    failed: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How a worker is: `alive` of `threads` run, `busy` of them with jobs; so long ago one asked the queue last."""

    threads: int
    alive: int
    busy: int
    silent_seconds: float

    @property
    def is_well(self) -> bool:
        """Whether it does what it is there for."""
        return self.alive == self.threads and self.silent_seconds < LOST_SECONDS


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts for one worker; any thread may write and read."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ran: dict[str, Ran] = field(default_factory=dict)
    _threads: Sequence[threading.Thread] = ()
    _busy: int = 0
    _looked_at: float = field(default_factory=time.monotonic)

    def watch(self, threads: Sequence[threading.Thread]) -> None:
        """Note which threads are to live from now on."""
        self._threads = threads
        self.looked()

    def looked(self) -> None:
        """Note that a thread asked the queue just now and was answered."""
        self._looked_at = time.monotonic()

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Count a thread as busy while it is in the block."""
        with self._lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1

    def add(self, task: str, seconds: float, *, done: int = 0, failed: int = 0) -> None:
        """Count jobs of a task that ended, and how long they took together."""
        with self._lock:
            ran = self._ran.setdefault(task, Ran())
            ran.done += done
            ran.failed += failed
            ran.seconds += seconds

    def ran(self) -> Mapping[str, Ran]:
        """Return what was done until now, by task."""
        with self._lock:
            return {name: replace(one) for name, one in sorted(self._ran.items())}

    def pulse(self) -> Pulse:
        """Return how the worker is now."""
        return Pulse(
            threads=len(self._threads),
            alive=sum(one.is_alive() for one in self._threads),
            busy=self._busy,
            silent_seconds=time.monotonic() - self._looked_at,
        )
