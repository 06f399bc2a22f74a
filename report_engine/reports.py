"""The service of reports: publish, get, list, run."""

from __future__ import annotations

from typing import Any

from engine import definitions, permissions
from engine.actor import Actor
from engine.db import Session
from engine.definitions import Definition, Reference, Source
from engine.errors import InvalidDefinition, NotFound, Violation
from report_engine import reading
from report_engine import run as running
from report_engine.definition import Report
from report_engine.run import Result


def check(session: Session, document: dict[str, Any]) -> list[Violation]:
    """Return everything that is wrong with a report's document."""
    return reading.report_faults(session, document)


def publish(session: Session, actor: Actor, app: str, document: dict[str, Any]) -> Definition:
    """Put a report into force; raises `InvalidDefinition` with every fault."""
    definitions.require_designer(actor)
    definitions.lock(session)
    faults = check(session, document)
    if faults:
        raise InvalidDefinition(violations=faults)
    (published,) = definitions.publish_many(session, actor, [Source("reports", app, document["key"], document)])
    definitions.set_references(session, [(published, _references(session, document))])
    return published


def _references(session: Session, document: dict[str, Any]) -> list[Reference]:
    kind = "balances" if definitions.catalog(session).find("balances", document["form"]) else "forms"
    found = [Reference(kind, document["form"], None, "#/form")]
    for part in ("dimensions", "measures"):
        for index, entry in enumerate(document.get(part, ())):
            if "field" in entry:
                member = entry["field"].partition(".")[0]
                found.append(Reference(kind, document["form"], member, f"#/{part}/{index}/field"))
    return found


def get(session: Session, actor: Actor, name: str) -> Report:
    """Return the report; raises `NotFound` where there is none or none of the actor's roles names it."""
    definition = definitions.catalog(session).find("reports", name)
    if definition is None or not permissions.allows(session, actor, "reports", name):
        raise NotFound("report_not_found", name=name)
    return definitions.catalog(session).compiled(
        "report_engine.reports", name, lambda: reading.report(session, definition)
    )


def run(session: Session, actor: Actor, name: str, condition: str | None = None) -> tuple[Report, Result]:
    """Return the report and its rows as the actor may see them; see `report_engine.run.run`."""
    report = get(session, actor, name)
    return report, running.run(session, actor, report, condition)
