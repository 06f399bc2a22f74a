"""The paths of the API, one module a resource."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from web.api import apps, demo, health, people, session, tokens

ROUTERS: Final[tuple[APIRouter, ...]] = (
    session.router,
    tokens.router,
    demo.router,
    people.router,
    apps.router,
    health.router,
)
