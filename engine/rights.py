"""Rights explained: what somebody may do, and the role each right comes from.

Says in full what `engine.permissions` decides in short; a test holds the two together. For pages of administrators.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.catalog import Definition, catalog
from engine.db import Session
from engine.permissions import FORM_ACTIONS, FieldAccess, FormAction, Section, scope_of, speaking_for

SECTIONS: tuple[Section, ...] = ("flows", "reports", "dashboards")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGrant:
    """What one role says about one form.

    entry   -- which of the role's entries speaks: `crm.sales_order`, `crm.*` or `*`.
    actions -- granted action -> the expression that bounds it, None for every record.
    """

    role: str
    entry: str
    actions: Mapping[FormAction, str | None]
    fields: Mapping[str, FieldAccess]


def role_grants(session: Session, form: str, roles: Iterable[str] | None = None) -> list[RoleGrant]:
    """Return what each of `roles` (all, when left out) grants on a form; roles that grant nothing are absent."""
    found = []
    for role in _roles(session, roles):
        forms = role.document.get("forms", {})
        entry = speaking_for(forms, form)
        if entry is None or not forms[entry]["actions"]:
            continue
        granted = set(forms[entry]["actions"])
        found.append(
            RoleGrant(
                role=role.name,
                entry=entry,
                actions={
                    action: scope_of(forms[entry], action) for action in sorted(FORM_ACTIONS) if action in granted
                },
                fields=forms[entry].get("fields", {}),
            )
        )
    return found


def granting_roles(session: Session, section: Section, name: str, roles: Iterable[str] | None = None) -> list[str]:
    """Return which of `roles` (all, when left out) name a flow, report or dashboard, themselves or by a wildcard."""
    return [
        role.name for role in _roles(session, roles) if speaking_for(role.document.get(section, ()), name) is not None
    ]


def _roles(session: Session, names: Iterable[str] | None) -> Sequence[Definition]:
    view = catalog(session)
    if names is None:
        return view.list("roles")
    found = (view.find("roles", name) for name in sorted(names))
    return [role for role in found if role is not None]
