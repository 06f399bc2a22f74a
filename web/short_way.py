"""The short way to an endpoint: its arguments read from the request without asking the framework anew what they are.

The framework looks at every parameter's type for every request, solves dependencies in general and keeps exit stacks for
what none of our paths has; that costs as much as reading a record. What a path takes is known when it is made. The
values are still the framework's, found by the same validators: where one of them finds fault, or a path takes anything
that is not said here, the request goes the long way, and the answer is the framework's.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from web.dependencies import OPENINGS

#: Returned where the long way must decide.
_UNCLEAR = object()

ShortWay = Callable[[Request, Any], Awaitable[Response | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parameter:
    """One argument: where it is found, under which name, how it is read, and what it is where it is not sent."""

    name: str
    alias: str
    find: Callable[[Request], Mapping[str, Any]]
    validate: Callable[..., tuple[Any, list[Any]]]
    default: Any

    def read(self, request: Request) -> Any:
        """Return the argument, or `_UNCLEAR`."""
        value = self.find(request).get(self.alias)
        if value is None:
            return self.default
        read, faults = self.validate(value)
        return _UNCLEAR if faults else read


def short_way(dependant: Dependant, endpoint: Callable[..., Any], *, is_embedded: bool) -> ShortWay | None:
    """Return a function of the request and its JSON body that gives the answer, or None where it cannot.

    None in place of the function, where the path takes what is not understood here.
    """
    parameters = _parameters(dependant)
    if parameters is None or inspect.iscoroutinefunction(endpoint) or not _answers_itself(endpoint):
        return None
    if is_embedded or len(dependant.body_params) > 1:
        return None
    body = dependant.body_params[0] if dependant.body_params else None
    openings = {str(one.name): OPENINGS[one.call] for one in dependant.dependencies if one.call is not None}

    async def answer(request: Request, sent: Any) -> Response | None:
        arguments: dict[str, Any] = {name: opening(request) for name, opening in openings.items()}
        for one in parameters:
            value = arguments[one.name] = one.read(request)
            if value is _UNCLEAR:
                return None
        if body is not None:
            read, faults = (None, [sent]) if sent is None else body.validate(sent)
            if faults:
                return None
            arguments[body.name] = read
        if dependant.request_param_name is not None:
            arguments[dependant.request_param_name] = request
        given: Response = await run_in_threadpool(endpoint, **arguments)
        return given

    return answer


def _parameters(dependant: Dependant) -> list[_Parameter] | None:
    strange = (
        dependant.cookie_params,
        dependant.response_param_name,
        dependant.background_tasks_param_name,
        dependant.http_connection_param_name,
        dependant.security_scopes_param_name,
        [one for one in dependant.dependencies if one.call not in OPENINGS],
    )
    if any(strange):
        return None
    sources: tuple[tuple[list[Any], Callable[[Request], Mapping[str, Any]]], ...] = (
        (dependant.path_params, lambda request: request.path_params),
        (dependant.query_params, lambda request: request.query_params),
        (dependant.header_params, lambda request: request.headers),
    )
    found = []
    for fields, find in sources:
        for one in fields:
            default = _UNCLEAR if one.field_info.is_required() else one.get_default()
            if isinstance(default, (list, dict, set)):
                return None
            found.append(_Parameter(name=one.name, alias=one.alias, find=find, validate=one.validate, default=default))
    return found


def _answers_itself(endpoint: Callable[..., Any]) -> bool:
    returned = inspect.signature(endpoint, eval_str=True).return_annotation
    return inspect.isclass(returned) and issubclass(returned, Response)
