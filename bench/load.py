"""The load generator: a process of its own, `python -m bench.load`, told on stdin what to ask.

Blocking sockets, one thread a connection, requests encoded before the clock starts. A client such as httpx costs more
than half a millisecond of processor a request, as much as what is measured, and this machine's cores are shared with
the server and the database; sending prepared bytes and reading to `Content-Length` costs some 30 microseconds.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial

import psycopg2

from bench import raw
from bench.operations import LIST_PAGE, OPERATIONS, Contender

_TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to ask.

    address -- `host:port` of a server; the database's URL for `raw`.
    first   -- the first number; each request takes the next one.
    """

    contender: Contender
    operation: str
    address: str
    token: str
    schema: str
    size: int
    first: int
    requests: int
    seconds: float
    connections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it: requests answered a second, and how long the middle and the slowest twentieth took (ms)."""

    done: int
    per_second: float
    median_ms: float
    p95_ms: float


class Failed(RuntimeError):
    """An answer was not what was asked for: the numbers would mean nothing."""


class Http:
    """One connection that stays open."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=_TIMEOUT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send one request; return status and body of the answer."""
        self._socket.sendall(request)
        head, separator, body = self._socket.recv(65536), b"", b""
        while True:
            head, separator, body = head.partition(b"\r\n\r\n")
            if separator:
                break
            head += self._more()
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._more()
        return int(head[9:12]), body

    def _more(self) -> bytes:
        chunk = self._socket.recv(65536)
        if not chunk:
            raise Failed("the server closed the connection")
        return chunk

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


def run(job: Job) -> Outcome:
    """Ask until the requests or the seconds are used up; raise `Failed` at the first wrong answer."""
    times: list[list[float]] = [[] for _ in range(job.connections)]
    faults: list[Exception] = []
    barrier = threading.Barrier(job.connections + 1)
    until: list[float] = []

    def work(index: int) -> None:
        try:
            with ExitStack() as stack:
                asks = list(_asks(job, index, stack))
                barrier.wait()
                for ask in asks:
                    began = time.perf_counter()
                    if faults or (until and began > until[0]):
                        return
                    ask()
                    times[index].append(time.perf_counter() - began)
        except (Failed, OSError, psycopg2.Error, threading.BrokenBarrierError) as error:
            faults.append(error)
            barrier.abort()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(job.connections)]
    for thread in threads:
        thread.start()
    try:
        barrier.wait()
    except threading.BrokenBarrierError:
        raise Failed(str(faults[0])) from faults[0]
    began = time.perf_counter()
    until.append(began + job.seconds)
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    if faults:
        raise Failed(str(faults[0])) from faults[0]
    every = sorted(taken for one in times for taken in one)
    return Outcome(
        done=len(every),
        per_second=len(every) / elapsed,
        median_ms=every[len(every) // 2] * 1000,
        p95_ms=every[len(every) * 95 // 100] * 1000,
    )


def _asks(job: Job, index: int, stack: ExitStack) -> Iterator[Callable[[], object]]:
    """Yield what one connection does, prepared."""
    numbers = range(job.first + index, job.first + job.requests, job.connections)
    if job.contender == "raw":
        connection = raw.connect(job.address, job.schema)
        stack.callback(connection.close)
        for number in numbers:
            yield partial(raw.run, connection, job.operation, number, job.size)
        return
    http = Http(job.address)
    stack.callback(http.close)
    operation = LIST_PAGE if job.operation == LIST_PAGE.key else OPERATIONS[job.operation]
    make = getattr(operation, job.contender)
    for number in numbers:
        request = make(number, job.size).encoded(job.token)
        yield partial(_right, http, request, job)


def _right(http: Http, request: bytes, job: Job) -> None:
    status, body = http.ask(request)
    if not 200 <= status < 300:
        raise Failed(f"{job.contender} {job.operation}: {status} {body[:300].decode(errors='replace')}")


def main() -> None:
    """Read jobs from stdin, a JSON object a line; write each outcome, or `{"failed": …}`."""
    for line in sys.stdin:
        try:
            answer = asdict(run(Job(**json.loads(line))))
        except Failed as error:
            answer = {"failed": str(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
