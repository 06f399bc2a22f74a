"""The service of reports: publish, get, run, export, the records behind a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine import definitions, permissions
from engine.actor import Actor
from engine.db import Session
from engine.definitions import Definition, Source
from engine.errors import InvalidDefinition, InvalidInput, NotFound, Violation
from form_engine.exchange.sheets import Format
from report_engine import drill, exports
from report_engine import run as running
from report_engine.definition import Cell, Report, Request
from report_engine.documents import faults, reading, requests
from report_engine.drill import Behind
from report_engine.results import Result

#: Records behind a number that one page holds at the most.
RECORDS_MAX = 200


def check(session: Session, document: dict[str, Any]) -> list[Violation]:
    """Return everything that is wrong with a report's document."""
    return faults.find(session, document)


def publish(session: Session, actor: Actor, app: str, document: dict[str, Any]) -> Definition:
    """Put a report into force; raises `InvalidDefinition` with every fault."""
    return publish_many(session, actor, app, [document])[0]


def publish_many(session: Session, actor: Actor, app: str, documents: Sequence[dict[str, Any]]) -> Sequence[Definition]:
    """Put reports of one app into force; raises `InvalidDefinition` with every fault of the first that has any."""
    definitions.require_designer(actor)
    definitions.lock(session)
    for document in documents:
        found = check(session, document)
        if found:
            raise InvalidDefinition(violations=found)
    sources = [Source("reports", app, document["key"], document) for document in documents]
    published = definitions.publish_many(session, actor, sources)
    definitions.set_references(session, [(one, reading.references(session, one.document)) for one in published])
    return published


def get(session: Session, actor: Actor, name: str) -> Report:
    """Return the report; raises `NotFound` where there is none or none of the actor's roles names it.

    Raises `Conflict` where a form has changed under it so that it can no longer run.
    """
    definition = definitions.catalog(session).find("reports", name)
    if definition is None or not permissions.allows(session, actor, "reports", name):
        raise NotFound("report_not_found", name=name)
    return definitions.catalog(session).compiled(
        "report_engine.reports", name, lambda: reading.report(session, definition)
    )


def run(
    session: Session, actor: Actor, name: str, request: Request | Mapping[str, Any] | str | None = None
) -> tuple[Report, Result]:
    """Return the report and its rows as the actor may see them; see `report_engine.run.run`.

    request -- what the reader asks; as JSON or, for a condition alone, as an expression.
    """
    report = get(session, actor, name)
    return report, running.run(session, actor, report, _request(request))


def export(
    session: Session, actor: Actor, name: str, request: Mapping[str, Any] | None, kind: Format, path: Path
) -> int:
    """Write the report into a sheet; return how many lines."""
    return exports.export(session, actor, get(session, actor, name), requests.read(request), kind, path)


def records_behind(
    session: Session,
    actor: Actor,
    name: str,
    request: Mapping[str, Any] | None,
    cell: Cell,
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> Behind:
    """Return a page of the records behind a number of the report; see `drill.behind`."""
    if not 1 <= limit <= RECORDS_MAX:
        spot = Violation(pointer="#/limit", code="limit_range", params={"limit": RECORDS_MAX})
        raise InvalidInput(violations=[spot])
    report = get(session, actor, name)
    return drill.behind(session, actor, report, requests.read(request), cell, limit=limit, cursor=cursor)


def _request(request: Request | Mapping[str, Any] | str | None) -> Request:
    if isinstance(request, Request):
        return request
    return Request(filter=request) if isinstance(request, str) else requests.read(request)
