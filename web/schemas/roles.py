"""Shapes of roles and of rights explained."""

from __future__ import annotations

from typing import Literal

from web.schemas.session import AppMenu
from web.schemas.shape import Output
from web.schemas.users import RoleTitle


class RoleSummary(RoleTitle):
    """A role in force; `members` are open accounts."""

    app: str
    app_title: str
    key: str
    description: str
    version: int
    members: int


class Roles(Output):
    """The roles in force, by name."""

    items: list[RoleSummary]


class Subject(Output):
    """Something a role may name."""

    name: str
    title: str


class SubjectField(Output):
    """A field that a role may hide, mask or close."""

    key: str
    title: str


class FormSubject(Subject):
    """A form or balance with its fields."""

    kind: Literal["forms", "balances"]
    fields: list[SubjectField]


class AppSubjects(Output):
    """What roles may name in one app."""

    key: str
    title: str
    forms: list[FormSubject]
    flows: list[Subject]
    reports: list[Subject]
    dashboards: list[Subject]


class Subjects(Output):
    """Everything that roles may name, and the actions there are on forms."""

    apps: list[AppSubjects]
    actions: list[str]


class FormGrant(Output):
    """What one role grants on one form; `entry` is the entry of the role that speaks, `actions` maps to scopes."""

    role: RoleTitle
    entry: str
    members: int
    actions: dict[str, str | None]
    fields: dict[str, Literal["hidden", "masked", "read_only"]]


class FormGrants(Output):
    """The roles that grant something on a form, side by side."""

    form: str
    title: str
    items: list[FormGrant]


class ExplainedForm(Output):
    """What somebody may do with a form, and what each role adds. `fields` are those that are not open in the end."""

    name: str
    title: str
    app: str
    actions: list[str]
    fields: dict[str, Literal["hidden", "masked", "read_only"]]
    grants: list[FormGrant]


class NamedRight(Output):
    """A flow, report or dashboard that somebody may use, and the roles that say so."""

    name: str
    title: str
    roles: list[RoleTitle]


class UserRights(Output):
    """What somebody may do, and why. For administrators the lists hold what their roles alone would give."""

    is_administrator: bool
    is_active: bool
    roles: list[RoleTitle]
    forms: list[ExplainedForm]
    flows: list[NamedRight]
    reports: list[NamedRight]
    dashboards: list[NamedRight]
    menu: list[AppMenu]
