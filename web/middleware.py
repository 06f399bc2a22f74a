"""What surrounds every request: security headers, body limit, one retry, and a problem for whatever fails.

Pure ASGI, because a layer of Starlette's `BaseHTTPMiddleware` costs more than all of this together.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine import traces
from engine.errors import TooLarge
from engine.texts import DEFAULT_LANGUAGE, LANGUAGES
from web import database_errors, problems

log = logging.getLogger("dougong.web")

#: `style-src 'unsafe-inline'`: the component library writes its styles at run time. Scripts come from us alone.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class SecurityHeaders:
    """Add the headers that keep a browser from doing more than the page needs; answers of the API are not stored."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        self._fixed = dict(_HEADERS)
        if is_https:
            self._fixed["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_api = scope["path"].startswith("/api/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._fixed.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                if is_api:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Problems:
    """Run a request, once more where that may cure it, and answer its failure with a problem.

    The body is read here, up to `max_body_bytes`, so that a second try has it again. Posts to paths that match one of
    `streamed` (uploads) get theirs as it comes, up to the number of bytes that stands there, and are tried once.
    """

    def __init__(
        self, app: ASGIApp, *, max_body_bytes: int, streamed: Sequence[tuple[re.Pattern[str], int]] = ()
    ) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._streamed = tuple(streamed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state: dict[str, Any] = {**scope.get("state", {}), "language": preferred_language(scope)}
        is_started = False

        async def send_once(message: Message) -> None:
            nonlocal is_started
            is_started = True
            await send(message)

        try:
            _refuse_unstorable(scope)
            limit = self._stream_limit(scope)
            if limit is not None:
                limited = _Limited(receive, limit)
                _refuse_announced(scope, limit)
                await self._serve(scope, state, limited, send_once)
            else:
                _refuse_announced(scope, self._max_body_bytes)
                state["body"] = body = await _read(receive, self._max_body_bytes)
                await self._try_twice(scope, state, body, receive, send_once)
        except ClientDisconnect:  # in the middle of what it said: half a request is none (RFC 9112, section 8)
            log.info("the client went away: %s %s", scope["method"], scope["path"])
        except Exception as error:  # the boundary: nothing that fails may reach the server without an answer
            if is_started:
                raise
            response = problems.answer(error, state["language"])
            await response(scope, receive, send)

    def _stream_limit(self, scope: Scope) -> int | None:
        if scope["method"] != "POST":
            return None
        return next((limit for pattern, limit in self._streamed if pattern.fullmatch(scope["path"])), None)

    async def _try_twice(self, scope: Scope, state: dict[str, Any], body: bytes, receive: Receive, send: Send) -> None:
        try:
            await self._serve(scope, state, _Replayed(receive, body), send)
        except Exception as error:
            if not database_errors.may_be_retried(error):
                raise
            log.info("trying again: %s %s: %s", scope["method"], scope["path"], type(error).__name__)
            await self._serve(scope, state, _Replayed(receive, body), send)

    async def _serve(self, scope: Scope, state: dict[str, Any], receive: Receive, send: Send) -> None:
        inner = {**scope, "state": state}
        try:
            await self._app(inner, receive, send)
        finally:
            trace = traces.current()
            if trace is not None:
                trace.route = getattr(inner.get("route"), "path", None)


class _Replayed:
    """A `receive` that gives a body which was read before, then waits for the client as the original does."""

    def __init__(self, receive: Receive, body: bytes) -> None:
        self._receive = receive
        self._body: bytes | None = body

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class _Limited:
    """A `receive` that refuses to give more than a number of bytes."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._seen = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > self._limit:
            raise TooLarge("body_too_large", limit=_shown_size(self._limit))
        return message


async def _read(receive: Receive, limit: int) -> bytes:
    limited = _Limited(receive, limit)
    chunks: list[bytes] = []
    while True:
        message = await limited()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


def _refuse_announced(scope: Scope, limit: int) -> None:
    length = Headers(scope=scope).get("content-length", "")
    if length.isdigit() and int(length) > limit:
        raise TooLarge("body_too_large", limit=_shown_size(limit))


def _refuse_unstorable(scope: Scope) -> None:
    """Refuse a NUL in the address: PostgreSQL has no place for it."""
    if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
        raise problems.RequestError("address_not_readable")


def _shown_size(size: int) -> str:
    return f"{size // 1024} kB" if size < 1024 * 1024 else f"{size // (1024 * 1024)} MB"


def preferred_language(scope: Scope) -> str:
    """Return the first language of `Accept-Language` that we have (RFC 9110 section 12.5.4), else the default."""
    wanted: list[tuple[float, str]] = []
    for part in Headers(scope=scope).get("accept-language", "").split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        try:
            wanted.append((-float(weight or 1), tag.lower()))
        except ValueError:
            continue
    for _, tag in sorted(wanted, key=lambda entry: entry[0]):
        for language in LANGUAGES:
            if tag and language.lower().partition("-")[0] == tag.partition("-")[0]:
                return language
    return DEFAULT_LANGUAGE
