"""HTTP requests to strangers: bounded in time and size, to checked addresses alone.

Stands on the standard library: every client offers connecting to one checked address under another name only by way of
its internals; here it is a few lines over `http.client`. Nothing is pooled: an effect is one request.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

from engine import json_schema
from flow_engine.outside.addresses import resolve
from flow_engine.outside.channel import Answer, Outside, SendingFailed

MAX_SECONDS: Final = 30
MAX_BYTES: Final = 1024 * 1024
MAX_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
#: Answers that say "later": the request is tried again. Every other one is an answer.
_LATER: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, ready to be sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    location: str | None
    body: bytes
    charset: str


def send(outside: Outside, payload: Mapping[str, Any], key: str) -> Answer:
    """Send the request of an effect; return `status`, `body` (text) and, where its schema is given, `answer` (JSON).

    Raises `SendingFailed`; for good where the answer is not as the schema says.
    """
    body = payload.get("body")
    request = Request(
        method=payload["method"],
        url=payload["url"],
        headers={**payload.get("headers", {}), "Idempotency-Key": key},
        body=None if body is None else json.dumps(body, ensure_ascii=False).encode(),
    )
    seconds = min(float(payload.get("timeout_seconds", 10)), MAX_SECONDS)
    answer = _follow(request, outside.http_allow, seconds)
    if answer.status in _LATER or answer.status >= 500:
        raise SendingFailed(f"HTTP {answer.status}")
    text = _text(answer)
    is_refused = answer.status >= 400
    values: dict[str, Any] = {"status": answer.status, "body": text}
    if payload.get("answer") is not None and not is_refused:
        values["answer"] = _declared(text, payload["answer"])
    return Answer(values=values, refused=f"HTTP {answer.status}" if is_refused else None)


def _declared(text: str, schema: Mapping[str, Any]) -> Any:
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise SendingFailed(f"the answer is no JSON: {error}"[:500], is_final=True) from error
    found = json_schema.Validator(schema).violations(value)
    if found:
        spots = "; ".join(f"{one.pointer}: {one.detail('en-US')}" for one in found[:5])
        raise SendingFailed(f"the answer is not as declared: {spots}"[:500], is_final=True)
    return value


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _follow(request: Request, allowed: frozenset[str], seconds: float) -> _Answer:
    for _ in range(MAX_REDIRECTS + 1):
        answer = _ask(request, allowed, seconds)
        if answer.status not in _REDIRECTS or answer.location is None:
            return answer
        request = _redirected(request, answer)
    raise SendingFailed(f"more than {MAX_REDIRECTS} redirections", is_final=True)


def _redirected(request: Request, answer: _Answer) -> Request:
    """Return the request to make instead (RFC 9110, section 15.4); another origin gets none of the headers given."""
    url = urljoin(request.url, answer.location or "")
    before, after = urlsplit(request.url), urlsplit(url)
    headers = dict(request.headers)
    if (before.scheme, before.netloc) != (after.scheme, after.netloc):
        headers = {name: value for name, value in headers.items() if name == "Idempotency-Key"}
    becomes_get = answer.status == 303 or (answer.status in (301, 302) and request.method == "POST")
    if becomes_get:
        return Request(method="GET", url=url, headers=headers, body=None)
    return replace(request, url=url, headers=headers)


def _ask(request: Request, allowed: frozenset[str], seconds: float) -> _Answer:
    try:
        parts = urlsplit(request.url)
        host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise SendingFailed(f"not an address: {error}", is_final=True) from error
    if parts.scheme not in ("http", "https") or not host:
        raise SendingFailed("only http and https addresses can be reached", is_final=True)
    if not {".", ".."}.isdisjoint(unquote(parts.path).replace("\\", "/").split("/")):
        # A value that fills a gap may say `..`, which no escaping keeps a server from going up by.
        raise SendingFailed("the path of the address leads elsewhere: it holds . or ..", is_final=True)
    address = resolve(host, port, allowed)
    connection = _connection(parts.scheme, host, port, address, seconds)
    # A timeout of the socket starts anew with every byte; this one ends a peer that drips.
    is_over = threading.Event()
    guard = threading.Timer(seconds, _cut, (connection, is_over))
    guard.daemon = True
    guard.start()
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        answer = _exchange(connection, request, target)
    except (OSError, http.client.HTTPException) as error:
        raise SendingFailed(f"{host}:{port}: {type(error).__name__}: {error}"[:500]) from error
    except ValueError as error:  # a header or address that HTTP cannot carry
        raise SendingFailed(f"the request cannot be sent: {error}"[:500], is_final=not is_over.is_set()) from error
    finally:
        guard.cancel()
        connection.close()
    if is_over.is_set():  # what was read so far looks like an answer
        raise SendingFailed(f"{host}:{port}: no answer within {seconds:g} s")
    return answer


def _connection(scheme: str, host: str, port: int, address: str, seconds: float) -> _Pinned:
    if scheme == "https":
        return _PinnedTls(host, port, address, seconds)
    return _Pinned(host, port, address, seconds)


class _Pinned(http.client.HTTPConnection):
    """A connection to one address under the name of a host."""

    def __init__(self, host: str, port: int, address: str, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address = address
        #: As `sock`, which `http.client` gives away to an answer that lasts until the connection ends.
        self.held: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the address that was checked; the name is not resolved again."""
        self.sock = self.held = socket.create_connection((self._address, self.port), self.timeout)


class _PinnedTls(_Pinned):
    """As `_Pinned`, by TLS; the certificate must be the host's."""

    def connect(self) -> None:
        """Connect, and shake hands under the host's name."""
        super().connect()
        self.sock = self.held = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _cut(connection: _Pinned, is_over: threading.Event) -> None:
    is_over.set()
    if connection.held is not None:
        try:
            # Of the socket below TLS: no farewell to a peer that does not listen.
            socket.socket.shutdown(connection.held, socket.SHUT_RDWR)
        except OSError:  # it has been closed meanwhile
            return


def _exchange(connection: http.client.HTTPConnection, request: Request, target: str) -> _Answer:
    headers = {"User-Agent": "dougong", "Accept": "application/json, text/*", **request.headers}
    if request.body is not None:
        headers = {"Content-Type": "application/json", **headers}
    connection.request(request.method, target, body=request.body, headers=headers)
    # Closed here, also where it is not read to its end: `http.client` gives its socket away.
    with connection.getresponse() as response:
        if (response.getheader("Content-Encoding") or "identity").lower() != "identity":
            # Not asked for; a few bytes could become gigabytes.
            raise SendingFailed("the answer is compressed", is_final=True)
        body = response.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise SendingFailed(f"the answer is larger than {MAX_BYTES} bytes", is_final=True)
        if response.length:
            raise SendingFailed("the answer broke off")
        return _Answer(
            status=response.status,
            location=response.getheader("Location"),
            body=body,
            charset=response.headers.get_content_charset("utf-8"),
        )


def _text(answer: _Answer) -> str:
    try:
        text = answer.body.decode(answer.charset, "replace")
    except (LookupError, ValueError):  # a name of no charset, or of one that decodes no such bytes
        text = answer.body.decode("utf-8", "replace")
    # PostgreSQL's JSON has no place for NUL, nor for halves of characters.
    return text.replace("\0", "").encode("utf-8", "replace").decode()
