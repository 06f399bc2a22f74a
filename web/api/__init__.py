"""The paths of the API, one module a resource."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from web.api import (
    apps,
    balances,
    definitions,
    demo,
    departments,
    effects,
    exchange,
    files,
    flows,
    forms,
    health,
    jobs,
    metrics,
    notifications,
    packages,
    people,
    records,
    relations,
    reports,
    roles,
    session,
    tasks,
    tokens,
    users,
    webhooks,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    session.router,
    tokens.router,
    demo.router,
    people.router,
    users.router,
    departments.router,
    roles.router,
    apps.router,
    definitions.router,
    packages.router,
    forms.router,
    # before the records: its paths would be taken for ids there
    exchange.router,
    records.router,
    relations.router,
    balances.router,
    tasks.router,
    flows.router,
    effects.router,
    webhooks.router,
    reports.router,
    files.router,
    notifications.router,
    jobs.router,
    health.router,
    metrics.router,
)
