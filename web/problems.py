"""Errors as people and programs get them over HTTP: RFC 9457 `application/problem+json`.

The only module that knows which error is which status. Everything that fails anywhere ends here: domain errors,
what the framework refuses, what the database reports, and faults of ours (of which nothing is told but a number that
stands in the log).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from engine import files, traces
from engine.errors import (
    Conflict,
    DomainError,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Stale,
    StorageFull,
    TooLarge,
    TooManyRequests,
    Unavailable,
    Violation,
    pointer,
)
from engine.texts import message
from web import database_errors
from web.json_text import dumps

log = logging.getLogger("dougong.web")
MEDIA_TYPE = "application/problem+json"
#: More marked spots than this help nobody.
MAX_ERRORS = 200


class RequestError(DomainError):
    """The request itself is at fault, before the domain is asked."""

    code = "bad_request"


class MalformedBody(RequestError):
    """The body is not what its media type says."""

    code = "body_not_json"

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, violations=[Violation(pointer="#", code=code, params=params)], **params)


class MalformedHeader(RequestError):
    """A header has a value we cannot read."""

    code = "malformed_header"


class CrossSite(RequestError):
    """A page of another site tried to write with the reader's cookie."""

    code = "cross_site"


class MethodNotAllowed(RequestError):
    """The path exists, but not with this method."""

    code = "method_not_allowed"


class UnsupportedMediaType(RequestError):
    """The body is of a kind that this path does not take."""

    code = "unsupported_media_type"


class PreconditionRequired(RequestError):
    """An edit came without `If-Match` (RFC 6585 section 3)."""

    code = "precondition_required"


#: Status per class; a subclass without an entry has that of its nearest ancestor.
STATUS: Mapping[type[DomainError], int] = {
    DomainError: 400,
    RequestError: 400,
    NotSignedIn: 401,
    NotAllowed: 403,
    CrossSite: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    Stale: 412,
    TooLarge: 413,
    UnsupportedMediaType: 415,
    InvalidInput: 422,
    PreconditionRequired: 428,
    TooManyRequests: 429,
    Unavailable: 503,
    StorageFull: 507,
}
#: What the client should wait, in seconds, before the same request may work.
RETRY_AFTER_SECONDS = 2


def status_of(error: DomainError) -> int:
    """Return the HTTP status for a domain error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def answer(error: Exception, language: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return the problem response for any failure; an unexpected one is logged with the number it answers with."""
    known = _known(error)
    if known is None:
        instance = _number()
        log.error("unexpected error %s", instance, exc_info=error)
        return _response(
            500,
            {
                "type": "/problems/unexpected",
                "title": message("problem_500", {}, language),
                "status": 500,
                "detail": message("unexpected", {"instance": instance}, language),
                "code": "unexpected",
                "errors": [],
                "instance": f"urn:uuid:{instance}" if len(instance) == 32 else f"request:{instance}",
            },
            headers,
        )
    status = status_of(known)
    if isinstance(known, StorageFull):
        log.error("no room left: %s", error)
    all_headers = dict(headers or {})
    if isinstance(error, HTTPException) and error.headers:
        all_headers |= {key: value for key, value in error.headers.items() if key.lower() == "allow"}
    if status in (429, 503):
        all_headers["Retry-After"] = str(known.params.get("seconds", RETRY_AFTER_SECONDS))
    if status == 401:
        all_headers["WWW-Authenticate"] = 'Bearer realm="dougong"'
    return _response(status, body(known, status, language), all_headers)


def _number() -> str:
    """Return the request's id: what the reader tells an administrator, and the log has on its lines."""
    trace = traces.current()
    number = trace.facts.get("request") if trace is not None else None
    return str(number) if number is not None else uuid4().hex


def body(error: DomainError, status: int, language: str) -> dict[str, Any]:
    """Return the problem object of a domain error in `language`."""
    problem: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": message(f"problem_{status}", {}, language),
        "status": status,
        "detail": error.detail(language),
        "code": error.code,
        "errors": spots(error.violations, language),
    }
    if "current" in error.params:
        problem["current"] = error.params["current"]
    return problem


