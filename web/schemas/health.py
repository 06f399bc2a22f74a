"""Shapes of liveness and readiness."""

from __future__ import annotations

from web.schemas.shape import Output


class Health(Output):
    """The process answers."""

    status: str


class Check(Output):
    """One thing that must hold where it is vital, and should otherwise."""

    name: str
    ok: bool
    is_vital: bool
    detail: str


class Readiness(Output):
    """Whether requests can be served: `ready`, `degraded` where something is missing that they do without, `not_ready`."""

    status: str
    checks: list[Check]
