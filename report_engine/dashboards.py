"""The service of dashboards: publish, get."""

from __future__ import annotations

from typing import Any

from engine import definitions, permissions
from engine.actor import Actor
from engine.db import Session
from engine.definitions import Definition, Reference, Source
from engine.errors import InvalidDefinition, NotFound, Violation
from report_engine import reading, reports, run
from report_engine.definition import Dashboard


def check(session: Session, document: dict[str, Any]) -> list[Violation]:
    """Return everything that is wrong with a dashboard's document."""
    return reading.dashboard_faults(session, document)


def publish(session: Session, actor: Actor, app: str, document: dict[str, Any]) -> Definition:
    """Put a dashboard into force; raises `InvalidDefinition` with every fault."""
    definitions.require_designer(actor)
    definitions.lock(session)
    faults = check(session, document)
    if faults:
        raise InvalidDefinition(violations=faults)
    (published,) = definitions.publish_many(session, actor, [Source("dashboards", app, document["key"], document)])
    references = [
        Reference("reports", item["report"], None, f"#/items/{index}/report")
        for index, item in enumerate(document["items"])
    ]
    definitions.set_references(session, [(published, references)])
    return published


def get(session: Session, actor: Actor, name: str) -> Dashboard:
    """Return the dashboard; raises `NotFound` where there is none or none of the actor's roles names it.

    Reports that the actor may not see, or that stand on records or fields the actor may not see, are left out of it.
    """
    definition = definitions.catalog(session).find("dashboards", name)
    if definition is None or not permissions.allows(session, actor, "dashboards", name):
        raise NotFound("dashboard_not_found", name=name)
    whole = definitions.catalog(session).compiled(
        "report_engine.dashboards", name, lambda: reading.dashboard(session, definition)
    )
    return Dashboard(
        name=whole.name,
        title=whole.title,
        version=whole.version,
        items=tuple(item for item in whole.items if _is_open(session, actor, item.report)),
    )


def _is_open(session: Session, actor: Actor, name: str) -> bool:
    try:
        report = reports.get(session, actor, name)
    except NotFound:
        return False
    is_seen = permissions.grant(session, actor, report.form.name).may("view")
    return is_seen and not run.closed_fields(session, actor, report)
