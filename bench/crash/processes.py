"""Servers, workers and PostgreSQL as processes: started, killed without warning, started again.

The calling thread starts PostgreSQL, again after every stop: it dies with that thread.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import IO, Final

from bench.servers import ROOT
from engine.embedded_postgres import EmbeddedPostgres

#: A process that ends by itself so soon after an outage may have found no database at its start.
_OUTAGE_SECONDS: Final = 15.0
_STOP_SECONDS: Final = 20.0
_ENOUGH_FAILURES: Final = 20
#: How often the next victim is any process, be it the last of its kind or one that still starts.
_KILLED_WHATEVER: Final = 0.2
#: What a server says when it is ready.
_READY: Final = b"Dougong  http"


@dataclass(slots=True, kw_only=True)
class Place:
    """A process and what it is started with, again and again.

    began_at, up_at -- when it was started (monotonic), and when it first was seen at work; only servers say so.
    """

    name: str
    command: list[str]
    log: IO[bytes]
    process: subprocess.Popen[bytes] | None = None
    is_killed: bool = False
    began_at: float = 0.0
    up_at: float | None = None
    log_at: int = 0

    @property
    def kind(self) -> str:
        """`server` or `worker`."""
        return self.name.partition("-")[0]

    @property
    def is_running(self) -> bool:
        """Whether there is a process."""
        return self.process is not None and self.process.poll() is None


@dataclass(slots=True, kw_only=True)
class Crew:
    """Every process of the platform; `ended` tells of those that ended without being told to."""

    places: list[Place]
    addresses: list[str]
    environment: Mapping[str, str]
    postgres: EmbeddedPostgres
    folder: Path
    random: Random
    kills: Counter[str] = field(default_factory=Counter)
    ended: list[str] = field(default_factory=list)
    back_at: float = 0.0
    start_seconds: float | None = None

    def tend(self) -> None:
        """Start what does not run; see who has come up."""
        for place in self.places:
            if place.is_running:
                self._look(place)
                continue
            if place.process is not None and not place.is_killed and time.monotonic() - self.back_at > _OUTAGE_SECONDS:
                self.ended.append(f"{place.name}: exit code {place.process.returncode}")
                if len(self.ended) > _ENOUGH_FAILURES:
                    raise RuntimeError(f"processes do not stay: {self.ended[-1]}, see {place.log.name}")
            place.is_killed, place.began_at, place.up_at = False, time.monotonic(), None
            place.log_at = Path(place.log.name).stat().st_size
            place.process = subprocess.Popen(
                place.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=place.log,
                stderr=place.log,
            )

    def _look(self, place: Place) -> None:
        """Note that a process is up: a server says so, a worker takes as long as a server."""
        if place.up_at is not None:
            return
        if place.kind == "server":
            with Path(place.log.name).open("rb") as log:
                log.seek(place.log_at)
                if _READY not in log.read():
                    return
            self.start_seconds = time.monotonic() - place.began_at
        elif self.start_seconds is None or time.monotonic() - place.began_at < self.start_seconds:
            return
        place.up_at = time.monotonic()

    def are_up(self) -> bool:
        """Whether every process has come up."""
        return all(place.is_running and place.up_at is not None for place in self.places)

    def kill_one(self) -> None:
        """Kill a running process: now and then any, mostly one that leaves another of its kind at work.

        Else nothing would ever be done where starting takes longer than the pause between two kills.
        """
        running = [place for place in self.places if place.is_running]
        if self.random.random() >= _KILLED_WHATEVER:
            up = Counter(place.kind for place in running if place.up_at is not None)
            running = [place for place in running if place.up_at is not None and up[place.kind] > 1]
        if not running:
            return
        place = self.random.choice(running)
        if place.process is not None:
            place.is_killed = True
            place.process.kill()
            place.process.wait()
            self.kills[place.kind] += 1

    def stop_postgres(self, outage_seconds: float) -> None:
        """Stop PostgreSQL hard, by turns as an immediate shutdown and by SIGKILL, and start it after a while."""
        how = (signal.SIGQUIT, signal.SIGKILL)[self.kills["postgres"] % 2]
        pid = int((self.folder / "postgres" / "cluster" / "postmaster.pid").read_text("ascii").splitlines()[0])
        os.kill(pid, how)
        self.kills["postgres"] += 1
        self.back_at = time.monotonic() + 3600  # away until said otherwise
        time.sleep(outage_seconds)
        self.postgres.revive()
        self.back_at = time.monotonic()

    def stop(self) -> None:
        """Tell every process to stop, and wait until it has."""
        for place in self.places:
            if place.process is not None and place.process.poll() is None:
                place.process.send_signal(signal.SIGTERM)
        for place in self.places:
            if place.process is not None:
                try:
                    place.process.wait(_STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    self.ended.append(f"{place.name}: does not stop")
                    place.process.kill()
                    place.process.wait()
                place.process = None


@contextmanager
def crew(
    *,
    url: str,
    postgres: EmbeddedPostgres,
    folder: Path,
    environment: Mapping[str, str],
    servers: int,
    workers: int,
    random: Random,
) -> Iterator[Crew]:
    """Give the processes, none of them started yet; all are gone afterwards."""
    program = str(Path(sys.executable).parent / "dougong")
    with ExitStack() as stack:
        ports = [_free_port() for _ in range(servers)]
        places = [
            Place(
                name=f"server-{index}",
                command=[program, "serve", "--port", str(port), "--no-demo", "--no-worker"],
                log=stack.enter_context((folder / f"server-{index}.log").open("ab")),
            )
            for index, port in enumerate(ports)
        ]
        places += [
            Place(
                name=f"worker-{index}",
                command=[program, "worker"],
                log=stack.enter_context((folder / f"worker-{index}.log").open("ab")),
            )
            for index in range(workers)
        ]
        made = Crew(
            places=places,
            addresses=[f"127.0.0.1:{port}" for port in ports],
            environment={
                **os.environ,
                "DOUGONG_DATABASE_URL": url,
                "DOUGONG_DATA_DIR": str(folder / "data"),
                **environment,
            },
            postgres=postgres,
            folder=folder,
            random=random,
        )
        stack.callback(made.stop)
        yield made


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port
