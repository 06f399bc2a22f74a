"""Shapes of liveness and readiness."""

from __future__ import annotations

from web.schemas.shape import Output


class Health(Output):
    """The process answers."""

    status: str


class Check(Output):
    """One thing that must hold."""

    name: str
    ok: bool
    detail: str


class Readiness(Output):
    """Whether requests can be served."""

    status: str
    checks: list[Check]
