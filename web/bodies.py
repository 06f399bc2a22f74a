"""Bodies of requests: JSON as the standard has it, read once, strictly and within limits.

Owns what may be in a body before anybody looks at its meaning: UTF-8, no `NaN`, no key twice, exact decimals (never a
float), bounded depth, only characters that PostgreSQL can store. Leaves the meaning to pydantic and JSON Schema.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from decimal import Decimal, InvalidOperation
from typing import Any

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.params import Form
from fastapi.params import Query as QueryParameter
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope

from engine.errors import InvalidInput, Violation, pointer
from web.dependencies import OPENINGS, within_transaction
from web.problems import MalformedBody, UnsupportedMediaType
from web.short_way import short_way

#: Deeper than any definition needs and far below what makes a recursive reader fail.
MAX_DEPTH = 48
#: A decimal of more digits or a larger exponent is no business figure; PostgreSQL and Decimal would pay for it.
MAX_DIGITS = 400
#: More unknown parameters than this need not be named.
_MAX_STRANGE = 20


class _Refused(ValueError):
    """A JSON text that the standard's grammar or our limits do not allow."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def read_json(raw: bytes) -> Any:
    """Return the value of a JSON text; fractions become `Decimal`.

    Raises `MalformedBody` where it is not JSON, `InvalidInput` where it is JSON that we do not take.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBody("body_not_utf8", position=error.start) from error
    try:
        value = json.loads(
            text, parse_float=_decimal, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_object
        )
    except _Refused as error:
        raise _invalid(error.code, **error.params) from error
    except RecursionError as error:
        raise _invalid("body_too_deep", limit=MAX_DEPTH) from error
    except json.JSONDecodeError as error:
        raise MalformedBody("body_not_json", line=error.lineno, column=error.colno) from error
    _check(value, is_escaped="\\u" in text)
    return value


def _invalid(code: str, **params: str | int) -> InvalidInput:
    return InvalidInput(violations=[Violation(pointer="#", code=code, params=params)])


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise _Refused("body_number_too_big") from None
    if len(text) > MAX_DIGITS or abs(value.adjusted()) > MAX_DIGITS:
        raise _Refused("body_number_too_big")
    return value


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _Refused("body_number_too_big")
    return int(text)


def _constant(text: str) -> None:
    raise _Refused("body_not_a_number", value=text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Refused("body_duplicate_key", key=key[:60])
            seen.add(key)
    return value


def _check(value: Any, *, is_escaped: bool) -> None:
    """Refuse what is nested too deeply and, where escapes could have brought them in, unstorable characters."""
    level: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    for _ in range(MAX_DEPTH):
        below: list[tuple[tuple[str | int, ...], Any]] = []
        for path, item in level:
            if isinstance(item, dict):
                if is_escaped:
                    for key in item:
                        _check_text(key, path)
                below.extend(((*path, key), child) for key, child in item.items())
            elif isinstance(item, list):
                below.extend(((*path, index), child) for index, child in enumerate(item))
            elif is_escaped and isinstance(item, str):
                _check_text(item, path)
        if not below:
            return
        level = below
    raise _invalid("body_too_deep", limit=MAX_DEPTH)


def _check_text(text: str, path: tuple[str | int, ...]) -> None:
    if "\x00" not in text:
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            pass
        else:
            return
    raise InvalidInput(violations=[Violation(pointer=pointer(*path), code="text_not_storable")])


class _ReadRequest(Request):
    """A request whose JSON was read by `read_json` already."""

    def __init__(self, scope: Scope, receive: Receive, raw: bytes, value: Any) -> None:
        super().__init__(scope, receive)
        self._raw = raw
        self._value = value

    async def body(self) -> bytes:
        return self._raw

    async def json(self) -> Any:
        return self._value


def _refuse_strange(request: Request, known: frozenset[str]) -> None:
    """Refuse query parameters that the path does not have: a mistyped filter must not list everything."""
    strange = sorted(request.query_params.keys() - known)
    if strange:
        raise InvalidInput(
            violations=[
                Violation(pointer=pointer("query", name), code="parameter_unknown", params={"name": name[:60]})
                for name in strange[:_MAX_STRANGE]
            ]
        )


class JsonRoute(APIRoute):
    """A path of the API.

    Its JSON body is read by `read_json` instead of the framework's lenient reader, its endpoint runs in one transaction
    (`within_transaction`), and who may not come in hears that before anything about what they sent: an upload is not
    even read.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, within_transaction(endpoint), **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the framework's handler with our reading before it."""
        handler = super().get_route_handler()
        has_json = self.body_field is not None and not isinstance(self.body_field.field_info, Form)
        has_upload = self.body_field is not None and not has_json
        parameters = get_flat_params(self.dependant)
        known = frozenset(one.alias for one in parameters if isinstance(one.field_info, QueryParameter))
        calls = [one.call for one in self.dependant.dependencies]
        opening = next((OPENINGS[call] for call in calls if call is not None and call in OPENINGS), None)
        short = None if has_upload else short_way(self.dependant, self.endpoint, is_embedded=self._embed_body_fields)

        async def prove(request: Request) -> None:
            if opening is not None:
                await run_in_threadpool(opening(request).prove)

        async def read_first(request: Request) -> Response:
            _refuse_strange(request, known)
            if has_upload:
                await prove(request)
            raw = await request.body() if has_json else b""
            sent = None
            if raw:
                kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
                if kind != "application/json" and not kind.endswith("+json"):
                    raise UnsupportedMediaType(media_type=kind or "-")
                sent = read_json(raw)
                request = _ReadRequest(request.scope, request.receive, raw, sent)
            if short is not None and (answer := await short(request, sent)) is not None:
                return answer
            try:
                return await handler(request)
            except RequestValidationError:
                await prove(request)
                raise

        return read_first
