"""No test reaches beyond this machine."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any


class NetworkBlocked(RuntimeError):
    """A test tried to reach another machine."""


def may_reach(family: int, address: Any) -> bool:
    """Whether a test may connect to `address`: this machine's sockets only."""
    if family not in (socket.AF_INET, socket.AF_INET6):
        return True
    host = str(address[0])
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def block() -> None:
    """Refuse every connection to another machine in this process from now on; TLS sockets inherit it."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _check(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _check(self, address)
        return connect_ex(self, address)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign, assignment]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[method-assign, assignment]


def _check(connection: socket.socket, address: Any) -> None:
    if not may_reach(connection.family, address):
        raise NetworkBlocked(f"a test may not reach {address!r}")
