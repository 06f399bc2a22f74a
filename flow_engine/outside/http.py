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
from flow_engine.outside.failing import plain, said, spots, unreachable

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
        raise SendingFailed("sending_answer_later", status=answer.status, said=said(_text(answer)))
    text = _text(answer)
    is_refused = answer.status >= 400
    values: dict[str, Any] = {"status": answer.status, "body": text}
    if payload.get("answer") is not None and not is_refused:
        values["answer"] = _declared(text, payload["answer"])
    refused = SendingFailed("sending_answer_refused", is_final=True, status=answer.status, said=said(text))
    return Answer(values=values, refused=refused if is_refused else None)


def _declared(text: str, schema: Mapping[str, Any]) -> Any:
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise SendingFailed("sending_answer_no_json", is_final=True, said=said(text)) from error
    found = json_schema.Validator(schema).violations(value)
    if found:
        raise SendingFailed("sending_answer_undeclared", is_final=True, spots=spots(found))
    return value


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _follow(request: Request, allowed: frozenset[str], seconds: float) -> _Answer:
    for _ in range(MAX_REDIRECTS + 1):
        answer = _ask(request, allowed, seconds)
        if answer.status not in _REDIRECTS or answer.location is None:
            return answer
        request = _redirected(request, answer)
    raise SendingFailed("sending_too_many_redirects", is_final=True, limit=MAX_REDIRECTS)


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
        raise SendingFailed("sending_address_invalid", is_final=True, address=plain(request.url)) from error
    if parts.scheme not in ("http", "https") or not host:
        raise SendingFailed("sending_address_invalid", is_final=True, address=plain(request.url))
    if not {".", ".."}.isdisjoint(unquote(parts.path).replace("\\", "/").split("/")):
        # A value that fills a gap may say `..`, which no escaping keeps a server from going up by.
        raise SendingFailed("sending_path_leads_elsewhere", is_final=True, address=plain(request.url))
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
        raise _unanswered(host, port, seconds, error, is_over=is_over.is_set()) from error
    except ValueError as error:  # a header or address that HTTP cannot carry
        if is_over.is_set():
            raise _no_answer(host, port, seconds) from error
        raise SendingFailed("sending_request_invalid", is_final=True, reason=plain(error)) from error
    finally:
        guard.cancel()
        connection.close()
    if is_over.is_set():  # what was read so far looks like an answer
        raise _no_answer(host, port, seconds)
    return answer


def _no_answer(host: str, port: int, seconds: float) -> SendingFailed:
    return SendingFailed("sending_no_answer", host=host, port=port, seconds=f"{seconds:g}")


def _unanswered(host: str, port: int, seconds: float, error: Exception, *, is_over: bool) -> SendingFailed:
    if is_over or isinstance(error, TimeoutError):
        return _no_answer(host, port, seconds)
    return unreachable(host, port, error)


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
            raise SendingFailed("sending_answer_compressed", is_final=True)
        body = response.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise SendingFailed("sending_answer_too_large", is_final=True, limit=MAX_BYTES)
        if response.length:
            raise SendingFailed("sending_answer_broke_off")
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
