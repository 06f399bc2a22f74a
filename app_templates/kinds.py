"""The kinds of definitions an app is made of: who checks one and who puts it into force."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine import permissions
from engine.actor import Actor
from engine.db import Session
from engine.errors import Violation
from flow_engine import flows
from form_engine import balances, forms, role_checks
from report_engine import dashboards, reports

Check = Callable[[Session, str, dict[str, Any]], list[Violation]]
Publish = Callable[[Session, Actor, str, dict[str, Any]], object]


def _check_form(session: Session, _app: str, document: dict[str, Any]) -> list[Violation]:
    return forms.check(session, [document])


def _check_role(session: Session, _app: str, document: dict[str, Any]) -> list[Violation]:
    return permissions.check(session, document, role_checks.check_entry)


def _check_report(session: Session, _app: str, document: dict[str, Any]) -> list[Violation]:
    return reports.check(session, document)


def _check_dashboard(session: Session, _app: str, document: dict[str, Any]) -> list[Violation]:
    return dashboards.check(session, document)


def _publish_balance(session: Session, actor: Actor, app: str, document: dict[str, Any]) -> None:
    balances.publish(session, actor, app, [document])


def _publish_role(session: Session, actor: Actor, app: str, document: dict[str, Any]) -> None:
    permissions.publish(session, actor, app, [document], role_checks.check_entry)


#: Everything that stands on forms, in the order in which it goes into force; pointers lead into the document.
CHECKS: Final[Mapping[str, Check]] = {
    "forms": _check_form,
    "balances": balances.BALANCE_KIND.check,
    "roles": _check_role,
    "flows": flows.check,
    "reports": _check_report,
    "dashboards": _check_dashboard,
}
#: The same without forms, which are published all at once.
PUBLISHERS: Final[Mapping[str, Publish]] = {
    "balances": _publish_balance,
    "roles": _publish_role,
    "flows": flows.publish,
    "reports": reports.publish,
    "dashboards": dashboards.publish,
}
