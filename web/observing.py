"""What is seen of requests: an id each, one line in the log, the numbers of `/metrics`.

The outermost layer, so that it sees what becomes of every request. Paths stand in the log as their templates with the ids
in them, never with their query: there stand the texts that people search for.
"""

from __future__ import annotations

import logging
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine import logs, traces

log = logging.getLogger("dougong.access")

HEADER: Final = b"x-request-id"
#: What we take from a proxy: enough for every usual kind of id, and nothing that could break a line or a header.
_SAFE: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")
#: Asked every few seconds by machines.
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
#: Whoever goes away before the answer: nginx's number for it.
GONE: Final = 499
#: Upper bounds of a request's duration, in seconds.
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(slots=True, kw_only=True)
class Durations:
    """How long the requests of a route took: how many up to each bound and beyond, and all together."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0
    statements: int = 0

    def add(self, seconds: float, statements: int) -> None:
        """Count one request."""
        self.counts[next((index for index, bound in enumerate(BUCKETS) if seconds <= bound), len(BUCKETS))] += 1
        self.seconds += seconds
        self.statements += statements


class Requests:
    """What this process served since it began. Written by the event loop's thread alone."""

    def __init__(self) -> None:
        self.begun_at = time.time()
        self.under_way = 0
        self.answered: dict[tuple[str, str, int], int] = defaultdict(int)
        self.durations: dict[tuple[str, str], Durations] = defaultdict(Durations)

    def add(self, method: str, route: str, status: int, seconds: float, statements: int) -> None:
        """Count one request."""
        self.answered[method, route, status] += 1
        self.durations[method, route].add(seconds, statements)


class Observed:
    """Give each request its trace, and tell what became of it."""

    def __init__(self, app: ASGIApp, *, requests: Requests) -> None:
        self._app = app
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = _given(scope) or uuid4().hex
        status = GONE
        begun = time.perf_counter()
        self._requests.under_way += 1

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = number
            await send(message)

        with traces.begun(request=number) as trace:
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                self._requests.under_way -= 1
                self._tell(scope, trace, status, time.perf_counter() - begun)

    def _tell(self, scope: Scope, trace: traces.Trace, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = trace.route or ("page" if status < 400 else "other")
        self._requests.add(method, route, status, seconds, trace.statements)
        is_quiet = route in _QUIET or route == "page"
        level = logging.DEBUG if is_quiet and status < 500 else logging.INFO
        if not log.isEnabledFor(level):
            return
        fields: dict[str, Any] = {
            "method": method,
            "path": scope["path"][:500] if trace.route else route,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "statements": trace.statements,
            "database_ms": round(trace.database_seconds * 1000, 1),
        }
        client = scope.get("client")
        if client:
            fields["client"] = client[0]
        logs.event(log, level, "request", fields)


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _given(scope: Scope) -> str | None:
    """Return the id that a proxy gave the request, None where it is none that we would repeat."""
    for name, value in scope["headers"]:
        if name == HEADER:
            return value.decode("ascii") if _SAFE.fullmatch(value) else None
    return None
