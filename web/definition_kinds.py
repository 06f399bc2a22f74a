"""The kinds of definitions, alike for designers: each can be checked, and published with others of its app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from engine import permissions
from engine.actor import Actor
from engine.db import Session
from engine.definitions import Definition, DefinitionKind
from engine.errors import Violation
from flow_engine import flows
from form_engine import balances, forms, role_checks
from report_engine import dashboards, reports
from report_engine.documents import DASHBOARD_SCHEMA, REPORT_SCHEMA


@cache
def definition_kinds() -> Mapping[str, DefinitionKind]:
    """Return the kinds by name."""
    kinds = (
        forms.form_kind(),
        balances.BALANCE_KIND,
        flows.flow_kind(),
        DefinitionKind(name="roles", schema=permissions.ROLE_SCHEMA, check=_check_role, publish=_publish_roles),
        DefinitionKind(name="reports", schema=REPORT_SCHEMA, check=_check_report, publish=_publish_reports),
        DefinitionKind(name="dashboards", schema=DASHBOARD_SCHEMA, check=_check_dashboard, publish=_publish_dashboards),
    )
    return {kind.name: kind for kind in kinds}


Documents = Sequence[dict[str, Any]]


def _check_role(session: Session, _app: str, document: dict[str, Any]) -> list[Violation]:
    return permissions.check(session, document, role_checks.check_entry)


def _publish_roles(session: Session, actor: Actor, app: str, documents: Documents) -> list[Definition]:
    return permissions.publish(session, actor, app, documents, role_checks.check_entry)


def _check_report(session: Session, _app: str, document: dict[str, Any]) -> list[Violation]:
    return reports.check(session, document)


def _publish_reports(session: Session, actor: Actor, app: str, documents: Documents) -> list[Definition]:
    return [reports.publish(session, actor, app, document) for document in documents]


def _check_dashboard(session: Session, _app: str, document: dict[str, Any]) -> list[Violation]:
    return dashboards.check(session, document)


def _publish_dashboards(session: Session, actor: Actor, app: str, documents: Documents) -> list[Definition]:
    return [dashboards.publish(session, actor, app, document) for document in documents]
