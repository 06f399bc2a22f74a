"""The outside, for tests: a web server and a mail server on this machine that note what reaches them."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True)
class Peer:
    """A server and what it got. `answers` are given in turn, the last for ever."""

    port: int = 0
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=lambda: [(200, {}, b"ok")])
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    replies: list[bytes] = field(default_factory=list)
    drips: bool = False
    farewell: bytes = b"221 bye"


@contextmanager
def web_server() -> Iterator[Peer]:
    """Serve HTTP on a free port of 127.0.0.1."""
    peer = Peer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            peer.requests.append((self.command, self.path, dict(self.headers), body))
            status, headers, answer = peer.answers.pop(0) if len(peer.answers) > 1 else peer.answers[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(answer)
            except OSError:  # it has heard enough
                return
            for _ in range(100 if peer.drips else 0):
                time.sleep(0.1)
                try:
                    self.wfile.write(b".")
                except OSError:
                    return

        do_POST = do_HEAD = do_DELETE = do_GET  # noqa: N815 - names of http.server

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        peer.port = server.server_address[1]
        yield from _serving(server, peer)


@contextmanager
def mail_server() -> Iterator[Peer]:
    """Take mail by SMTP on a free port of 127.0.0.1; `replies` are said to RCPT in turn, then 250."""
    peer = Peer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for _ in range(100 if peer.drips else 0):
                time.sleep(0.1)
                try:
                    self.wfile.write(b"2")
                except OSError:
                    return
            self.wfile.write(b"220 test\r\n")
            while line := self.rfile.readline():
                command = line[:4].upper()
                if command == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = iter(self.rfile.readline, b".\r\n")
                    peer.mails.append(b"".join(lines))
                if command == b"RCPT" and peer.replies:
                    self.wfile.write(peer.replies.pop(0) + b"\r\n")
                    continue
                self.wfile.write(peer.farewell + b"\r\n" if command == b"QUIT" else b"250 ok\r\n")
                if command == b"QUIT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        peer.port = server.server_address[1]
        yield from _serving(server, peer)


def _serving(server: socketserver.BaseServer, peer: Peer) -> Iterator[Peer]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        thread.join(10)
