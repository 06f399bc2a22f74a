"""The kinds of definitions, alike for designers: each can be checked, and published with others of its app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from app_templates.documents import APP_SCHEMA, TARGETS
from engine import definitions, json_schema, permissions
from engine.actor import Actor
from engine.catalog import Catalog, catalog
from engine.db import Session
from engine.definitions import Definition, DefinitionKind, Source
from engine.errors import InvalidDefinition, Violation, pointer
from flow_engine import flows
from form_engine import balances, forms, role_checks
from report_engine import dashboards, reports
from report_engine.documents.schemas import DASHBOARD_SCHEMA, REPORT_SCHEMA


@cache
def definition_kinds() -> Mapping[str, DefinitionKind]:
    """Return the kinds by name."""
    kinds = (
        forms.form_kind(),
        balances.BALANCE_KIND,
        flows.flow_kind(),
        DefinitionKind(name="roles", schema=permissions.ROLE_SCHEMA, check=_check_role, publish=_publish_roles),
        DefinitionKind(name="reports", schema=REPORT_SCHEMA, check=_check_report, publish=_publish_reports),
        DefinitionKind(name="apps", schema=APP_SCHEMA, check=_check_app, publish=_publish_apps),
        DefinitionKind(name="dashboards", schema=DASHBOARD_SCHEMA, check=_check_dashboard, publish=_publish_dashboards),
    )
    return {kind.name: kind for kind in kinds}


Documents = Sequence[dict[str, Any]]


def _check_role(session: Session, _app: str, document: dict[str, Any]) -> list[Violation]:
    return permissions.check(session, document, role_checks.check_entry)


def _publish_roles(session: Session, actor: Actor, app: str, documents: Documents) -> list[Definition]:
    return permissions.publish(session, actor, app, documents, role_checks.check_entry)


def _check_app(session: Session, app: str, document: dict[str, Any]) -> list[Violation]:
    found = json_schema.validator("app_templates.app", APP_SCHEMA).violations(document)
    if found:
        return found
    view = catalog(session)
    if document["key"] != app:
        found.append(
            Violation(pointer="#/key", code="definition_key_differs", params={"expected": app, "key": document["key"]})
        )
    found += [
        Violation(pointer=pointer("requires", index), code="app_not_found", params={"app": needed})
        for index, needed in enumerate(document.get("requires", ()))
        if view.find("apps", needed) is None
    ]
    return found + list(_menu_faults(view, document.get("menu", ()), "#/menu"))


def _menu_faults(view: Catalog, entries: Sequence[Mapping[str, Any]], at: str) -> Iterator[Violation]:
    for index, entry in enumerate(entries):
        for target in TARGETS:
            if target in entry and view.find(f"{target}s", entry[target]) is None:
                spot = f"{at}/{index}/{target}"
                yield Violation(pointer=spot, code="role_target_unknown", params={"name": entry[target]})
        yield from _menu_faults(view, entry.get("items", ()), f"{at}/{index}/items")


def _publish_apps(session: Session, actor: Actor, app: str, documents: Documents) -> list[Definition]:
    definitions.require_designer(actor)
    definitions.lock(session)
    found = [spot for document in documents for spot in _check_app(session, app, document)]
    if found:
        raise InvalidDefinition(violations=found)
    return definitions.publish_many(session, actor, [Source("apps", app, app, document) for document in documents])


def _check_report(session: Session, _app: str, document: dict[str, Any]) -> list[Violation]:
    return reports.check(session, document)


def _publish_reports(session: Session, actor: Actor, app: str, documents: Documents) -> Sequence[Definition]:
    return reports.publish_many(session, actor, app, documents)


def _check_dashboard(session: Session, _app: str, document: dict[str, Any]) -> list[Violation]:
    return dashboards.check(session, document)


def _publish_dashboards(session: Session, actor: Actor, app: str, documents: Documents) -> Sequence[Definition]:
    return dashboards.publish_many(session, actor, app, documents)
