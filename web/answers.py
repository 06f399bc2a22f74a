"""Answers of the API: JSON written once from values that are ready to be shown, ETags and what depends on them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel
from starlette.responses import Response

from web.json_text import dumps
from web.problems import MalformedHeader, PreconditionRequired

IfMatch = Annotated[str | None, Header(alias="If-Match", description='The version you have seen: `"3"`.')]
_ETAG = re.compile(r'(?:W/)?"(\d{1,10})"')


def json_answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return `value` as a JSON response; decimals, instants and ids become strings."""
    return Response(dumps(value), status, headers=headers, media_type="application/json")


def page_answer(items: Iterable[str], next_cursor: str | None, count: int | None) -> Response:
    """Return a page of a list whose items are JSON texts already."""
    rest = dumps({"next_cursor": next_cursor, "count": count})[1:]
    body = b'{"items":[' + ",".join(items).encode() + b"]," + rest
    return Response(body, media_type="application/json")


def shows(shape: type[BaseModel], status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Return what a path says about its answer: the shape by name.

    The description of the API puts it in (`web.openapi`); given to the framework, every shape would be compiled at each
    start, for nothing but the description.
    """
    schema = {"$ref": f"#/components/schemas/{shape.__name__}"}
    return {status: {"description": inspect.getdoc(shape) or "", "content": {"application/json": {"schema": schema}}}}


def no_content() -> Response:
    """Return an answer without a body."""
    return Response(status_code=204)


def etag(version: int) -> dict[str, str]:
    """Return the header that carries a record's version."""
    return {"ETag": f'"{version}"'}


def seen_version(if_match: str | None) -> int | None:
    """Return the version an edit is for, None for `*` (whatever it is now).

    Raises `PreconditionRequired` without the header, `MalformedHeader` when it is not one version.
    """
    if if_match is None:
        raise PreconditionRequired
    if if_match.strip() == "*":
        return None
    matched = _ETAG.fullmatch(if_match.strip())
    if matched is None:
        raise MalformedHeader("malformed_header", name="If-Match", value=if_match[:60])
    return int(matched[1])


def is_same(if_none_match: str | None, tag: str) -> bool:
    """Whether the client has what `tag` names already (RFC 9110 section 13.1.2, weak comparison)."""
    if if_none_match is None:
        return False
    return any(entry.strip().removeprefix("W/") == tag for entry in if_none_match.split(","))