def spots(violations: Sequence[Violation], language: str) -> list[dict[str, str]]:
    """Return violations as they stand in `errors`."""
    return [
        {"pointer": spot.pointer, "code": spot.code, "detail": spot.detail(language)}
        for spot in violations[:MAX_ERRORS]
    ]


def _response(status: int, problem: dict[str, Any], headers: Mapping[str, str] | None) -> Response:
    return Response(dumps(problem), status, headers=headers, media_type=MEDIA_TYPE)


def _known(error: Exception) -> DomainError | None:
    """Return the domain error that `error` is or stands for; None for a fault of ours."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, RequestValidationError):
        return InvalidInput(violations=_violations(error.errors()))
    if isinstance(error, OSError) and error.errno in files.FULL:
        return StorageFull()
    if isinstance(error, HTTPException):
        return _of_framework(error)
    return database_errors.translate(error)


def _of_framework(error: HTTPException) -> DomainError:
    if error.__cause__ is not None:  # raised while the framework read the body
        known = _known(error.__cause__) if isinstance(error.__cause__, Exception) else None
        if known is not None:
            return known
    if error.status_code == 404:
        return NotFound("unknown_path")
    if error.status_code == 405:
        return MethodNotAllowed()
    if error.status_code == 413:
        return TooLarge("body_too_large")
    return RequestError()


_TYPES: Mapping[str, Mapping[str, str]] = {
    "string": {"zh-CN": "文本", "en-US": "text"},
    "integer": {"zh-CN": "整数", "en-US": "a whole number"},
    "boolean": {"zh-CN": "是或否", "en-US": "true or false"},
    "array": {"zh-CN": "列表", "en-US": "a list"},
    "object": {"zh-CN": "对象", "en-US": "an object"},
}
#: pydantic's error types as the codes of JSON Schema, with the name of what they limit.
_CODES: Mapping[str, tuple[str, str]] = {
    "missing": ("required", ""),
    "extra_forbidden": ("additionalProperties", ""),
    "string_type": ("type", "string"),
    "int_type": ("type", "integer"),
    "int_parsing": ("type", "integer"),
    "int_from_float": ("type", "integer"),
    "bool_type": ("type", "boolean"),
    "bool_parsing": ("type", "boolean"),
    "list_type": ("type", "array"),
    "dict_type": ("type", "object"),
    "model_type": ("type", "object"),
    "model_attributes_type": ("type", "object"),
    "string_too_long": ("maxLength", "max_length"),
    "string_too_short": ("minLength", "min_length"),
    "too_long": ("maxItems", "max_length"),
    "too_short": ("minItems", "min_length"),
    "greater_than_equal": ("minimum", "ge"),
    "less_than_equal": ("maximum", "le"),
    "literal_error": ("enum", "expected"),
    "uuid_parsing": ("format", "uuid"),
    "uuid_type": ("format", "uuid"),
}


def _violations(errors: Sequence[Mapping[str, Any]]) -> list[Violation]:
    """Return pydantic's findings as violations: `#/field` in the body, `#/query/limit` elsewhere."""
    return [
        Violation(
            pointer=pointer(*error["loc"][1:]) if error["loc"][:1] == ("body",) else pointer(*error["loc"]),
            code=_CODES.get(error["type"], ("not_acceptable_value", ""))[0],
            params=_params(error),
        )
        for error in errors
    ]


def _params(error: Mapping[str, Any]) -> dict[str, Any]:
    code, what = _CODES.get(error["type"], ("", ""))
    context = error.get("ctx") or {}
    return {
        "name": str(error["loc"][-1]),
        "expected": _TYPES.get(what, ""),
        "limit": context.get(what, ""),
        "format": what.upper(),
        "allowed": str(context.get("expected", "")).replace(" or ", ", ") if code == "enum" else "",
    }
