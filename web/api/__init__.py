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
    exports,
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

#: The busiest first: a request is held against the paths one by one, and the last of them would cost as much as signing in.
ROUTERS: Final[tuple[APIRouter, ...]] = (
    # before the records: their paths would be taken for ids there
    exchange.router,
    exports.router,
    records.router,
    relations.router,
    balances.router,
    forms.router,
    tasks.router,
    reports.router,
    session.router,
    notifications.router,
    flows.router,
    files.router,
    health.router,
    webhooks.router,
    metrics.router,
    tokens.router,
    demo.router,
    people.router,
    users.router,
    departments.router,
    roles.router,
    apps.router,
    definitions.router,
    packages.router,
    effects.router,
    jobs.router,
)
