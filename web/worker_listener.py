"""What a worker's process tells those who watch over it: `/metrics` and `/healthz`, on a port of its own.

Python's own little server, in one thread beside the jobs': a worker has no other requests to answer.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from engine.jobs import Worker
from web import metrics, operators
from web.platform import Platform
from web.server import Refusal

log = logging.getLogger("dougong.web")

#: A client that says nothing for so long is hung up on.
_PATIENCE_SECONDS: Final = 10.0


@contextmanager
def listening(platform: Platform, worker: Worker) -> Iterator[str | None]:
    """Answer while the block runs, at the address that is given; without a port in the settings nobody listens.

    Raises `Refusal` where the port is taken.
    """
    settings = platform.settings
    if settings.metrics_port is None:
        yield None
        return
    place = (settings.metrics_host, settings.metrics_port)
    try:
        server = _Server(place, platform=platform, worker=worker)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Refusal("metrics_address_in_use", host=place[0], port=place[1], reason=reason) from error
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    address = f"http://{settings.metrics_host}:{server.server_address[1]}"
    log.info("the worker tells of itself at %s/metrics and %s/healthz", address, address)
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, place: tuple[str, int], *, platform: Platform, worker: Worker) -> None:
        super().__init__(place, _Answer)
        self.platform = platform
        self.worker = worker
        self.begun_at = time.time()


class _Answer(BaseHTTPRequestHandler):
    """One request; anything but the two paths is not there."""

    server: _Server
    timeout = _PATIENCE_SECONDS
    server_version = "dougong"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer."""
        platform, tally = self.server.platform, self.server.worker.tally
        path = self.path.partition("?")[0]
        if path == "/healthz":
            pulse = tally.pulse()
            told = {
                "status": "ok" if pulse.is_well else "failing",
                "threads": pulse.threads,
                "alive": pulse.alive,
                "silent_seconds": round(pulse.silent_seconds, 1),
            }
            self._send(200 if pulse.is_well else 503, "application/json", json.dumps(told))
        elif path != "/metrics":
            self._send(404, "text/plain", "not found\n")
        elif not operators.may_look(platform.settings, dict(self._named()), str(self.client_address[0])):
            self._send(403, "text/plain", "the token is missing (DOUGONG_METRICS_TOKEN)\n")
        else:
            text = metrics.of_worker(platform, tally, self.server.begun_at)
            self._send(200, metrics.MEDIA_TYPE, text)

    def _named(self) -> Iterator[tuple[str, str]]:
        return ((name.lower(), value) for name, value in self.headers.items())

    def _send(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: machines ask every few seconds."""
