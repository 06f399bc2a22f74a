"""The outside: an HTTP receiver and a mail server on this machine that note what arrives and are not always friendly."""

from __future__ import annotations

import email
import socketserver
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Final

#: How often a receiver takes an effect and then says that it did not, or says nothing, or takes its time.
_SAYS_LATER: Final = 0.06
_SAYS_NOTHING: Final = 0.03
_IS_SLOW: Final = 0.1
_SLOW_SECONDS: Final = 0.4


@dataclass(slots=True)
class Arrivals:
    """What arrived. `contents` holds what came under each key, `counts` how often each content came."""

    random: Random
    port: int = 0
    contents: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    counts: Counter[str] = field(default_factory=Counter)
    keys: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, key: str, content: str) -> float:
        """Note an arrival; return a number from 0 to 1 that decides how it is answered."""
        with self.lock:
            self.contents[key].add(content)
            self.keys[content].add(key)
            self.counts[content] += 1
            return self.random.random()


@contextmanager
def web(random: Random) -> Iterator[Arrivals]:
    """Take HTTP requests on a free port of 127.0.0.1; a content is `METHOD path body`."""
    arrivals = Arrivals(random)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            chance = arrivals.note(
                self.headers.get("Idempotency-Key", ""), f"{self.command} {self.path} {body.decode(errors='replace')}"
            )
            if chance < _SAYS_NOTHING:
                self.close_connection = True
                return
            if chance > 1 - _IS_SLOW:
                time.sleep(_SLOW_SECONDS)
            answer = b"later" if chance < _SAYS_NOTHING + _SAYS_LATER else b"ok"
            self.send_response(503 if answer == b"later" else 200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_PUT = do_POST  # noqa: N815 - names of http.server

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with _Web(("127.0.0.1", 0), Handler) as server:
        yield from _serving(server, arrivals)


@contextmanager
def post(random: Random) -> Iterator[Arrivals]:
    """Take mail by SMTP (RFC 5321) on a free port of 127.0.0.1; the key is the Message-ID, a content `subject text`."""
    arrivals = Arrivals(random)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 bench\r\n")
            while line := self.rfile.readline():
                command = line[:4].upper()
                if command == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    if not self._took():
                        return
                else:
                    self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n")
                if command == b"QUIT":
                    return

        def _took(self) -> bool:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                if not line:  # the sender died in the middle: nothing was handed over
                    return False
                lines.append(line)
            mail = email.message_from_bytes(b"".join(lines))
            text = mail.get_payload(decode=True)
            shown = text.decode(errors="replace") if isinstance(text, bytes) else ""
            chance = arrivals.note(str(mail["Message-ID"]), f"{mail['Subject']} {shown}")
            if chance < _SAYS_NOTHING:
                return False
            self.wfile.write(b"451 later\r\n" if chance < _SAYS_NOTHING + _SAYS_LATER else b"250 taken\r\n")
            return True

    with _Post(("127.0.0.1", 0), Handler) as server:
        yield from _serving(server, arrivals)


class _Quiet(socketserver.BaseServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a sender that is killed breaks its connection, that is the point."""


class _Web(_Quiet, ThreadingHTTPServer):
    pass


class _Post(_Quiet, socketserver.ThreadingTCPServer):
    pass


def _serving(server: socketserver.TCPServer, arrivals: Arrivals) -> Iterator[Arrivals]:
    arrivals.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield arrivals
    finally:
        server.shutdown()
        thread.join(10)
